/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

/* What a view says of a slow path. The test says what the rate control would: this computer's path is clean. */

static void
take_over (Party *party)
{
  VavCall *call = vav_stream_get_call (party->stream);

  g_signal_handlers_block_matched (call->session, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA,
                                   g_signal_lookup ("stats", VAV_TYPE_MEDIA_SESSION), 0, NULL, NULL, call);
}

/* Whether the words are there; the rate control goes on to say it. */
static gboolean
leads_to (Room *room, Party *party, VavSlow slow, const char *words)
{
  vav_call_follow_slow (vav_stream_get_call (party->stream), slow);
  return has_words (GTK_WIDGET (room->view), words);
}

static gboolean
is_over (Room *room, Party *party, const char *words)
{
  return !leads_to (room, party, VAV_SLOW_NO, words);
}

static void
test_peer (Room *room, gconstpointer media)
{
  static const char reduced[] = "The connection is slow: Bob’s picture is not at its best";
  static const char paused[] = "The connection is too slow for a picture: sound goes on";
  GtkWidget *picture, *portrait;

  g_test_summary ("A6: why the other side's picture is less good is said as long as it is so; one that pauses gives "
                  "way to the portrait");
  begin_call (room);
  take_over (&room->pair.bob);
  picture = find_class (GTK_WIDGET (room->view), "remote");
  portrait = find_class (GTK_WIDGET (room->view), "placeholder");
  wait_until (gtk_widget_get_opacity (picture) > 0);
  wait_until (leads_to (room, &room->pair.bob, VAV_SLOW_REDUCED, reduced));
  g_assert_cmpfloat (gtk_widget_get_opacity (picture), >, 0);

  wait_until (leads_to (room, &room->pair.bob, VAV_SLOW_PAUSED, paused));
  g_assert_false (has_words (GTK_WIDGET (room->view), reduced));
  g_assert_cmpfloat (gtk_widget_get_opacity (picture), ==, 0);
  g_assert_true (gtk_widget_get_mapped (portrait));

  wait_until (is_over (room, &room->pair.bob, paused));
  g_assert_cmpfloat (gtk_widget_get_opacity (picture), >, 0);
  g_assert_false (gtk_widget_get_mapped (portrait));
}

static void
test_own (Room *room, gconstpointer media)
{
  static const char reduced[] = "The connection is slow: your picture is not at its best";
  static const char paused[] = "The connection is too slow: Bob can’t see you now";

  g_test_summary ("A6: that one's own picture is reduced or pauses because of a slow path is said where one looks");
  begin_call (room);
  take_over (&room->pair.anna);
  wait_until (leads_to (room, &room->pair.anna, VAV_SLOW_PAUSED, paused));
  wait_until (leads_to (room, &room->pair.anna, VAV_SLOW_REDUCED, reduced));
  wait_until (is_over (room, &room->pair.anna, reduced));
}

/* Whether the words stand in the view, whole, and no part of them behind the small picture. */
static gboolean
is_clear (Room *room)
{
  GtkWidget *own = find_class (GTK_WIDGET (room->view), "own");
  GtkWidget *words = find_class (GTK_WIDGET (room->view), "placeholder");
  graphene_rect_t picture, box, view;

  if (!gtk_widget_get_mapped (words) || gtk_widget_get_opacity (own) < 0.5
      || !gtk_widget_compute_bounds (own, GTK_WIDGET (room->view), &picture)
      || !gtk_widget_compute_bounds (words, GTK_WIDGET (room->view), &box)
      || !gtk_widget_compute_bounds (GTK_WIDGET (room->view), GTK_WIDGET (room->view), &view))
    return FALSE;
  return graphene_rect_contains_rect (&view, &box) && !graphene_rect_intersection (&picture, &box, NULL);
}

static void
test_clear (Room *room, gconstpointer media)
{
  static const int sizes[][2] = { { 360, 600 }, { 640, 480 }, { 480, 360 }, { 1280, 720 }, { 400, 300 } };
  static const char paused[] = "The connection is too slow for a picture: sound goes on";

  g_test_summary ("A6: what stands in the place of the other side's picture keeps clear of the own picture");
  begin_call (room);
  take_over (&room->pair.bob);
  wait_until (leads_to (room, &room->pair.bob, VAV_SLOW_PAUSED, paused));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (room->window), sizes[i][0], sizes[i][1]);
      wait_until (gtk_widget_get_width (GTK_WIDGET (room->view)) == sizes[i][0]
                  && gtk_widget_get_height (GTK_WIDGET (room->view)) == sizes[i][1]);
      wait_until (is_clear (room));
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/slow/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("peer", test_peer);
  ADD ("own", test_own);
  ADD ("clear", test_clear);
  return tolerate_exit (g_test_run ());
}
