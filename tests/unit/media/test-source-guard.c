/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that GStreamer's SRTP made with the peer's key, and others, before they come to SRTP. */
#include <gst/gst.h>
#include <gst/rtp/gstrtcpbuffer.h>
#include <string.h>

#include "net/media/vav-source-guard.h"

#define LENGTH 60
#define TAG 10

/* RFC 3711, B.3 */
static const guint8 key[VAV_SRTP_KEY_BYTES]
    = { 0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41,
        0x39, 0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6 };
static const guint8 mac_key[20] = { 0xce, 0xbe, 0x32, 0x1f, 0x6f, 0xf7, 0x71, 0x6b, 0x6f, 0xd4,
                                    0xab, 0x49, 0xaf, 0x25, 0x6a, 0x15, 0x6d, 0x38, 0xba, 0xa4 };

/* Encrypts as the peer does. */
typedef struct
{
  GstElement *pipeline;
  GstPad *rtp, *rtcp; /* to push into */
  GBytes *last;
} Peer;

static GstFlowReturn
on_encrypted (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Peer *peer = gst_pad_get_element_private (pad);
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, gst_buffer_get_size (buffer), &data, &size);
  g_clear_pointer (&peer->last, g_bytes_unref);
  peer->last = g_bytes_new_take (data, size);
  gst_buffer_unref (buffer);

  return GST_FLOW_OK;
}

/* (transfer full) */
static GstPad *
connect (Peer *peer, GstElement *encrypter, const char *in, const char *out, const char *type)
{
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (encrypter, in);
  g_autoptr (GstPad) src = gst_element_get_static_pad (encrypter, out);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (type);
  GstPad *from = gst_pad_new (NULL, GST_PAD_SRC), *to = gst_pad_new (out, GST_PAD_SINK);
  GstSegment segment;

  gst_pad_set_chain_function (to, on_encrypted);
  gst_pad_set_element_private (to, peer);
  gst_pad_set_active (from, TRUE);
  gst_pad_set_active (to, TRUE);
  gst_element_add_pad (peer->pipeline, to);
  g_assert_cmpint (gst_pad_link_full (from, sink, GST_PAD_LINK_CHECK_NOTHING), ==, GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link_full (src, to, GST_PAD_LINK_CHECK_NOTHING), ==, GST_PAD_LINK_OK);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (from, gst_event_new_stream_start (type));
  gst_pad_push_event (from, gst_event_new_caps (caps));
  gst_pad_push_event (from, gst_event_new_segment (&segment));

  return from;
}

static Peer *
peer_new (void)
{
  Peer *peer = g_new0 (Peer, 1);
  g_autoptr (GstBuffer) master = gst_buffer_new_memdup (key, sizeof key);
  GstElement *encrypter = gst_element_factory_make ("srtpenc", NULL);

  g_object_set (encrypter, "key", master, NULL);
  peer->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (peer->pipeline), encrypter);
  gst_element_set_state (peer->pipeline, GST_STATE_PLAYING);
  peer->rtp = connect (peer, encrypter, "rtp_sink_0", "rtp_src_0", "application/x-rtp");
  peer->rtcp = connect (peer, encrypter, "rtcp_sink_0", "rtcp_src_0", "application/x-rtcp");

  return peer;
}

