/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-callers.h"

#include <glib/gi18n.h>

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

#include "app/vav-app-incoming.h"
#include "app/vav-app-notices.h"
#include "app/vav-app-ring.h"
#include "app/vav-app-switch.h"
#include "app/vav-app-window.h"

struct _VavAppCallers
{
  GtkApplication *application; /* borrowed: owns us */
  VavAppHost *host;            /* owned */
  VavAppRing *ring;
  VavAppNotices *notices;
  gboolean audible;

  VavAppCaller *shown; /* owned, nullable: whose card is shown */
  GtkWidget *card;     /* borrowed from its holder, nullable */
  GtkWindow *window;   /* owned by GTK, nullable: holds the card when the main window is hidden */
  GtkWidget *place;    /* borrowed: the window that has the card's actions, nullable */
  GSignalGroup *stream_signals;
};

static VavAppWindow *
get_main_window (VavAppCallers *self)
{
  for (GList *at = gtk_application_get_windows (self->application); at != NULL; at = at->next)
    if (VAV_APP_IS_WINDOW (at->data))
      return at->data;
  return NULL;
}

static gboolean
is_quiet (VavAppCallers *self)
{
  return vav_app_policy_is_quiet (vav_app_host_get_policy (self->host));
}

static void
update_sound (VavAppCallers *self)
{
  VavAppSound sound = VAV_APP_SOUND_NONE;

  if (vav_app_host_get_ringing (self->host) != NULL && !is_quiet (self))
    sound = vav_app_host_is_busy (self->host) ? VAV_APP_SOUND_WAITING : VAV_APP_SOUND_RING;
  else if (vav_stream_get_state (vav_app_host_get_stream (self->host)) == VAV_STATE_RINGING)
    sound = VAV_APP_SOUND_RINGBACK;
  vav_app_ring_play (self->ring, self->audible ? sound : VAV_APP_SOUND_NONE);
}

/* --- the card --- */

static void
action_accept (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppCallers *self = user_data;

  if (self->shown != NULL)
    vav_app_host_answer (self->host, self->shown, VAV_FLOW_ALL);
}

static void
action_decline (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppCallers *self = user_data;

  if (self->shown != NULL)
    vav_app_caller_decline (self->shown, NULL);
}

/* The keys of the card, as long as there is one: with two modifiers, so that nobody hits them who types. */
static const GActionEntry card_actions[] = {
  { .name = "accept", .activate = action_accept },
  { .name = "decline", .activate = action_decline },
};

static void
forget_place (VavAppCallers *self)
{
  for (gsize i = 0; self->place != NULL && i < G_N_ELEMENTS (card_actions); i++)
    g_action_map_remove_action (G_ACTION_MAP (self->place), card_actions[i].name);
  g_clear_weak_pointer (&self->place);
}

static void
take_place (VavAppCallers *self, GtkWidget *window)
{
  forget_place (self);
  g_set_weak_pointer (&self->place, window);
  g_action_map_add_action_entries (G_ACTION_MAP (window), card_actions, G_N_ELEMENTS (card_actions), self);
}

static void
remove_card (VavAppCallers *self)
{
  VavAppWindow *main_window = get_main_window (self);

  forget_place (self);
  if (self->window != NULL)
    gtk_window_destroy (self->window);
  else if (self->card != NULL && main_window != NULL)
    vav_app_window_set_incoming (main_window, NULL);
  self->window = NULL;
  self->card = NULL;
  g_clear_object (&self->shown);
}

/* A window that shows up under a typing person's hands must not take the keys. */
static void
forgo_focus (GtkWidget *window)
{
#ifdef GDK_WINDOWING_X11
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  if (GDK_IS_X11_SURFACE (surface))
    gdk_x11_surface_set_user_time (surface, 0);
#endif
}

/* To close the window is to let it ring no more; the caller may still be answered in the main window. */
static gboolean
on_window_close (VavAppCallers *self)
{
  if (self->shown != NULL)
    vav_app_caller_silence (self->shown);
  return TRUE; /* it goes with the card */
}

