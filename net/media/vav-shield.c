/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-shield.h"

#include <gst/rtp/rtp.h>
#include <string.h>

#include "net/media/vav-parity.h"
#include "net/media/vav-sdp-parity.h"

#define RTP_HEADER 12
#define PAYLOAD_BITS 0x7f
#define NUMBER_BYTES 2
#define ONE_BYTE 0xbede   /* RFC 8285, 4.2 */
#define EXTENSION_BYTES 8 /* with one number: two words */

struct _VavShield
{
  gatomicrefcount ref_count;
  guint video;  /* payload type of pictures */
  guint twcc;   /* id of the header extension with the number for feedback; 0: none */
  guint32 ssrc; /* of our parity */
  int payload;  /* atomic: of parity; 0: none */
  int planned;  /* atomic: parity is made of what is sent */

  GMutex lock; /* all below */
  guint32 picture;
  gboolean agreed;
  VavParityMaker *maker;
  guint16 number; /* of our next parity */
  VavParityWindow *window;
  VavShieldCounts counts;
};

VavShield *
vav_shield_new (const VavSdpMedia *video)
{
  VavShield *self = g_new0 (VavShield, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->video = video->payload;
  self->twcc = video->twcc;
  self->ssrc = (guint32)g_random_int_range (1, G_MAXINT32);
  self->number = (guint16)g_random_int_range (0, G_MAXINT16);
  self->maker = vav_parity_maker_new ();
  self->window = vav_parity_window_new ();

  return self;
}

VavShield *
vav_shield_ref (VavShield *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_shield_unref (VavShield *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_parity_maker_free (self->maker);
  vav_parity_window_free (self->window);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
vav_shield_set_picture (VavShield *self, guint32 picture)
{
  g_mutex_lock (&self->lock);
  self->picture = picture;
  g_mutex_unlock (&self->lock);
}

void
vav_shield_offer (VavShield *self)
{
  if (self->video != VAV_SHIELD_PAYLOAD)
    g_atomic_int_set (&self->payload, VAV_SHIELD_PAYLOAD);
}

void
vav_shield_agree (VavShield *self, guint payload)
{
  g_mutex_lock (&self->lock);
  self->agreed = payload != 0 && payload != self->video;
  g_atomic_int_set (&self->payload, self->agreed ? (int)payload : 0);
  g_mutex_unlock (&self->lock);
}

gboolean
vav_shield_is_agreed (VavShield *self)
{
  gboolean agreed;

  g_mutex_lock (&self->lock);
  agreed = self->agreed;
  g_mutex_unlock (&self->lock);

  return agreed;
}

void
vav_shield_plan (VavShield *self, guint group, guint depth)
{
  g_mutex_lock (&self->lock);
  if (!self->agreed)
    group = 0;
  vav_parity_maker_set (self->maker, group, depth);
  g_atomic_int_set (&self->planned, group > 0);
  g_mutex_unlock (&self->lock);
}

void
vav_shield_describe (VavShield *self, GstSDPMessage *message)
{
  guint payload = (guint)g_atomic_int_get (&self->payload);
  guint32 picture;

  g_mutex_lock (&self->lock);
  picture = self->picture;
  g_mutex_unlock (&self->lock);
  if (payload != 0)
    vav_sdp_parity_add (message, payload, picture, self->ssrc);
}

/* With the lock held. The session writes the number for feedback into the place that it finds. */
static GstBuffer *
make_packet (VavShield *self, GstBuffer *like, const guint8 *parity, gsize size)
{
  gsize extension = self->twcc != 0 ? EXTENSION_BYTES : 0;
  GstBuffer *packet = gst_buffer_new_allocate (NULL, RTP_HEADER + extension + size, NULL);
  guint8 header[RTP_HEADER + EXTENSION_BYTES] = { 0 };

  gst_buffer_extract (like, 4, header + 4, 4);
  header[0] = (guint8)(0x80 | (extension > 0 ? 0x10 : 0));
  header[1] = (guint8)g_atomic_int_get (&self->payload);
  GST_WRITE_UINT16_BE (header + 2, self->number);
  GST_WRITE_UINT32_BE (header + 8, self->ssrc);
  GST_WRITE_UINT16_BE (header + RTP_HEADER, ONE_BYTE);
  GST_WRITE_UINT16_BE (header + RTP_HEADER + 2, 1);
  header[RTP_HEADER + 4] = (guint8)(self->twcc << 4 | (NUMBER_BYTES - 1));
  gst_buffer_fill (packet, 0, header, RTP_HEADER + extension);
  gst_buffer_fill (packet, RTP_HEADER + extension, parity, size);
  gst_buffer_copy_into (packet, like, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  self->number++;

  return packet;
}

GstBuffer *
vav_shield_protect (VavShield *self, GstBuffer *packet)
{
  guint8 parity[VAV_PARITY_MAX_SIZE];
  GstBuffer *made = NULL;
  GstMapInfo map;
  gsize size;

  if (!g_atomic_int_get (&self->planned) || !gst_buffer_map (packet, &map, GST_MAP_READ))
    return NULL;

  g_mutex_lock (&self->lock);
  size = vav_parity_maker_add (self->maker, map.data, map.size, parity);
  if (size > 0)
    {
      self->counts.sent++;
      made = make_packet (self, packet, parity, size);
    }
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (packet, &map);

  return made;
}

/* Into an empty element of the extension; a picture's packet has one, which was taken out of the sum. */
static void
put_number (guint8 *packet, gsize size, guint id, const guint8 *number)
{
  guint8 *extension = packet + RTP_HEADER;

  if (id == 0 || !(packet[0] & 0x10) || size < RTP_HEADER + EXTENSION_BYTES
      || GST_READ_UINT16_BE (extension) != ONE_BYTE || GST_READ_UINT16_BE (extension + 2) == 0 || extension[4] != 0)
    return;

  extension[4] = (guint8)(id << 4 | (NUMBER_BYTES - 1));
  memcpy (extension + 5, number, NUMBER_BYTES);
}

/* What is not needed is an empty one that the session counts, and then drops as one that it had. */
static gsize
make_empty (VavShield *self, guint8 *packet)
{
  if (!vav_parity_window_get_latest (self->window, packet))
    return 0;

  packet[0] = 0x90;
  packet[1] &= PAYLOAD_BITS;
  memset (packet + RTP_HEADER, 0, EXTENSION_BYTES);
  GST_WRITE_UINT16_BE (packet + RTP_HEADER, ONE_BYTE);
  GST_WRITE_UINT16_BE (packet + RTP_HEADER + 2, 1);

  return RTP_HEADER + EXTENSION_BYTES;
}

/* With the lock held. packet: mapped */
static GstBuffer *
use_parity (VavShield *self, GstBuffer *buffer, GstRTPBuffer *rtp)
{
  guint8 packet[VAV_PARITY_MAX_PACKET];
  gpointer number = NULL;
  guint bytes = 0;
  gsize size = vav_parity_window_recover (self->window, gst_rtp_buffer_get_payload (rtp),
                                          gst_rtp_buffer_get_payload_len (rtp), packet);
  GstBuffer *made;

  self->counts.received++;
  if (size > 0)
    self->counts.recovered++;
  else
    size = make_empty (self, packet);
  if (size == 0)
    return NULL;

  if (self->twcc != 0 && gst_rtp_buffer_get_extension_onebyte_header (rtp, (guint8)self->twcc, 0, &number, &bytes)
      && bytes == NUMBER_BYTES)
    put_number (packet, size, self->twcc, number);
  made = gst_buffer_new_memdup (packet, size);
  gst_buffer_copy_into (made, buffer, GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);

  return made;
}

static gboolean
take_parity (VavShield *self, GstBuffer **packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GstBuffer *made = NULL;

  if (gst_rtp_buffer_map (*packet, GST_MAP_READ, &rtp))
    {
      g_mutex_lock (&self->lock);
      made = use_parity (self, *packet, &rtp);
      g_mutex_unlock (&self->lock);
      gst_rtp_buffer_unmap (&rtp);
    }
  if (made == NULL)
    return FALSE;

  gst_buffer_unref (*packet);
  *packet = made;
  return TRUE;
}

static void
note_picture (VavShield *self, GstBuffer *packet)
{
  GstMapInfo map;

  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return;

  g_mutex_lock (&self->lock);
  vav_parity_window_add (self->window, map.data, map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (packet, &map);
}

gboolean
vav_shield_take (VavShield *self, GstBuffer **packet)
{
  guint payload = (guint)g_atomic_int_get (&self->payload);
  guint8 header[2];

  if (payload == 0 || gst_buffer_extract (*packet, 0, header, sizeof header) < sizeof header)
    return TRUE;
  if ((header[1] & PAYLOAD_BITS) == payload)
    return take_parity (self, packet);
  if ((header[1] & PAYLOAD_BITS) == self->video)
    note_picture (self, *packet);

  return TRUE;
}

void
vav_shield_read (VavShield *self, VavShieldCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}
