/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-window.h"

#include <glib/gi18n.h>

#include "app/vav-app-awake.h"
#include "app/vav-app-call-page.h"
#include "app/vav-app-chat-button.h"
#include "app/vav-app-devices.h"
#include "app/vav-app-link.h"
#include "app/vav-app-other-key.h"
#include "app/vav-app-people-actions.h"
#include "app/vav-app-person-page.h"
#include "app/vav-app-recent-page.h"
#include "app/vav-app-shortcuts.h"
#include "app/vav-app-sidebar.h"
#include "app/vav-app-switch.h"
#include "app/vav-app-talk.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-welcome.h"
#include "app/vav-app-window-size.h"
#include "app/vav-app-words.h"

struct _VavAppWindow
{
  AdwApplicationWindow parent_instance;

  /* template children */
  AdwToastOverlay *toast_overlay;
  GtkOverlay *overlay;
  AdwLeaflet *leaflet;
  VavAppSidebar *sidebar;
  GtkWidget *content;
  AdwHeaderBar *header_bar;
  AdwWindowTitle *title;
  GtkWidget *back_button;
  GtkWidget *people_button;
  VavAppChatButton *chat_button;
  GtkStack *stack;
  AdwStatusPage *idle_page;
  AdwStatusPage *failed_page;

  /* borrowed from the stack, nullable before the first frame */
  VavAppCallPage *call_page;
  VavAppPersonPage *person_page;
  VavAppRecentPage *recent_page;

  /* owned */
  VavAppHost *host; /* nullable */
  GSignalGroup *stream_signals;
  VavAppTalk *talk;   /* as long as the host */
  VavAppAwake *awake; /* the same */

  VavAppSettings *settings; /* borrowed from the application */
  GtkWidget *incoming;      /* borrowed from the overlay, nullable */
  GtkWidget *devices;       /* weak pointer: a window over this one, nullable */
  gboolean in_call;
  gboolean people_shown; /* in a call, only because there are others to choose from */
};

G_DEFINE_FINAL_TYPE (VavAppWindow, vav_app_window, ADW_TYPE_APPLICATION_WINDOW)

static VavStream *
get_stream (VavAppWindow *self)
{
  return self->host != NULL ? vav_app_host_get_stream (self->host) : NULL;
}

static void
set_css_class (GtkWidget *widget, const char *name, gboolean on)
{
  (on ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (widget, name);
}

/* --- what is seen --- */

/* Before there is a picture the name stands below the portrait. */
static void
update_title (VavAppWindow *self)
{
  VavStream *stream = self->in_call ? get_stream (self) : NULL;
  VavState state = stream != NULL ? vav_stream_get_state (stream) : VAV_STATE_IDLE;
  g_autofree char *name = stream != NULL ? vav_app_words_title (stream) : g_strdup (_ ("Visavis"));

  adw_window_title_set_title (self->title, state == VAV_STATE_ACTIVE || state == VAV_STATE_RECONNECTING ? name : "");
  gtk_window_set_title (GTK_WINDOW (self), name);
}

/* A page that is left again: for the call that goes on behind it, or for none. */
static gboolean
shows_page (VavAppWindow *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  return g_strcmp0 (page, "person") == 0 || g_strcmp0 (page, "recent") == 0;
}

static void
update_back_button (VavAppWindow *self)
{
  gboolean to_call = self->in_call && shows_page (self);
  const char *words = to_call ? _ ("Back to the call") : _ ("Back to the people");

  gtk_widget_set_visible (self->back_button, to_call || adw_leaflet_get_folded (self->leaflet));
  vav_app_tooltip_set (self->back_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* In a call the picture gets the room. The header bar is as dark as what is around it, and gives way to it on the full screen, with the name. */
static void
update_layout (VavAppWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);
  gboolean call = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "call") == 0;
  gboolean full = call && self->in_call && gtk_window_is_fullscreen (GTK_WINDOW (self));
  gboolean people = folded || !self->in_call || gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->people_button));

  gtk_widget_set_visible (GTK_WIDGET (self->sidebar), people);
  gtk_widget_set_visible (self->people_button, self->in_call && !folded);
  gtk_widget_set_visible (GTK_WIDGET (self->chat_button),
                          call && (self->in_call || vav_app_call_page_has_messages (self->call_page)));
  gtk_widget_set_visible (GTK_WIDGET (self->header_bar), !full);
  set_css_class (GTK_WIDGET (self->header_bar), "in-call", call && self->in_call);
  if (self->call_page != NULL)
    g_object_set (vav_app_call_page_get_conference (self->call_page), "name-visible", full, NULL);
  update_back_button (self);
  vav_app_sidebar_set_title_buttons (self->sidebar, folded);
}

