/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-buffers.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "net/media/vav-jitter.h"
#include "net/media/vav-key-jump.h"
#include "net/media/vav-media-tuning.h"
#include "net/media/vav-repair.h"
#include "net/media/vav-vp8.h"

/* Of a hundred packets one may come too late: a mean would let through many more where jitter comes in bursts. */
#define NEARLY_ALL 0.99
/* An answer that is asked for once more although it was on its way costs one packet. */
#define MOST 0.9
#define QUIET_S 10 /* what was repaired so long ago will not come again soon */
/* The jitter of so long counts. */
#define SOUND_MS 10000
#define PICTURE_MS 5000
#define STEP_MS 3 /* each change makes the pipeline count anew: not for less */
#define RTP_HEADER_SIZE 12
/* Longer than any gap that is jumped over (VAV_KEY_JUMP_WINDOW), at the rate of packets of a picture that is worth it. */
#define MISORDER_MS 60000

/* What comes into one jitter buffer. Its pad's probe and the list keep it. */
typedef struct
{
  gatomicrefcount ref_count;

  GMutex lock;
  guint clock_rate;             /* under lock; 0: nothing came yet */
  gboolean video;               /* under lock */
  VavJitter *jitter;            /* under lock */
  VavKeyJump jump;              /* under lock */
  guint64 given_up;             /* under lock: packets that left, and only stood in for others */
  double rtt_ms;                /* under lock; -1: not known */
  VavKeyFrameRequests requests; /* under lock */
} Arrivals;

typedef struct
{
  GstElement *element;
  Arrivals *arrivals;
} Buffer;

struct _VavMediaBuffers
{
  GMutex lock;
  GPtrArray *list; /* under lock: of Buffer; it only grows */

  /* main thread */
  double rtt_ms; /* without queues; -1: not known */
  double sound_ms;
  double uneven_ms;
  guint64 repaired;
  guint quiet; /* seconds without a repair */
};

static Arrivals *
arrivals_ref (Arrivals *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
arrivals_unref (gpointer data)
{
  Arrivals *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_jitter_free (self->jitter);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Arrivals *
arrivals_new (void)
{
  Arrivals *self = g_new0 (Arrivals, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->jitter = vav_jitter_new ();
  self->rtt_ms = -1;

  return self;
}

static void
buffer_free (gpointer data)
{
  Buffer *self = data;

  gst_object_unref (self->element);
  arrivals_unref (self->arrivals);
  g_free (self);
}

static void
set_latency (GstElement *element, guint latency_ms)
{
  guint now;

  g_object_get (element, "latency", &now, NULL);
  if (ABS ((int)latency_ms - (int)now) >= STEP_MS)
    g_object_set (element, "latency", latency_ms, NULL);
}

static void
plan_picture (GstElement *element, double rtt_ms, double jitter_ms)
{
  VavRepairTimes times;

  vav_repair_plan (rtt_ms, jitter_ms, &times);
  set_latency (element, times.latency_ms);
  g_object_set (element, "rtx-delay", (int)times.delay_ms, "rtx-retry-timeout", (int)times.retry_ms, "rtx-retry-period",
                (int)times.period_ms, "rtx-max-retries", (int)times.retries, NULL);
}

/* What the jitter buffer itself asks for as it gets its first packet: its pad's caps do not say what is in it. */
static void
learn_kind (Arrivals *self, GstElement *element, guint payload)
{
  g_autoptr (GstCaps) caps = NULL;
  GstStructure *structure;
  gboolean video;
  int rate = 0;

  g_signal_emit_by_name (element, "request-pt-map", payload, &caps);
  if (caps == NULL || gst_caps_is_empty (caps))
    return;

  structure = gst_caps_get_structure (caps, 0);
  gst_structure_get_int (structure, "clock-rate", &rate);
  video = g_strcmp0 (gst_structure_get_string (structure, "media"), "video") == 0;
  g_mutex_lock (&self->lock);
  self->video = video;
  self->clock_rate = (guint)MAX (rate, 0);
  g_mutex_unlock (&self->lock);
  if (video)
    plan_picture (element, -1, 0);
  else
    /* nobody repeats sound: the next packet has it, too */
    g_object_set (element, "do-retransmission", FALSE, NULL);
}

static void
count_arrival (Arrivals *self, GstElement *element, GstBuffer *packet, gint64 now)
{
  guint8 header[RTP_HEADER_SIZE];
  gboolean known;

  /* what was asked for comes late by intention */
  if (GST_BUFFER_FLAG_IS_SET (packet, GST_RTP_BUFFER_FLAG_RETRANSMISSION)
      || gst_buffer_extract (packet, 0, header, sizeof header) < sizeof header)
    return;

  g_mutex_lock (&self->lock);
  known = self->clock_rate != 0;
  g_mutex_unlock (&self->lock);
  if (!known)
    learn_kind (self, element, header[1] & 0x7f);

  g_mutex_lock (&self->lock);
  if (self->clock_rate != 0)
    vav_jitter_add_rtp (self->jitter, now, GST_READ_UINT32_BE (header + 4), self->clock_rate);
  g_mutex_unlock (&self->lock);
}

/* In the place of a packet that is not waited for any more: with it the jitter buffer has nothing to wait for. It goes no further than on_leaving(). */
static GstBuffer *
make_stand_in (GstBuffer *packet, guint16 number)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, RTP_HEADER_SIZE, NULL);
  guint8 header[RTP_HEADER_SIZE];

  gst_buffer_extract (packet, 0, header, sizeof header);
  header[0] = 0x80;  /* version 2 and nothing else */
  header[1] &= 0x7f; /* no end of a picture */
  GST_WRITE_UINT16_BE (header + 2, number);
  gst_buffer_fill (buffer, 0, header, sizeof header);
  gst_buffer_copy_into (buffer, packet, GST_BUFFER_COPY_TIMESTAMPS, 0, 0);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);

  return buffer;
}