static void
peer_free (Peer *peer)
{
  gst_element_set_state (peer->pipeline, GST_STATE_NULL);
  gst_object_unref (peer->rtp);
  gst_object_unref (peer->rtcp);
  gst_object_unref (peer->pipeline);
  g_clear_pointer (&peer->last, g_bytes_unref);
  g_free (peer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

/* The packet is to be freed. */
static guint8 *
encrypt (Peer *peer, GstPad *pad, const guint8 *packet, gsize size, gsize *encrypted)
{
  g_clear_pointer (&peer->last, g_bytes_unref);
  g_assert_cmpint (gst_pad_push (pad, gst_buffer_new_memdup (packet, size)), ==, GST_FLOW_OK);
  g_assert_nonnull (peer->last);

  return g_memdup2 (g_bytes_get_data (peer->last, encrypted), g_bytes_get_size (peer->last));
}

static guint8 *
make_rtp (Peer *peer, guint32 source, guint16 number, gsize *size)
{
  guint8 packet[LENGTH] = { 0x90, 96, (guint8)(number >> 8), (guint8)number };

  GST_WRITE_UINT32_BE (packet + 8, source);
  memcpy (packet + 12, (const guint8[]){ 0xbe, 0xde, 0, 1, 0x31, 0, 1, 0 }, 8);
  return encrypt (peer, peer->rtp, packet, sizeof packet, size);
}

static guint8 *
make_rtcp (Peer *peer, guint first, guint type, guint32 source, gsize *size)
{
  guint8 packet[28] = { (guint8)(0x80 | first), (guint8)type, 0, 6 };

  GST_WRITE_UINT32_BE (packet + 4, source);
  return encrypt (peer, peer->rtcp, packet, sizeof packet, size);
}

static VavSourceGuard *
make_guard (void)
{
  VavSourceGuard *guard = vav_source_guard_new ();

  vav_source_guard_set_key (guard, key);
  return guard;
}

static void
test_peer (void)
{
  g_autoptr (Peer) peer = peer_new ();
  g_autoptr (VavSourceGuard) guard = make_guard ();
  gsize size;

  g_test_summary ("What the peer encrypted passes: RTP and RTCP, of whichever source, whichever comes first");
  for (guint32 source = 1; source <= VAV_SRTP_MAX_SOURCES; source++)
    for (guint16 i = 0; i < 3; i++)
      {
        g_autofree guint8 *rtp = make_rtp (peer, source, 65500 + i, &size), *rtcp = NULL;

        if (source % 2)
          g_assert_true (vav_source_guard_check (guard, rtp, size));
        rtcp = i != 1 ? make_rtcp (peer, 0, GST_RTCP_TYPE_SR, source, &size)
                      : make_rtcp (peer, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, source, &size);
        g_assert_true (vav_source_guard_check (guard, rtcp, size));
      }
  g_assert_cmpuint (vav_source_guard_get_refused (guard), ==, 0);
}

static void
test_strangers (void)
{
  g_autoptr (Peer) peer = peer_new ();
  g_autoptr (VavSourceGuard) guard = make_guard ();
  gsize size;

  g_test_summary ("What was changed anywhere, or cut off, does not pass, and takes no place from the peer's");
  for (guint32 source = 1; source <= 200; source++)
    {
      g_autofree guint8 *packet
          = source % 2 ? make_rtp (peer, source, 7, &size) : make_rtcp (peer, 0, GST_RTCP_TYPE_RR, source, &size);

      for (gsize at = 0; at < size; at++)
        {
          g_autofree guint8 *part = g_memdup2 (packet, MAX (at, 1));

          packet[at] ^= 1;
          g_assert_false (vav_source_guard_check (guard, packet, size));
          packet[at] ^= 1;
          g_assert_false (vav_source_guard_check (guard, part, at));
        }
    }
  for (guint32 source = 1; source <= VAV_SRTP_MAX_SOURCES; source++)
    {
      g_autofree guint8 *packet = make_rtp (peer, 1000 + source, 7, &size);

      g_assert_true (vav_source_guard_check (guard, packet, size));
    }
}

static void
test_most (void)
{
  g_autoptr (Peer) peer = peer_new ();
  g_autoptr (VavSourceGuard) guard = make_guard ();
  guint passed = 0;
  gsize size;

  g_test_summary ("Of a peer that names sources without end the first ones pass, and go on to");
  for (guint round = 0; round < 2; round++)
    for (guint32 source = 1; source <= 300; source++)
      {
        g_autofree guint8 *packet = make_rtp (peer, source, (guint16)round, &size);

        passed += vav_source_guard_check (guard, packet, size);
      }
  g_assert_cmpuint (passed, ==, 2 * VAV_SRTP_MAX_SOURCES);
}

/* GStreamer would look for the source elsewhere than SRTP does. */
static void
test_nowhere (void)
{
  g_autoptr (Peer) peer = peer_new ();
  g_autoptr (VavSourceGuard) guard = make_guard ();
  gsize size;
  g_autofree guint8 *rtp = make_rtp (peer, 1, 1, &size);
  guint8 cut[LENGTH] = { 0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xbe, 0xde, 0, 12 };
  guint8 first[LENGTH] = { 0x80, GST_RTCP_TYPE_SDES, 0, 1, 0, 0, 0, 1, 0x80, GST_RTCP_TYPE_RR, 0, 12 };

  g_test_summary (
      "What begins with no source does not pass, nor what has a known one where no other would look for it");
  g_assert_true (vav_source_guard_check (guard, rtp, size));
  g_assert_false (vav_source_guard_check (guard, cut, sizeof cut));
  cut[15] = 11;
  g_assert_true (vav_source_guard_check (guard, cut, sizeof cut));
  cut[0] = 0xd0;
  g_assert_false (vav_source_guard_check (guard, cut, sizeof cut));
  cut[0] = 0x90;
  cut[1] = 72;
  g_assert_false (vav_source_guard_check (guard, cut, sizeof cut));
  g_assert_false (vav_source_guard_check (guard, first, sizeof first));
  first[1] = GST_RTCP_TYPE_BYE;
  g_assert_false (vav_source_guard_check (guard, first, sizeof first));
  first[1] = GST_RTCP_TYPE_RR;
  g_assert_true (vav_source_guard_check (guard, first, sizeof first));
}

static void
test_vector (void)
{
  g_autoptr (VavSourceGuard) guard = make_guard ();
  g_autoptr (GHmac) mac = g_hmac_new (G_CHECKSUM_SHA1, mac_key, sizeof mac_key);
  guint8 packet[LENGTH] = { 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, digest[20];
  const guint8 wraps[4] = { 0 };
  gsize size = sizeof digest;

  g_test_summary ("The tag is made with the key of RFC 3711's example");
  g_hmac_update (mac, packet, LENGTH - TAG);
  g_hmac_update (mac, wraps, sizeof wraps);
  g_hmac_get_digest (mac, digest, &size);
  memcpy (packet + LENGTH - TAG, digest, TAG);
  g_assert_true (vav_source_guard_check (guard, packet, sizeof packet));
}

static void
test_no_key (void)
{
  g_autoptr (VavSourceGuard) guard = vav_source_guard_new ();
  guint8 packet[LENGTH] = { 0x80, 96 };
  guint passed = 0;

  g_test_summary ("Before there is a key nothing passes; with tags of another kind the first sources do");
  g_assert_false (vav_source_guard_has_key (guard));
  g_assert_false (vav_source_guard_check (guard, packet, sizeof packet));
  vav_source_guard_set_key (guard, NULL);
  g_assert_true (vav_source_guard_has_key (guard));
  for (guint i = 0; i < 200; i++)
    {
      packet[11] = (guint8)i;
      passed += vav_source_guard_check (guard, packet, sizeof packet);
    }
  g_assert_cmpuint (passed, ==, VAV_SRTP_MAX_SOURCES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/source-guard/peer", test_peer);
  g_test_add_func ("/source-guard/strangers", test_strangers);
  g_test_add_func ("/source-guard/most", test_most);
  g_test_add_func ("/source-guard/nowhere", test_nowhere);
  g_test_add_func ("/source-guard/vector", test_vector);
  g_test_add_func ("/source-guard/no-key", test_no_key);

  return g_test_run ();
}
