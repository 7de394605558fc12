/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-negotiation.h"

#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <string.h>

#include "net/media/vav-certificate.h"
#include "net/media/vav-media-send.h"
#include "net/media/vav-sdp-data.h"

struct _VavMediaNegotiation
{
  gatomicrefcount ref_count; /* the session's, and each step's */
  GWeakRef
      webrtc; /* webrtcbin forgets promises that it did not come to before it was closed: those must not keep it alive */
  VavHop *hop;
  VavShield *shield;
  guint picture_bitrate;

  GMutex lock;
  GCond ended; /* a step */
  guint n_steps;
};

typedef struct
{
  VavMediaNegotiation *owner;
  VavHopFunc done;   /* (nullable) */
  const char *reply; /* name of the description in webrtcbin's reply */
  char *data;        /* name of the part for data; NULL: none */
} Step;

static Step *
step_new (VavMediaNegotiation *owner, VavHopFunc done, const char *reply)
{
  Step *step = g_new0 (Step, 1);

  g_atomic_ref_count_inc (&owner->ref_count);
  step->owner = owner;
  step->done = done;
  step->reply = reply;
  g_mutex_lock (&owner->lock);
  owner->n_steps++;
  g_mutex_unlock (&owner->lock);

  return step;
}

/* With its promise, after whatever it asked for next. */
static void
step_free (gpointer data)
{
  Step *step = data;

  g_mutex_lock (&step->owner->lock);
  step->owner->n_steps--;
  g_cond_broadcast (&step->owner->ended);
  g_mutex_unlock (&step->owner->lock);
  vav_media_negotiation_free (step->owner);
  g_free (step->data);
  g_free (step);
}

static void
finish (Step *step, char *text)
{
  vav_hop_post (step->owner->hop, step->done, text, g_free);
}

static gboolean
promise_failed (GstPromise *promise)
{
  const GstStructure *reply;
  g_autoptr (GError) error = NULL;

  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED)
    return TRUE;

  reply = gst_promise_get_reply (promise);
  if (reply == NULL || !gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL))
    return FALSE;

  g_debug ("negotiation: %s", error->message);
  return TRUE;
}

/* webrtcbin takes our PEM with its key for one long certificate and describes something that does not exist. */
static void
correct_fingerprint (GstSDPMessage *message)
{
  guint8 fingerprint[VAV_FINGERPRINT_SIZE];
  g_autofree char *text = NULL;

  if (!vav_certificate_digest (vav_certificate_get_pem (), fingerprint))
    return;

  text = vav_certificate_describe (fingerprint);
  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *)gst_sdp_message_get_media (message, i);

      for (guint j = 0; j < gst_sdp_media_attributes_len (media); j++)
        {
          GstSDPAttribute attribute;

          if (g_strcmp0 (gst_sdp_media_get_attribute (media, j)->key, "fingerprint") != 0)
            continue;
          gst_sdp_attribute_set (&attribute, "fingerprint", text);
          gst_sdp_media_replace_attribute (media, j, &attribute);
        }
    }
}

/* The bit rates that both directions begin with, so that the called side knows before it decides (RFC 3890), and whoever sends from the first packet on. */
static void
tell_bitrates (GstSDPMessage *message, guint picture_bitrate)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *)gst_sdp_message_get_media (message, i);
      const char *name = gst_sdp_media_get_media (media);

      if (g_strcmp0 (name, "audio") == 0)
        gst_sdp_media_add_bandwidth (media, GST_SDP_BWTYPE_TIAS, VAV_AUDIO_BITRATE);
      else if (g_strcmp0 (name, "video") == 0)
        gst_sdp_media_add_bandwidth (media, GST_SDP_BWTYPE_TIAS, picture_bitrate);
    }
}

static gboolean
is_reduced_size (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    if (g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, "rtcp-rsize") == 0)
      return TRUE;

  return FALSE;
}

/* webrtcbin offers it and forgets it in the answer, and then both send whole reports with each piece of feedback (RFC 5506, 5). */
static void
agree_to_reduced_size (GstElement *webrtc, GstSDPMessage *answer)
{
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;
  guint n = gst_sdp_message_medias_len (answer);

  g_object_get (webrtc, "remote-description", &offer, NULL);
  for (guint i = 0; offer != NULL && i < MIN (n, gst_sdp_message_medias_len (offer->sdp)); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *)gst_sdp_message_get_media (answer, i);

      if (is_reduced_size (gst_sdp_message_get_media (offer->sdp, i)) && !is_reduced_size (media))
        gst_sdp_media_add_attribute (media, "rtcp-rsize", "");
    }
}

/* webrtcbin's thread: nobody waits for what it replied. */
static void
on_described (GstPromise *promise, gpointer step)
{
  gst_promise_unref (promise);
}

