/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"
#include "widgets/vav-gtk-quality.h"

/* What a view tells of a real call: how good it is, how it is carried, how loud one is; and its picture as a file. */

static VavStats
fine (void)
{
  return (VavStats){ .rtt_ms = 20, .loss = 0 };
}

static void
test_judge (void)
{
  VavStats stats = fine ();

  g_test_summary ("A6: the quality sign follows delay, loss and freezes; the worst of them counts");
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 0), ==, VAV_GTK_QUALITY_GOOD);
  stats.loss = 0.03;
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 0), ==, VAV_GTK_QUALITY_WEAK);
  stats.rtt_ms = 700;
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 0), ==, VAV_GTK_QUALITY_BAD);
  stats = fine ();
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 200), ==, VAV_GTK_QUALITY_WEAK);
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 900), ==, VAV_GTK_QUALITY_BAD);
  stats = (VavStats){ .rtt_ms = -1, .loss = -1 };
  g_assert_cmpint (vav_gtk_quality_judge (&stats, 0), ==, VAV_GTK_QUALITY_GOOD);
}

static void
open_details (Room *room, GtkWidget **details)
{
  GtkWidget *quality = find_class (GTK_WIDGET (room->view), "quality");

  begin_call (room);
  wait_until (gtk_widget_get_mapped (quality));
  gtk_menu_button_popup (GTK_MENU_BUTTON (quality));
  *details = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (quality)));
}

/* What it says is what the figures are: a busy computer sends smaller pictures, and passes for a slow path. */
static gboolean
tells_figures (Room *room, GtkWidget *details)
{
  const VavStats *stats = vav_stream_get_stats (room->pair.anna.stream);
  g_autofree char *size = NULL, *loss = NULL, *limit = NULL;

  if (stats == NULL || stats->video_in.width == 0 || stats->loss < 0)
    return FALSE;
  size = g_strdup_printf ("%d × %d", stats->video_in.width, stats->video_in.height);
  loss = g_strdup_printf ("%.1f %%", 100 * stats->loss);
  limit = g_strdup_printf ("%.0f kbit/s, %s", stats->video_out.target_kbps,
                           stats->video_out.limit == VAV_LIMIT_PATH ? "as the path carries no more"
                                                                    : "by the chosen quality");

  return has_words (details, size) && has_words (details, loss) && has_words (details, limit);
}

static void
test_details (Room *room, gconstpointer media)
{
  GtkWidget *details;

  g_test_summary (
      "A6: the quality sign opens a list: path, encryption, identity and trust in words, delay, loss, rates");
  open_details (room, &details);
  wait_until (has_words (details, "Direct"));
  g_assert_true (has_words (details, "End to end: TLS 1.3 and DTLS"));
  g_assert_true (has_words (details, vav_endpoint_get_id (room->pair.bob.endpoint)));
  g_assert_true (has_words (details, "127.0.0.1"));
  wait_until (has_words (details, "ms there and back"));
  wait_until (has_words (details, "kbit/s, as far as it was tried"));
  wait_until (tells_figures (room, details));
}