static GtkWindow *
make_window (VavAppCallers *self, GtkWidget *card)
{
  GtkWidget *window = gtk_application_window_new (self->application);
  GtkWidget *header_bar = adw_header_bar_new ();

  gtk_window_set_title (GTK_WINDOW (window), _ ("Incoming call"));
  gtk_window_set_resizable (GTK_WINDOW (window), FALSE);
  gtk_widget_add_css_class (header_bar, "flat");
  gtk_window_set_titlebar (GTK_WINDOW (window), header_bar);
  gtk_widget_add_css_class (window, "incoming-window");
  g_signal_connect_swapped (window, "close-request", G_CALLBACK (on_window_close), self);
  gtk_window_set_child (GTK_WINDOW (window), card);
  g_signal_connect (window, "realize", G_CALLBACK (forgo_focus), NULL);
  gtk_widget_set_visible (window, TRUE);
  return GTK_WINDOW (window);
}

static void
show_card (VavAppCallers *self, VavAppCaller *caller)
{
  VavAppWindow *main_window = get_main_window (self);
  gboolean in_main = main_window != NULL && gtk_widget_get_mapped (GTK_WIDGET (main_window));

  if (!in_main && is_quiet (self))
    return;
  self->shown = g_object_ref (caller);
  self->card = vav_app_incoming_new (self->host, caller);
  if (in_main)
    {
      vav_app_window_set_incoming (main_window, self->card);
      take_place (self, GTK_WIDGET (main_window));
    }
  else
    {
      self->window = make_window (self, self->card);
      take_place (self, GTK_WIDGET (self->window));
    }
}

static void
on_ringing (VavAppCallers *self)
{
  VavAppCaller *ringing = vav_app_host_get_ringing (self->host);

  if (ringing != self->shown)
    {
      remove_card (self);
      if (ringing != NULL)
        show_card (self, ringing);
    }
  update_sound (self);
}

/* The main window is gone, and its card with it; or nobody wants to be disturbed, or does again. */
static void
show_anew (VavAppCallers *self)
{
  remove_card (self);
  on_ringing (self);
}

/* Where nobody wants to be disturbed there was no card before there is a window to show it in. */
static void
on_window_mapped (VavAppCallers *self)
{
  if (self->shown == NULL)
    on_ringing (self);
}

