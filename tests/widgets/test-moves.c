/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"
#include "widgets/vav-gtk-display.h"

/* A running call from view to view: how long the picture stands still meanwhile. The bench reads what is told here. */

#define N_MOVES 10
#define N_ROUNDS 6
#define PROMISED_MS 100
#define SETTLED 30 /* pictures */

typedef struct
{
  Room room;
  VavGtkConference *views[2]; /* the first is the room's */
  GtkWidget *second_window;
} Moves;

typedef struct
{
  gint64 last; /* monotonic; 0: none yet */
  gint64 longest;
  guint n;
} Pulse;

/* When the picture changed, whatever view shows it; and when it came out of the call: on a busy computer that may stand still by itself. */
typedef struct
{
  GdkPaintable *paintable;
  VavOutlet *outlet;
  guint consumer;
  Pulse shown;
  GMutex lock;
  Pulse came; /* under lock */
} Beat;

static void
moves_set_up (Moves *moves, gconstpointer media)
{
  room_set_up (&moves->room, media);
  moves->views[0] = moves->room.view;
  moves->views[1] = VAV_GTK_CONFERENCE (vav_gtk_conference_new ());
  moves->second_window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (moves->second_window), 320, 240);
  gtk_window_set_child (GTK_WINDOW (moves->second_window), GTK_WIDGET (moves->views[1]));
  gtk_window_present (GTK_WINDOW (moves->second_window));
  begin_call (&moves->room);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (moves->views[0]), "remote")) > 0.5);
  wait_until (moves->room.pair.anna.n_frames >= SETTLED); /* a call begins with leaps */
}

static void
moves_tear_down (Moves *moves, gconstpointer media)
{
  gtk_window_destroy (GTK_WINDOW (moves->second_window));
  room_tear_down (&moves->room, media);
}

static GdkPaintable *
shared_paintable (Moves *moves)
{
  return vav_gtk_display_get_paintable (vav_gtk_display_get (moves->room.pair.anna.stream, VAV_GTK_DISPLAY_REMOTE));
}

static void
pulse (Pulse *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->last != 0)
    self->longest = MAX (self->longest, now - self->last);
  self->last = now;
  self->n++;
}

static void
on_shown (GdkPaintable *paintable, Beat *beat)
{
  pulse (&beat->shown);
}

/* Streaming thread. */
static void
on_came (gpointer sample, gpointer user_data)
{
  Beat *beat = user_data;

  g_mutex_lock (&beat->lock);
  pulse (&beat->came);
  g_mutex_unlock (&beat->lock);
}

static void
beat_begin (Beat *beat, Moves *moves)
{
  *beat = (Beat){ .paintable = g_object_ref (shared_paintable (moves)),
                  .outlet = g_object_ref (vav_stream_get_video_in (moves->room.pair.anna.stream)) };
  g_mutex_init (&beat->lock);
  g_signal_connect (beat->paintable, "invalidate-contents", G_CALLBACK (on_shown), beat);
  beat->consumer = vav_outlet_attach (beat->outlet, on_came, beat, NULL);
}

static void
beat_end (Beat *beat)
{
  vav_outlet_detach (beat->outlet, beat->consumer);
  g_signal_handlers_disconnect_by_data (beat->paintable, beat);
  g_object_unref (beat->outlet);
  g_object_unref (beat->paintable);
  g_mutex_clear (&beat->lock);
}

static void
wait_pictures (Beat *beat, guint n)
{
  guint enough = beat->shown.n + n;

  wait_until (beat->shown.n >= enough);
}

static void
move_clear_first (VavGtkConference *from, VavGtkConference *to, VavStream *stream)
{
  vav_gtk_conference_set_stream (from, NULL);
  vav_gtk_conference_set_stream (to, stream);
}

static void
move_set_first (VavGtkConference *from, VavGtkConference *to, VavStream *stream)
{
  vav_gtk_conference_set_stream (to, stream);
  vav_gtk_conference_set_stream (from, NULL);
}

typedef void (*MoveFunc) (VavGtkConference *from, VavGtkConference *to, VavStream *stream);

/* Moves the call to and fro and tells the longest time between two pictures: shown, and come out of the call. The same paintable, so the last picture
 * stands in the new view before the next one comes. */