/* A list that comes to a call in the middle of it knows the path as well. */
static void
test_details_late (Room *room, gconstpointer media)
{
  GtkWidget *window = gtk_window_new (), *details = vav_gtk_details_new ();

  begin_call (room);
  wait_until (room->pair.anna.n_paths > 0);
  g_object_set (details, "stream", room->pair.anna.stream, NULL);
  gtk_window_set_child (GTK_WINDOW (window), details);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (has_words (details, "Direct"));
  vav_gtk_details_set_stream (VAV_GTK_DETAILS (details), NULL);
  wait_until (!has_words (details, "Direct"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* While the list is open the controls stay. */
static void
test_details_hold_controls (Room *room, gconstpointer media)
{
  GtkWidget *details;
  gboolean shown = TRUE;

  open_details (room, &details);
  for (gint64 until = g_get_monotonic_time () + 7 * G_USEC_PER_SEC; g_get_monotonic_time () < until;)
    {
      wait_one_turn ();
      g_object_get (room->view, "controls-shown", &shown, NULL);
      g_assert_true (shown);
    }
  gtk_popover_popdown (GTK_POPOVER (details));
  while (shown)
    {
      wait_one_turn ();
      g_object_get (room->view, "controls-shown", &shown, NULL);
    }
}

static void
on_save_picture (VavGtkConference *view, GdkTexture *picture, GdkTexture **kept)
{
  g_set_object (kept, picture);
}

/* Sizes in which the other side's picture came: a busy computer sends smaller ones. Streaming thread; the index is the width's sixteenth. */
static int came[256];

static void
on_came (gpointer sample, gpointer user_data)
{
  GstStructure *structure = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  int width = 0, height = 0;

  if (gst_structure_get_int (structure, "width", &width) && gst_structure_get_int (structure, "height", &height))
    g_atomic_int_set (&came[width / 16 % (int)G_N_ELEMENTS (came)], height);
}

static gboolean
has_come (GdkTexture *picture)
{
  return g_atomic_int_get (&came[gdk_texture_get_width (picture) / 16 % (int)G_N_ELEMENTS (came)])
         == gdk_texture_get_height (picture);
}

static void
test_picture (Room *room, gconstpointer media)
{
  VavOutlet *outlet = vav_stream_get_video_in (room->pair.anna.stream);
  guint consumer = vav_outlet_attach (outlet, on_came, NULL, NULL);
  g_autoptr (GdkTexture) picture = NULL, again = NULL;
  g_autoptr (GBytes) png = NULL;

  g_test_summary ("A6: the other side's picture is given at its full size, whatever size the view has");
  g_signal_connect (room->view, "save-picture", G_CALLBACK (on_save_picture), &picture);
  g_assert_null (vav_gtk_conference_dup_picture (room->view));
  begin_call (room);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (room->view), "remote")) > 0.5);
  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.save-picture", NULL);
  g_assert_nonnull (picture);
  g_test_message ("%d × %d", gdk_texture_get_width (picture), gdk_texture_get_height (picture));
  g_assert_true (has_come (picture));
  png = gdk_texture_save_to_png_bytes (picture);
  again = gdk_texture_new_from_bytes (png, NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (gdk_texture_get_width (again), ==, gdk_texture_get_width (picture));
  vav_outlet_detach (outlet, consumer);
}

/* One's own sound is a ring around the microphone's button; none while that is off. */
static void
test_level (Room *room, gconstpointer media)
{
  GtkWidget *microphone;

  begin_call (room);
  wait_until (find_class (GTK_WIDGET (room->view), "level-1") != NULL);
  microphone = find_class (GTK_WIDGET (room->view), "level-1");
  gtk_test_accessible_assert_property (microphone, GTK_ACCESSIBLE_PROPERTY_LABEL, "Microphone");
  vav_gtk_conference_set_microphone (room->view, FALSE);
  wait_until (find_class (GTK_WIDGET (room->view), "level-1") == NULL);
}

/* What changes by itself is told to a screen reader, once, by a label that is an alert. */
static void
test_announced (Room *room, gconstpointer media)
{
  GtkWidget *announcer = find_class (GTK_WIDGET (room->view), "announcer");

  g_test_summary ("A6: state changes are announced");
  gtk_test_accessible_assert_role (announcer, GTK_ACCESSIBLE_ROLE_ALERT);
  begin_call (room);
  wait_until (has_words (announcer, "The call is running"));
  vav_stream_stop (room->pair.bob.stream, VAV_FLOW_VIDEO_OUT);
  wait_until (has_words (announcer, "Bob’s camera is off"));
  vav_stream_set_held (room->pair.bob.stream, TRUE);
  wait_until (has_words (announcer, "Bob has put you on hold"));
  wait_until (!gtk_widget_get_visible (announcer));
}

static gboolean
says_missing (GtkWidget *button, const char *words)
{
  return gtk_widget_has_css_class (button, "missing") && g_strcmp0 (gtk_widget_get_tooltip_text (button), words) == 0;
}

static GtkWidget *
find_toggle (GtkWidget *widget, const char *action)
{
  GtkWidget *found = NULL;

  if (GTK_IS_ACTIONABLE (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_toggle (child, action);
  return found;
}

/* It may come and go in the middle of a call. */
static void
test_missing (Room *room, gconstpointer media)
{
  GtkWidget *camera = find_toggle (GTK_WIDGET (room->view), "call.camera");
  GtkWidget *microphone = find_toggle (GTK_WIDGET (room->view), "call.microphone");

  g_test_summary ("W18: without camera or microphone their buttons in a call say so, until there is one");
  begin_call (room);
  wait_until (says_missing (camera, "No camera can be used"));
  wait_until (says_missing (microphone, "No microphone can be used"));
  vav_endpoint_set_test_picture (room->pair.anna.endpoint, TRUE);
  wait_until (!gtk_widget_has_css_class (camera, "missing"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (camera), ==, "Turn the camera off (V)");
  g_assert_true (gtk_widget_has_css_class (microphone, "missing"));
  vav_endpoint_set_test_picture (room->pair.anna.endpoint, FALSE);
  wait_until (says_missing (camera, "No camera can be used"));
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/widgets/tell/judge", test_judge);
#define ADD(name, func) g_test_add ("/widgets/tell/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("details", test_details);
  ADD ("details-late", test_details_late);
  ADD ("details-hold-controls", test_details_hold_controls);
  ADD ("picture", test_picture);
  ADD ("level", test_level);
  ADD ("announced", test_announced);
  g_test_add ("/widgets/tell/missing", Room, "auto", room_set_up, test_missing, room_tear_down);
  return tolerate_exit (g_test_run ());
}