/* webrtcbin's thread */
static void
on_created (GstPromise *promise, gpointer user_data)
{
  g_autoptr (GstPromise) owned = promise; /* the last reference takes the step along */
  Step *step = user_data;
  g_autoptr (GstElement) webrtc = g_weak_ref_get (&step->owner->webrtc);
  g_autoptr (GstWebRTCSessionDescription) description = NULL;

  if (!promise_failed (promise))
    gst_structure_get (gst_promise_get_reply (promise), step->reply, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description,
                       NULL);
  if (description == NULL || webrtc == NULL)
    {
      finish (step, NULL);
      return;
    }

  correct_fingerprint (description->sdp);
  tell_bitrates (description->sdp, step->owner->picture_bitrate);
  agree_to_reduced_size (webrtc, description->sdp);
  /* Queued on this very thread: it runs after this function. So the description is told before any candidate, and set before any answer
   * to it can come back. */
  g_signal_emit_by_name (
      webrtc, "set-local-description", description,
      gst_promise_new_with_change_func (on_described, step_new (step->owner, NULL, NULL), step_free));
  /* webrtcbin has a copy; parity is none of its business */
  vav_shield_describe (step->owner->shield, description->sdp);
  finish (step, step->data != NULL ? vav_sdp_data_add (description->sdp, step->data)
                                   : gst_sdp_message_as_text (description->sdp));
}

static gboolean
set_remote (VavMediaNegotiation *self, GstWebRTCSDPType type, const char *text, GstPromise *promise)
{
  g_autoptr (GstElement) webrtc = g_weak_ref_get (&self->webrtc);
  GstWebRTCSessionDescription *description;
  GstSDPMessage *message = NULL;

  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text), message) != GST_SDP_OK)
    {
      gst_sdp_message_free (message);
      gst_promise_unref (promise);
      return FALSE;
    }

  description = gst_webrtc_session_description_new (type, message);
  g_signal_emit_by_name (webrtc, "set-remote-description", description, promise);
  gst_webrtc_session_description_free (description);

  return TRUE;
}

/* webrtcbin's thread */
static void
on_offer_taken (GstPromise *promise, gpointer user_data)
{
  g_autoptr (GstPromise) owned = promise;
  Step *step = user_data;
  g_autoptr (GstElement) webrtc = g_weak_ref_get (&step->owner->webrtc);
  Step *next;

  if (promise_failed (promise) || webrtc == NULL)
    {
      finish (step, NULL);
      return;
    }

  next = step_new (step->owner, step->done, "answer");
  next->data = g_steal_pointer (&step->data);
  g_signal_emit_by_name (webrtc, "create-answer", NULL, gst_promise_new_with_change_func (on_created, next, step_free));
}

/* webrtcbin's thread */
static void
on_answer_taken (GstPromise *promise, gpointer user_data)
{
  g_autoptr (GstPromise) owned = promise;
  Step *step = user_data;

  finish (step, promise_failed (promise) ? NULL : g_strdup (""));
}

VavMediaNegotiation *
vav_media_negotiation_new (GstElement *webrtc, guint picture_bitrate, VavShield *shield, VavHop *hop)
{
  VavMediaNegotiation *self = g_new0 (VavMediaNegotiation, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_weak_ref_init (&self->webrtc, webrtc);
  self->hop = vav_hop_ref (hop);
  self->shield = vav_shield_ref (shield);
  self->picture_bitrate = picture_bitrate;
  g_mutex_init (&self->lock);
  g_cond_init (&self->ended);

  return self;
}

/* Steps that are under way keep what they need of it. */
void
vav_media_negotiation_free (VavMediaNegotiation *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_weak_ref_clear (&self->webrtc);
  vav_hop_unref (self->hop);
  vav_shield_unref (self->shield);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ended);
  g_free (self);
}

void
vav_media_negotiation_offer (VavMediaNegotiation *self, const char *data, VavHopFunc done)
{
  g_autoptr (GstElement) webrtc = g_weak_ref_get (&self->webrtc);
  Step *step = step_new (self, done, "offer");

  step->data = g_strdup (data);
  g_signal_emit_by_name (webrtc, "create-offer", NULL, gst_promise_new_with_change_func (on_created, step, step_free));
}

void
vav_media_negotiation_answer (VavMediaNegotiation *self, const char *offer, const char *data, VavHopFunc done)
{
  Step *step = step_new (self, done, NULL);

  step->data = g_strdup (data);
  if (!set_remote (self, GST_WEBRTC_SDP_TYPE_OFFER, offer,
                   gst_promise_new_with_change_func (on_offer_taken, step, step_free)))
    vav_hop_post (self->hop, done, NULL, NULL);
}

void
vav_media_negotiation_accept (VavMediaNegotiation *self, const char *answer, VavHopFunc done)
{
  Step *step = step_new (self, done, NULL);

  if (!set_remote (self, GST_WEBRTC_SDP_TYPE_ANSWER, answer,
                   gst_promise_new_with_change_func (on_answer_taken, step, step_free)))
    vav_hop_post (self->hop, done, NULL, NULL);
}

void
vav_media_negotiation_wait (VavMediaNegotiation *self, gint64 deadline)
{
  g_mutex_lock (&self->lock);
  while (self->n_steps > 0 && g_cond_wait_until (&self->ended, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
}