static void
set_files_folder (VavAppWindow *self)
{
  g_autofree char *folder = vav_app_settings_dup_folder (self->settings);

  vav_gtk_chat_set_folder (vav_app_call_page_get_chat (self->call_page), folder);
}

/* The page of a call that is over, or of a person, makes room for the call that goes on, or for none. */
static void
leave_page (VavAppWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->in_call ? "call" : "idle");
  update_layout (self);
}

static void
update_state (VavAppWindow *self)
{
  VavStream *stream = get_stream (self);
  VavState state = stream != NULL ? vav_stream_get_state (stream) : VAV_STATE_IDLE;
  gboolean was_in_call = self->in_call;

  self->in_call = stream != NULL && vav_stream_is_busy (stream) && state != VAV_STATE_INCOMING;
  gtk_stack_set_visible_child_name (self->stack,
                                    state == VAV_STATE_IDLE || state == VAV_STATE_INCOMING ? "idle" : "call");
  /* the end of its last call has unbound it */
  if (stream != NULL && vav_stream_is_busy (stream))
    vav_app_call_page_set_stream (self->call_page, stream);
  if (self->in_call && !was_in_call)
    {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->people_button),
                                    vav_app_sidebar_lists_calls (self->sidebar));
      adw_leaflet_set_visible_child (self->leaflet, self->content);
      vav_app_call_page_set_chat_visible (self->call_page, FALSE);
      set_files_folder (self);
    }
  /* what is told must not lie on the button that hangs up */
  set_css_class (GTK_WIDGET (self->toast_overlay), "in-call", self->in_call);
  vav_app_window_size_set_in_call (GTK_WINDOW (self), self->in_call);
  update_title (self);
  update_layout (self);
}

static void
on_ended (VavAppWindow *self)
{
  vav_app_other_key_tell (GTK_WINDOW (self), get_stream (self));
}

static void
on_host_stream (VavAppWindow *self)
{
  VavStream *stream = get_stream (self);
  VavStream *old = vav_app_call_page_get_stream (self->call_page);

  if (old != NULL && stream != old && vav_stream_is_busy (stream))
    vav_app_switch_tell_end (self, old);
  vav_app_call_page_set_stream (self->call_page, stream);
  g_signal_group_set_target (self->stream_signals, stream);
  update_state (self);
}

static void
on_device_failed (VavAppWindow *self, GError *error)
{
  vav_app_window_toast (self, error->message);
}

static void
on_listen_failed (VavAppWindow *self, GError *error)
{
  vav_app_sidebar_set_trouble (self->sidebar, error->message);
}

static void
on_listening (VavAppWindow *self)
{
  if (vav_endpoint_get_listening_address (vav_app_host_get_endpoint (self->host)) != NULL)
    vav_app_sidebar_set_trouble (self->sidebar, NULL);
}

/* --- the chat --- */

static void
on_unread (VavAppWindow *self)
{
  vav_app_chat_button_set_unread (self->chat_button, vav_app_call_page_get_unread (self->call_page));
}

