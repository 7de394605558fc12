/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-awake.h"

#include <glib/gi18n.h>

struct _VavAppAwake
{
  GObject parent_instance;

  GtkApplication *application; /* weak pointer */
  GtkWindow *window;           /* weak pointer, nullable */
  VavAppHost *host;            /* owned */
  gboolean awake;
  guint cookie; /* 0: nobody could be asked */
};

G_DEFINE_FINAL_TYPE (VavAppAwake, vav_app_awake, G_TYPE_OBJECT)

static gboolean
is_running (VavStream *stream)
{
  VavState state = vav_stream_get_state (stream);

  return state == VAV_STATE_ACTIVE || state == VAV_STATE_RECONNECTING;
}

static gboolean
has_call (VavAppAwake *self)
{
  GListModel *streams = G_LIST_MODEL (vav_app_host_get_endpoint (self->host));
  guint n = g_list_model_get_n_items (streams);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      if (is_running (stream))
        return TRUE;
    }
  return FALSE;
}

static void
set_awake (VavAppAwake *self, gboolean awake)
{
  if (self->awake == awake || self->application == NULL)
    return;
  self->awake = awake;
  if (awake)
    self->cookie = gtk_application_inhibit (self->application, self->window,
                                            GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_IDLE,
                                            _ ("A call is running"));
  else if (self->cookie != 0)
    {
      gtk_application_uninhibit (self->application, self->cookie);
      self->cookie = 0;
    }
}

static void
update (VavAppAwake *self)
{
  set_awake (self, has_call (self));
}

static void
on_streams_changed (VavAppAwake *self, guint position, guint removed, guint added)
{
  GListModel *streams = G_LIST_MODEL (vav_app_host_get_endpoint (self->host));

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      g_signal_handlers_disconnect_by_func (stream, update, self);
      g_signal_connect_object (stream, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
vav_app_awake_dispose (GObject *object)
{
  VavAppAwake *self = VAV_APP_AWAKE (object);

  set_awake (self, FALSE);
  g_clear_weak_pointer (&self->application);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (vav_app_awake_parent_class)->dispose (object);
}

static void
vav_app_awake_class_init (VavAppAwakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_app_awake_dispose;
}

static void
vav_app_awake_init (VavAppAwake *self)
{
}

VavAppAwake *
vav_app_awake_new (GtkApplication *application, GtkWindow *window, VavAppHost *host)
{
  VavAppAwake *self = g_object_new (VAV_APP_TYPE_AWAKE, NULL);
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  g_set_weak_pointer (&self->application, application);
  g_set_weak_pointer (&self->window, window);
  self->host = g_object_ref (host);
  g_signal_connect_object (endpoint, "items-changed", G_CALLBACK (on_streams_changed), self, G_CONNECT_SWAPPED);
  on_streams_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)));
  return self;
}
