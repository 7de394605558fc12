/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-pacer-queue.h"

#define RTP_HEADER 12

/* Numbers wrap: what was given up so many packets ago is asked for by nobody. */
#define FORGOTTEN_FOR 0x4000

static const struct
{
  gint64 age_us;
  gsize bytes;
} bounds[VAV_N_PACER_PRIORITIES] = {
  [VAV_PACER_SOUND] = { 500000, 1 << 16 },
  /* by then the peer has asked again, or goes on without */
  [VAV_PACER_REPEAT] = { 250000, 1 << 18 },
  [VAV_PACER_PICTURE] = { 500000, 1 << 20 },
};

typedef struct
{
  GstBuffer *buffer;
  gint64 since_us;
} Packet;

static gsize
on_wire (GstBuffer *buffer)
{
  return gst_buffer_get_size (buffer) + VAV_PACER_OVERHEAD;
}

static guint32
read_ssrc (GstBuffer *buffer)
{
  guint8 header[RTP_HEADER] = { 0 };

  gst_buffer_extract (buffer, 0, header, sizeof header);
  return GST_READ_UINT32_BE (header + 8);
}

static guint16
read_number (GstBuffer *buffer)
{
  guint8 header[RTP_HEADER] = { 0 };

  gst_buffer_extract (buffer, 0, header, sizeof header);
  return GST_READ_UINT16_BE (header + 2);
}

VavPacerPriority
vav_pacer_queue_get_priority (const VavPacerQueue *self, GstBuffer *buffer)
{
  guint32 ssrc = read_ssrc (buffer);

  if (ssrc == self->ssrc[VAV_PACER_SOUND])
    return VAV_PACER_SOUND;
  if (ssrc == self->ssrc[VAV_PACER_PICTURE])
    return VAV_PACER_PICTURE;
  return VAV_PACER_REPEAT;
}

/* When the peer uses the number of one of our streams, that gets another one (RFC 3550, 8.2). The type of what it carries stays. */
static VavPacerPriority
learn_priority (VavPacerQueue *self, GstBuffer *buffer)
{
  VavPacerPriority priority = vav_pacer_queue_get_priority (self, buffer);
  guint8 header[RTP_HEADER];
  guint8 payload;

  gst_buffer_extract (buffer, 0, header, sizeof header);
  payload = header[1] & 0x7f;
  if (priority != VAV_PACER_REPEAT)
    {
      self->payload[priority] = payload;
      return priority;
    }
  for (guint i = 0; i < VAV_N_PACER_PRIORITIES; i++)
    if (i != VAV_PACER_REPEAT && self->payload[i] != 0 && self->payload[i] == payload)
      {
        self->ssrc[i] = GST_READ_UINT32_BE (header + 8);
        return (VavPacerPriority)i;
      }

  return VAV_PACER_REPEAT;
}

void
vav_pacer_queue_push (VavPacerQueue *self, GstBuffer *buffer, gint64 now_us)
{
  VavPacerPriority priority;
  Packet *packet;

  if (gst_buffer_get_size (buffer) < RTP_HEADER)
    {
      gst_buffer_unref (buffer);
      return;
    }

  priority = learn_priority (self, buffer);
  if (priority == VAV_PACER_PICTURE)
    {
      self->newest = read_number (buffer);
      self->has_newest = TRUE;
      if ((guint16)(self->newest - self->forgotten) > FORGOTTEN_FOR)
        self->has_forgotten = FALSE;
    }
  packet = g_new (Packet, 1);
  *packet = (Packet){ buffer, now_us };
  g_queue_push_tail (&self->queues[priority], packet);
  self->bytes[priority] += on_wire (buffer);
}

GstBuffer *
vav_pacer_queue_take (VavPacerQueue *self, VavPacerPriority priority)
{
  g_autofree Packet *packet = g_queue_pop_head (&self->queues[priority]);

  self->bytes[priority] -= on_wire (packet->buffer);

  return packet->buffer;
}

static void
drop_first (VavPacerQueue *self, VavPacerPriority priority)
{
  gst_buffer_unref (vav_pacer_queue_take (self, priority));
  self->dropped[priority]++;
}

static void
drop_all (VavPacerQueue *self, VavPacerPriority priority)
{
  while (!g_queue_is_empty (&self->queues[priority]))
    drop_first (self, priority);
}

void
vav_pacer_queue_clear (VavPacerQueue *self)
{
  for (guint i = 0; i < VAV_N_PACER_PRIORITIES; i++)
    while (!g_queue_is_empty (&self->queues[i]))
      gst_buffer_unref (vav_pacer_queue_take (self, i));
}

VavPacerPriority
vav_pacer_queue_first (const VavPacerQueue *self)
{
  guint priority = 0;

  while (priority < VAV_N_PACER_PRIORITIES && self->queues[priority].length == 0)
    priority++;

  return (VavPacerPriority)priority;
}

gint64
vav_pacer_queue_get_limit_us (const VavPacerQueue *self, VavPacerPriority priority)
{
  const Packet *first = self->queues[priority].head->data;

  return first->since_us + bounds[priority].age_us;
}

static gboolean
is_bad (const VavPacerQueue *self, VavPacerPriority priority, gint64 now_us)
{
  return self->queues[priority].length > 0
         && (self->bytes[priority] > bounds[priority].bytes || now_us > vav_pacer_queue_get_limit_us (self, priority));
}

/* A picture without the one before it is of no use: all that wait go. */
gboolean
vav_pacer_queue_drop_old (VavPacerQueue *self, gint64 now_us)
{
  gboolean pictures = is_bad (self, VAV_PACER_PICTURE, now_us);

  while (is_bad (self, VAV_PACER_SOUND, now_us))
    drop_first (self, VAV_PACER_SOUND);
  while (is_bad (self, VAV_PACER_REPEAT, now_us))
    drop_first (self, VAV_PACER_REPEAT);
  if (pictures)
    vav_pacer_queue_drop_pictures (self);

  return pictures;
}

/* The key frame that follows makes what the peer misses from before it useless, and a path on which pictures wait for so long has no room for that. */
void
vav_pacer_queue_drop_pictures (VavPacerQueue *self)
{
  drop_all (self, VAV_PACER_PICTURE);
  drop_all (self, VAV_PACER_REPEAT);
  self->forgotten = self->newest;
  self->has_forgotten = self->has_newest;
}

gboolean
vav_pacer_queue_may_repeat (const VavPacerQueue *self, guint32 ssrc, guint16 number)
{
  if (ssrc != self->ssrc[VAV_PACER_PICTURE] || !self->has_forgotten)
    return TRUE;

  return (gint16)(guint16)(number - self->forgotten) > 0;
}

gsize
vav_pacer_queue_get_bytes (const VavPacerQueue *self)
{
  gsize bytes = 0;

  for (guint i = 0; i < VAV_N_PACER_PRIORITIES; i++)
    bytes += self->bytes[i];

  return bytes;
}
