/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the elements of a call tell while it runs. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define LIMIT_S 60
#define MANY 5000

static Pair *
make_pair (void)
{
  Pair *pair = pair_new ("test");

  tolerate_gstreamer ();
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));

  return pair;
}

static VavMediaParts *
get_parts (Pair *pair)
{
  return &pair->sides[0].session->parts;
}

static gboolean
goes_on (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    if (g_atomic_int_get (&pair->sides[i].frames) < 10 || g_atomic_int_get (&pair->sides[i].sounds) < 10)
      return FALSE;

  return TRUE;
}

static void
check_goes_on (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_atomic_int_set (&pair->sides[i].frames, 0);
      g_atomic_int_set (&pair->sides[i].sounds, 0);
    }
  g_assert_true (pair_wait (pair, goes_on, LIMIT_S));
  g_assert_false (pair_any_failed (pair));
}

static gboolean
first_failed (Pair *pair)
{
  return pair->sides[0].failures > 0;
}

/* An element of webrtcbin's, by the name of its factory. (transfer full) */
static GstElement *
find_inside (Pair *pair, const char *factory)
{
  g_autoptr (GstIterator) elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (get_parts (pair)->pipeline), factory);
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);

  return g_value_dup_object (&value);
}

static void
count_gone (gpointer data, GObject *object)
{
  (*(guint *)data)++;
}

/* n: of the messages that are gone */
static void
post_many (GstElement *element, guint *n)
{
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (GObject) token = g_object_new (G_TYPE_OBJECT, NULL);

      g_object_weak_ref (token, count_gone, n);
      gst_element_post_message (
          element, gst_message_new_element (GST_OBJECT (element),
                                            gst_structure_new ("test", "token", G_TYPE_OBJECT, token, NULL)));
    }
}

static void
test_many (void)
{
  g_autoptr (Pair) pair = make_pair ();
  g_autoptr (GstBus) bus = gst_element_get_bus (get_parts (pair)->pipeline);
  guint gone = 0;

  g_test_summary ("What the elements of a call tell does not pile up, and warnings end nothing");
  g_assert_false (gst_bus_have_pending (bus));
  post_many (vav_media_send_get_encoder (get_parts (pair)->send[VAV_MEDIA_VIDEO]), &gone);
  GST_ELEMENT_WARNING (get_parts (pair)->webrtc, STREAM, DECODE, (NULL), ("a warning of the test's"));
  g_assert_cmpuint (gone, ==, MANY);
  g_assert_false (gst_bus_have_pending (bus));
  check_goes_on (pair);
  pair_close (pair);
}

static VavOutlet *screen;

/* What the screen gives is no picture. */
static gboolean
first_failed_at_nonsense (Pair *pair)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("application/x-no-picture");
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 16, NULL);
  g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);

  GST_BUFFER_PTS (buffer) = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  vav_outlet_push (screen, sample);

  return first_failed (pair);
}

static void
test_broken (void)
{
  g_autoptr (Pair) pair = make_pair ();

  g_test_summary ("An element of a running call that cannot go on ends it, and why is told");
  screen = vav_outlet_new ();
  vav_media_session_set_screen (pair->sides[0].session, screen);
  g_assert_true (pair_wait (pair, first_failed_at_nonsense, LIMIT_S));
  g_assert_error (pair->sides[0].error, VAV_ERROR, VAV_ERROR_BROKEN);
  g_assert_cmpuint (pair->sides[0].failures, ==, 1);
  pair_close (pair);
  g_clear_object (&screen);
}

static void
test_inside (void)
{
  g_autoptr (Pair) pair = make_pair ();
  g_autoptr (GstElement) inside = find_inside (pair, "dtlsdec");

  g_test_summary ("An error on the way to the peer is the loss of that way");
  GST_ELEMENT_ERROR (inside, STREAM, FAILED, (NULL), ("an error of the test's"));
  g_assert_true (pair_wait (pair, first_failed, LIMIT_S));
  g_assert_error (pair->sides[0].error, VAV_ERROR, VAV_ERROR_MEDIA);
  pair_close (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-bus/many", test_many);
  g_test_add_func ("/media-bus/broken", test_broken);
  g_test_add_func ("/media-bus/inside", test_inside);

  return tolerate_exit (g_test_run ());
}
