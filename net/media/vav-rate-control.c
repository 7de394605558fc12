/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-control.h"

#include <string.h>

#include "net/media/vav-media-encoder.h"
#include "net/media/vav-rate-estimator.h"
#include "net/media/vav-rate-feedback.h"
#include "net/media/vav-repair.h"

/* Bit/s of all that is sent. To begin with: a picture that is worth looking at, and a key frame that a slow line has passed in half a second.
 * At least: sound, with its headers. */
#define START 1200000
#define LEAST 30000
#define LEAST_SOUND 6000 /* of Opus; a peer that wants less cannot be served */

#define TICK_MS 100
#define USED_US G_USEC_PER_SEC

/* 50 packets a second of sound have as much header as sound. Of pictures, and what is repeated of them, it is a small part. */
#define SOUND_HEADERS(frame_ms) (1000 * 8 * VAV_PACKET_OVERHEAD / (frame_ms))
#define PICTURE_SHARE 0.93

/* The path is short and free: pictures need not be stretched so much. */
#define FREE_PACING 6
#define FREE_QUEUE_US 10000
#define FREE_LOSS 0.01

/* rtpsession keeps what it knows of each packet until the peer reports on it: of one that never does, or not so that it may be forgotten, we ask no more. */
#define MAX_UNREPORTED 30000

/* What the threads that send and receive know too. */
typedef struct
{
  gatomicrefcount ref_count;
  VavRtcpGuard *guard;
  VavShield *shield;
  gint64 news_us; /* the thread that receives */
  guint pictures; /* atomic: packets of them that left; it wraps */
  GMutex lock;
  VavRateEstimator *estimator; /* under lock */
  gboolean heard;              /* under lock: feedback since we looked last, and it was current */
  VavRepairLosses losses;      /* under lock */
  GstElement *encoder;         /* under lock: of pictures */
} Core;

struct _VavRateControl
{
  VavPacer *pacer;
  Core *core;
  VavHop *hop;
  GSource *timer;
  VavMediaSend *send[VAV_N_MEDIA_KINDS]; /* the session's */
  guint peer_limit[VAV_N_MEDIA_KINDS];   /* 0: none */

  VavRateLimits limits; /* that the ladder knows */
  VavRateLadder ladder;
  guint64 sent, reported; /* packets: when we looked last, when we heard last */
  gboolean unnumbered;
  guint64 bytes; /* of pictures */
  gint64 bytes_us;
  guint used; /* bit/s; 0: not measured */

  double calm_rtt_ms; /* -1: not known */
  VavRepairProtection protection;
  guint64 all_before; /* packets, a second ago */
  guint pictures_before;

  /* as it was last */
  guint bitrate, prospect;
  double loss;
  gint64 queue_us;
  gboolean draining;
  gboolean beside;
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

  vav_rtcp_guard_unref (core->guard);
  vav_shield_unref (core->shield);
  vav_rate_estimator_free (core->estimator);
  gst_clear_object (&core->encoder);
  g_mutex_clear (&core->lock);
  g_free (core);
}

/* The thread that receives */
static void
on_feedback (gpointer user_data, const GstStructure *structure)
{
  Core *core = user_data;
  g_autoptr (GArray) packets = vav_rate_feedback_parse (structure, VAV_PACKET_OVERHEAD);
  gint64 now_us = g_get_monotonic_time ();

  vav_rtcp_guard_note_told (core->guard, packets->len, vav_rate_feedback_is_news (packets, &core->news_us));
  if (packets->len == 0)
    return;

  g_mutex_lock (&core->lock);
  vav_rate_estimator_feed (core->estimator, (const VavRatePacket *)(gpointer)packets->data, packets->len, now_us);
  core->heard |= vav_rate_feedback_is_current (packets, now_us);
  for (guint i = 0; i < packets->len; i++)
    {
      const VavRatePacket *packet = &g_array_index (packets, VavRatePacket, i);

      if (packet->sent_us >= 0)
        vav_repair_count (&core->losses, packet->received_us < 0);
    }
  g_mutex_unlock (&core->lock);
}

