/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which speaker plays, and that none holds up the end of a call. */
#include "net/media/vav-speaker.h"
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "pair.h"
#include "shelf.h"

typedef struct
{
  VavPlayback *playback;
  VavOutlet *outlet;
  VavSpeaker *speaker;
  guint consumer;
  int played; /* atomic */
} Mouth;

/* The speaker's thread */
static void
on_played (gpointer sample, gpointer user_data)
{
  Mouth *mouth = user_data;

  g_atomic_int_inc (&mouth->played);
}

static void
mouth_open (Mouth *mouth)
{
  mouth->playback = vav_playback_new ();
  mouth->outlet = vav_outlet_new ();
  mouth->consumer = vav_outlet_attach (vav_playback_get_played (mouth->playback), on_played, mouth, NULL);
}

static void
mouth_close (Mouth *mouth)
{
  g_clear_pointer (&mouth->speaker, vav_speaker_free);
  vav_outlet_detach (vav_playback_get_played (mouth->playback), mouth->consumer);
  g_object_unref (mouth->outlet);
  vav_playback_unref (mouth->playback);
}

/* 10 ms of silence */
static void
say (Mouth *mouth)
{
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved");
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 960, NULL);
  g_autoptr (GstSample) sample = NULL;

  gst_buffer_memset (buffer, 0, 0, 960);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  vav_outlet_push (mouth->outlet, sample);
}

/* Says something again and again until the condition holds. */
#define say_until(mouth, condition)                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                                                      \
    while (!(condition))                                                                                               \
      {                                                                                                                \
        say (mouth);                                                                                                   \
        pair_run (0.01);                                                                                               \
        g_assert_cmpint (g_get_monotonic_time (), <, limit);                                                           \
      }                                                                                                                \
  }                                                                                                                    \
  G_STMT_END

/* A speaker is chosen that cannot be opened: the one that works is taken up again, at once. */
static void
test_bad_choice (void)
{
  GstDevice *good = shelf_plug_speaker ("good", TRUE), *bad = shelf_plug_speaker ("bad", FALSE);
  Mouth mouth = { NULL };
  int played;

  g_test_summary ("W19: choosing a speaker that cannot be used costs nobody the one that works");
  mouth_open (&mouth);
  vav_playback_set_device (mouth.playback, "good");
  mouth.speaker = vav_speaker_new (mouth.playback, mouth.outlet, 20);
  say_until (&mouth, g_atomic_int_get (&mouth.played) > 0);
  g_assert_cmpint (shelf_get_tries (bad), ==, 0);

  vav_playback_set_device (mouth.playback, "bad");
  say_until (&mouth, shelf_get_tries (bad) > 0 && shelf_get_tries (good) > 1);
  played = g_atomic_int_get (&mouth.played);
  say_until (&mouth, g_atomic_int_get (&mouth.played) > played);
  g_assert_cmpint (shelf_get_tries (bad), ==, 1);
  mouth_close (&mouth);
  shelf_unplug (good);
  shelf_unplug (bad);
}

static gpointer
run_free (gpointer data)
{
  Mouth *mouth = data;

  g_clear_pointer (&mouth->speaker, vav_speaker_free);
  g_atomic_int_set (&mouth->played, -1);

  return NULL;
}

/* A server that hangs while it is asked what speakers there are holds up no end. */
static void
test_hanging_server (void)
{
  Mouth mouth = { NULL };
  GThread *thread;

  g_test_summary ("R4, N12: a sound server that hangs does not hold up the end of a call");
  mouth_open (&mouth);
  shelf_hang (TRUE);
  mouth.speaker = vav_speaker_new (mouth.playback, mouth.outlet, 20);
  say_until (&mouth, shelf_get_hanging () > 0);
  thread = g_thread_new ("free", run_free, &mouth);
  say_until (&mouth, g_atomic_int_get (&mouth.played) < 0);
  g_assert_cmpint (shelf_get_hanging (), >, 0);
  g_thread_join (thread);
  shelf_hang (FALSE);
  mouth_close (&mouth);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  shelf_set_up ();

  g_test_add_func ("/media/speaker/bad-choice", test_bad_choice);
  g_test_add_func ("/media/speaker/hanging-server", test_hanging_server);

  return tolerate_exit (g_test_run ());
}