/* Returns: (element-type guint16) (nullable) (transfer full): what is given up */
static GArray *
look_for_key (Arrivals *self, GstBuffer *packet, gint64 now)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GArray *missing = NULL;
  guint16 number;

  if (!gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->video
      && vav_key_jump_add (
          &self->jump, gst_rtp_buffer_get_seq (&rtp), gst_rtp_buffer_get_timestamp (&rtp),
          vav_vp8_begins_key (gst_rtp_buffer_get_payload (&rtp), gst_rtp_buffer_get_payload_len (&rtp)),
          gst_rtp_buffer_get_marker (&rtp), now))
    {
      missing = g_array_new (FALSE, FALSE, sizeof (guint16));
      number = vav_key_jump_get_passed (&self->jump);
      while (vav_key_jump_next (&self->jump, &number))
        g_array_append_val (missing, number);
    }
  g_mutex_unlock (&self->lock);
  gst_rtp_buffer_unmap (&rtp);

  return missing;
}

/* A whole key frame has come: what is missing before it is of no use any more. */
static void
jump_to_key (Arrivals *self, GstPad *pad, GstBuffer *packet, gint64 now)
{
  g_autoptr (GArray) missing = look_for_key (self, packet, now);

  for (guint i = 0; missing != NULL && i < missing->len; i++)
    gst_pad_chain (pad, make_stand_in (packet, g_array_index (missing, guint16, i)));
}

/* The receiving thread */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  gint64 now = g_get_monotonic_time ();
  GstBufferList *list;

  if (element == NULL)
    return GST_PAD_PROBE_OK;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    {
      GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);

      if (GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_GAP))
        return GST_PAD_PROBE_OK;
      count_arrival (user_data, element, packet, now);
      jump_to_key (user_data, pad, packet, now);
      return GST_PAD_PROBE_OK;
    }

  list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    {
      count_arrival (user_data, element, gst_buffer_list_get (list, i), now);
      jump_to_key (user_data, pad, gst_buffer_list_get (list, i), now);
    }

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
judge_leaving (Arrivals *self, GstBuffer *packet)
{
  gboolean stands_in = GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_GAP);
  guint8 header[RTP_HEADER_SIZE] = { 0 };
  gboolean of_use;

  gst_buffer_extract (packet, 0, header, sizeof header);
  g_mutex_lock (&self->lock);
  of_use = vav_key_jump_pass (&self->jump, GST_READ_UINT16_BE (header + 2)) && !stands_in;
  self->given_up += stands_in;
  g_mutex_unlock (&self->lock);

  return of_use ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The depayloader asks for a key frame where something is missing, also if a key frame is what comes after it; and with each packet that it cannot use
 * until one comes. What goes no further does not count as asked for. */
