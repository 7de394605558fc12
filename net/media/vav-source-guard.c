/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-source-guard.h"

#include <gnutls/crypto.h>
#include <gst/rtp/gstrtcpbuffer.h>
#include <string.h>

#define VERSION 2
#define RTP_HEADER 12
#define RTP_SOURCE 8
#define RTCP_SOURCE 4
#define EXTENSION_HEADER 4
/* Payload types that may be the lower bits of RTCP's */
#define FIRST_TAKEN 64
#define LAST_TAKEN 80

#define KEY_BYTES 16
#define BLOCK 16
#define MAC_KEY_BYTES 20
#define TAG_BYTES 10
#define SHA1_BYTES 20
#define WRAPS_BYTES 4

/* RFC 3711, 4.3.2 */
#define LABEL_RTP 1
#define LABEL_RTCP 4
#define LABEL_AT 7 /* in the salt, which has 14 bytes; six of another number come after it */

struct _VavSourceGuard
{
  gnutls_hmac_hd_t rtp, rtcp; /* %NULL: none */
  gboolean keyed;             /* or there is nothing to have a key for */
  guint32 sources[VAV_SRTP_MAX_SOURCES];
  guint n_sources;
  guint refused;
};

VavSourceGuard *
vav_source_guard_new (void)
{
  return g_new0 (VavSourceGuard, 1);
}

void
vav_source_guard_free (VavSourceGuard *self)
{
  if (self->rtp != NULL)
    gnutls_hmac_deinit (self->rtp, NULL);
  if (self->rtcp != NULL)
    gnutls_hmac_deinit (self->rtcp, NULL);
  g_free (self);
}

/* One block of the key stream (RFC 3711, 4.1.1). */
static gboolean
make_block (const guint8 key[VAV_SRTP_KEY_BYTES], guint8 label, guint8 number, guint8 block[BLOCK])
{
  guint8 counter[BLOCK] = { 0 };
  const gnutls_datum_t master = { (unsigned char *)key, KEY_BYTES }, start = { counter, BLOCK };
  gnutls_cipher_hd_t cipher;
  gboolean done;

  memcpy (counter, key + KEY_BYTES, VAV_SRTP_KEY_BYTES - KEY_BYTES);
  counter[LABEL_AT] ^= label;
  counter[BLOCK - 1] = number;
  memset (block, 0, BLOCK);
  /* chained to the counter, nothing becomes what the counter becomes */
  if (gnutls_cipher_init (&cipher, GNUTLS_CIPHER_AES_128_CBC, &master, &start) < 0)
    return FALSE;

  done = gnutls_cipher_encrypt (cipher, block, BLOCK) >= 0;
  gnutls_cipher_deinit (cipher);

  return done;
}

/* (transfer full) (nullable) */
static gnutls_hmac_hd_t
make_mac (const guint8 key[VAV_SRTP_KEY_BYTES], guint8 label)
{
  guint8 blocks[2 * BLOCK];
  gnutls_hmac_hd_t mac = NULL;

  if (make_block (key, label, 0, blocks) && make_block (key, label, 1, blocks + BLOCK)
      && gnutls_hmac_init (&mac, GNUTLS_MAC_SHA1, blocks, MAC_KEY_BYTES) < 0)
    mac = NULL;
  gnutls_memset (blocks, 0, sizeof blocks);

  return mac;
}

void
vav_source_guard_set_key (VavSourceGuard *self, const guint8 key[VAV_SRTP_KEY_BYTES])
{
  if (self->keyed)
    return;

  if (key != NULL)
    {
      self->rtp = make_mac (key, LABEL_RTP);
      self->rtcp = make_mac (key, LABEL_RTCP);
    }
  self->keyed = TRUE;
}

gboolean
vav_source_guard_has_key (VavSourceGuard *self)
{
  return self->keyed;
}

static gboolean
is_whole_rtp (const guint8 *packet, gsize size)
{
  gsize end = RTP_HEADER + 4 * (gsize)(packet[0] & 15);

  if (size < end)
    return FALSE;
  if (!(packet[0] & 0x10))
    return TRUE;

  return size >= end + EXTENSION_HEADER
         && size >= end + EXTENSION_HEADER + 4 * (gsize)(packet[end + 2] << 8 | packet[end + 3]);
}

/* GStreamer takes for RTCP what is not whole as RTP, and then looks for a source in whatever comes first that may have one. Only what has it where SRTP looks,
 * too, passes: all that a peer may send begins so (RFC 3550, 6.1; RFC 5506, 3.4.2). Returns: where the source is; 0: nowhere */
static gsize
find_source (const guint8 *packet, gsize size)
{
  guint type;

  if (size < RTCP_SOURCE + 4 || packet[0] >> 6 != VERSION)
    return 0;

  switch (packet[1])
    {
    case GST_RTCP_TYPE_SR:
    case GST_RTCP_TYPE_RR:
    case GST_RTCP_TYPE_RTPFB:
    case GST_RTCP_TYPE_PSFB:
      return RTCP_SOURCE;
    default:
      type = packet[1] & 0x7f;
      return (type < FIRST_TAKEN || type > LAST_TAKEN) && is_whole_rtp (packet, size) ? RTP_SOURCE : 0;
    }
}

static gboolean
is_known (VavSourceGuard *self, guint32 source)
{
  for (guint i = 0; i < self->n_sources; i++)
    if (self->sources[i] == source)
      return TRUE;

  return FALSE;
}

/* The numbers of RTP have not wrapped yet when it is the first packet of its source, which the tag says, too; so do the last bytes of RTCP before it. */
static gboolean
check_tag (gnutls_hmac_hd_t mac, const guint8 *packet, gsize size, gsize wraps)
{
  static const guint8 zeros[WRAPS_BYTES];
  guint8 tag[SHA1_BYTES];

  if (size < TAG_BYTES || gnutls_hmac (mac, packet, size - TAG_BYTES) < 0 || gnutls_hmac (mac, zeros, wraps) < 0)
    return FALSE;

  gnutls_hmac_output (mac, tag);
  return gnutls_memcmp (tag, packet + size - TAG_BYTES, TAG_BYTES) == 0;
}

static gboolean
may_begin (VavSourceGuard *self, const guint8 *packet, gsize size, gboolean rtp)
{
  gnutls_hmac_hd_t mac = rtp ? self->rtp : self->rtcp;

  return self->keyed && self->n_sources < VAV_SRTP_MAX_SOURCES
         && (mac == NULL || check_tag (mac, packet, size, rtp ? WRAPS_BYTES : 0));
}

gboolean
vav_source_guard_check (VavSourceGuard *self, const guint8 *packet, gsize size)
{
  gsize at = find_source (packet, size);
  guint32 source = at != 0 ? GST_READ_UINT32_BE (packet + at) : 0;

  if (at != 0 && is_known (self, source))
    return TRUE;
  if (at != 0 && may_begin (self, packet, size, at == RTP_SOURCE))
    {
      self->sources[self->n_sources++] = source;
      return TRUE;
    }

  self->refused++;
  return FALSE;
}

guint
vav_source_guard_get_refused (VavSourceGuard *self)
{
  return self->refused;
}
