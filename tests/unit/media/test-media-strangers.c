/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that are not the peer's, though they come from where the peer's come, in a call over the real path. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>
#include <gst/rtp/gstrtcpbuffer.h>
#include <string.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define LIMIT_S 80
#define VICTIM 0
#define PEER 1
#define BESIDE 20 /* beside each packet of the peer's own */
#define ENOUGH 8000
#define LENGTH 60 /* bytes */
#define MIN_SOURCES 2
#define MAX_SOURCES 16 /* what a call has, and some more */

static struct
{
  int storm; /* atomic */
  int sent;  /* atomic */
} wire;

/* (transfer full) */
static GstElement *
find (Side *side, const char *factory)
{
  GstIterator *elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->session->parts.pipeline), factory);
  GValue value = G_VALUE_INIT;
  GstElement *element;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  element = g_value_dup_object (&value);
  g_value_unset (&value);
  gst_iterator_free (elements);

  return element;
}

/* Each of them names a source of its own: as RTP, as RTCP, and as RTCP whose first packet has none. The peer's sending threads. */
static void
push_nonsense (GstPad *sink)
{
  guint8 packet[LENGTH] = { 0x80 };
  guint n = (guint)g_atomic_int_add (&wire.sent, 1);
  guint32 source = 0x40000000 + 2654435761u * n;

  for (guint i = 1; i < LENGTH; i++)
    packet[i] = (guint8)(source >> (i % 4 * 8));
  packet[1] = 96;
  GST_WRITE_UINT32_BE (packet + 8, source);
  switch (n % 4)
    {
    case 1:
      packet[0] = 0x81;
      packet[1] = GST_RTCP_TYPE_SR;
      GST_WRITE_UINT16_BE (packet + 2, 12);
      GST_WRITE_UINT32_BE (packet + 4, source);
      break;
    case 2:
      packet[0] = 0x80 | GST_RTCP_PSFB_TYPE_PLI;
      packet[1] = GST_RTCP_TYPE_PSFB;
      GST_WRITE_UINT16_BE (packet + 2, 2);
      GST_WRITE_UINT32_BE (packet + 4, source);
      break;
    case 3:
      packet[1] = GST_RTCP_TYPE_SDES;
      GST_WRITE_UINT16_BE (packet + 2, 1);
      packet[8] = 0x80;
      packet[9] = GST_RTCP_TYPE_RR;
      GST_WRITE_UINT16_BE (packet + 10, 12);
      GST_WRITE_UINT32_BE (packet + 12, source);
      break;
    }
  gst_pad_chain (sink, gst_buffer_new_memdup (packet, sizeof packet));
}

/* After the peer's SRTP, before its socket */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstPad) sink = gst_pad_get_peer (pad);

  for (guint i = 0; sink != NULL && g_atomic_int_get (&wire.storm) && i < BESIDE; i++)
    push_nonsense (sink);

  return GST_PAD_PROBE_OK;
}

/* Of which SRTP keeps something, at the victim's. */
static guint
count_sources (Side *side)
{
  g_autoptr (GstElement) decrypter = find (side, "srtpdec");
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (decrypter, "stats", &stats, NULL);
  return gst_value_array_get_size (gst_structure_get_value (stats, "streams"));
}

static gboolean
stormed (Pair *pair)
{
  return g_atomic_int_get (&wire.sent) >= ENOUGH;
}

static gboolean
both_go_on (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    if (g_atomic_int_get (&pair->sides[i].frames) < 60 || g_atomic_int_get (&pair->sides[i].sounds) < 60)
      return FALSE;

  return TRUE;
}

static guint
read_memory_kb (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return (guint)(g_ascii_strtoull (strchr (text, ' '), NULL, 10) * 4);
}

static void
test_sources (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  g_autoptr (GstElement) encrypter = NULL;
  g_autoptr (GstPad) leaving = NULL;
  guint before_kb, sources;

  g_test_summary (
      "Packets that are not the peer's leave nothing behind, however many sources they name, and the call goes on");
  tolerate_gstreamer ();
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));

  before_kb = read_memory_kb ();
  encrypter = find (&pair->sides[PEER], "dtlssrtpenc");
  leaving = gst_element_get_static_pad (encrypter, "src");
  gst_pad_add_probe (leaving, GST_PAD_PROBE_TYPE_BUFFER, on_leaving, NULL, NULL);
  g_atomic_int_set (&wire.storm, TRUE);
  g_assert_true (pair_wait (pair, stormed, LIMIT_S));
  g_atomic_int_set (&wire.storm, FALSE);
  sources = count_sources (&pair->sides[VICTIM]);
  g_test_message ("%d packets: SRTP keeps %u sources, memory %u kB, then %u kB", g_atomic_int_get (&wire.sent), sources,
                  before_kb, read_memory_kb ());
  g_assert_cmpuint (sources, >=, MIN_SOURCES);
  g_assert_cmpuint (sources, <=, MAX_SOURCES);
  for (guint i = 0; i < 2; i++)
    {
      g_atomic_int_set (&pair->sides[i].frames, 0);
      g_atomic_int_set (&pair->sides[i].sounds, 0);
    }
  g_assert_true (pair_wait (pair, both_go_on, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
  pair_close (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-strangers/sources", test_sources);

  return tolerate_exit (g_test_run ());
}
