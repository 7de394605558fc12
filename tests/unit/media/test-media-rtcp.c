/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTP and RTCP over the real path, between two real RTP sessions: what they are made of, and what a peer can do with them. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>
#include <gst/rtp/gstrtcpbuffer.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define LIMIT_S 80
#define VICTIM 0
#define PEER 1
#define SSRC 0x77   /* of what the peer makes up */
#define NUMBERED 20 /* bytes of a header with its transport-wide number, which are the two before the last */
#define STORM 100   /* packets beside each of the peer's own */
#define ENOUGH 8000

#define RTCP_STORM 40 /* packets of each kind beside each of the peer's own */
#define RTCP_ENOUGH 6000

static struct
{
  int storm;        /* atomic */
  guint16 sequence; /* the peer's thread that sends */
  guint16 number;   /* the same */
  int arrived;      /* atomic: packets of the storm */

  int rtcp_storm; /* atomic */
  guint32 ssrc;   /* of the victim's pictures */
  guint random;   /* the peer's thread that sends RTCP */
  int sent;       /* atomic: packets of that storm */
  int key_frames; /* atomic: that the victim was asked for */
  int longest;    /* atomic: numbers in one report, there */

  int reports;  /* atomic: packets of the peer's that begin with a report */
  int feedback; /* atomic: that begin with feedback on each packet */
} wire;

/* The session's pad; (transfer full) */
static GstPad *
get_pad (Side *side, const char *name)
{
  g_autoptr (GstIterator) elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->session->parts.pipeline), "rtpsession");
  GValue value = G_VALUE_INIT;
  GstPad *pad;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  pad = gst_element_get_static_pad (g_value_get_object (&value), name);
  g_assert_nonnull (pad);
  g_value_unset (&value);

  return pad;
}

/* header: of a packet of the peer's own */
static void
push_numbered (GstPad *sink, guint8 header[NUMBERED])
{
  GstBuffer *buffer;

  wire.number += 40;
  GST_WRITE_UINT16_BE (header + 2, wire.sequence++);
  GST_WRITE_UINT32_BE (header + 8, SSRC);
  header[NUMBERED - 3] = (guint8)(wire.number >> 8);
  header[NUMBERED - 2] = (guint8)wire.number;
  buffer = gst_buffer_new_memdup (header, NUMBERED);
  gst_pad_chain (sink, buffer);
}

/* The peer's thread that sends */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstPad) sink = gst_pad_get_peer (pad);
  guint8 header[NUMBERED];

  if (gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header) < sizeof header
      || header[0] != 0x90 || (header[16] & 15) != 1)
    return GST_PAD_PROBE_OK;
  for (guint i = 0; g_atomic_int_get (&wire.storm) && i < STORM; i++)
    push_numbered (sink, header);

  return GST_PAD_PROBE_OK;
}

static gboolean
is_made_up (GstPadProbeInfo *info)
{
  guint8 header[12];

  return gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header) == sizeof header
         && GST_READ_UINT32_BE (header + 8) == SSRC;
}

/* The victim's receiving thread, as the next */
static GstPadProbeReturn
on_arrived (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (is_made_up (info))
    g_atomic_int_inc (&wire.arrived);

  return GST_PAD_PROBE_OK;
}