static void
watch_window (VavAppCallers *self, GtkWindow *window)
{
  if (VAV_APP_IS_WINDOW (window))
    g_signal_connect_data (window, "map", G_CALLBACK (on_window_mapped), self, NULL,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
on_window_removed (VavAppCallers *self, GtkWindow *window)
{
  if (!VAV_APP_IS_WINDOW (window))
    return;
  self->card = NULL;
  show_anew (self);
}

/* Each that comes is heard, also where another one waits already. */
static void
on_callers_changed (VavAppCallers *self, guint position, guint removed, guint added)
{
  if (added > 0 && vav_app_host_is_busy (self->host))
    vav_app_ring_play (self->ring, VAV_APP_SOUND_NONE);
  update_sound (self);
}

/* No call without a window that shows it, whoever began it: somebody accepted in the small window, or a program on the bus. */
static void
on_state (VavAppCallers *self)
{
  VavStream *stream = vav_app_host_get_stream (self->host);

  if (vav_app_host_is_busy (self->host) && vav_stream_get_state (stream) != VAV_STATE_CLOSING
      && get_main_window (self) == NULL)
    g_application_activate (G_APPLICATION (self->application));
  update_sound (self);
}

/* One call is over, and another one waits on hold: it goes on when the person says so. */
static void
tell_held (VavAppCallers *self, VavStream *stream)
{
  VavAppWindow *window = get_main_window (self);

  if (window != NULL && vav_stream_get_held (stream) && vav_stream_get_state (stream) != VAV_STATE_CLOSING)
    vav_app_switch_offer (window, stream);
}

static void
on_stream (VavAppCallers *self)
{
  VavStream *stream = vav_app_host_get_stream (self->host);

  g_signal_group_set_target (self->stream_signals, stream);
  tell_held (self, stream);
  on_state (self);
}

/* --- actions, also of notifications --- */

static VavAppCaller *
find_caller (VavAppCallers *self, GVariant *value)
{
  return vav_app_host_find_caller (self->host, g_variant_get_uint64 (value));
}

/* From a notification: what is accepted must be seen. */
static void
action_answer (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppCallers *self = user_data;
  VavAppCaller *caller = find_caller (self, parameter);

  if (caller == NULL)
    return;
  vav_app_host_answer (self->host, caller, VAV_FLOW_ALL);
  g_application_activate (G_APPLICATION (self->application));
}

static void
action_refuse (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppCaller *caller = find_caller (user_data, parameter);

  if (caller != NULL)
    vav_app_caller_decline (caller, NULL);
}

static void
action_resume (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppCallers *self = user_data;
  VavEndpoint *endpoint = vav_app_host_get_endpoint (self->host);
  VavStream *stream = vav_endpoint_find (endpoint, g_variant_get_uint64 (parameter));

  if (stream != NULL)
    vav_app_host_switch_to (self->host, stream);
}

static const GActionEntry call_actions[] = {
  { .name = "accept", .activate = action_answer, .parameter_type = "t" },
  { .name = "decline", .activate = action_refuse, .parameter_type = "t" },
  { .name = "resume", .activate = action_resume, .parameter_type = "t" },
};

VavAppCallers *
vav_app_callers_new (GtkApplication *application, VavAppHost *host, gboolean audible)
{
  VavAppCallers *self = g_new0 (VavAppCallers, 1);

  self->application = application;
  self->host = g_object_ref (host);
  self->audible = audible;
  self->ring = vav_app_ring_new ();
  self->notices = vav_app_notices_new (application, host);
  self->stream_signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->stream_signals, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect_swapped (host, "notify::ringing", G_CALLBACK (on_ringing), self);
  g_signal_connect_swapped (vav_app_host_get_policy (host), "notify::do-not-disturb", G_CALLBACK (show_anew), self);
  g_signal_connect_swapped (application, "window-added", G_CALLBACK (watch_window), self);
  g_signal_connect_swapped (application, "window-removed", G_CALLBACK (on_window_removed), self);
  g_signal_connect_swapped (host, "notify::busy", G_CALLBACK (update_sound), self);
  g_signal_connect_swapped (vav_app_host_get_callers (host), "items-changed", G_CALLBACK (on_callers_changed), self);
  g_signal_connect_swapped (host, "notify::stream", G_CALLBACK (on_stream), self);
  g_action_map_add_action_entries (G_ACTION_MAP (application), call_actions, G_N_ELEMENTS (call_actions), self);
  gtk_application_set_accels_for_action (application, "win.accept", (const char *[]){ "<Control><Shift>Return", NULL });
  gtk_application_set_accels_for_action (application, "win.decline", (const char *[]){ "<Control><Shift>d", NULL });
  if (get_main_window (self) != NULL)
    watch_window (self, GTK_WINDOW (get_main_window (self)));
  on_stream (self);
  on_ringing (self);
  return self;
}

void
vav_app_callers_free (VavAppCallers *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (call_actions); i++)
    g_action_map_remove_action (G_ACTION_MAP (self->application), call_actions[i].name);
  g_signal_handlers_disconnect_by_data (self->application, self);
  if (get_main_window (self) != NULL)
    g_signal_handlers_disconnect_by_data (get_main_window (self), self);
  g_signal_handlers_disconnect_by_data (vav_app_host_get_policy (self->host), self);
  g_signal_handlers_disconnect_by_data (self->host, self);
  g_signal_handlers_disconnect_by_data (vav_app_host_get_callers (self->host), self);
  g_clear_object (&self->stream_signals);
  remove_card (self);
  vav_app_ring_free (self->ring);
  vav_app_notices_free (self->notices);
  g_object_unref (self->host);
  g_free (self);
}
