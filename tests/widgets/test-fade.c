/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

/* Header and controls of a real call, which hide when nobody does anything; pointer and keys are the X server's. */

static gboolean
shown (Room *room)
{
  gboolean value;

  g_object_get (room->view, "controls-shown", &value, NULL);
  return value;
}

static GtkWidget *
controls (Room *room)
{
  return find_class (GTK_WIDGET (room->view), "controls");
}

/* The call runs, the pointer is over the picture and nobody moves. */
static gboolean
begin (Room *room)
{
  begin_call (room);
  return point_at (GTK_WIDGET (room->view), 0.5, 0.4);
}

static void
test_pointer (Room *room, gconstpointer media)
{
  gint64 since;

  g_test_summary ("A6: header and controls hide in a call after 3 s without movement, and come back at the next");
  if (!begin (room))
    return;
  since = g_get_monotonic_time ();
  g_assert_true (shown (room));
  wait_until (!shown (room));
  g_assert_cmpint (g_get_monotonic_time () - since, >=, 2 * G_USEC_PER_SEC);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (room->view), "controls-hidden"));
  g_assert_cmpstr (gdk_cursor_get_name (gtk_widget_get_cursor (gtk_widget_get_parent (controls (room)))), ==, "none");
  /* drawn no more, but there for who does not look */
  g_assert_true (gtk_widget_get_mapped (controls (room)) && gtk_widget_get_visible (controls (room)));

  point_at (GTK_WIDGET (room->view), 0.5, 0.5);
  wait_until (shown (room));
  g_assert_null (gtk_widget_get_cursor (gtk_widget_get_parent (controls (room))));
  wait_until (!shown (room));
}

/* A press where a hidden control is brings it back and does not press it: a finger comes without having moved. */
static void
test_press_wakes (Room *room, gconstpointer media)
{
  GtkWidget *microphone = gtk_widget_get_next_sibling (gtk_widget_get_first_child (controls (room)));

  begin_call (room);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (room->view), "remote")) > 0.5);
  /* the pointer is where the button will be, over nothing that could hold it */
  if (!point_at (microphone, 0.5, 0.5))
    return;
  gtk_widget_set_can_target (controls (room), FALSE);
  point_at (microphone, 0.6, 0.5);
  wait_until (!shown (room));
  gtk_widget_set_can_target (controls (room), TRUE);
  act ("click 1");
  wait_until (shown (room));
  g_assert_true (vav_gtk_conference_get_microphone (room->view));
  act ("click 1");
  wait_until (!vav_gtk_conference_get_microphone (room->view));
}

static void
test_keys (Room *room, gconstpointer media)
{
  g_test_summary ("A6: hidden controls come back at a key; Tab reaches them, and they stay while the focus is in them");
  if (!begin (room))
    return;
  wait_until (!shown (room));
  act ("key Tab");
  wait_until (shown (room));
  gtk_widget_child_focus (controls (room), GTK_DIR_TAB_FORWARD);
  g_assert_true ((gtk_widget_get_state_flags (controls (room)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0);
  for (gint64 until = g_get_monotonic_time () + 7 * G_USEC_PER_SEC; g_get_monotonic_time () < until;)
    {
      wait_one_turn ();
      g_assert_true (shown (room));
    }
  gtk_window_set_focus (GTK_WINDOW (room->window), NULL);
  wait_until (!shown (room));
}

/* The pointer rests on a button: it stays under it. */
static void
test_pointer_over (Room *room, gconstpointer media)
{
  if (!begin (room))
    return;
  wait_until (!shown (room));
  point_at (controls (room), 0.5, 0.5);
  wait_until (shown (room));
  for (gint64 until = g_get_monotonic_time () + 7 * G_USEC_PER_SEC; g_get_monotonic_time () < until;)
    {
      wait_one_turn ();
      g_assert_true (shown (room));
    }
  point_at (GTK_WIDGET (room->view), 0.5, 0.4);
  wait_until (!shown (room));
}

/* While it rings nothing hides, and at the end of a call everything is there again. */
static void
test_states (Room *room, gconstpointer media)
{
  party_call (&room->pair.anna, &room->pair.bob);
  wait_for_state (&room->pair.anna, VAV_STATE_RINGING);
  for (gint64 until = g_get_monotonic_time () + 4 * G_USEC_PER_SEC; g_get_monotonic_time () < until;)
    {
      wait_one_turn ();
      g_assert_true (shown (room));
    }
  vav_request_accept (room->pair.bob.request, VAV_FLOW_ALL, NULL);
  wait_until (!shown (room));
  vav_stream_hang_up (room->pair.bob.stream, NULL);
  wait_until (vav_gtk_conference_get_stream (room->view) == NULL);
  g_assert_true (shown (room));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/fade/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("pointer", test_pointer);
  ADD ("press-wakes", test_press_wakes);
  ADD ("keys", test_keys);
  ADD ("pointer-over", test_pointer_over);
  ADD ("states", test_states);
  return tolerate_exit (g_test_run ());
}
