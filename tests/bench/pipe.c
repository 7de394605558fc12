/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pipe MEGABYTES: how fast bytes go through the media path of a call without picture and sound, and through a data channel of two bare
 * webrtcbins, which is the ceiling; both in this one process. Tells a JSON object a line: {"event":"pipe" or "bare","mbit":…}. */
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/media/pair.h"

#define PIECE (16 * 1024)
#define BUFFERED (512 * 1024)

typedef struct
{
  guint64 wanted;
  guint64 taken; /* the receiving thread's */
  gint64 begin;
  int done; /* atomic */
  gint64 end;
} Count;

static void
count (Count *self, gsize size)
{
  if (self->taken == 0)
    self->begin = g_get_monotonic_time ();
  self->taken += size;
  if (self->taken < self->wanted)
    return;

  self->end = g_get_monotonic_time ();
  g_atomic_int_set (&self->done, TRUE);
  g_main_context_wakeup (NULL);
}

static void
tell (const char *event, const Count *self)
{
  g_print ("{\"event\":\"%s\",\"mbit\":%.1f}\n", event, (double)self->taken * 8 / (double)(self->end - self->begin));
}

static void
on_piece (gpointer user_data, GBytes *bytes)
{
  count (user_data, g_bytes_get_size (bytes));
}

static void
on_closed (gpointer user_data, const GError *error)
{
}

static gboolean
has_pipes (Pair *pair)
{
  return vav_media_session_get_pipe (pair->sides[0].session) != NULL
         && vav_media_session_get_pipe (pair->sides[1].session) != NULL;
}

static gpointer
fill_pipe (gpointer pipe)
{
  g_autoptr (GBytes) piece = g_bytes_new_take (g_malloc0 (PIECE), PIECE);

  while (vav_pipe_send (pipe, piece, NULL))
    continue;

  return NULL;
}

static void
measure_pipe (guint64 bytes)
{
  static const VavPipeEvents events = { on_piece, on_closed };
  g_autoptr (Pair) pair = pair_new ("none");
  g_autoptr (VavPipe) pipe = NULL;
  Count counted = { .wanted = bytes };
  GThread *thread;

  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, has_pipes, 20));
  pipe = g_object_ref (vav_media_session_get_pipe (pair->sides[0].session));
  vav_pipe_start (vav_media_session_get_pipe (pair->sides[1].session), &events, &counted, NULL);
  thread = g_thread_new ("fill", fill_pipe, pipe);
  while (!g_atomic_int_get (&counted.done))
    g_main_context_iteration (NULL, TRUE);
  tell ("pipe", &counted);
  pair_close (pair);
  g_thread_join (thread);
}

typedef struct
{
  GstElement *pipelines[2];
  GstElement *webrtc[2];
  GObject *channels[2];
  GMutex lock;
  GCond low;
  gboolean full; /* under lock */
  int opened;    /* atomic */
  int over;      /* atomic */
  Count count;
} Bare;

static void
on_candidate (GstElement *webrtc, guint mline, const char *candidate, Bare *bare)
{
  g_signal_emit_by_name (bare->webrtc[webrtc == bare->webrtc[0] ? 1 : 0], "add-ice-candidate", mline, candidate);
}

static void
on_open (GObject *channel, Bare *bare)
{
  g_atomic_int_inc (&bare->opened);
  g_main_context_wakeup (NULL);
}

static void
on_data (GObject *channel, GBytes *data, Bare *bare)
{
  count (&bare->count, g_bytes_get_size (data));
}

static void
on_low (GObject *channel, Bare *bare)
{
  g_mutex_lock (&bare->lock);
  bare->full = FALSE;
  g_cond_signal (&bare->low);
  g_mutex_unlock (&bare->lock);
}

