/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

/* The end of a call in the views that showed it: the stream goes, the words stay, and the next call is a fresh one. */

typedef struct
{
  Room room;
  VavGtkConference *second; /* shows Anna's stream, too */
  GtkWidget *second_window;
} Rooms;

static void
rooms_set_up (Rooms *rooms, gconstpointer media)
{
  room_set_up (&rooms->room, media);
  rooms->second = VAV_GTK_CONFERENCE (vav_gtk_conference_new ());
  rooms->second_window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (rooms->second_window), GTK_WIDGET (rooms->second));
  vav_gtk_conference_set_stream (rooms->second, rooms->room.pair.anna.stream);
  gtk_window_present (GTK_WINDOW (rooms->second_window));
}

static void
rooms_tear_down (Rooms *rooms, gconstpointer media)
{
  gtk_window_destroy (GTK_WINDOW (rooms->second_window));
  room_tear_down (&rooms->room, media);
}

static GtkEditable *
find_entry (GtkWidget *widget)
{
  if (GTK_IS_ENTRY (widget))
    return GTK_EDITABLE (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkEditable *found = find_entry (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static VavState
state_of (VavGtkConference *view)
{
  VavStream *stream = vav_gtk_conference_get_stream (view);

  return stream != NULL ? vav_stream_get_state (stream) : VAV_STATE_IDLE;
}

/* Idle, without a stream, telling in words, and with all that one needs for the next call. */
static void
assert_ready (VavGtkConference *view, const char *words)
{
  GtkWidget *widget = GTK_WIDGET (view);

  g_assert_null (vav_gtk_conference_get_stream (view));
  wait_until (gtk_widget_get_mapped (find_class (widget, "dialler")));
  wait_until (has_words (widget, words));
  g_assert_true (has_words (widget, "Call again"));
  g_assert_true (gtk_widget_is_sensitive (find_class (widget, "dialler")));
  g_assert_true (has_words (widget, "Others can call me"));
}

static void
type_and_call (VavGtkConference *view, const char *address)
{
  gtk_editable_set_text (find_entry (find_class (GTK_WIDGET (view), "dialler")), address);
  gtk_widget_activate_action (GTK_WIDGET (view), "call.start", NULL);
}

static void
end_by_local (Pair *pair)
{
  vav_stream_hang_up (pair->anna.stream, NULL);
}

static void
end_by_remote (Pair *pair)
{
  vav_stream_hang_up (pair->bob.stream, NULL);
}

static void
end_by_reset (Pair *pair)
{
  vav_stream_abort (pair->bob.stream);
}

static const struct
{
  const char *words;
  void (*end) (Pair *pair);
} ends[] = {
  { "Call ended.", end_by_local },
  { "Call ended. Bob hung up.", end_by_remote },
  { "The connection was lost.", end_by_reset },
};

/* However a call ends, both views let the stream go and tell how; then the one dials anew and the other is called, each on a stream of its own. */
static void
test_unbound (Rooms *rooms, gconstpointer media)
{
  Party *anna = &rooms->room.pair.anna, *bob = &rooms->room.pair.bob;
  VavGtkConference *first = rooms->room.view, *second = rooms->second;

  g_test_summary (
      "W16: each end of a call unbinds the stream from all views; they are idle, tell how it ended, and ready");

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      vav_gtk_conference_set_stream (first, anna->stream);
      vav_gtk_conference_set_stream (second, anna->stream);
      begin_call (&rooms->room);
      ends[i].end (&rooms->room.pair);
      wait_until (anna->n_ended == i + 1 && bob->n_ended == i + 1);
      assert_ready (first, ends[i].words);
      assert_ready (second, ends[i].words);
    }
  g_assert_cmpint (anna->reason, ==, VAV_REASON_RESET);
}

/* A dial that comes to nothing is an end, too: unreachable, refused, an address that cannot be read. */
static void
test_failed (Rooms *rooms, gconstpointer media)
{
  Pair *pair = &rooms->room.pair;
  VavGtkConference *first = rooms->room.view, *second = rooms->second;

  g_test_summary ("W16: a call that failed unbinds its stream as well, also when it fails at once");

  g_assert_true (vav_gtk_conference_dial (first, "127.0.0.1:1", NULL));
  wait_until (vav_gtk_conference_get_stream (first) == NULL && vav_gtk_conference_get_stream (second) == NULL);
  assert_ready (first, "Nobody answers at 127.0.0.1:1.");
  assert_ready (second, "Nobody answers at 127.0.0.1:1.");

  type_and_call (first, "no such: address");
  wait_until (vav_gtk_conference_get_stream (first) == NULL);
  assert_ready (first, "");

  pair->bob.manner = PARTY_REJECTS;
  vav_gtk_conference_set_stream (second, pair->anna.stream);
  party_call (&pair->anna, &pair->bob);
  wait_until (pair->anna.n_ended == 2);
  assert_ready (second, vav_error_describe (VAV_ERROR_REFUSED));
  g_assert_null (vav_gtk_conference_get_stream (first));
}

/* After the end the dialler of each view, its "Call again" and its detection toggle work, at the same time. */
static void
test_again (Rooms *rooms, gconstpointer media)
{
  Party *anna = &rooms->room.pair.anna, *bob = &rooms->room.pair.bob;
  VavGtkConference *first = rooms->room.view, *second = rooms->second;
  const char *address = vav_endpoint_get_listening_address (bob->endpoint);
  VavStream *fresh;

  g_test_summary ("W16: dialler and toggle work again, on a fresh stream");

  begin_call (&rooms->room);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);

  type_and_call (first, address);
  fresh = vav_gtk_conference_get_stream (first);
  g_assert_true (fresh != NULL && fresh != anna->stream);
  g_assert_null (vav_gtk_conference_get_stream (second));
  wait_until (state_of (first) == VAV_STATE_ACTIVE);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (first), "remote")) > 0.5);
  g_assert_false (has_words (GTK_WIDGET (first), "Call ended."));
  g_assert_true (has_words (GTK_WIDGET (second), "Call ended. Bob hung up."));
  gtk_widget_activate_action (GTK_WIDGET (first), "call.hang-up", NULL);
  wait_until (bob->n_ended == 2 && vav_gtk_conference_get_stream (first) == NULL);

  gtk_widget_activate_action (GTK_WIDGET (second), "call.again", NULL);
  wait_until (state_of (second) == VAV_STATE_ACTIVE);
  gtk_widget_activate_action (GTK_WIDGET (second), "call.hang-up", NULL);
  wait_until (bob->n_ended == 3 && vav_gtk_conference_get_stream (second) == NULL);
}