/* The pacer's thread, that of the encoder, which is not in the encoder by then, or the main thread (set_picture()) */
static void
on_dropped (gpointer user_data)
{
  Core *core = user_data;
  g_autoptr (GstElement) encoder = NULL;

  g_mutex_lock (&core->lock);
  g_set_object (&encoder, core->encoder);
  g_mutex_unlock (&core->lock);
  if (encoder != NULL)
    vav_media_encoder_start_afresh (encoder);
}

/* The pacer's thread */
static GstBuffer *
on_leaves (gpointer user_data, GstBuffer *packet)
{
  Core *core = user_data;

  g_atomic_int_inc (&core->pictures);
  return vav_shield_protect (core->shield, packet);
}

static const VavPacerListener listener = { on_feedback, on_dropped, on_leaves };

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

static guint
get_limit (VavRateControl *self, VavMediaKind kind, guint own)
{
  return self->peer_limit[kind] != 0 ? MIN (self->peer_limit[kind], own) : own;
}

/* What may change, has: the ladder begins anew with other limits, and the estimator need not look for more than can be used. */
static void
follow_limits (VavRateControl *self)
{
  VavRateLimits limits = *vav_media_send_get_limits (self->send[VAV_MEDIA_VIDEO]);
  guint most;

  limits.bitrate = get_limit (self, VAV_MEDIA_VIDEO, limits.bitrate);
  if (memcmp (&limits, &self->limits, sizeof limits) == 0)
    return;

  self->limits = limits;
  self->ladder = (VavRateLadder){ 0 };
  most = limits.bitrate + get_limit (self, VAV_MEDIA_AUDIO, VAV_AUDIO_BITRATE) + SOUND_HEADERS (20);
  g_mutex_lock (&self->core->lock);
  vav_rate_estimator_set_max (self->core->estimator, MAX (most + most / 5, START));
  g_mutex_unlock (&self->core->lock);
}

/* All and pictures, by what the estimator knows. The path is not blamed for a silence in which nothing was sent. */
static guint
ask_estimator (VavRateControl *self)
{
  gint64 queued_us = vav_pacer_get_queue_us (self->pacer);
  guint64 sent = vav_pacer_get_sent (self->pacer);
  gboolean numbered = vav_media_send_is_numbered (self->send[VAV_MEDIA_AUDIO])
                      || vav_media_send_is_numbered (self->send[VAV_MEDIA_VIDEO]);
  guint pacing;

  g_mutex_lock (&self->core->lock);
  if (numbered && sent != self->sent)
    vav_rate_estimator_tick (self->core->estimator, g_get_monotonic_time (), queued_us);
  if (self->core->heard)
    self->reported = sent;
  self->core->heard = FALSE;
  self->bitrate = vav_rate_estimator_get_bitrate (self->core->estimator);
  self->prospect = vav_rate_estimator_get_prospect (self->core->estimator);
  self->draining = vav_rate_estimator_is_draining (self->core->estimator);
  self->beside = vav_rate_estimator_is_beside_others (self->core->estimator);
  self->loss = vav_rate_estimator_get_loss (self->core->estimator);
  self->queue_us = vav_rate_estimator_get_queue_us (self->core->estimator);
  pacing = vav_rate_estimator_get_pacing (self->core->estimator);
  g_mutex_unlock (&self->core->lock);
  self->sent = sent;

  return pacing;
}

/* What pictures took lately, with the headers of RTP, which are a fiftieth. */
static void
measure_used (VavRateControl *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint64 bytes = vav_media_send_get_bytes (self->send[VAV_MEDIA_VIDEO]);

  if (now_us - self->bytes_us < USED_US)
    return;

  self->used = (guint)((bytes - self->bytes) * 8 * G_USEC_PER_SEC / (guint64)(now_us - self->bytes_us));
  self->bytes = bytes;
  self->bytes_us = now_us;
}

