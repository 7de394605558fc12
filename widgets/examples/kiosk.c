/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <widgets/visavis-gtk.h>

/* kiosk PROFILE PERSON [LISTEN [MEDIA]]: the intercom at a door, over the whole screen.
 *
 * Its one button calls PERSON (a name among the profile's people, or an address), and ends the call. Who is among the people and calls is answered at
 * once, with nobody touching anything; anybody else is refused before anything rings. The people are kept elsewhere:
 *
 *     visavis-cli --profile PROFILE people add Reception visavis:ID@reception.example
 */
typedef struct
{
  VavGtkConference *view;
  GtkButton *button;
  const char *person;
  GMainLoop *loop;
} Kiosk;

/* By their key, which nobody can claim who has not got it; by its name or address anybody could be anyone. */
static VavDecision
decide (VavStream *stream, VavRequest *request, GBytes **data, gpointer endpoint)
{
  const char *id = vav_peer_get_id (vav_request_get_peer (request));
  g_autoptr (VavPerson) person = vav_people_find_by_id (vav_endpoint_get_people (endpoint), id);

  return person != NULL ? VAV_DECISION_ACCEPT : VAV_DECISION_REJECT;
}

static gboolean
is_busy (Kiosk *self)
{
  VavStream *stream = vav_gtk_conference_get_stream (self->view);

  return stream != NULL && vav_stream_is_busy (stream);
}

static void
update (Kiosk *self)
{
  g_autofree char *label = is_busy (self) ? g_strdup ("Hang up") : g_strdup_printf ("Call %s", self->person);

  gtk_button_set_label (self->button, label);
}

static void
on_clicked (Kiosk *self)
{
  g_autoptr (GError) error = NULL;

  if (is_busy (self))
    vav_stream_hang_up (vav_gtk_conference_get_stream (self->view), NULL);
  else if (!vav_gtk_conference_dial (self->view, self->person, &error))
    g_printerr ("%s\n", error->message);
}

/* What there is to tell the people who are to call. */
static void
on_listening (VavEndpoint *endpoint)
{
  if (vav_endpoint_get_listening_address (endpoint) != NULL)
    g_print ("visavis:%s@%s\n", vav_endpoint_get_id (endpoint), vav_endpoint_get_listening_address (endpoint));
}

static void
on_closed (GObject *endpoint, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

/* The window goes at once, the program when goodbye is said. */
static gboolean
on_close_request (GtkWidget *window, Kiosk *self)
{
  gtk_widget_set_visible (window, FALSE);
  vav_endpoint_close_async (vav_gtk_conference_get_endpoint (self->view), on_closed, self->loop);
  return TRUE;
}

static GtkWidget *
build (Kiosk *self)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new ();
  GtkCssProvider *style = gtk_css_provider_new ();

  self->button = GTK_BUTTON (button);
  self->view = VAV_GTK_CONFERENCE (vav_gtk_conference_new ());
  g_object_set (self->view, "dialler-visible", FALSE, "detection-visible", FALSE, "controls-visible", FALSE,
                "fullscreen-button", FALSE, "vexpand", TRUE, NULL);
  gtk_css_provider_load_from_data (style, "button.kiosk { font-size: 300%; padding: 0.5em; border-radius: 0; }", -1);
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (window), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_widget_add_css_class (button, "kiosk");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->view));
  gtk_box_append (GTK_BOX (box), button);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_fullscreen (GTK_WINDOW (window));
  g_object_unref (style);

  return window;
}

/* The view's stream comes and goes with each call; the group follows it. */
static GSignalGroup *
follow (Kiosk *self)
{
  GSignalGroup *group = g_signal_group_new (VAV_TYPE_STREAM);

  g_signal_group_connect_swapped (group, "notify::state", G_CALLBACK (update), self);
  g_object_bind_property (self->view, "stream", group, "target", G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (self->view, "notify::stream", G_CALLBACK (update), self);
  update (self);

  return group;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Kiosk self = { .loop = loop, .person = argc > 2 ? argv[2] : NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) endpoint = NULL;
  GSignalGroup *group;
  GtkWidget *window;

  if (argc < 3)
    {
      g_printerr ("kiosk PROFILE PERSON [LISTEN [MEDIA]]\n");
      return 2;
    }
  gtk_init ();
  endpoint = vav_endpoint_new (argv[1], argc > 4 ? argv[4] : "auto", &error);
  if (endpoint == NULL || !vav_endpoint_set_listen (endpoint, argc > 3 ? argv[3] : "0.0.0.0:7667", &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  vav_endpoint_set_condition (endpoint, decide, endpoint, NULL);
  g_signal_connect (endpoint, "notify::listening-address", G_CALLBACK (on_listening), NULL);

  window = build (&self);
  group = follow (&self);
  g_signal_connect_swapped (self.button, "clicked", G_CALLBACK (on_clicked), &self);
  g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), &self);
  vav_gtk_conference_set_endpoint (self.view, endpoint);
  vav_gtk_conference_set_detection (self.view, TRUE);
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (loop);
  g_object_unref (group);

  return 0;
}
