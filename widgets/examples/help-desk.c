/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <widgets/visavis-gtk.h>

/* help-desk [PROFILE [LISTEN [MEDIA]]]: one person who talks to four callers.
 *
 * Whoever calls rings in a view that is free. All who were accepted are seen at once; a click, or the Tab key, chooses one. "Only the chosen one" stops the
 * sound of the others in both directions: they neither hear nor are heard, and still see. */

#define N_SEATS 4

typedef struct
{
  GMainLoop *loop;
  VavEndpoint *endpoint;
  GtkToggleButton *only;
  GtkWidget *seat[N_SEATS]; /* each around a VavGtkConference */
  guint chosen;
  VavFlows silenced[N_SEATS]; /* what the button stopped, and nobody else */
} Desk;

static VavStream *
get_stream (Desk *self, guint place)
{
  return vav_gtk_conference_get_stream (VAV_GTK_CONFERENCE (gtk_frame_get_child (GTK_FRAME (self->seat[place]))));
}

/* As often as something changes. Who stopped the microphone in a view finds it as it was left. */
static void
share_out_sound (Desk *self)
{
  gboolean only = gtk_toggle_button_get_active (self->only);

  for (guint i = 0; i < N_SEATS; i++)
    {
      VavStream *stream = get_stream (self, i);
      gboolean busy = stream != NULL && vav_stream_is_busy (stream);
      VavFlows sound = busy ? vav_stream_get_flows (stream) & (VAV_FLOW_AUDIO_IN | VAV_FLOW_AUDIO_OUT) : VAV_FLOW_NONE;
      VavFlows stopped = self->silenced[i];

      if (!busy)
        self->silenced[i] = VAV_FLOW_NONE;
      else if (only && i != self->chosen && sound != VAV_FLOW_NONE)
        {
          self->silenced[i] |= sound;
          vav_stream_stop (stream, sound);
        }
      else if ((!only || i == self->chosen) && stopped != VAV_FLOW_NONE)
        {
          self->silenced[i] = VAV_FLOW_NONE;
          vav_stream_play (stream, stopped);
        }
    }
}

static void
choose (Desk *self, GtkWidget *seat)
{
  for (guint i = 0; i < N_SEATS; i++)
    {
      gtk_widget_remove_css_class (self->seat[i], "chosen");
      if (self->seat[i] == seat)
        self->chosen = i;
    }
  gtk_widget_add_css_class (seat, "chosen");
  share_out_sound (self);
}

static void
on_press (GtkGesture *gesture, GdkEventSequence *sequence, Desk *self)
{
  choose (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static void
on_focus (GtkEventController *controller, Desk *self)
{
  choose (self, gtk_event_controller_get_widget (controller));
}

/* A press counts before the view's own buttons get it, and the keyboard's focus wherever in the view it comes to be. */
static void
let_choose (Desk *self, GtkWidget *seat)
{
  GtkGesture *press = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect (press, "begin", G_CALLBACK (on_press), self);
  g_signal_connect (focus, "enter", G_CALLBACK (on_focus), self);
  gtk_widget_add_controller (seat, GTK_EVENT_CONTROLLER (press));
  gtk_widget_add_controller (seat, focus);
}

/* A view with the detection on takes calls while it is free: its stream does, and after a call the next one. The library sends each caller to the stream
 * that has waited longest. The group follows the view's stream; it goes with the view. */
static GtkWidget *
make_seat (Desk *self)
{
  GtkWidget *seat = gtk_frame_new (NULL);
  GtkWidget *view = vav_gtk_conference_new ();
  GSignalGroup *call = g_signal_group_new (VAV_TYPE_STREAM);

  g_object_set (view, "endpoint", self->endpoint, "view", VAV_GTK_VIEW_REMOTE, "detection", TRUE, "dialler-visible",
                FALSE, "detection-visible", FALSE, "fullscreen-button", FALSE, "hexpand", TRUE, "vexpand", TRUE, NULL);
  g_signal_group_connect_swapped (call, "notify::state", G_CALLBACK (share_out_sound), self);
  g_object_bind_property (view, "stream", call, "target", G_BINDING_SYNC_CREATE);
  g_object_set_data_full (G_OBJECT (view), "call", call, g_object_unref);
  gtk_frame_set_child (GTK_FRAME (seat), view);
  gtk_widget_add_css_class (seat, "seat");
  let_choose (self, seat);

  return seat;
}

static void
add_style (GtkWidget *window)
{
  GtkCssProvider *style = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (style,
                                   ".seat { border: 4px solid transparent; border-radius: 0; } .seat.chosen { "
                                   "border-color: @theme_selected_bg_color; }",
                                   -1);
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (window), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref (style);
}

static void
on_closed (GObject *endpoint, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

/* The window goes at once, the program when goodbye is said to all. */
static gboolean
on_close_request (GtkWidget *window, Desk *self)
{
  gtk_widget_set_visible (window, FALSE);
  vav_endpoint_close_async (self->endpoint, on_closed, self->loop);
  return TRUE;
}

static GtkWidget *
make_window (Desk *self)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *bar = gtk_header_bar_new ();
  GtkWidget *only = gtk_toggle_button_new_with_label ("Only the chosen one");
  GtkWidget *grid = gtk_grid_new ();

  self->only = GTK_TOGGLE_BUTTON (only);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (bar), only);
  g_signal_connect_swapped (only, "toggled", G_CALLBACK (share_out_sound), self);
  for (guint i = 0; i < N_SEATS; i++)
    {
      self->seat[i] = make_seat (self);
      gtk_grid_attach (GTK_GRID (grid), self->seat[i], (int)i % 2, (int)i / 2, 1, 1);
    }
  choose (self, self->seat[0]);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_window_set_title (GTK_WINDOW (window), "Help desk");
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_window_set_titlebar (GTK_WINDOW (window), bar);
  gtk_window_set_child (GTK_WINDOW (window), grid);
  g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), self);
  add_style (window);

  return window;
}

/* What there is to tell the people who are to call. */
static void
on_listening (VavEndpoint *endpoint)
{
  if (vav_endpoint_get_listening_address (endpoint) != NULL)
    g_print ("visavis:%s@%s\n", vav_endpoint_get_id (endpoint), vav_endpoint_get_listening_address (endpoint));
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) endpoint = NULL;
  Desk self = { .loop = loop };

  gtk_init ();
  endpoint = vav_endpoint_new (argc > 1 ? argv[1] : NULL, argc > 3 ? argv[3] : "auto", &error);
  if (endpoint == NULL || !vav_endpoint_set_listen (endpoint, argc > 2 ? argv[2] : "0.0.0.0:7667", &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  self.endpoint = endpoint;
  g_signal_connect (endpoint, "notify::listening-address", G_CALLBACK (on_listening), NULL);
  gtk_window_present (GTK_WINDOW (make_window (&self)));
  g_main_loop_run (loop);

  return 0;
}
