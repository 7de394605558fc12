/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

/* The keys of a view in a call, pressed on the X server's keyboard while nothing has the focus. */

static gboolean
begin (Room *room)
{
  begin_call (room);
  return point_at (GTK_WIDGET (room->view), 0.5, 0.4);
}

static gboolean
sends (Room *room, VavFlows flow)
{
  return (vav_stream_get_flows (room->pair.anna.stream) & flow) != 0;
}

static void
test_letters (Room *room, gconstpointer media)
{
  VavStream *bob = room->pair.bob.stream;

  g_test_summary ("A6: microphone, camera and hold by one key each, wherever the focus is, but in an entry");
  if (!begin (room))
    return;
  act ("key m");
  wait_until (!sends (room, VAV_FLOW_AUDIO_OUT));
  act ("key v");
  wait_until (!sends (room, VAV_FLOW_VIDEO_OUT));
  act ("key v");
  wait_until (sends (room, VAV_FLOW_VIDEO_OUT));
  act ("key h");
  wait_until (vav_gtk_conference_get_held (room->view));
  wait_until (has_words (GTK_WIDGET (room->view), "On hold"));
  wait_until (vav_stream_get_peer_held (bob));
  act ("key h");
  wait_until (!vav_gtk_conference_get_held (room->view) && !vav_stream_get_peer_held (bob));
  wait_until (!has_words (GTK_WIDGET (room->view), "On hold"));
  /* with other keys beside them the letters are somebody else's */
  act ("key ctrl+m alt+m");
  act ("key h");
  wait_until (vav_gtk_conference_get_held (room->view));
  g_assert_false (sends (room, VAV_FLOW_AUDIO_OUT));
}

static void
test_typing (Room *room, gconstpointer media)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *entry = gtk_entry_new ();

  g_object_ref (room->view);
  gtk_window_set_child (GTK_WINDOW (room->window), NULL);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (room->view));
  gtk_window_set_child (GTK_WINDOW (room->window), box);
  g_object_unref (room->view);
  if (!begin (room))
    return;
  gtk_widget_grab_focus (entry);
  act ("type 'mv h'");
  wait_until (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (entry)), "mv h") == 0);
  g_assert_true (sends (room, VAV_FLOW_OUT));
  g_assert_false (vav_gtk_conference_get_held (room->view));
}

static void
on_flows (VavStream *stream, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_push_to_talk (Room *room, gconstpointer media)
{
  guint n = 0;

  g_test_summary ("A6: with the microphone off, the space bar opens it while it is held down");
  if (!begin (room))
    return;
  vav_gtk_conference_set_microphone (room->view, FALSE);
  g_signal_connect (room->pair.anna.stream, "notify::flows", G_CALLBACK (on_flows), &n);
  act ("keydown space");
  wait_until (sends (room, VAV_FLOW_AUDIO_OUT));
  act ("keydown space"); /* as a key that repeats */
  act ("keyup space");
  wait_until (!sends (room, VAV_FLOW_AUDIO_OUT));
  g_assert_cmpuint (n, ==, 2);

  act ("keydown space");
  wait_until (sends (room, VAV_FLOW_AUDIO_OUT));
  gtk_widget_set_visible (room->window, FALSE); /* it goes up where nobody of us hears it */
  wait_until (!sends (room, VAV_FLOW_AUDIO_OUT));
  act ("keyup space");
}

/* The peer's hold is told by name, and its end as well. */
static void
test_peer_holds (Room *room, gconstpointer media)
{
  GtkWidget *view = GTK_WIDGET (room->view);

  begin_call (room);
  vav_stream_set_held (room->pair.bob.stream, TRUE);
  wait_until (has_words (view, "Bob has put you on hold"));
  vav_stream_set_held (room->pair.bob.stream, FALSE);
  wait_until (!has_words (view, "hold"));
  wait_until (gtk_widget_get_opacity (find_class (view, "remote")) > 0.5);
}

/* What a program leaves away is not there, and what it gives is. */
static void
test_buttons (Room *room, gconstpointer media)
{
  GtkWidget *tools = find_class (GTK_WIDGET (room->view), "tools");
  GtkWidget *fullscreen = gtk_widget_get_first_child (tools), *more = gtk_widget_get_last_child (tools);
  g_autoptr (GMenu) menu = g_menu_new ();

  begin_call (room);
  wait_until (gtk_widget_get_mapped (fullscreen));
  g_assert_false (gtk_widget_get_visible (more));
  g_object_set (room->view, "fullscreen-button", FALSE, "menu-model", menu, NULL);
  g_assert_false (gtk_widget_get_visible (fullscreen));
  g_assert_true (gtk_widget_get_visible (more));
  g_object_set (room->view, "menu-model", NULL, NULL);
  g_assert_false (gtk_widget_get_visible (more));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/keys/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("letters", test_letters);
  ADD ("typing", test_typing);
  ADD ("push-to-talk", test_push_to_talk);
  ADD ("peer-holds", test_peer_holds);
  ADD ("buttons", test_buttons);
  return tolerate_exit (g_test_run ());
}
