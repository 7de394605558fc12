/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-welcome.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/visavis-gtk.h"

/* The program may offer this: a profile of another computer takes the place of this one. Where it does not, nothing is said of it. */
#define RESTORE_ACTION "restore-profile"

struct _VavAppWelcome
{
  AdwWindow parent_instance;

  /* template children */
  GtkStack *stack;
  GtkWidget *back_button;
  GtkWidget *skip_button;
  GtkButton *next_button;
  GtkEditable *name_entry;
  GtkWidget *restore_button;
  VavGtkDevices *devices;
  GtkWidget *call_button;
  GtkWidget *call_box;
  VavGtkConference *conference;

  VavAppHost *host;         /* owned */
  VavAppSettings *settings; /* borrowed */
  GSignalGroup *stream_signals;
};

G_DEFINE_FINAL_TYPE (VavAppWelcome, vav_app_welcome, ADW_TYPE_WINDOW)

static const char *const pages[] = { "name", "devices", "call" };

static guint
get_page (VavAppWelcome *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i], name) == 0)
      return i;

  return 0;
}

/* An empty name is no choice: the one from before stays. */
static void
keep_name (VavAppWelcome *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (self->name_entry));

  g_strstrip (name);
  if (*name == '\0' || strlen (name) > VAV_MAX_NAME)
    return;
  vav_endpoint_set_identifier (vav_app_host_get_endpoint (self->host), name);
  vav_app_settings_set_string (self->settings, "identifier", name);
}

static void
update_call (VavAppWelcome *self)
{
  VavStream *stream = vav_app_host_get_stream (self->host);
  gboolean busy = vav_stream_is_busy (stream);

  if (busy)
    vav_gtk_conference_set_stream (self->conference, stream);
  gtk_widget_set_visible (GTK_WIDGET (self->conference), busy);
  gtk_widget_set_visible (self->call_box, !busy);
}

static void
on_host_stream (VavAppWelcome *self)
{
  g_signal_group_set_target (self->stream_signals, vav_app_host_get_stream (self->host));
  update_call (self);
}

static void
focus_page (VavAppWelcome *self, guint page)
{
  GtkWidget *targets[] = { GTK_WIDGET (self->name_entry), GTK_WIDGET (self->next_button), self->call_button };

  gtk_widget_grab_focus (targets[page]);
}

static void
update_page (VavAppWelcome *self)
{
  guint page = get_page (self);
  gboolean last = page + 1 == G_N_ELEMENTS (pages);

  gtk_widget_set_visible (self->back_button, page > 0);
  gtk_widget_set_visible (self->skip_button, !last);
  gtk_button_set_label (self->next_button, last ? _ ("Done") : _ ("Next"));
  /* before the test call opens the same for itself, and never longer than it can be seen */
  vav_gtk_devices_set_preview (self->devices, g_str_equal (pages[page], "devices"));
  if (!last)
    vav_app_host_hang_up_all (self->host);
}

static void
show_page (VavAppWelcome *self, guint page)
{
  if (g_str_equal (pages[get_page (self)], "name"))
    keep_name (self);
  gtk_stack_set_visible_child_name (self->stack, pages[page]);
  update_page (self);
  focus_page (self, page);
}

static void
on_next (VavAppWelcome *self)
{
  guint page = get_page (self) + 1;

  if (page < G_N_ELEMENTS (pages))
    show_page (self, page);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_back (VavAppWelcome *self)
{
  show_page (self, MAX (get_page (self), 1) - 1);
}

static void
on_skip (VavAppWelcome *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_name_changed (VavAppWelcome *self)
{
  const char *text = gtk_editable_get_text (self->name_entry);

  gtk_widget_set_sensitive (GTK_WIDGET (self->next_button), strlen (text) <= VAV_MAX_NAME);
}

static void
on_call (VavAppWelcome *self)
{
  g_autoptr (GError) error = NULL;

  if (!vav_app_host_call (self->host, "", VAV_FLOW_ALL, &error))
    g_message ("%s", error->message);
  on_host_stream (self);
}

/* --- GtkWindow, GObject --- */

static gboolean
vav_app_welcome_close_request (GtkWindow *window)
{
  VavAppWelcome *self = VAV_APP_WELCOME (window);

  if (g_str_equal (pages[get_page (self)], "name"))
    keep_name (self);
  vav_app_settings_set_boolean (self->settings, "first-start-done", TRUE);
  vav_gtk_devices_set_endpoint (self->devices, NULL);
  vav_app_host_hang_up_all (self->host);
  return GTK_WINDOW_CLASS (vav_app_welcome_parent_class)->close_request (window);
}

static void
vav_app_welcome_dispose (GObject *object)
{
  VavAppWelcome *self = VAV_APP_WELCOME (object);

  g_clear_object (&self->stream_signals);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (vav_app_welcome_parent_class)->dispose (object);
}

static void
vav_app_welcome_class_init (VavAppWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_welcome_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = vav_app_welcome_close_request;
  g_type_ensure (VAV_GTK_TYPE_DEVICES);
  g_type_ensure (VAV_GTK_TYPE_CONFERENCE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, stack);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, back_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, skip_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, next_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, name_entry);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, restore_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, devices);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, call_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, call_box);
  gtk_widget_class_bind_template_child (widget_class, VavAppWelcome, conference);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_skip);
  gtk_widget_class_bind_template_callback (widget_class, on_call);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
}

static void
vav_app_welcome_init (VavAppWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->stream_signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->stream_signals, "notify::state", G_CALLBACK (update_call), self);
}

/* Where the settings cannot be kept it would come at every start: then never. Whose settings were damaged is not new. */
gboolean
vav_app_welcome_is_due (VavAppSettings *settings)
{
  return vav_app_settings_get_trouble (settings) == NULL
         && !vav_app_settings_get_boolean (settings, "first-start-done", TRUE);
}

GtkWidget *
vav_app_welcome_new (GtkWindow *parent, VavAppHost *host, VavAppSettings *settings)
{
  VavAppWelcome *self = g_object_new (VAV_APP_TYPE_WELCOME, "transient-for", parent, "application",
                                      gtk_window_get_application (parent), NULL);
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  self->host = g_object_ref (host);
  self->settings = settings;
  gtk_editable_set_text (self->name_entry, vav_endpoint_get_identifier (endpoint));
  gtk_widget_set_visible (self->restore_button,
                          g_action_map_lookup_action (G_ACTION_MAP (g_application_get_default ()), RESTORE_ACTION)
                              != NULL);
  vav_gtk_devices_set_endpoint (self->devices, endpoint);
  g_signal_connect_swapped (host, "notify::stream", G_CALLBACK (on_host_stream), self);
  on_host_stream (self);
  update_page (self);
  focus_page (self, 0);
  return GTK_WIDGET (self);
}