/* Of whichever call something came in: one that waits on hold is taken up again, as its chat stands beside its picture. */
static void
action_show_chat (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavAppWindow *self = VAV_APP_WINDOW (widget);
  guint64 value = g_variant_get_uint64 (parameter);
  VavStream *stream = self->host != NULL ? vav_endpoint_find (vav_app_host_get_endpoint (self->host), value) : NULL;

  if (stream != NULL && stream != get_stream (self))
    vav_app_host_switch_to (self->host, stream);
  if (self->host == NULL || (stream != NULL && get_stream (self) != stream))
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  vav_app_call_page_set_chat_visible (self->call_page, TRUE);
}

static gboolean
shortcut_chat (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VavAppWindow *self = VAV_APP_WINDOW (widget);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->chat_button)))
    return FALSE;
  vav_app_call_page_set_chat_visible (self->call_page, !vav_app_call_page_get_chat_visible (self->call_page));
  return TRUE;
}

/* --- actions --- */

/* From a person's page to the call that goes on behind it; else to the people. */
static void
on_back (VavAppWindow *self)
{
  if (shows_page (self) && self->in_call)
    leave_page (self);
  else
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->sidebar));
}

/* Where both do not fit side by side, the people cover the call until one goes back to it. */
static void
on_people_toggled (VavAppWindow *self)
{
  update_layout (self);
  if (adw_leaflet_get_folded (self->leaflet))
    on_back (self);
}

/* As long as there are several calls, one sees which. */
static void
on_calls_listed (VavAppWindow *self)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->people_button);
  gboolean listed = vav_app_sidebar_lists_calls (self->sidebar);

  if (listed && !gtk_toggle_button_get_active (button))
    self->people_shown = TRUE;
  else if (listed || !self->people_shown)
    return;
  else
    self->people_shown = FALSE;
  if (!adw_leaflet_get_folded (self->leaflet))
    gtk_toggle_button_set_active (button, listed);
}

static void
on_sidebar_call (VavAppWindow *self, const char *address)
{
  if (vav_app_link_carries_servers (address))
    vav_app_link_open (self, address);
  else
    vav_app_window_call (self, address, VAV_FLOW_ALL);
}

static void
pass_on (VavAppWindow *self, const char *action)
{
  if (self->in_call)
    gtk_widget_activate_action (GTK_WIDGET (vav_app_call_page_get_conference (self->call_page)), action, NULL);
}

static void
action_hang_up (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pass_on (VAV_APP_WINDOW (widget), "call.hang-up");
}

/* Beside a call, so that one sees what changes; with the picture, if that is on its way to somebody anyway. */
static void
action_devices (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavAppWindow *self = VAV_APP_WINDOW (widget);
  gboolean seen = self->in_call && (vav_stream_get_flows (get_stream (self)) & VAV_FLOW_VIDEO_OUT) != 0;

  if (self->host == NULL)
    return;
  if (self->devices == NULL)
    g_set_weak_pointer (&self->devices,
                        vav_app_devices_new (GTK_WINDOW (self), vav_app_host_get_endpoint (self->host), seen));
  gtk_window_present (GTK_WINDOW (self->devices));
}

static gboolean
shortcut_devices (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  action_devices (widget, NULL, NULL);
  return TRUE;
}

/* Esc gives up a call that is being made, and leaves the page of one that is over or of a person; a running call ends only by a clear act. */
static gboolean
shortcut_escape (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VavAppWindow *self = VAV_APP_WINDOW (widget);
  VavState state = self->in_call ? vav_stream_get_state (get_stream (self)) : VAV_STATE_IDLE;

  if (shows_page (self) || (!self->in_call && self->host != NULL))
    {
      leave_page (self);
      return TRUE;
    }
  if (state != VAV_STATE_RESOLVING && state != VAV_STATE_DIALLING && state != VAV_STATE_RINGING)
    return FALSE;
  pass_on (self, "call.hang-up");
  return TRUE;
}

/* --- GObject --- */

