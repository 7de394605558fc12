/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-media-session-private.h"
#include "widgets/vav-gtk-video-view.h"

/* Before the other side accepts: one's own picture is large, the camera is open for that alone, and nothing of it leaves. */

static GtkWidget *
own (Room *room)
{
  return find_class (GTK_WIDGET (room->view), "own");
}

static GtkWidget *
remote (Room *room)
{
  return find_class (GTK_WIDGET (room->view), "remote");
}

static gboolean
is_open (Party *party)
{
  return vav_media_is_open (vav_endpoint_get_media (party->endpoint), VAV_MEDIA_VIDEO);
}

static gboolean
is_seen (Room *room)
{
  return gtk_widget_get_opacity (own (room)) > 0.5
         && vav_gtk_video_view_get_aspect (VAV_GTK_VIDEO_VIEW (own (room))) > 0;
}

static gboolean
is_large (Room *room)
{
  return is_seen (room) && gtk_widget_get_width (own (room)) == gtk_widget_get_width (GTK_WIDGET (room->view))
         && gtk_widget_get_height (own (room)) == gtk_widget_get_height (GTK_WIDGET (room->view));
}

static gboolean
is_small (Room *room)
{
  return is_seen (room) && gtk_widget_get_width (own (room)) < gtk_widget_get_width (GTK_WIDGET (room->view)) / 2;
}

static void
ring (Room *room)
{
  room->pair.bob.manner = PARTY_ASKS;
  party_call (&room->pair.anna, &room->pair.bob);
  wait_for_state (&room->pair.anna, VAV_STATE_RINGING);
}

static void
accept_it (Room *room, VavFlows flows)
{
  vav_request_accept (room->pair.bob.request, flows, NULL);
  wait_for_state (&room->pair.anna, VAV_STATE_ACTIVE);
}

/* They know each other from now on: the path will be made while it rings. */
static void
get_known (Room *room)
{
  begin_call (room);
  vav_stream_hang_up (room->pair.anna.stream, NULL);
  wait_until (room->pair.anna.n_ended == 1 && room->pair.bob.n_ended == 1);
  wait_until (!is_open (&room->pair.anna));
  vav_gtk_conference_set_stream (room->view, room->pair.anna.stream);
}

static void
test_large (Room *room, gconstpointer media)
{
  gint64 dialled;

  g_test_summary ("W1: who calls sees themselves large while it rings, with the words on it; the picture goes to its "
                  "corner when the other side's comes");
  dialled = g_get_monotonic_time ();
  party_call (&room->pair.anna, &room->pair.bob);
  wait_until (is_large (room));
  g_test_message ("own picture %.0f ms after dialling", (double)(g_get_monotonic_time () - dialled) / 1000);
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing…"));
  gtk_test_accessible_assert_property (own (room), GTK_ACCESSIBLE_PROPERTY_LABEL, "Your own picture");
  gtk_test_accessible_assert_state (own (room), GTK_ACCESSIBLE_STATE_DISABLED, TRUE);
  g_assert_false (gtk_widget_get_focusable (own (room)));
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing… Your camera is on, and only you see it."));
  g_assert_false (is_open (&room->pair.bob));

  accept_it (room, VAV_FLOW_ALL);
  wait_until (gtk_widget_get_opacity (remote (room)) > 0.5 && is_small (room));
  wait_until (!has_words (GTK_WIDGET (room->view), "Waiting for"));
  gtk_test_accessible_assert_state (own (room), GTK_ACCESSIBLE_STATE_DISABLED, FALSE);
  g_assert_true (is_open (&room->pair.anna));
}

/* Who is called and accepts without picture is waited for no longer. */
static void
test_no_picture_comes (Room *room, gconstpointer media)
{
  g_test_summary ("W1: the own picture goes to its corner when the call is up and no other picture comes");
  ring (room);
  wait_until (is_large (room));
  accept_it (room, VAV_FLOW_ALL & ~VAV_FLOW_VIDEO_OUT);
  wait_until (is_small (room));
  wait_until (has_words (GTK_WIDGET (room->view), "Bob’s camera is off"));
}

static void
test_nothing_leaves (Room *room, gconstpointer media)
{
  VavMediaSession *session;
  VavMediaSendCounters counters;
  int n = 0;
  guint attached, seen;

  g_test_summary ("W11: the camera is open while it rings and the path is there: nothing is encoded, no media packet "
                  "leaves, before the accept");
  get_known (room);
  seen = room->pair.bob.n_first_frames;
  ring (room);
  session = vav_stream_get_call (room->pair.anna.stream)->session;
  wait_until (vav_media_session_is_connected (session));
  attached = vav_outlet_attach (vav_stream_get_video_out (room->pair.anna.stream), pair_count_sample, &n, NULL);
  wait_until (is_large (room) && g_atomic_int_get (&n) > 15);
  vav_outlet_detach (vav_stream_get_video_out (room->pair.anna.stream), attached);
  vav_media_send_read_counters (session->parts.send[VAV_MEDIA_VIDEO], &counters);
  g_assert_cmpuint (counters.frames, ==, 0);
  g_assert_cmpuint (counters.bytes, ==, 0);
  g_assert_cmpuint (vav_media_session_get_sent (session, VAV_PACKET_RTP), ==, 0);
  g_assert_false (vav_media_is_open (vav_endpoint_get_media (room->pair.anna.endpoint), VAV_MEDIA_AUDIO));

  accept_it (room, VAV_FLOW_ALL);
  wait_until (vav_media_session_get_sent (session, VAV_PACKET_RTP) > 0);
  wait_until (room->pair.bob.n_first_frames > seen);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Room *room)
{
  g_assert_false (is_open (&room->pair.anna));
}