/* What becomes of such a stream behind the session is not looked at here. */
static GstPadProbeReturn
on_counted (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return is_made_up (info) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* words: of 32 bits after the header; first: the count or format beside the version */
static void
push_rtcp (GstPad *sink, guint first, guint type, const guint32 *words, guint n)
{
  g_autofree guint8 *data = g_malloc (4 + 4 * (gsize)n);

  data[0] = (guint8)(0x80 | first);
  data[1] = (guint8)type;
  GST_WRITE_UINT16_BE (data + 2, n);
  for (guint i = 0; i < n; i++)
    GST_WRITE_UINT32_BE (data + 4 + 4 * i, words[i]);
  gst_pad_chain (sink, gst_buffer_new_memdup (data, 4 + 4 * (gsize)n));
  g_atomic_int_inc (&wire.sent);
}

/* 65,535 numbers in nine chunks; as many, and the chunks are elsewhere; sources without end; names without end; key frames and packets for the victim to
 * send. */
static void
push_nonsense (GstPad *sink)
{
  guint32 ssrc = ++wire.random << 8 | SSRC;
  guint32 count = wire.random & 0xff;
  guint32 losses[9] = { ssrc, wire.ssrc, 0xffff, count, 0x1fff1fff, 0x1fff1fff, 0x1fff1fff, 0x1fff1fff, 0x1fff0000 };
  guint32 nothing[5] = { ssrc, wire.ssrc, 0xffff, count, 0xffffffff };
  guint32 name[4] = { ssrc, 0x080a0800 | count, wire.random, 0x61626300 };
  guint32 request[2] = { SSRC, wire.ssrc };
  guint32 repeats[130] = { SSRC, wire.ssrc };

  for (guint i = 2; i < G_N_ELEMENTS (repeats); i++)
    repeats[i] = i * 17 << 16 | 0xffff;
  push_rtcp (sink, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, losses, G_N_ELEMENTS (losses));
  push_rtcp (sink, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, nothing, G_N_ELEMENTS (nothing));
  push_rtcp (sink, 0, GST_RTCP_TYPE_RR, &ssrc, 1);
  push_rtcp (sink, 1, GST_RTCP_TYPE_SDES, name, G_N_ELEMENTS (name));
  push_rtcp (sink, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, G_N_ELEMENTS (request));
  push_rtcp (sink, GST_RTCP_RTPFB_TYPE_NACK, GST_RTCP_TYPE_RTPFB, repeats, G_N_ELEMENTS (repeats));
}

/* The peer's thread that sends RTCP */
static GstPadProbeReturn
on_rtcp_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstPad) sink = gst_pad_get_peer (pad);
  guint8 header[2] = { 0 };

  gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header);
  if (header[1] == GST_RTCP_TYPE_SR || header[1] == GST_RTCP_TYPE_RR)
    g_atomic_int_inc (&wire.reports);
  else if (header[1] == GST_RTCP_TYPE_RTPFB && (header[0] & 31) == GST_RTCP_RTPFB_TYPE_TWCC)
    g_atomic_int_inc (&wire.feedback);
  for (guint i = 0; g_atomic_int_get (&wire.rtcp_storm) && i < RTCP_STORM; i++)
    push_nonsense (sink);

  return GST_PAD_PROBE_OK;
}

static void
note_longest (const GstStructure *report)
{
  const GValue *value = gst_structure_get_value (report, "packets");
  GValueArray *packets = value != NULL ? g_value_get_boxed (value) : NULL;

  if (packets != NULL && (int)packets->n_values > g_atomic_int_get (&wire.longest))
    g_atomic_int_set (&wire.longest, (int)packets->n_values);
}

/* What the victim's RTP session asks of those who send; its receiving thread. Our own requests for key frames do not come from there. */
static GstPadProbeReturn
on_asked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  const GstStructure *structure = gst_event_get_structure (GST_PAD_PROBE_INFO_EVENT (info));

  if (structure != NULL && gst_structure_has_name (structure, "GstForceKeyUnit"))
    g_atomic_int_inc (&wire.key_frames);
  else if (structure != NULL && gst_structure_has_name (structure, "RTPTWCCPackets"))
    note_longest (structure);

  return GST_PAD_PROBE_OK;
}

/* munge: (nullable) */
static Pair *
make_pair (char *(*munge) (guint from, const char *sdp))
{
  Pair *pair;
  g_autoptr (GstPad) leaving = NULL, arrived = NULL, counted = NULL;

  tolerate_gstreamer ();
  memset (&wire, 0, sizeof wire);
  pair = pair_new ("test");
  pair->munge = munge;
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  leaving = get_pad (&pair->sides[PEER], "send_rtp_src");
  gst_pad_add_probe (leaving, GST_PAD_PROBE_TYPE_BUFFER, on_leaving, NULL, NULL);
  arrived = get_pad (&pair->sides[VICTIM], "recv_rtp_sink");
  gst_pad_add_probe (arrived, GST_PAD_PROBE_TYPE_BUFFER, on_arrived, NULL, NULL);
  counted = get_pad (&pair->sides[VICTIM], "recv_rtp_src");
  gst_pad_add_probe (counted, GST_PAD_PROBE_TYPE_BUFFER, on_counted, NULL, NULL);

  return pair;
}

