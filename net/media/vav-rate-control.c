/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-control.h"

#include "net/media/vav-media-encoder.h"

/* What the threads that send and receive know. */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex lock;
  GstElement *encoder; /* under lock: of pictures */
} Core;

struct _VavRateControl
{
  VavPacer *pacer;
  Core *core;
};

/* Given to webrtcbin, which takes it once: there is one bundle. */
typedef struct
{
  VavPacer *floating; /* atomic, taken by who asks first */
} Offer;

static void
core_unref (gpointer data)
{
  Core *core = data;

  if (!g_atomic_ref_count_dec (&core->ref_count))
    return;

  gst_clear_object (&core->encoder);
  g_mutex_clear (&core->lock);
  g_free (core);
}

/* The thread that receives */
static void
on_feedback (gpointer user_data, const GstStructure *structure)
{
}

/* The pacer's thread, or that of the encoder, which is not in the encoder by then */
static void
on_dropped (gpointer user_data)
{
  Core *core = user_data;
  g_autoptr (GstElement) encoder = NULL;

  g_mutex_lock (&core->lock);
  g_set_object (&encoder, core->encoder);
  g_mutex_unlock (&core->lock);
  if (encoder != NULL)
    vav_media_encoder_force_key_frame (encoder);
}

static const VavPacerListener listener = { on_feedback, on_dropped };

/* webrtcbin's thread. Returns: (transfer floating) */
static GstElement *
on_aux_sender (GstElement *webrtc, GObject *transport, gpointer user_data)
{
  Offer *offer = user_data;

  return (GstElement *)g_atomic_pointer_exchange (&offer->floating, NULL);
}

static void
offer_free (gpointer data, GClosure *closure)
{
  Offer *offer = data;

  if (offer->floating != NULL)
    gst_object_unref (gst_object_ref_sink (offer->floating));
  g_free (offer);
}

VavRateControl *
vav_rate_control_new (GstElement *webrtc, VavMediaGate *gate)
{
  VavRateControl *self = g_new0 (VavRateControl, 1);
  Offer *offer = g_new0 (Offer, 1);

  self->core = g_new0 (Core, 1);
  g_atomic_ref_count_init (&self->core->ref_count);
  g_mutex_init (&self->core->lock);
  offer->floating = vav_pacer_new (gate);
  self->pacer = gst_object_ref (offer->floating);
  g_atomic_ref_count_inc (&self->core->ref_count);
  vav_pacer_listen (self->pacer, &listener, self->core, core_unref);
  g_signal_connect_data (webrtc, "request-aux-sender", G_CALLBACK (on_aux_sender), offer, offer_free, 0);

  return self;
}

void
vav_rate_control_free (VavRateControl *self)
{
  if (self == NULL)
    return;

  gst_object_unref (self->pacer);
  core_unref (self->core);
  g_free (self);
}

VavPacer *
vav_rate_control_get_pacer (VavRateControl *self)
{
  return self->pacer;
}

void
vav_rate_control_add (VavRateControl *self, VavMediaKind kind, VavMediaSend *send)
{
  vav_pacer_set_ssrc (self->pacer, kind == VAV_MEDIA_VIDEO ? VAV_PACER_PICTURE : VAV_PACER_SOUND,
                      vav_media_send_get_ssrc (send));
  if (kind != VAV_MEDIA_VIDEO)
    return;

  g_mutex_lock (&self->core->lock);
  g_set_object (&self->core->encoder, vav_media_send_get_encoder (send));
  g_mutex_unlock (&self->core->lock);
}
