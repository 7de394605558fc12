/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parity of the picture between two sessions, seen on the wire: it brings pictures back that no repeat does, is not there where nothing
 * is lost or with a peer that knows none, and nobody comes to harm by nonsense in it. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define VIDEO 96
#define AUDIO 111
#define LIMIT_S 60
#define RUN 3 /* packets in a row */
#define OF_EACH 60

/* What happens to encrypted packets on their way into the second side; it lives until the end of the process. */
static struct
{
  int lose;    /* atomic: runs of packets, and all that is sent again */
  guint seen;  /* receiving thread */
  int parity;  /* atomic: packets with it that came */
  int repeats; /* atomic: that were lost */
  int lies;    /* atomic: parity that was made nonsense of */
} line;

static gboolean
is_lost (GstBuffer *packet)
{
  guint8 header[2];
  guint payload;
  gboolean hit;

  if (gst_buffer_extract (packet, 0, header, sizeof header) < sizeof header || (header[0] & 0xc0) != 0x80)
    return FALSE;
  payload = header[1] & 0x7f;
  /* reports (RFC 5761, 4) */
  if (payload >= 64 && payload < 96)
    return FALSE;

  hit = g_atomic_int_get (&line.lose) && line.seen++ % OF_EACH < RUN;
  if (payload == VAV_SHIELD_PAYLOAD && !hit)
    g_atomic_int_inc (&line.parity);

  return hit;
}

/* The sender's: what is sent again does not even leave. On the path it would be lost, asked for once more, and taken for a path that is full. */
static GstPadProbeReturn
on_repeat (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  guint8 header[2] = { 0 };

  gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, header, sizeof header);
  if (!g_atomic_int_get (&line.lose) || (header[1] & 0x7f) == VIDEO || (header[1] & 0x7f) == AUDIO)
    return GST_PAD_PROBE_OK;

  g_atomic_int_inc (&line.repeats);
  return GST_PAD_PROBE_DROP;
}

static gboolean
keep_in_list (GstBuffer **packet, guint i, gpointer user_data)
{
  if (is_lost (*packet))
    gst_clear_buffer (packet);

  return TRUE;
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return is_lost (GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;

  info->data = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  gst_buffer_list_foreach (info->data, keep_in_list, NULL);

  return gst_buffer_list_length (info->data) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The pacer's thread: before it is encrypted */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstMapInfo map;

  info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  if (!gst_buffer_map (info->data, &map, GST_MAP_READWRITE))
    return GST_PAD_PROBE_OK;
  if ((map.data[1] & 0x7f) == VAV_SHIELD_PAYLOAD)
    {
      g_atomic_int_inc (&line.lies);
      for (gsize at = 20; at < MIN (map.size, 50); at++)
        if (g_random_int_range (0, 4) == 0)
          map.data[at] = (guint8)g_random_int ();
    }
  gst_buffer_unmap (info->data, &map);

  return GST_PAD_PROBE_OK;
}

static void
watch (Side *side, const char *factory, const char *name, GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (side->session->parts.pipeline));
  GValue value = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (elements, &value) == GST_ITERATOR_OK)
    {
      GstElement *element = g_value_get_object (&value);
      GstElementFactory *made_by = gst_element_get_factory (element);
      g_autoptr (GstPad) pad = NULL;

      if (made_by != NULL ? g_str_equal (GST_OBJECT_NAME (made_by), factory)
                          : g_str_equal (G_OBJECT_TYPE_NAME (element), factory))
        pad = gst_element_get_static_pad (element, name);
      if (pad != NULL)
        n += gst_pad_add_probe (pad, type, callback, NULL, NULL) != 0;
      g_value_reset (&value);
    }
  g_value_unset (&value);
  g_assert_cmpuint (n, >=, 1);
}

static VavShieldCounts
count (Pair *pair, guint side)
{
  VavShieldCounts counts;

  vav_shield_read (pair->sides[side].session->parts.shield, &counts);

  return counts;
}

/* The session decides anew each second, by what it knows of the path: that is not what is to be seen here. */
static void
insist (Pair *pair, guint depth)
{
  vav_shield_plan (pair->sides[0].session->parts.shield, 4, depth);
}

static gboolean
many_recovered (Pair *pair)
{
  insist (pair, RUN);

  return count (pair, 1).recovered >= 10 || pair_any_failed (pair);
}

static gboolean
many_lies (Pair *pair)
{
  insist (pair, 1);

  return g_atomic_int_get (&line.lies) >= 40 || pair_any_failed (pair);
}

static gboolean
sees_more (Pair *pair)
{
  return g_atomic_int_get (&pair->sides[1].frames) >= 30 || pair_any_failed (pair);
}