static void
watch_rtcp (Pair *pair)
{
  g_autoptr (GstPad) leaving = get_pad (&pair->sides[PEER], "send_rtcp_src");
  g_autoptr (GstPad) asked = get_pad (&pair->sides[VICTIM], "send_rtp_sink");

  wire.ssrc = vav_media_send_get_ssrc (pair->sides[VICTIM].session->parts.send[VAV_MEDIA_VIDEO]);
  gst_pad_add_probe (leaving, GST_PAD_PROBE_TYPE_BUFFER, on_rtcp_leaving, NULL, NULL);
  gst_pad_add_probe (asked, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_asked, NULL, NULL);
}

static GObject *
get_session (Side *side)
{
  g_autoptr (GstPad) pad = get_pad (side, "send_rtcp_src");
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  GObject *session;

  g_object_get (element, "internal-session", &session, NULL);

  return session;
}

static guint
count_sources (Side *side)
{
  g_autoptr (GObject) session = get_session (side);
  guint sources;

  g_object_get (session, "num-sources", &sources, NULL);

  return sources;
}

static gboolean
rtcp_stormed (Pair *pair)
{
  return g_atomic_int_get (&wire.sent) >= RTCP_ENOUGH;
}

static gboolean
stormed (Pair *pair)
{
  return g_atomic_int_get (&wire.arrived) >= ENOUGH;
}

/* What the victim sends, and what comes. Pictures of the peer are not waited for: whoever gets no reports on them sends few. */
static gboolean
victim_goes_on (Pair *pair)
{
  return g_atomic_int_get (&pair->sides[PEER].frames) >= 60 && g_atomic_int_get (&pair->sides[PEER].sounds) >= 60
         && g_atomic_int_get (&pair->sides[VICTIM].sounds) >= 60;
}

static gboolean
both_see_more (Pair *pair)
{
  return victim_goes_on (pair) && g_atomic_int_get (&pair->sides[VICTIM].frames) >= 60;
}

/* The storm is over, and the call goes on. */
static void
check_call (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_atomic_int_set (&pair->sides[i].frames, 0);
      g_atomic_int_set (&pair->sides[i].sounds, 0);
    }
  g_assert_true (pair_wait (pair, victim_goes_on, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
}

static void
test_numbers (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);

  g_test_summary (
      "A peer whose packets have numbers that are far apart does not end the program, and the call goes on");
  g_atomic_int_set (&wire.storm, TRUE);
  g_assert_true (pair_wait (pair, stormed, LIMIT_S));
  g_atomic_int_set (&wire.storm, FALSE);
  check_call (pair);
  pair_close (pair);
}

static void
test_rtcp (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);
  gint64 began_us;
  double seconds;
  guint sources;

  g_test_summary ("A peer whose RTCP is nonsense, lies and requests without end costs little, and the call goes on");
  watch_rtcp (pair);
  began_us = g_get_monotonic_time ();
  g_atomic_int_set (&wire.rtcp_storm, TRUE);
  g_assert_true (pair_wait (pair, rtcp_stormed, LIMIT_S));
  g_atomic_int_set (&wire.rtcp_storm, FALSE);
  sources = count_sources (&pair->sides[VICTIM]);
  check_call (pair);

  seconds = (double)(g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  g_test_message ("%d packets in %.1f s: %u sources, %d key frames asked for, %d numbers in the longest report",
                  g_atomic_int_get (&wire.sent), seconds, sources, g_atomic_int_get (&wire.key_frames),
                  g_atomic_int_get (&wire.longest));
  g_assert_cmpuint (sources, <=, VAV_RTCP_MAX_SOURCES + 8);
  g_assert_cmpint (g_atomic_int_get (&wire.longest), <=, 2 * VAV_RTCP_MAX_NUMBERS);
  g_assert_cmpint (g_atomic_int_get (&wire.key_frames), <=, (int)(3 + 3 * seconds) + 1);
  pair_close (pair);
}

static gboolean
is_reduced (Side *side)
{
  g_autoptr (GObject) session = get_session (side);
  gboolean reduced;

  g_object_get (session, "rtcp-reduced-size", &reduced, NULL);

  return reduced;
}