static void
set_pace (VavRateControl *self, guint pacing, guint pictures)
{
  gboolean free_path = pictures >= self->limits.bitrate && self->queue_us < FREE_QUEUE_US && self->loss < FREE_LOSS;

  vav_pacer_set_rate (self->pacer, free_path ? FREE_PACING * self->bitrate : pacing);
}

/* A new rate for a new picture only: each call waits for the picture that is being encoded. */
static void
set_picture (VavRateControl *self, guint bits_per_second, guint prospect)
{
  VavMediaSend *send = self->send[VAV_MEDIA_VIDEO];
  guint before = vav_media_send_get_bitrate (send);
  guint most
      = (guint)(self->limits.bitrate * vav_repair_get_share (&self->protection)); /* parity is within the limit, too */
  guint wanted = MAX (MIN (bits_per_second, most), VAV_RATE_LADDER_LEAST);
  VavRateShare share = { prospect, self->used != 0 ? self->used : prospect, self->draining };
  VavRatePicture picture;
  gboolean changed;

  changed = vav_rate_ladder_follow (&self->ladder, &share, &self->limits, g_get_monotonic_time (), &picture);
  if (wanted != most && ABS ((int)wanted - (int)before) < (int)before / 32)
    wanted = before;
  vav_media_send_follow (send, &picture, wanted);
  if (changed && self->draining)
    vav_pacer_start_afresh (self->pacer);
}

/* Of all that may be sent, with headers */
static guint
get_share_of_pictures (VavRateControl *self, guint bitrate, guint sound, guint frame_ms)
{
  double rest = (double)bitrate - sound - SOUND_HEADERS (frame_ms);

  return (guint)MAX (rest * PICTURE_SHARE * (1 - self->loss) * vav_repair_get_share (&self->protection), 0);
}

static void
update (VavRateControl *self)
{
  GstElement *voice;
  guint sound, pictures, prospect, pacing, frame_ms;

  if (self->send[VAV_MEDIA_AUDIO] == NULL || self->send[VAV_MEDIA_VIDEO] == NULL)
    return;

  follow_limits (self);
  pacing = ask_estimator (self);
  measure_used (self);
  sound = vav_rate_ladder_get_sound (&self->ladder, self->bitrate, get_limit (self, VAV_MEDIA_AUDIO, VAV_AUDIO_BITRATE),
                                     g_get_monotonic_time (), &frame_ms);
  sound = MAX (sound, LEAST_SOUND);
  pictures = get_share_of_pictures (self, self->bitrate, sound, frame_ms);
  prospect = get_share_of_pictures (self, self->prospect, sound, frame_ms);
  if (!self->beside && vav_rate_ladder_is_starving (&self->ladder, self->bitrate, self->loss))
    pictures = prospect = 0;
  set_pace (self, pacing, pictures);
  vav_media_send_follow (self->send[VAV_MEDIA_AUDIO], NULL, sound);
  voice = vav_media_send_get_encoder (self->send[VAV_MEDIA_AUDIO]);
  vav_media_encoder_set_frame (voice, frame_ms);
  vav_media_encoder_set_loss (voice, self->loss);
  set_picture (self, pictures, prospect);
}

static gboolean
on_tick (gpointer user_data)
{
  VavRateControl *self = user_data;

  update (self);
  if (!self->unnumbered && self->sent - self->reported > MAX_UNREPORTED)
    {
      self->unnumbered = TRUE;
      for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
        vav_media_send_stop_numbering (self->send[i]);
    }

  return G_SOURCE_CONTINUE;
}

static void
on_limits_changed (gpointer user_data)
{
  update (user_data);
}