static Pair *
make_pair (char *(*munge) (guint from, const char *sdp))
{
  Pair *pair;

  tolerate_gstreamer ();
  memset (&line, 0, sizeof line);
  pair = pair_new ("test");
  pair->munge = munge;
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  watch (&pair->sides[1], "dtlssrtpdec", "sink", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet);

  return pair;
}

static void
see_more (Pair *pair)
{
  g_atomic_int_set (&pair->sides[1].frames, 0);
  g_assert_true (pair_wait (pair, sees_more, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
}

/* Nothing is lost: nothing is sent for it. Then packets are lost in runs, and no repeat comes: what comes back does so by parity. */
static void
test_runs (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);

  g_test_summary ("A picture that is lost on the path is there again without being sent again");
  see_more (pair);
  g_assert_cmpint (g_atomic_int_get (&line.parity), ==, 0);
  watch (&pair->sides[0], "VavPacer", "sink", GST_PAD_PROBE_TYPE_BUFFER, on_repeat);
  g_atomic_int_set (&line.lose, TRUE);
  g_assert_true (pair_wait (pair, many_recovered, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
  g_test_message ("%d packets with parity came, %u pictures' came back, %d repeats were lost",
                  g_atomic_int_get (&line.parity), count (pair, 1).recovered, g_atomic_int_get (&line.repeats));
  g_assert_cmpint (g_atomic_int_get (&line.parity), >=, (int)count (pair, 1).received);
  g_assert_cmpuint (count (pair, 0).sent, >=, count (pair, 1).recovered);
  see_more (pair);
  pair_close (pair);
}

static gboolean
many_sent (Pair *pair)
{
  insist (pair, 1);

  return (count (pair, 1).received >= 40 && pair->sides[0].stats >= 2) || pair_any_failed (pair);
}

/* Parity that nobody needed is told of as all other packets are: were it not, each would count as lost, and that is a fifth of them. */
static void
test_told (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);
  VavMediaBufferCounts counts;

  g_assert_true (pair_wait (pair, many_sent, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
  vav_media_tuning_count_packets (pair->sides[1].session->parts.tuning, &counts);
  g_test_message ("%u packets with parity, %u needed; the sender thinks that %.1f %% are lost; %" G_GUINT64_FORMAT
                  " passed on, %" G_GUINT64_FORMAT " given up, %" G_GUINT64_FORMAT " came twice",
                  count (pair, 1).received, count (pair, 1).recovered, 100 * pair->sides[0].last_stats.sending.loss,
                  counts.pushed, counts.lost, counts.extra);
  g_assert_cmpfloat (pair->sides[0].last_stats.sending.loss, <, 0.1);
  pair_close (pair);
}

static void
test_lies (void)
{
  g_autoptr (Pair) pair = make_pair (NULL);

  watch (&pair->sides[0], "VavPacer", "src", GST_PAD_PROBE_TYPE_BUFFER, on_leaving);
  g_assert_true (pair_wait (pair, many_lies, LIMIT_S));
  see_more (pair);
  pair_close (pair);
}

/* What another program would say: it leaves out what it does not know. */
static char *
forget (guint from, const char *sdp)
{
  g_autoptr (GRegex) lines = g_regex_new ("^a=(rtpmap:127 |ssrc-group:FEC).*\r\n", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GRegex) format = g_regex_new ("(?<=^m=video )(.*) 127\r\n", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *without = g_regex_replace_literal (lines, sdp, -1, 0, "", 0, NULL);

  if (from == 0)
    g_assert_cmpstr (without, !=, sdp);
  return g_regex_replace (format, without, -1, 0, "\\1\r\n", 0, NULL);
}

static gboolean
many_lost (Pair *pair)
{
  insist (pair, 1);

  return line.seen >= 5 * OF_EACH || pair_any_failed (pair);
}

static void
test_not_known (void)
{
  g_autoptr (Pair) pair = make_pair (forget);

  g_assert_null (strstr (pair->sides[1].description, "ulpfec"));
  g_atomic_int_set (&line.lose, TRUE);
  g_assert_true (pair_wait (pair, many_lost, LIMIT_S));
  g_atomic_int_set (&line.lose, FALSE);
  see_more (pair);
  g_assert_cmpint (g_atomic_int_get (&line.parity), ==, 0);
  g_assert_cmpuint (count (pair, 0).sent, ==, 0);
  pair_close (pair);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-shield/runs", test_runs);
  g_test_add_func ("/media-shield/told", test_told);
  g_test_add_func ("/media-shield/lies", test_lies);
  g_test_add_func ("/media-shield/not-known", test_not_known);

  return g_test_run ();
}
