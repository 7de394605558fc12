/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-sidebar.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-calls.h"
#include "app/vav-app-notice.h"
#include "app/vav-app-people-list.h"
#include "app/vav-app-reach.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-waiting.h"

struct _VavAppSidebar
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box;
  AdwHeaderBar *header_bar;
  AdwWindowTitle *title;
  GtkLabel *missed_badge;
  GtkWidget *dot;
  GtkLabel *reachable_label;
  GtkSwitch *reachable_switch;
  GtkWidget *reachable_box;
  GtkMenuButton *reachable_button;
  GtkWidget *quiet_button;
  VavAppReach *reach;
  GtkEditable *entry;
  VavAppWaiting *waiting;
  VavAppCalls *calls;
  VavAppNotice *notice;
  VavAppPeopleList *people_list;

  /* owned */
  VavAppHost *host; /* nullable: not yet started */
  char *trouble;    /* nullable */
};

enum
{
  PROP_LISTS_CALLS = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CALL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppSidebar, vav_app_sidebar, GTK_TYPE_WIDGET)

/* --- reachable --- */

static void
set_reach (VavAppSidebar *self, const char *css_class, const char *label, const char *tooltip)
{
  const char *classes[] = { "dot", css_class, NULL };

  gtk_widget_set_css_classes (self->dot, classes);
  gtk_label_set_label (self->reachable_label, label);
  vav_app_tooltip_set (self->reachable_box, tooltip);
}

static void
update_reach (VavAppSidebar *self)
{
  VavEndpoint *endpoint = self->host != NULL ? vav_app_host_get_endpoint (self->host) : NULL;
  gboolean wanted = endpoint != NULL && vav_app_host_get_detection (self->host);
  gboolean listening = wanted && vav_endpoint_get_listening_address (endpoint) != NULL;
  g_auto (GStrv) addresses = listening ? vav_endpoint_dup_addresses (endpoint) : NULL;

  if (listening && addresses[0] != NULL)
    set_reach (self, "on", addresses[0], NULL);
  else if (listening)
    set_reach (self, "trouble", _ ("This computer is in no network"), NULL);
  else if (wanted && self->trouble != NULL)
    set_reach (self, "trouble", self->trouble, self->trouble);
  else if (self->host == NULL)
    set_reach (self, "off", _ ("Starting…"), NULL);
  else
    set_reach (self, "off", _ ("Nobody can call you"), _ ("Callers are told that you can’t be reached"));
  vav_app_reach_update (self->reach);
}

void
vav_app_sidebar_set_trouble (VavAppSidebar *self, const char *sentence)
{
  g_autofree char *old = self->trouble;

  self->trouble = g_strdup (sentence);
  vav_app_reach_set_trouble (self->reach, sentence);
  update_reach (self);
}

static void
on_name (VavAppSidebar *self)
{
  vav_app_sidebar_set_name (self, vav_endpoint_get_identifier (vav_app_host_get_endpoint (self->host)));
}

static void
update_quiet (VavAppSidebar *self)
{
  gboolean quiet = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->quiet_button));

  gtk_button_set_icon_name (GTK_BUTTON (self->quiet_button),
                            quiet ? "notifications-disabled-symbolic" : "visavis-bell-symbolic");
}

/* --- people --- */

/* The entry is emptied, so that all people are seen again. */
static void
call (VavAppSidebar *self, const char *name_or_address)
{
  g_autofree char *copy = g_strdup (name_or_address);

  gtk_editable_set_text (self->entry, "");
  g_signal_emit (self, signals[CALL], 0, copy);
}

static void
on_list_call (VavAppSidebar *self, const char *name)
{
  call (self, name);
}

static void
on_entry_changed (VavAppSidebar *self)
{
  vav_app_people_list_set_text (self->people_list, gtk_editable_get_text (self->entry));
}

/* Enter calls the first of the people that match; if nobody does, the address that was typed. */
static void
on_entry_activate (VavAppSidebar *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autoptr (VavPerson) person = NULL;

  if (*text == '\0' || self->host == NULL)
    return;
  person = vav_app_people_list_get_first (self->people_list);
  call (self, person != NULL ? vav_person_get_name (person) : text);
}

/* --- missed calls --- */