static void
test_closes (Room *room, gconstpointer media)
{
  g_test_summary (
      "N12, W16: a call that is declined or given up has given the camera back by the time that its end is told");
  g_signal_connect_after (room->pair.anna.stream, "ended", G_CALLBACK (on_ended), room);
  ring (room);
  wait_until (is_large (room));
  vav_request_reject (room->pair.bob.request, VAV_REASON_DECLINED, NULL);
  wait_until (room->pair.anna.n_ended == 1 && room->pair.bob.n_ended == 1);
  g_assert_false (is_open (&room->pair.anna));

  vav_gtk_conference_set_stream (room->view, room->pair.anna.stream);
  ring (room);
  wait_until (is_large (room));
  vav_stream_hang_up (room->pair.anna.stream, NULL);
  wait_until (room->pair.anna.n_ended == 2);
  g_assert_false (is_open (&room->pair.anna));
}

static void
test_off (Room *room, gconstpointer media)
{
  VavStream *anna = room->pair.anna.stream;

  g_test_summary (
      "W14: a camera that is off when one dials stays closed; turned off and on while it rings it closes and opens");
  vav_stream_stop (anna, VAV_FLOW_VIDEO_OUT);
  ring (room);
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing…"));
  wait_until (gtk_widget_get_width (remote (room)) > 0);
  g_assert_false (is_open (&room->pair.anna));
  g_assert_cmpfloat (gtk_widget_get_opacity (own (room)), <, 0.5);

  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.camera", NULL);
  wait_until (is_large (room));
  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.camera", NULL);
  g_assert_false (is_open (&room->pair.anna));
  wait_until (gtk_widget_get_opacity (own (room)) < 0.5);
}

/* Nobody looks at it: a view of the other side alone, or none. */
static void
test_unseen (Room *room, gconstpointer media)
{
  g_test_summary ("W1: where the own picture is not shown the camera stays closed while it rings");
  g_object_set (room->view, "view", VAV_GTK_VIEW_REMOTE, NULL);
  ring (room);
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing…"));
  g_assert_false (is_open (&room->pair.anna));
  g_object_set (room->view, "view", VAV_GTK_VIEW_BOTH, NULL);
  wait_until (is_large (room));
  vav_gtk_conference_set_stream (room->view, NULL);
  g_assert_false (is_open (&room->pair.anna));
}

static void
test_called (Room *room, gconstpointer media)
{
  g_test_summary ("W11: who is called has the camera closed until they accept, also with the card before them");
  get_known (room);
  party_listen (&room->pair.anna, "127.0.0.1:0");
  party_call (&room->pair.bob, &room->pair.anna);
  wait_until (has_words (GTK_WIDGET (room->view), "Bob is calling…"));
  wait_until (vav_media_session_is_connected (vav_stream_get_call (room->pair.anna.stream)->session));
  g_assert_false (is_open (&room->pair.anna));
  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.accept", NULL);
  wait_until (is_small (room));
  g_assert_null (find_class (GTK_WIDGET (room->view), "large"));
  g_assert_true (is_open (&room->pair.anna));
}

static void
test_no_camera (Room *room, gconstpointer media)
{
  g_test_summary ("W18: where there is no camera the words stand in the middle, and say so to who does not see");
  ring (room);
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing… No camera can be used"));
  g_assert_null (find_class (GTK_WIDGET (room->view), "over"));
  g_assert_cmpfloat (gtk_widget_get_opacity (own (room)), <, 0.5);
}

static void
on_failed (VavEndpoint *endpoint, GError *error, gboolean *told)
{
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DEVICE);
  *told = TRUE;
}

/* A file without pictures is as good as a camera that another program has. */
static void
test_fails (Room *room, gconstpointer media)
{
  gboolean told = FALSE;

  g_test_summary ("W18: a camera that cannot be opened is told while it rings, and the words go back to the middle");
  g_signal_connect (room->pair.anna.endpoint, "device-failed", G_CALLBACK (on_failed), &told);
  ring (room);
  wait_until (told);
  g_assert_cmpint (party_state (&room->pair.anna), ==, VAV_STATE_RINGING);
  wait_until (has_words (GTK_WIDGET (room->view), "Ringing… No camera can be used"));
  g_assert_null (find_class (GTK_WIDGET (room->view), "over"));
  g_assert_cmpfloat (gtk_widget_get_opacity (own (room)), <, 0.5);
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, media, func) g_test_add ("/widgets/ringing/" name, Room, media, room_set_up, func, room_tear_down)
  ADD ("large", "test", test_large);
  ADD ("no-picture-comes", "test", test_no_picture_comes);
  ADD ("nothing-leaves", "test", test_nothing_leaves);
  ADD ("closes", "test", test_closes);
  ADD ("off", "test", test_off);
  ADD ("unseen", "test", test_unseen);
  ADD ("called", "test", test_called);
  ADD ("no-camera", "none", test_no_camera);
  ADD ("fails", "/proc/self/exe", test_fails);
  return tolerate_exit (g_test_run ());
}