VavRateControl *
vav_rate_control_new (GstElement *webrtc, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield, VavHop *hop)
{
  VavRateControl *self = g_new0 (VavRateControl, 1);
  Offer *offer = g_new0 (Offer, 1);

  self->hop = vav_hop_ref (hop);
  self->core = g_new0 (Core, 1);
  g_atomic_ref_count_init (&self->core->ref_count);
  self->core->guard = vav_rtcp_guard_ref (guard);
  self->core->shield = vav_shield_ref (shield);
  self->calm_rtt_ms = -1;
  g_mutex_init (&self->core->lock);
  self->core->estimator = vav_rate_estimator_new (START, LEAST, 2 * VAV_VIDEO_BITRATE);
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
  vav_hop_unref (self->hop);
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
  self->send[kind] = send;
  vav_pacer_set_ssrc (self->pacer, kind == VAV_MEDIA_VIDEO ? VAV_PACER_PICTURE : VAV_PACER_SOUND,
                      vav_media_send_get_ssrc (send));
  if (kind == VAV_MEDIA_VIDEO)
    {
      vav_media_send_watch (send, on_limits_changed, self);
      g_mutex_lock (&self->core->lock);
      g_set_object (&self->core->encoder, vav_media_send_get_encoder (send));
      g_mutex_unlock (&self->core->lock);
    }
  update (self);
}

void
vav_rate_control_set_peer_limit (VavRateControl *self, VavMediaKind kind, guint bits_per_second)
{
  self->peer_limit[kind] = bits_per_second;
  update (self);
}

void
vav_rate_control_start (VavRateControl *self)
{
  if (self->timer != NULL)
    return;

  self->bytes_us = g_get_monotonic_time ();
  self->timer = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->timer, on_tick, self, NULL);
  g_source_attach (self->timer, vav_hop_get_context (self->hop));
}

void
vav_rate_control_stop (VavRateControl *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
vav_rate_control_restart (VavRateControl *self)
{
  g_mutex_lock (&self->core->lock);
  vav_rate_estimator_restart (self->core->estimator, g_get_monotonic_time ());
  g_mutex_unlock (&self->core->lock);
  self->ladder = (VavRateLadder){ 0 };
  update (self);
}

void
vav_rate_control_hear (VavRateControl *self)
{
  g_mutex_lock (&self->core->lock);
  vav_rate_estimator_hear (self->core->estimator, g_get_monotonic_time ());
  g_mutex_unlock (&self->core->lock);
  update (self);
}

void
vav_rate_control_follow_path (VavRateControl *self, double rtt_ms)
{
  VavRepairPath path = { 0 };
  VavShieldCounts counts;
  guint64 all = vav_pacer_get_sent (self->pacer);
  guint pictures = g_atomic_int_get (&self->core->pictures);

  self->calm_rtt_ms = vav_repair_calm_rtt (self->calm_rtt_ms, rtt_ms);
  path.rtt_ms = self->calm_rtt_ms;
  path.bitrate = self->bitrate;
  path.packets = (double)(all - self->all_before);
  path.pictures = (double)(pictures - self->pictures_before);
  self->all_before = all;
  self->pictures_before = pictures;
  g_mutex_lock (&self->core->lock);
  vav_repair_protect (&self->protection, &path, &self->core->losses);
  vav_repair_age (&self->core->losses);
  g_mutex_unlock (&self->core->lock);
  if (!vav_shield_is_agreed (self->core->shield))
    self->protection = (VavRepairProtection){ 0 };
  vav_shield_plan (self->core->shield, self->protection.group, self->protection.depth);
  vav_shield_read (self->core->shield, &counts);
  g_debug (
      "parity since the beginning: %u packets sent, %u came, of which %u brought one back; for each %u, %u at a time",
      counts.sent, counts.received, counts.recovered, self->protection.group, self->protection.depth);
}

void
vav_rate_control_read (VavRateControl *self, VavStats *stats)
{
  stats->sending.estimate_kbps = self->bitrate / 1000.0;
  stats->sending.loss = self->loss;
  stats->sending.path_queue_ms = (double)self->queue_us / 1000.0;
  stats->sending.pacer_ms = (double)vav_pacer_get_queue_us (self->pacer) / 1000.0;
  if (vav_rate_ladder_is_reduced (&self->ladder, &self->limits))
    {
      stats->video_out.limit = VAV_LIMIT_PATH;
      stats->video_out.slow = vav_rate_ladder_is_paused (&self->ladder) ? VAV_SLOW_PAUSED : VAV_SLOW_REDUCED;
    }
}