static void
call_anna (Rooms *rooms)
{
  g_autoptr (GError) error = NULL;

  vav_stream_dial (rooms->room.pair.bob.stream, vav_endpoint_get_listening_address (rooms->room.pair.anna.endpoint),
                   NULL, &error);
  g_assert_no_error (error);
}

/* Detection and name go on from stream to stream without the door closing: the same address, call after call. */
static void
test_carried_over (Rooms *rooms, gconstpointer media)
{
  Party *anna = &rooms->room.pair.anna, *bob = &rooms->room.pair.bob;
  VavGtkConference *first = rooms->room.view;
  g_autofree char *address = NULL;

  g_test_summary ("W16, W23: the fresh stream has the detection and the identifier that were set on the view");

  vav_gtk_conference_set_stream (rooms->second, NULL);
  vav_endpoint_set_listen (anna->endpoint, "127.0.0.1:0", NULL);
  vav_gtk_conference_set_identifier (first, "Door");
  vav_gtk_conference_set_detection (first, TRUE);
  address = g_strdup (vav_endpoint_get_listening_address (anna->endpoint));
  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (VavStream) stream = g_object_ref (vav_gtk_conference_get_stream (first));

      g_assert_cmpstr (vav_stream_get_identifier (stream), ==, "Door");
      call_anna (rooms);
      wait_until (has_words (GTK_WIDGET (first), "Bob is calling…"));
      gtk_widget_activate_action (GTK_WIDGET (first), "call.accept", NULL);
      wait_for_state (bob, VAV_STATE_ACTIVE);
      vav_stream_hang_up (bob->stream, NULL);
      wait_until (bob->n_ended == i && vav_gtk_conference_get_stream (first) != stream);
      g_assert_false (vav_stream_get_detection (stream));
      g_assert_true (vav_gtk_conference_get_detection (first));
      g_assert_cmpstr (vav_endpoint_get_listening_address (anna->endpoint), ==, address);
      wait_until (has_words (GTK_WIDGET (first), "Call ended. Bob hung up."));
    }
  vav_gtk_conference_set_detection (first, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (anna->endpoint));
  type_and_call (first, vav_endpoint_get_listening_address (bob->endpoint));
  wait_for_state (bob, VAV_STATE_INCOMING);
  g_assert_cmpstr (vav_peer_get_claimed_name (vav_stream_get_peer (bob->stream)), ==, "Door");
}