static void
vav_app_window_dispose (GObject *object)
{
  VavAppWindow *self = VAV_APP_WINDOW (object);

  g_clear_weak_pointer (&self->devices);
  g_clear_object (&self->stream_signals);
  g_clear_object (&self->talk);
  g_clear_object (&self->awake);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (vav_app_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-window.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, content);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, header_bar);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, title);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, people_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, chat_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, idle_page);
  gtk_widget_class_bind_template_child (widget_class, VavAppWindow, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_people_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_calls_listed);
  gtk_widget_class_bind_template_callback (widget_class, on_sidebar_call);
  gtk_widget_class_bind_template_callback (widget_class, update_layout);
}

static void
vav_app_window_class_init (VavAppWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_window_dispose;
  g_type_ensure (VAV_APP_TYPE_SIDEBAR);
  g_type_ensure (VAV_APP_TYPE_CHAT_BUTTON);
  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "win.hang-up", NULL, action_hang_up);
  gtk_widget_class_install_action (widget_class, "win.devices", NULL, action_devices);
  gtk_widget_class_install_action (widget_class, "win.show-chat", "t", action_show_chat);
  /* run after the focused widget has had the key, so a letter typed into an entry stays a letter */
  gtk_widget_class_add_binding (widget_class, GDK_KEY_d, 0, shortcut_devices, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, 0, shortcut_chat, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, shortcut_escape, NULL);
}

static void
vav_app_window_init (VavAppWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  vav_app_window_size_add_small (GTK_WINDOW (self));
  vav_app_shortcuts_add (GTK_APPLICATION_WINDOW (self));
  self->stream_signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->stream_signals, "notify::state", G_CALLBACK (update_state), self);
  g_signal_group_connect_swapped (self->stream_signals, "notify::peer", G_CALLBACK (update_title), self);
  g_signal_group_connect_swapped (self->stream_signals, "ended", G_CALLBACK (on_ended), self);
  update_state (self);
}

VavAppWindow *
vav_app_window_new (GtkApplication *application, VavAppSettings *settings, const char *name)
{
  VavAppWindow *self = g_object_new (VAV_APP_TYPE_WINDOW, "application", application, NULL);

  self->settings = settings;
  vav_app_window_size_restore (GTK_WINDOW (self), settings);
  vav_app_sidebar_set_name (self->sidebar, name);
  return self;
}

/* Whoever starts the program to call somebody, or is asked something already, is not held up: it comes the next time. */
static gboolean
welcome (gpointer user_data)
{
  VavAppWindow *self = user_data;
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (self->host != NULL && application != NULL && !self->in_call && !vav_app_host_is_busy (self->host)
      && gtk_widget_get_mapped (GTK_WIDGET (self)) && vav_app_host_get_ringing (self->host) == NULL
      && gtk_application_get_active_window (application) == GTK_WINDOW (self))
    gtk_window_present (GTK_WINDOW (vav_app_welcome_new (GTK_WINDOW (self), self->host, self->settings)));
  return G_SOURCE_REMOVE;
}

void
vav_app_window_show_recent (VavAppWindow *self)
{
  vav_app_recent_page_look (self->recent_page);
  gtk_stack_set_visible_child_name (self->stack, "recent");
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_layout (self);
}

/* Who is not among the people any more has no page. */
static void
on_people_changed (VavAppWindow *self, guint position, guint removed, guint added, VavPeople *people)
{
  VavPerson *shown = vav_app_person_page_get_person (self->person_page);
  g_autoptr (VavPerson) person
      = shown != NULL ? vav_people_find_by_number (people, vav_person_get_number (shown)) : NULL;

  if (person == NULL && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "person") == 0)
    leave_page (self);
}

gboolean
vav_app_window_prepare (gpointer window)
{
  VavAppWindow *self = window;

  if (self->call_page != NULL || gtk_window_get_application (window) == NULL)
    return G_SOURCE_REMOVE;
  self->call_page = g_object_new (VAV_APP_TYPE_CALL_PAGE, NULL);
  self->person_page = g_object_new (VAV_APP_TYPE_PERSON_PAGE, NULL);
  self->recent_page = g_object_new (VAV_APP_TYPE_RECENT_PAGE, NULL);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->call_page), "call");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->person_page), "person");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->recent_page), "recent");
  g_object_bind_property (self->call_page, "chat-visible", self->chat_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (self->call_page, "notify::unread", G_CALLBACK (on_unread), self, G_CONNECT_SWAPPED);
  vav_app_settings_bind (self->settings, "own-corner", vav_app_call_page_get_conference (self->call_page),
                         "own-corner");
  return G_SOURCE_REMOVE;
}