static GstPadProbeReturn
judge_event (Arrivals *self, GstEvent *event)
{
  gboolean asks = gst_video_event_is_force_key_unit (event);
  gboolean passes;

  if (!asks && !gst_event_has_name (event, "GstRTPPacketLost"))
    return GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  passes = !vav_key_jump_is_landing (&self->jump)
           && (!asks || vav_repair_may_ask (&self->requests, g_get_monotonic_time (), self->rtt_ms));
  g_mutex_unlock (&self->lock);

  return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The jitter buffer's thread, and any for requests */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return judge_leaving (user_data, GST_PAD_PROBE_INFO_BUFFER (info));

  return judge_event (user_data, GST_PAD_PROBE_INFO_EVENT (info));
}

VavMediaBuffers *
vav_media_buffers_new (void)
{
  VavMediaBuffers *self = g_new0 (VavMediaBuffers, 1);

  g_mutex_init (&self->lock);
  self->list = g_ptr_array_new_with_free_func (buffer_free);
  self->rtt_ms = -1;
  self->sound_ms = VAV_LATENCY_START_MS;
  self->quiet = QUIET_S;

  return self;
}

void
vav_media_buffers_free (VavMediaBuffers *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->list);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* A deadline far away: within it feedback may leave at once instead of with the next regular report, and a round trip that was taken for too long
 * does not keep requests back (rtpsession throws away those whose answer would come after it). */
static void
set_up (GstElement *element)
{
  g_object_set (element, "faststart-min-packets", 1, "rtx-deadline", 2 * VAV_REPAIR_MAX_MS, "rtx-delay-reorder", 2,
                /* a packet that nobody has sent yet is not missing: encoders leave pictures out */
                "rtx-next-seqnum", FALSE,
                /* else it takes those that stand in for a long gap for the numbers of a stream that begins anew */
                "max-misorder-time", MISORDER_MS, NULL);
}

void
vav_media_buffers_add (VavMediaBuffers *self, GstElement *element)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstPad) behind = gst_element_get_static_pad (element, "src");
  Buffer *buffer = g_new0 (Buffer, 1);

  buffer->element = gst_object_ref (element);
  buffer->arrivals = arrivals_new ();
  set_up (element);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet,
                     arrivals_ref (buffer->arrivals), arrivals_unref);
  gst_pad_add_probe (behind, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_BOTH, on_leaving,
                     arrivals_ref (buffer->arrivals), arrivals_unref);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->list, buffer);
  g_mutex_unlock (&self->lock);
}

/* What is in the list by now; nothing goes from it while the main thread is here. */
static GPtrArray *
copy_list (VavMediaBuffers *self)
{
  GPtrArray *list;

  g_mutex_lock (&self->lock);
  list = g_ptr_array_copy (self->list, NULL, NULL);
  g_ptr_array_set_free_func (list, NULL);
  g_mutex_unlock (&self->lock);

  return list;
}

/* Returns: whether anything came yet */
static gboolean
read_arrivals (Arrivals *self, double rtt_ms, gboolean *video, double *jitter_ms)
{
  gboolean any;

  g_mutex_lock (&self->lock);
  self->rtt_ms = rtt_ms;
  any = self->clock_rate != 0;
  *video = self->video;
  *jitter_ms = self->video ? vav_jitter_read (self->jitter, MOST, PICTURE_MS)
                           : vav_jitter_read (self->jitter, NEARLY_ALL, SOUND_MS);
  g_mutex_unlock (&self->lock);

  return any;
}