static gboolean
peer_measured (Pair *pair)
{
  return pair->sides[PEER].last_stats.rtt_ms > 0 && pair->sides[PEER].stats >= 3;
}

static gboolean
much_told (Pair *pair)
{
  return g_atomic_int_get (&wire.feedback) >= 60;
}

static void
test_reduced_size (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);

  g_test_summary ("Both agree to RTCP of reduced size: feedback leaves without a report on each source beside it");
  watch_rtcp (pair);
  g_assert_true (is_reduced (&pair->sides[VICTIM]));
  g_assert_true (is_reduced (&pair->sides[PEER]));
  g_assert_true (pair_wait (pair, peer_measured, LIMIT_S));
  g_atomic_int_set (&wire.reports, 0);
  g_atomic_int_set (&wire.feedback, 0);
  g_assert_true (pair_wait (pair, much_told, LIMIT_S));
  g_test_message ("%d packets with reports, %d with feedback", g_atomic_int_get (&wire.reports),
                  g_atomic_int_get (&wire.feedback));
  g_assert_cmpint (g_atomic_int_get (&wire.reports), >, 0);
  g_assert_cmpint (g_atomic_int_get (&wire.reports), <, g_atomic_int_get (&wire.feedback));
  pair_close (pair);
}

#define REDUCED_SIZE "a=rtcp-rsize\r\n"

static char *
without_reduced_size (const char *sdp)
{
  g_auto (GStrv) parts = g_strsplit (sdp, REDUCED_SIZE, -1);

  return g_strjoinv (NULL, parts);
}

/* As older versions answer. */
static char *
answer_without (guint from, const char *sdp)
{
  g_assert_nonnull (strstr (sdp, REDUCED_SIZE));
  return from == 1 ? without_reduced_size (sdp) : NULL;
}

/* As others may offer. */
static char *
offer_without (guint from, const char *sdp)
{
  g_assert_true ((strstr (sdp, REDUCED_SIZE) != NULL) == (from == 0));
  return from == 0 ? without_reduced_size (sdp) : NULL;
}

/* side: that was told that the other one does not know it */
static void
check_whole (Pair *pair, guint side)
{
  g_assert_false (is_reduced (&pair->sides[side]));
  for (guint i = 0; i < 2; i++)
    {
      g_atomic_int_set (&pair->sides[i].frames, 0);
      g_atomic_int_set (&pair->sides[i].sounds, 0);
    }
  g_assert_true (pair_wait (pair, both_see_more, LIMIT_S));
  g_assert_true (pair_wait (pair, peer_measured, LIMIT_S));
}

static void
test_older_answer (void)
{
  g_autoptr (Pair) pair = make_pair (answer_without);

  g_test_summary ("N13: Who calls an older version, which answers nothing of reduced size, sends whole packets, and "
                  "the call goes on");
  check_whole (pair, 0);
  pair_close (pair);
}

static void
test_older_offer (void)
{
  g_autoptr (Pair) pair = make_pair (offer_without);

  g_test_summary (
      "N13: Who is not offered reduced size does not answer it and sends whole packets, and the call goes on");
  check_whole (pair, 1);
  pair_close (pair);
}

/* More than the victim sends until it asks the peer for no more reports; each part of it when another one has come. */
#define PARTS 40
#define PART 1000
#define FILLER 77 /* payload type */
/* That many numbers later than the peer said: of packets that were never sent. */
#define AHEAD 500

static struct
{
  int ahead;   /* atomic: reports are made to be of packets that were never sent */
  int reports; /* atomic: that came */
  int parts;
  int parts_reports; /* that had come when the last part left */
} unreported;

/* packet: writable. Where the numbers of a transport-wide report begin (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1), NULL: it is none */
static guint8 *
find_numbers (GstRTCPPacket *packet)
{
  if (gst_rtcp_packet_get_type (packet) != GST_RTCP_TYPE_RTPFB
      || gst_rtcp_packet_fb_get_type (packet) != GST_RTCP_RTPFB_TYPE_TWCC
      || gst_rtcp_packet_fb_get_fci_length (packet) < 2)
    return NULL;

  return gst_rtcp_packet_fb_get_fci (packet);
}