/* Once, when the program is ready to call. */
void
vav_app_window_set_host (VavAppWindow *self, VavAppHost *host, gboolean mirror_own)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  g_return_if_fail (self->host == NULL);

  self->host = g_object_ref (host);
  vav_app_window_prepare (self);
  g_object_set (vav_app_call_page_get_conference (self->call_page), "mirror-own", mirror_own, NULL);
  vav_app_sidebar_set_host (self->sidebar, host);
  self->talk = vav_app_talk_new (host, self->call_page, self->toast_overlay);
  self->awake = vav_app_awake_new (gtk_window_get_application (GTK_WINDOW (self)), GTK_WINDOW (self), host);
  vav_app_people_actions_install (self, host);
  vav_app_recent_page_set_history (self->recent_page, vav_endpoint_get_history (endpoint));
  g_signal_connect_object (vav_endpoint_get_people (endpoint), "items-changed", G_CALLBACK (on_people_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (host, "notify::stream", G_CALLBACK (on_host_stream), self);
  g_signal_connect_object (endpoint, "listen-failed", G_CALLBACK (on_listen_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "device-failed", G_CALLBACK (on_device_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::listening-address", G_CALLBACK (on_listening), self, G_CONNECT_SWAPPED);
  on_host_stream (self);
  if (vav_endpoint_get_notice (endpoint) != NULL)
    vav_app_window_notice (self, vav_endpoint_get_notice (endpoint));
  if (vav_app_welcome_is_due (self->settings))
    g_idle_add_full (G_PRIORITY_LOW, welcome, g_object_ref (self), g_object_unref);
}

void
vav_app_window_call (VavAppWindow *self, const char *address, VavFlows flows)
{
  g_autoptr (GError) error = NULL;

  if (self->in_call && !vav_app_switch_is_test (get_stream (self)))
    vav_app_switch_ask (self, self->host, address, flows);
  else if (self->host != NULL && !vav_app_host_call (self->host, address, flows, &error))
    vav_app_window_toast (self, error->message);
}

void
vav_app_window_show_person (VavAppWindow *self, VavPerson *person)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (self->host);

  vav_app_person_page_set_person (self->person_page, endpoint, person);
  gtk_stack_set_visible_child_name (self->stack, "person");
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_layout (self);
}

void
vav_app_window_set_incoming (VavAppWindow *self, GtkWidget *card)
{
  if (self->incoming != NULL)
    gtk_overlay_remove_overlay (self->overlay, self->incoming);
  self->incoming = card;
  if (card != NULL)
    gtk_overlay_add_overlay (self->overlay, card);
}

static void
add_toast (VavAppWindow *self, const char *sentence, guint seconds)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = g_object_new (ADW_TYPE_TOAST, "title", escaped, "timeout", seconds, NULL);

  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

void
vav_app_window_toast (VavAppWindow *self, const char *sentence)
{
  add_toast (self, sentence, 5);
}

void
vav_app_window_notice (VavAppWindow *self, const char *sentence)
{
  add_toast (self, sentence, 0);
}

void
vav_app_window_add_toast (VavAppWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

void
vav_app_window_fail (VavAppWindow *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
  gtk_widget_set_sensitive (GTK_WIDGET (self->sidebar), FALSE);
}

/* Ready to type whom to call. */
void
vav_app_window_new_call (VavAppWindow *self)
{
  if (self->in_call)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->people_button), TRUE);
  if (adw_leaflet_get_folded (self->leaflet))
    on_back (self);
  vav_app_sidebar_focus_entry (self->sidebar);
}