static double
longest_pause (Moves *moves, MoveFunc move, double *came_ms)
{
  VavStream *stream = moves->room.pair.anna.stream;
  Beat beat;

  beat_begin (&beat, moves);
  wait_pictures (&beat, 3);
  for (guint i = 0; i < N_MOVES; i++)
    {
      VavGtkConference *from = moves->views[i % 2], *to = moves->views[1 - i % 2];

      if (move != NULL)
        {
          move (from, to, stream);
          g_assert_true (shared_paintable (moves) == beat.paintable);
          g_assert_cmpfloat (gtk_widget_get_opacity (find_class (GTK_WIDGET (to), "remote")), >, 0.5);
          g_assert_null (vav_gtk_conference_get_stream (from));
        }
      wait_pictures (&beat, 3 + i % 2);
    }
  beat_end (&beat);
  *came_ms = (double)beat.came.longest / 1000;
  return (double)beat.shown.longest / 1000;
}

/* Holds the pause against three times what is promised. On a computer that has other things to do the picture may stand still without any move, so the
 * best of some rounds counts: a gap that each move makes is in all of them. */
static void
check_pause (Moves *moves, const char *what, MoveFunc move)
{
  double best_ms = G_MAXDOUBLE;

  for (guint i = 0; i < N_ROUNDS && best_ms >= 3 * PROMISED_MS; i++)
    {
      double came_ms;
      double shown_ms = longest_pause (moves, move, &came_ms);

      g_test_message ("longest time between two pictures, %s: shown %.1f ms, came %.1f ms", what, shown_ms, came_ms);
      best_ms = MIN (best_ms, shown_ms);
    }
  g_assert_cmpfloat (best_ms, <, 3 * PROMISED_MS);
}

static void
test_pause (Moves *moves, gconstpointer media)
{
  Party *anna = &moves->room.pair.anna;
  double came_ms;

  g_test_summary (
      "W13: a running call moves from view to view, either order of unbinding and binding, without a gap over 100 ms");

  g_test_message ("longest time between two pictures, not moved: %.1f ms", longest_pause (moves, NULL, &came_ms));
  check_pause (moves, "unbound, then bound", move_clear_first);
  check_pause (moves, "bound, then unbound", move_set_first);
  g_assert_cmpint (vav_stream_get_state (anna->stream), ==, VAV_STATE_ACTIVE);
  g_assert_cmpuint (anna->n_ended, ==, 0);
}

/* One picture for all views, as large as the largest needs it, and no larger when that has gone. */
static void
test_largest (Moves *moves, gconstpointer media)
{
  GdkPaintable *paintable = shared_paintable (moves);

  g_test_summary ("W2: several views show one stream, by one picture scaled to the largest");

  wait_until (gdk_paintable_get_intrinsic_height (paintable) >= 480);
  vav_gtk_conference_set_stream (moves->views[1], moves->room.pair.anna.stream);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (moves->views[1]), "remote")) > 0.5);
  g_assert_true (shared_paintable (moves) == paintable);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (paintable), >=, 480);
  gtk_widget_set_visible (moves->room.window, FALSE);
  wait_until (gdk_paintable_get_intrinsic_height (paintable) < 300);
  gtk_widget_set_visible (moves->room.window, TRUE);
  wait_until (gdk_paintable_get_intrinsic_height (paintable) >= 480);
}

/* A request that arrived on one stream is answered in any view: onto the stream that this view shows. */
static void
test_accept_onto (Moves *moves, gconstpointer media)
{
  Party *anna = &moves->room.pair.anna, *bob = &moves->room.pair.bob;
  g_autoptr (VavStream) other = vav_stream_new (anna->endpoint);
  g_autoptr (VavStream) arrived = NULL;

  g_test_summary (
      "W13: a detected request is accepted onto another stream, and its picture is in the view that shows that");

  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  vav_gtk_conference_set_stream (moves->views[1], other);
  party_listen (anna, "127.0.0.1:0");
  party_call (bob, anna);
  wait_until (anna->request != NULL);
  arrived = vav_request_get_stream (anna->request);
  g_assert_true (arrived == anna->stream);
  g_assert_true (vav_request_accept_on (anna->request, other, VAV_FLOW_ALL, NULL, NULL));
  wait_until (vav_stream_get_state (other) == VAV_STATE_ACTIVE);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (moves->views[1]), "remote")) > 0.5);
  g_assert_null (vav_gtk_conference_get_stream (moves->views[0]));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/moves/" name, Moves, "test", moves_set_up, func, moves_tear_down)
  ADD ("pause", test_pause);
  ADD ("largest", test_largest);
  ADD ("accept-onto", test_accept_onto);
  return tolerate_exit (g_test_run ());
}
