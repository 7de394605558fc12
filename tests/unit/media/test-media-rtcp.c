/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a peer can do with RTP and RTCP, over the real path, between two real RTP sessions. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define LIMIT_S 80
#define VICTIM 0
#define PEER 1
#define SSRC 0x77   /* of what the peer makes up */
#define NUMBERED 20 /* bytes of a header with its transport-wide number, which are the two before the last */
#define STORM 100   /* packets beside each of the peer's own */
#define ENOUGH 8000

static struct
{
  int storm;        /* atomic */
  guint16 sequence; /* the peer's thread that sends */
  guint16 number;   /* the same */
  int arrived;      /* atomic: packets of the storm */
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
  GST_WRITE_UINT16_BE (header + NUMBERED - 3, wire.number);
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

static Pair *
make_pair (void)
{
  Pair *pair;
  g_autoptr (GstPad) leaving = NULL, arrived = NULL, counted = NULL;

  tolerate_gstreamer ();
  memset (&wire, 0, sizeof wire);
  pair = pair_new ("test");
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
  g_autoptr (Pair) pair = make_pair ();

  g_test_summary (
      "A peer whose packets have numbers that are far apart does not end the program, and the call goes on");
  g_atomic_int_set (&wire.storm, TRUE);
  g_assert_true (pair_wait (pair, stormed, LIMIT_S));
  g_atomic_int_set (&wire.storm, FALSE);
  check_call (pair);
  pair_close (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-rtcp/numbers", test_numbers);

  return tolerate_exit (g_test_run ());
}