static void
update_missed (VavAppSidebar *self)
{
  guint missed = vav_history_get_n_unseen (vav_endpoint_get_history (vav_app_host_get_endpoint (self->host)));
  g_autofree char *number = missed > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", missed);
  g_autofree char *sentence = g_strdup_printf (ngettext ("%u missed call", "%u missed calls", missed), missed);

  gtk_label_set_label (self->missed_badge, number);
  gtk_widget_set_visible (GTK_WIDGET (self->missed_badge), missed > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->missed_badge), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

/* --- current calls --- */

static void
on_calls_visible (VavAppSidebar *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTS_CALLS]);
}

gboolean
vav_app_sidebar_lists_calls (VavAppSidebar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->calls)) || gtk_widget_get_visible (GTK_WIDGET (self->waiting));
}

/* --- GObject --- */

static void
vav_app_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LISTS_CALLS)
    g_value_set_boolean (value, vav_app_sidebar_lists_calls (VAV_APP_SIDEBAR (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_sidebar_dispose (GObject *object)
{
  VavAppSidebar *self = VAV_APP_SIDEBAR (object);

  g_clear_object (&self->host);
  g_clear_pointer (&self->trouble, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_SIDEBAR);
  G_OBJECT_CLASS (vav_app_sidebar_parent_class)->dispose (object);
}

static void
vav_app_sidebar_class_init (VavAppSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_sidebar_dispose;
  G_OBJECT_CLASS (klass)->get_property = vav_app_sidebar_get_property;
  properties[PROP_LISTS_CALLS]
      = g_param_spec_boolean ("lists-calls", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[CALL] = g_signal_new ("call", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);

  g_type_ensure (VAV_APP_TYPE_CALLS);
  g_type_ensure (VAV_APP_TYPE_REACH);
  g_type_ensure (VAV_APP_TYPE_NOTICE);
  g_type_ensure (VAV_APP_TYPE_PEOPLE_LIST);
  g_type_ensure (VAV_APP_TYPE_WAITING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "sidebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, box);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, header_bar);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, title);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, dot);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, missed_badge);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, reachable_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, reachable_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, reachable_box);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, reachable_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, quiet_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, reach);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, entry);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, waiting);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, calls);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, people_list);
  gtk_widget_class_bind_template_child (widget_class, VavAppSidebar, notice);
  gtk_widget_class_bind_template_callback (widget_class, on_calls_visible);
  gtk_widget_class_bind_template_callback (widget_class, on_list_call);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, update_quiet);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
}

static void
vav_app_sidebar_init (VavAppSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->reachable_switch), FALSE);
  gtk_widget_set_sensitive (self->quiet_button, FALSE);
  /* GTK puts what it is given into the middle of the button */
  gtk_widget_set_halign (gtk_widget_get_parent (gtk_menu_button_get_child (self->reachable_button)), GTK_ALIGN_FILL);
  update_reach (self);
}

void
vav_app_sidebar_set_name (VavAppSidebar *self, const char *name)
{
  adw_window_title_set_title (self->title, name);
}

/* Once, when the program is ready to call. */
void
vav_app_sidebar_set_host (VavAppSidebar *self, VavAppHost *host)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  g_return_if_fail (self->host == NULL);

  self->host = g_object_ref (host);
  vav_app_notice_set_endpoint (self->notice, endpoint);
  g_object_bind_property (endpoint, "identifier", self->title, "title", G_BINDING_DEFAULT);
  g_signal_connect_object (vav_endpoint_get_history (endpoint), "notify::n-unseen", G_CALLBACK (update_missed), self,
                           G_CONNECT_SWAPPED);
  update_missed (self);
  vav_app_people_list_set_endpoint (self->people_list, endpoint);
  vav_app_waiting_set_host (self->waiting, host);
  vav_app_calls_set_host (self->calls, host);
  g_object_bind_property (host, "detection", self->reachable_switch, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (host, "notify::detection", G_CALLBACK (update_reach), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::listening-address", G_CALLBACK (update_reach), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::meeting-address", G_CALLBACK (update_reach), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::broker-trouble", G_CALLBACK (update_reach), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::identifier", G_CALLBACK (on_name), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (update_reach), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (GTK_WIDGET (self->reachable_switch), TRUE);
  g_object_bind_property (vav_app_host_get_policy (host), "do-not-disturb", self->quiet_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_widget_set_sensitive (self->quiet_button, TRUE);
  vav_app_reach_set_host (self->reach, host);
  update_reach (self);
}

void
vav_app_sidebar_focus_entry (VavAppSidebar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

void
vav_app_sidebar_set_title_buttons (VavAppSidebar *self, gboolean visible)
{
  adw_header_bar_set_show_end_title_buttons (self->header_bar, visible);
}