static double
judge_uneven (VavMediaBuffers *self, double jitter_ms)
{
  VavMediaBufferCounts counts;

  vav_media_buffers_count (self, &counts);
  self->quiet = counts.repaired > self->repaired ? 0 : self->quiet + 1;
  self->repaired = counts.repaired;

  return vav_repair_judge_uneven (self->rtt_ms, jitter_ms, vav_media_buffers_is_lossy (self));
}

guint
vav_media_buffers_follow (VavMediaBuffers *self, double rtt_ms)
{
  g_autoptr (GPtrArray) list = copy_list (self);
  g_autoptr (GPtrArray) sounds = g_ptr_array_new ();
  double sound_jitter_ms = 0, picture_jitter_ms = 0;

  self->rtt_ms = vav_repair_calm_rtt (self->rtt_ms, rtt_ms);
  for (guint i = 0; i < list->len; i++)
    {
      Buffer *buffer = list->pdata[i];
      double jitter_ms;
      gboolean video;

      if (!read_arrivals (buffer->arrivals, rtt_ms, &video, &jitter_ms))
        continue;
      if (video)
        {
          plan_picture (buffer->element, rtt_ms, jitter_ms);
          picture_jitter_ms = MAX (picture_jitter_ms, jitter_ms);
        }
      else
        {
          sound_jitter_ms = MAX (sound_jitter_ms, jitter_ms);
          g_ptr_array_add (sounds, buffer->element);
        }
    }

  self->uneven_ms = judge_uneven (self, picture_jitter_ms);
  self->sound_ms = vav_repair_follow_sound (self->sound_ms, sound_jitter_ms);
  for (guint i = 0; i < sounds->len; i++)
    set_latency (sounds->pdata[i], (guint)self->sound_ms);

  return (guint)self->sound_ms;
}

double
vav_media_buffers_get_uneven (VavMediaBuffers *self)
{
  return self->uneven_ms;
}

gboolean
vav_media_buffers_is_lossy (VavMediaBuffers *self)
{
  return self->quiet < QUIET_S;
}

static guint64
get_stat (const GstStructure *stats, const char *name)
{
  guint64 value = 0;

  gst_structure_get_uint64 (stats, name, &value);

  return value;
}

static guint64
read_given_up (Arrivals *self)
{
  guint64 given_up;

  g_mutex_lock (&self->lock);
  given_up = self->given_up;
  g_mutex_unlock (&self->lock);

  return given_up;
}

void
vav_media_buffers_count (VavMediaBuffers *self, VavMediaBufferCounts *counts)
{
  g_autoptr (GPtrArray) list = copy_list (self);

  memset (counts, 0, sizeof *counts);
  for (guint i = 0; i < list->len; i++)
    {
      Buffer *buffer = list->pdata[i];
      g_autoptr (GstStructure) stats = NULL;
      guint64 given_up, pushed;

      g_object_get (buffer->element, "stats", &stats, NULL);
      if (stats == NULL)
        continue;
      given_up = read_given_up (buffer->arrivals);
      pushed = get_stat (stats, "num-pushed");
      counts->pushed += pushed - MIN (given_up, pushed); /* one may have left and not be counted yet */
      counts->lost += get_stat (stats, "num-lost") + given_up;
      counts->asked += get_stat (stats, "rtx-count");
      counts->repaired += get_stat (stats, "rtx-success-count");
      counts->extra += get_stat (stats, "num-duplicates");
    }
}

/* What stands in for a packet is counted as passed on a moment before it is known for what it is: that count may fall. */
double
vav_media_buffers_compare (const VavMediaBufferCounts *before, const VavMediaBufferCounts *now)
{
  guint64 pushed = now->pushed > before->pushed ? now->pushed - before->pushed : 0;
  guint64 lost = now->lost > before->lost ? now->lost - before->lost : 0;

  return lost > 0 ? (double)lost / ((double)pushed + (double)lost) : 0;
}