static void
make_bare (Bare *bare, guint side)
{
  g_autoptr (GstStructure) options
      = gst_structure_new ("options", "negotiated", G_TYPE_BOOLEAN, TRUE, "id", G_TYPE_INT, 0, NULL);

  bare->pipelines[side] = gst_pipeline_new (NULL);
  bare->webrtc[side] = gst_element_factory_make ("webrtcbin", NULL);
  gst_util_set_object_arg (G_OBJECT (bare->webrtc[side]), "bundle-policy", "max-bundle");
  gst_bin_add (GST_BIN (bare->pipelines[side]), bare->webrtc[side]);
  g_signal_connect (bare->webrtc[side], "on-ice-candidate", G_CALLBACK (on_candidate), bare);
  gst_element_set_state (bare->pipelines[side], GST_STATE_PLAYING);
  g_signal_emit_by_name (bare->webrtc[side], "create-data-channel", "data", options, &bare->channels[side]);
  g_object_set (bare->channels[side], "buffered-amount-low-threshold", (guint64)BUFFERED / 2, NULL);
  g_signal_connect (bare->channels[side], "on-open", G_CALLBACK (on_open), bare);
  g_signal_connect (bare->channels[side], "on-message-data", G_CALLBACK (on_data), bare);
  g_signal_connect (bare->channels[side], "on-buffered-amount-low", G_CALLBACK (on_low), bare);
}

static void
describe (GstElement *webrtc, const char *action, GstWebRTCSessionDescription *description)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();

  g_signal_emit_by_name (webrtc, action, description, promise);
  gst_promise_wait (promise);
}

/* Makes an offer or answer on one side and gives it to both. */
static void
exchange (Bare *bare, guint side, const char *what)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autofree char *action = g_strconcat ("create-", what, NULL);

  g_signal_emit_by_name (bare->webrtc[side], action, NULL, promise);
  gst_promise_wait (promise);
  gst_structure_get (gst_promise_get_reply (promise), what, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  describe (bare->webrtc[side], "set-local-description", description);
  describe (bare->webrtc[1 - side], "set-remote-description", description);
}

static gpointer
fill_channel (gpointer data)
{
  Bare *bare = data;
  g_autoptr (GBytes) piece = g_bytes_new_take (g_malloc0 (PIECE), PIECE);

  while (!g_atomic_int_get (&bare->over))
    {
      guint64 buffered;

      g_mutex_lock (&bare->lock);
      g_object_get (bare->channels[0], "buffered-amount", &buffered, NULL);
      bare->full = buffered > BUFFERED;
      while (bare->full && !g_atomic_int_get (&bare->over))
        g_cond_wait_until (&bare->low, &bare->lock, g_get_monotonic_time () + G_USEC_PER_SEC / 100);
      g_mutex_unlock (&bare->lock);
      g_signal_emit_by_name (bare->channels[0], "send-data", piece);
    }

  return NULL;
}

static void
measure_bare (guint64 bytes)
{
  Bare bare = { .count = { .wanted = bytes } };
  GThread *thread;

  g_mutex_init (&bare.lock);
  g_cond_init (&bare.low);
  for (guint side = 0; side < 2; side++)
    make_bare (&bare, side);
  exchange (&bare, 0, "offer");
  exchange (&bare, 1, "answer");
  while (g_atomic_int_get (&bare.opened) < 2)
    g_main_context_iteration (NULL, TRUE);
  thread = g_thread_new ("fill", fill_channel, &bare);
  while (!g_atomic_int_get (&bare.count.done))
    g_main_context_iteration (NULL, TRUE);
  tell ("bare", &bare.count);
  g_atomic_int_set (&bare.over, TRUE);
  g_thread_join (thread);
  /* webrtcbin may hang when it is stopped with a data channel: the process ends with it running */
}

int
main (int argc, char **argv)
{
  guint64 bytes = (argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 64) * 1024 * 1024;

  gst_init (&argc, &argv);
  measure_pipe (MAX (bytes, PIECE));
  measure_bare (MAX (bytes, PIECE));
  fflush (stdout);
  _Exit (0);
}
