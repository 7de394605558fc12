/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person chooses to see and hear with: with test sources, and where there is nothing at all. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

typedef struct
{
  VavEndpoint *endpoint;
  GtkWidget *window;
  VavGtkDevices *devices;
  VavPreview *spy; /* sees what the widget's preview opened, opens nothing */
  guint consumer;
  int pictures; /* atomic */
} Desk;

static void
desk_open (Desk *desk, gconstpointer media)
{
  desk->endpoint = vav_endpoint_new (NULL, media, NULL);
  g_assert_nonnull (desk->endpoint);
  desk->spy = vav_endpoint_make_preview (desk->endpoint);
  desk->consumer = vav_outlet_attach (vav_preview_get_video_out (desk->spy), pair_count_sample, &desk->pictures, NULL);
  desk->devices = VAV_GTK_DEVICES (vav_gtk_devices_new ());
  desk->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 360, 640);
  gtk_window_set_child (GTK_WINDOW (desk->window), GTK_WIDGET (desk->devices));
  vav_gtk_devices_set_endpoint (desk->devices, desk->endpoint);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL);
}

static void
desk_close (Desk *desk, gconstpointer media)
{
  gboolean closed = FALSE;

  gtk_window_destroy (GTK_WINDOW (desk->window));
  vav_outlet_detach (vav_preview_get_video_out (desk->spy), desk->consumer);
  g_clear_object (&desk->spy);
  vav_endpoint_close_async (desk->endpoint, on_closed, &closed);
  wait_until (closed);
  g_assert_finalize_object (desk->endpoint);
}

static gpointer
find (GtkWidget *widget, GType type, guint *nth)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (*nth)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = find (child, type, nth);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gpointer
get (Desk *desk, GType type, guint nth)
{
  gpointer found = find (GTK_WIDGET (desk->devices), type, &nth);

  g_assert_nonnull (found);
  return found;
}

static gboolean
says (Desk *desk, const char *words)
{
  return has_words (GTK_WIDGET (desk->devices), words);
}

static int
get_pictures (Desk *desk)
{
  return g_atomic_int_get (&desk->pictures);
}

/* Whether no picture comes any more: none in the time of ten. */
static gboolean
is_dark (Desk *desk)
{
  gint64 limit = g_get_monotonic_time () + G_USEC_PER_SEC / 3;
  int before = get_pictures (desk);

  while (g_get_monotonic_time () < limit)
    wait_one_turn ();
  return get_pictures (desk) == before;
}

/* The meter moves while the widget is to be seen; the camera is opened when it is asked for, and only then; what is hidden opens nothing. */
static void
test_open (Desk *desk, gconstpointer media)
{
  GtkLevelBar *meter = get (desk, GTK_TYPE_LEVEL_BAR, 0);

  g_test_summary (
      "W19: the level of the microphone is shown live, the picture when it is asked for, and nothing stays open");
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_until (gtk_level_bar_get_value (meter) > 0.3);
  wait_until (says (desk, "You are heard"));
  g_assert_true (says (desk, "The camera is off"));
  g_assert_cmpint (get_pictures (desk), ==, 0);

  vav_gtk_devices_set_preview (desk->devices, TRUE);
  wait_until (get_pictures (desk) > 3);
  wait_until (!says (desk, "camera"));

  gtk_widget_set_visible (desk->window, FALSE);
  wait_until (is_dark (desk));
  gtk_level_bar_set_value (meter, 0);
  g_assert_true (is_dark (desk));
  g_assert_cmpfloat (gtk_level_bar_get_value (meter), ==, 0);

  gtk_widget_set_visible (desk->window, TRUE);
  wait_until (gtk_level_bar_get_value (meter) > 0.3);
  vav_gtk_devices_set_preview (desk->devices, FALSE);
  wait_until (is_dark (desk));
  wait_until (says (desk, "The camera is off"));
}

/* Test sources are said to be that, and there is nothing to choose; the sound is known to go nowhere. */
static void
test_sources (Desk *desk, gconstpointer media)
{
  gtk_window_present (GTK_WINDOW (desk->window));
  for (guint i = 0; i < VAV_N_DEVICE_KINDS; i++)
    g_assert_false (gtk_widget_get_sensitive (get (desk, GTK_TYPE_DROP_DOWN, i)));
  wait_until (says (desk, "Test picture"));
  g_assert_true (says (desk, "Test tone"));
  g_assert_true (says (desk, "No sound is played here"));
}

