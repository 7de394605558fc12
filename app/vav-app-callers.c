/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-callers.h"

#include <glib/gi18n.h>

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

#include "app/vav-app-incoming.h"
#include "app/vav-app-ring.h"
#include "app/vav-app-window.h"

struct _VavAppCallers
{
  GtkApplication *application; /* borrowed: owns us */
  VavAppHost *host;            /* owned */
  VavAppRing *ring;
  gboolean audible;

  GQueue waiting;    /* of VavRequest, owned: those that wait for a decision, oldest first */
  GtkWidget *card;   /* borrowed from its holder, nullable */
  GtkWindow *window; /* owned by GTK, nullable: holds the card when the main window is hidden */
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

static void
update_sound (VavAppCallers *self)
{
  VavAppSound sound = VAV_APP_SOUND_NONE;

  if (!g_queue_is_empty (&self->waiting))
    sound = VAV_APP_SOUND_RING;
  else if (vav_stream_get_state (vav_app_host_get_stream (self->host)) == VAV_STATE_RINGING)
    sound = VAV_APP_SOUND_RINGBACK;
  vav_app_ring_play (self->ring, self->audible ? sound : VAV_APP_SOUND_NONE);
}

/* --- the card --- */

static void
remove_card (VavAppCallers *self)
{
  VavAppWindow *main_window = get_main_window (self);

  if (self->window != NULL)
    gtk_window_destroy (self->window);
  else if (self->card != NULL && main_window != NULL)
    vav_app_window_set_incoming (main_window, NULL);
  self->window = NULL;
  self->card = NULL;
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

/* To close the window is to say no. */
static gboolean
on_window_close (VavAppCallers *self)
{
  VavRequest *request = g_queue_peek_head (&self->waiting);

  if (request != NULL && vav_request_is_pending (request))
    vav_request_reject (request, VAV_REASON_DECLINED, NULL);
  return TRUE; /* it goes with the card */
}

static GtkWindow *
make_window (VavAppCallers *self, GtkWidget *card)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *header_bar = adw_header_bar_new ();

  gtk_window_set_application (GTK_WINDOW (window), self->application);
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

static void show_first (VavAppCallers *self);

static void
drop_request (VavAppCallers *self, VavRequest *request)
{
  if (g_queue_remove (&self->waiting, request))
    {
      g_signal_handlers_disconnect_by_data (request, self);
      g_object_unref (request);
    }
}

static void
on_settled (VavRequest *request, VavReason reason, VavAppCallers *self)
{
  gboolean was_first = g_queue_peek_head (&self->waiting) == request;

  drop_request (self, request);
  if (was_first)
    {
      remove_card (self);
      show_first (self);
    }
  update_sound (self);
}

static void
show_first (VavAppCallers *self)
{
  VavRequest *request = g_queue_peek_head (&self->waiting);
  VavAppWindow *main_window = get_main_window (self);

  if (request == NULL || self->card != NULL)
    return;
  self->card = vav_app_incoming_new (request, vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)));
  if (main_window != NULL && gtk_widget_get_mapped (GTK_WIDGET (main_window)))
    vav_app_window_set_incoming (main_window, self->card);
  else
    self->window = make_window (self, self->card);
}

static void
on_request (VavAppHost *host, VavRequest *request, VavAppCallers *self)
{
  g_queue_push_tail (&self->waiting, g_object_ref (request));
  g_signal_connect (request, "settled", G_CALLBACK (on_settled), self);
  show_first (self);
  update_sound (self);
}

/* No call without a window that shows it, whoever began it: somebody accepted in the small window, or a program on the bus. */
static void
on_stream (VavAppCallers *self)
{
  VavStream *stream = vav_app_host_get_stream (self->host);

  g_signal_group_set_target (self->stream_signals, stream);
  if (vav_app_host_is_busy (self->host) && vav_stream_get_state (stream) != VAV_STATE_CLOSING
      && get_main_window (self) == NULL)
    g_application_activate (G_APPLICATION (self->application));
  update_sound (self);
}

VavAppCallers *
vav_app_callers_new (GtkApplication *application, VavAppHost *host, gboolean audible)
{
  VavAppCallers *self = g_new0 (VavAppCallers, 1);

  self->application = application;
  self->host = g_object_ref (host);
  self->audible = audible;
  self->ring = vav_app_ring_new ();
  g_queue_init (&self->waiting);
  self->stream_signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->stream_signals, "notify::state", G_CALLBACK (on_stream), self);
  g_signal_connect (host, "request", G_CALLBACK (on_request), self);
  g_signal_connect_swapped (host, "notify::stream", G_CALLBACK (on_stream), self);
  on_stream (self);
  return self;
}

void
vav_app_callers_free (VavAppCallers *self)
{
  g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_object (&self->stream_signals);
  remove_card (self);
  while (!g_queue_is_empty (&self->waiting))
    drop_request (self, g_queue_peek_head (&self->waiting));
  vav_app_ring_free (self->ring);
  g_object_unref (self->host);
  g_free (self);
}
