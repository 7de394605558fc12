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
  static const char reduced[] = "Bob’s connection is slow: picture reduced";
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
  static const char reduced[] = "Your connection is slow: your picture is reduced";
  static const char paused[] = "Your connection is too slow for your picture: Bob hears you";

  g_test_summary ("A6: that one's own picture is reduced or pauses because of a slow path is said where one looks");
  begin_call (room);
  take_over (&room->pair.anna);
  wait_until (leads_to (room, &room->pair.anna, VAV_SLOW_PAUSED, paused));
  wait_until (leads_to (room, &room->pair.anna, VAV_SLOW_REDUCED, reduced));
  wait_until (is_over (room, &room->pair.anna, reduced));
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/slow/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("peer", test_peer);
  ADD ("own", test_own);
  return tolerate_exit (g_test_run ());
}