/* Where there is no device that is said in words, and the test picture is offered and shown in its place. */
static void
test_nothing (Desk *desk, gconstpointer media)
{
  GtkDropDown *cameras = get (desk, GTK_TYPE_DROP_DOWN, VAV_DEVICE_CAMERA);

  g_test_summary ("W18: without camera, microphone and speaker the view says so and offers the test picture");
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_until (says (desk, "No camera was found"));
  wait_until (says (desk, "No microphone was found"));
  wait_until (says (desk, "No speaker was found"));
  /* the endpoint asks for itself what there is, so it may learn it a moment after the widget */
  wait_until (!vav_endpoint_has (desk->endpoint, VAV_DEVICE_CAMERA));

  /* the last entry */
  gtk_drop_down_set_selected (cameras, g_list_model_get_n_items (gtk_drop_down_get_model (cameras)) - 1);
  g_assert_true (vav_endpoint_get_test_picture (desk->endpoint));
  g_assert_true (vav_endpoint_has (desk->endpoint, VAV_DEVICE_CAMERA));
  vav_gtk_devices_set_preview (desk->devices, TRUE);
  wait_until (get_pictures (desk) > 3);
  wait_until (!says (desk, "camera"));

  gtk_drop_down_set_selected (cameras, 0);
  g_assert_false (vav_endpoint_get_test_picture (desk->endpoint));
  wait_until (says (desk, "No camera was found"));
}

/* What was chosen elsewhere is selected, also if it is not there; switch and volume are the endpoint's, both ways. */
static void
test_choice (Desk *desk, gconstpointer media)
{
  GtkDropDown *microphones = get (desk, GTK_TYPE_DROP_DOWN, VAV_DEVICE_MICROPHONE);
  GtkSwitch *processing = get (desk, GTK_TYPE_SWITCH, 0);
  GtkRange *volume = get (desk, GTK_TYPE_SCALE, 0);

  g_test_summary ("W19: devices, volume and voice processing show and set what counts for all calls");
  gtk_window_present (GTK_WINDOW (desk->window));
  g_assert_cmpuint (gtk_drop_down_get_selected (microphones), ==, 0);
  vav_endpoint_set_device (desk->endpoint, VAV_DEVICE_MICROPHONE, "Headset");
  wait_until (says (desk, "Headset (not connected)"));
  g_assert_cmpuint (gtk_drop_down_get_selected (microphones), >, 0);
  gtk_drop_down_set_selected (microphones, 0);
  g_assert_null (vav_endpoint_get_device (desk->endpoint, VAV_DEVICE_MICROPHONE));

  gtk_switch_set_active (processing, FALSE);
  g_assert_false (vav_endpoint_get_voice_processing (desk->endpoint));
  vav_endpoint_set_volume (desk->endpoint, 0.5);
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (volume), 0.5, 0.001);
  gtk_range_set_value (volume, 1.2);
  g_assert_cmpfloat_with_epsilon (vav_endpoint_get_volume (desk->endpoint), 1.2, 0.001);
}

/* Without an endpoint it is there and harmless; a widget that goes takes what it opened along. */
static void
test_gone (Desk *desk, gconstpointer media)
{
  gtk_window_present (GTK_WINDOW (desk->window));
  vav_gtk_devices_set_preview (desk->devices, TRUE);
  wait_until (get_pictures (desk) > 3);
  vav_gtk_devices_set_endpoint (desk->devices, NULL);
  wait_until (is_dark (desk));
  g_assert_false (gtk_widget_get_sensitive (get (desk, GTK_TYPE_DROP_DOWN, 0)));
  vav_gtk_devices_set_endpoint (desk->devices, desk->endpoint);
  g_atomic_int_set (&desk->pictures, 0);
  wait_until (get_pictures (desk) > 3);
  gtk_window_set_child (GTK_WINDOW (desk->window), NULL);
  wait_until (is_dark (desk));
}

int
main (int argc, char **argv)
{
  /* no server of sound or pictures, whatever this computer has */
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/pulse", TRUE);
  g_setenv ("PIPEWIRE_RUNTIME_DIR", "/nonexistent", TRUE);
  gtk_test_init (&argc, &argv, NULL);

#define ADD(name, media, func) g_test_add ("/devices/" name, Desk, media, desk_open, func, desk_close)
  ADD ("open", "test", test_open);
  ADD ("sources", "test", test_sources);
  ADD ("gone", "test", test_gone);
  ADD ("choice", "auto", test_choice);
  ADD ("nothing", "auto", test_nothing);

  return tolerate_exit (g_test_run ());
}