/* The toggle of a view without a stream opens the door on a stream that the view shows; with the view it closes. */
static void
test_toggle (Rooms *rooms, gconstpointer media)
{
  Party *anna = &rooms->room.pair.anna, *bob = &rooms->room.pair.bob;
  VavGtkConference *second = rooms->second;

  g_test_summary (
      "W16, W10: after a call the toggle lets others call, in this view; a view that goes takes its detection along");

  begin_call (&rooms->room);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  vav_endpoint_set_listen (anna->endpoint, "127.0.0.1:0", NULL);
  vav_gtk_conference_set_detection (second, TRUE);
  g_assert_null (vav_gtk_conference_get_stream (rooms->room.view));
  call_anna (rooms);
  wait_until (has_words (GTK_WIDGET (second), "Bob is calling…"));
  gtk_widget_activate_action (GTK_WIDGET (second), "call.hang-up", NULL);
  wait_until (has_words (GTK_WIDGET (second), "You declined the call."));
  wait_until (bob->n_ended == 2);
  gtk_window_set_child (GTK_WINDOW (rooms->second_window), NULL);
  wait_until (vav_endpoint_get_listening_address (anna->endpoint) == NULL);
}

static void
on_bob_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Rooms *rooms)
{
  const char *address = vav_stream_get_address (stream);

  g_assert_true (vav_stream_dial (stream, address, NULL, NULL));
}

/* What is not the view's is left alone: detection that only the program shows, and a stream that is dialled anew as its end is told. */
static void
test_left_alone (Rooms *rooms, gconstpointer media)
{
  Party *anna = &rooms->room.pair.anna, *bob = &rooms->room.pair.bob;
  VavGtkConference *first = rooms->room.view;
  gulong handler;

  g_test_summary (
      "W16: detection that is the program's stays on its stream; a stream with a new call already stays bound");

  g_object_set (first, "detection-visible", FALSE, NULL);
  vav_gtk_conference_set_stream (rooms->second, NULL);
  party_listen (anna, "127.0.0.1:0");
  begin_call (&rooms->room);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_null (vav_gtk_conference_get_stream (first));
  g_assert_true (vav_stream_get_detection (anna->stream));
  vav_stream_set_detection (anna->stream, FALSE);

  handler = g_signal_connect (anna->stream, "ended", G_CALLBACK (on_bob_ended), rooms);
  vav_gtk_conference_set_stream (first, anna->stream);
  begin_call (&rooms->room);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 2);
  g_signal_handler_disconnect (anna->stream, handler);
  g_assert_true (vav_gtk_conference_get_stream (first) == anna->stream);
  wait_until (state_of (first) == VAV_STATE_ACTIVE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 3 && vav_gtk_conference_get_stream (first) == NULL);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/ends/" name, Rooms, "test", rooms_set_up, func, rooms_tear_down)
  ADD ("unbound", test_unbound);
  ADD ("failed", test_failed);
  ADD ("again", test_again);
  ADD ("carried-over", test_carried_over);
  ADD ("toggle", test_toggle);
  ADD ("left-alone", test_left_alone);
  return tolerate_exit (g_test_run ());
}
