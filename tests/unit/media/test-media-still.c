/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source that gives pictures only when something changes, as a screen may. The test says what the rate control would: this computer's path is clean. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>
#include <gst/video/video.h>

#include "net/media/vav-media-session-private.h"
#include "net/media/vav-screen.h"
#include "pair.h"

#define WIDTH 320
#define HEIGHT 180
#define LIMIT_S 60

/* Brightness of a whole picture; in between: what the codec makes of it. */
enum
{
  DARK = 40,
  GREY = 120,
  BRIGHT = 200,
};

typedef struct
{
  Pair *pair;
  VavOutlet *screen;
  guint consumer;
  int seen;   /* atomic: brightness of the picture that came last */
  int greys;  /* atomic: how many grey ones came */
  int wanted; /* brightness that is waited for */
} Show;

static Show show;

static gboolean
is_like (int brightness, int wanted)
{
  return ABS (brightness - wanted) < 20;
}

static void
on_picture (gpointer sample, gpointer user_data)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  int brightness;

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  brightness = ((const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0))[GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) * 90];
  gst_video_frame_unmap (&frame);
  if (is_like (brightness, GREY))
    g_atomic_int_inc (&show.greys);
  g_atomic_int_set (&show.seen, brightness);
}

/* The screen changes. */
static void
give (int brightness)
{
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, WIDTH, "height",
                             G_TYPE_INT, HEIGHT, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 3 / 2, NULL);
  g_autoptr (GstSample) sample = NULL;

  gst_buffer_memset (buffer, 0, (guint8)brightness, WIDTH * HEIGHT);
  gst_buffer_memset (buffer, WIDTH * HEIGHT, 128, WIDTH * HEIGHT / 2);
  GST_BUFFER_PTS (buffer) = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  vav_outlet_push (show.screen, sample);
}

/* What the rate control does ten times a second. */
static void
follow (gboolean paused)
{
  VavRatePicture picture = { VAV_SCREEN_WIDTH, VAV_SCREEN_HEIGHT, 0, paused };

  vav_media_send_follow (show.pair->sides[0].session->parts.send[VAV_MEDIA_VIDEO], &picture, 500000);
}

static gboolean
is_seen (Pair *pair)
{
  follow (FALSE);
  return is_like (g_atomic_int_get (&show.seen), show.wanted);
}

static gboolean
is_seen_moving (Pair *pair)
{
  give (show.wanted);
  return is_seen (pair);
}

static void
wait_seen (int brightness, PairCondition condition)
{
  show.wanted = brightness;
  g_assert_true (pair_wait (show.pair, condition, LIMIT_S));
}

/* A call in which a dark screen is shared, seen there. */
static void
begin (void)
{
  VavMediaSession *session;

  show = (Show){ .pair = pair_new ("none"), .screen = vav_outlet_new () };
  session = show.pair->sides[0].session;
  show.consumer = vav_outlet_attach (show.pair->sides[1].outlets[VAV_MEDIA_VIDEO], on_picture, NULL, NULL);
  pair_start (show.pair);
  vav_media_session_set_screen (session, show.screen);
  pair_open (show.pair, -1);
  g_assert_true (pair_wait (show.pair, pair_both_connected, LIMIT_S));
  vav_rate_control_stop (session->parts.rate);
  wait_seen (DARK, is_seen_moving);
}

static void
end (void)
{
  pair_close (show.pair);
  vav_outlet_detach (show.pair->sides[1].outlets[VAV_MEDIA_VIDEO], show.consumer);
  pair_free (show.pair);
  g_object_unref (show.screen);
}

static void
test_last (void)
{
  g_test_summary ("W19: the last change of a screen that is still then is seen at the other side, also if the path had "
                  "no room at that moment");
  begin ();
  follow (TRUE);
  give (GREY);
  give (BRIGHT);
  wait_seen (BRIGHT, is_seen);
  g_assert_cmpint (g_atomic_int_get (&show.greys), ==, 0);

  /* and what moves on after that */
  wait_seen (DARK, is_seen_moving);
  end ();
}

static guint64
count_frames (void)
{
  VavMediaSendCounters counters;

  vav_media_send_read_counters (show.pair->sides[0].session->parts.send[VAV_MEDIA_VIDEO], &counters);
  return counters.frames;
}

static gboolean
follow_on (Pair *pair)
{
  follow (FALSE);
  return FALSE;
}

static void
test_stopped (void)
{
  VavMediaSession *session;
  guint64 frames;

  g_test_summary ("W14: a picture that waited when the flow was stopped is not sent when it runs again");
  begin ();
  session = show.pair->sides[0].session;
  follow (TRUE);
  give (GREY);
  frames = count_frames ();
  vav_media_session_set_flows (session, VAV_FLOW_ALL & ~(guint)VAV_FLOW_VIDEO_OUT);
  vav_media_session_set_flows (session, VAV_FLOW_ALL);
  g_assert_false (pair_wait (show.pair, follow_on, 0.6));
  g_assert_cmpuint (count_frames (), ==, frames);
  wait_seen (BRIGHT, is_seen_moving);
  g_assert_cmpint (g_atomic_int_get (&show.greys), ==, 0);
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-still/last", test_last);
  g_test_add_func ("/media-still/stopped", test_stopped);

  return tolerate_exit (g_test_run ());
}
