/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of the picture are lost between two sessions: they come once more because they were asked for, and where even that fails a key frame
 * does. Each is told by the counts of the jitter buffer itself. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define VIDEO 96
#define AUDIO 111
#define LIMIT_S 60

/* What happens to packets on their way into the second side; it lives until the end of the process. */
static struct
{
  int drop_every;   /* atomic: of the picture's packets; 0: none */
  int drop_repairs; /* atomic: all that are sent again */
  guint seen;       /* receiving thread */
  int dropped;      /* atomic */
  int repairs;      /* atomic: that were sent again, dropped or not */
} line;

static gboolean
is_dropped (GstBuffer *packet)
{
  guint8 header[2];
  int every = g_atomic_int_get (&line.drop_every);

  if (gst_buffer_extract (packet, 0, header, sizeof header) < sizeof header)
    return FALSE;
  if ((header[1] & 0x7f) == VIDEO)
    {
      if (every == 0 || ++line.seen % (guint)every != 0)
        return FALSE;
      g_atomic_int_inc (&line.dropped);
      return TRUE;
    }
  if ((header[1] & 0x7f) == AUDIO)
    return FALSE;
  g_atomic_int_inc (&line.repairs);
  return g_atomic_int_get (&line.drop_repairs);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return is_dropped (GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
cut_into_line (Side *side)
{
  g_autoptr (GstIterator) elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->session->parts.pipeline), "rtpsession");
  GValue value = G_VALUE_INIT;
  g_autoptr (GstPad) pad = NULL;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  pad = gst_element_get_static_pad (g_value_get_object (&value), "recv_rtp_sink");
  g_assert_nonnull (pad);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, NULL, NULL);
  g_value_unset (&value);
}

static VavMediaBufferCounts
count (Pair *pair)
{
  VavMediaBufferCounts counts;

  vav_media_tuning_count_packets (pair->sides[1].session->parts.tuning, &counts);

  return counts;
}

static gboolean
many_repaired (Pair *pair)
{
  return count (pair).repaired >= 20;
}

static gboolean
some_given_up (Pair *pair)
{
  return count (pair).lost > 0;
}

static gboolean
sees_more (Pair *pair)
{
  return g_atomic_int_get (&pair->sides[1].frames) >= 30;
}

static Pair *
make_pair (void)
{
  Pair *pair;

  tolerate_gstreamer ();
  memset (&line, 0, sizeof line);
  pair = pair_new ("test");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  cut_into_line (&pair->sides[1]);

  return pair;
}

/* One of twelve is lost. Each comes again, none is given up, and they are not asked for in storms. */
static void
test_repaired (void)
{
  g_autoptr (Pair) pair = make_pair ();
  VavMediaBufferCounts before = count (pair), after;

  g_atomic_int_set (&line.drop_every, 12);
  g_assert_true (pair_wait (pair, many_repaired, LIMIT_S));
  after = count (pair);
  g_test_message ("%d dropped, %d sent again; %" G_GUINT64_FORMAT " requests, %" G_GUINT64_FORMAT " repaired, "
                  "%" G_GUINT64_FORMAT " given up",
                  g_atomic_int_get (&line.dropped), g_atomic_int_get (&line.repairs), after.asked, after.repaired,
                  after.lost - before.lost);
  g_assert_cmpuint (after.lost, ==, before.lost);
  g_assert_cmpint (g_atomic_int_get (&line.repairs), >=, 20);
  g_assert_cmpuint (after.asked, <=, 4 * (guint)g_atomic_int_get (&line.dropped));
  pair_close (pair);
}

/* What is sent again is lost, too: the packet is given up in the end, a key frame comes, and the picture goes on. */
static void
test_beyond_repair (void)
{
  g_autoptr (Pair) pair = make_pair ();

  g_atomic_int_set (&line.drop_repairs, TRUE);
  g_atomic_int_set (&line.drop_every, 12);
  g_assert_true (pair_wait (pair, some_given_up, LIMIT_S));
  g_atomic_int_set (&line.drop_every, 0);
  /* not once, and not without an end */
  g_assert_cmpint (g_atomic_int_get (&line.repairs), >, 1);
  g_assert_cmpuint (count (pair).asked, <=, 10 * (guint)g_atomic_int_get (&line.dropped));

  g_atomic_int_set (&pair->sides[1].frames, 0);
  g_assert_true (pair_wait (pair, sees_more, LIMIT_S));
  pair_close (pair);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-repair/repaired", test_repaired);
  g_test_add_func ("/media-repair/beyond-repair", test_beyond_repair);

  return g_test_run ();
}