/* The victim's receiving thread */
static GstPadProbeReturn
on_report (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (!gst_rtcp_buffer_map (buffer, GST_MAP_READWRITE, &rtcp))
    return GST_PAD_PROBE_OK;
  for (gboolean more = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next (&packet))
    {
      guint8 *numbers = find_numbers (&packet);

      if (numbers == NULL)
        continue;
      if (g_atomic_int_get (&unreported.ahead))
        GST_WRITE_UINT16_BE (numbers, GST_READ_UINT16_BE (numbers) + AHEAD);
      g_atomic_int_inc (&unreported.reports);
    }
  gst_rtcp_buffer_unmap (&rtcp);

  return GST_PAD_PROBE_OK;
}

/* What fills the pacer goes no further. */
static GstPadProbeReturn
on_paced (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  guint8 header[2] = { 0 };

  gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header);
  return (header[1] & 0x7f) == FILLER ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static gboolean
is_numbered (Side *side)
{
  return vav_media_send_is_numbered (side->session->parts.send[VAV_MEDIA_AUDIO])
         || vav_media_send_is_numbered (side->session->parts.send[VAV_MEDIA_VIDEO]);
}

/* The victim sends much, but no more than a part of it between two reports. */
static gboolean
all_parts_left (Pair *pair)
{
  VavMediaParts *parts = &pair->sides[VICTIM].session->parts;
  g_autoptr (GstPad) sink = gst_element_get_static_pad (GST_ELEMENT (vav_rate_control_get_pacer (parts->rate)), "sink");
  guint8 header[12] = { 0x80, FILLER };
  int reports = g_atomic_int_get (&unreported.reports);

  if (reports == unreported.parts_reports || !is_numbered (&pair->sides[VICTIM]))
    return !is_numbered (&pair->sides[VICTIM]);
  GST_WRITE_UINT32_BE (header + 8, vav_media_send_get_ssrc (parts->send[VAV_MEDIA_AUDIO]));
  for (guint i = 0; i < PART; i++)
    gst_pad_chain (sink, gst_buffer_new_memdup (header, sizeof header));
  unreported.parts_reports = reports;

  return ++unreported.parts == PARTS;
}

static gboolean
is_unnumbered (Pair *pair)
{
  return !is_numbered (&pair->sides[VICTIM]);
}

static gboolean
peer_hears_on (Pair *pair)
{
  return g_atomic_int_get (&pair->sides[PEER].sounds) >= 60;
}

static void
test_unreported (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);
  g_autoptr (GstPad) reports = get_pad (&pair->sides[VICTIM], "recv_rtcp_sink");
  g_autoptr (GstPad) paced = get_pad (&pair->sides[VICTIM], "send_rtp_sink");

  g_test_summary (
      "A peer whose reports name only packets that were never sent is one that does not report: it is asked "
      "for no more, and the call goes on; one that reports is asked for more however much is sent");
  memset (&unreported, 0, sizeof unreported);
  gst_pad_add_probe (reports, GST_PAD_PROBE_TYPE_BUFFER, on_report, NULL, NULL);
  gst_pad_add_probe (paced, GST_PAD_PROBE_TYPE_BUFFER, on_paced, NULL, NULL);
  g_assert_true (pair_wait (pair, all_parts_left, LIMIT_S));
  g_assert_cmpint (unreported.parts, ==, PARTS);
  g_assert_true (is_numbered (&pair->sides[VICTIM]));

  unreported.parts = 0;
  g_atomic_int_set (&unreported.ahead, TRUE);
  g_assert_true (pair_wait (pair, all_parts_left, LIMIT_S));
  g_assert_true (pair_wait (pair, is_unnumbered, LIMIT_S));
  /* pictures wait until the path would have carried all that */
  g_atomic_int_set (&pair->sides[PEER].sounds, 0);
  g_assert_true (pair_wait (pair, peer_hears_on, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
  pair_close (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-rtcp/numbers", test_numbers);
  g_test_add_func ("/media-rtcp/rtcp", test_rtcp);
  g_test_add_func ("/media-rtcp/unreported", test_unreported);
  g_test_add_func ("/media-rtcp/reduced-size", test_reduced_size);
  g_test_add_func ("/media-rtcp/older-answer", test_older_answer);
  g_test_add_func ("/media-rtcp/older-offer", test_older_offer);

  return tolerate_exit (g_test_run ());
}
