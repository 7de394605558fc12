/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-calls.h"

#include "app/vav-app-call-row.h"

struct _VavAppCalls
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box;
  GtkListBox *list;

  /* owned */
  VavAppHost *host;  /* nullable: not yet started */
  GListStore *calls; /* of VavStream: what is listed, oldest first */
};

G_DEFINE_FINAL_TYPE (VavAppCalls, vav_app_calls, GTK_TYPE_WIDGET)

static gboolean
is_listed (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);

  if (!vav_stream_is_busy (stream) || vav_stream_get_state (stream) == VAV_STATE_INCOMING)
    return FALSE;
  return !vav_stream_is_incoming (stream) || peer == NULL || !vav_peer_is_self (peer);
}

static void
update_shown (VavAppCalls *self)
{
  VavStream *shown = vav_app_host_get_stream (self->host);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->calls));

  for (guint i = 0; i < n; i++)
    {
      VavAppCallRow *row = VAV_APP_CALL_ROW (gtk_list_box_get_row_at_index (self->list, (int)i));
      gboolean is_shown = vav_app_call_row_get_stream (row) == shown;

      vav_app_call_row_set_shown (row, is_shown);
      if (is_shown)
        gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
      if (n == 1)
        gtk_widget_set_visible (GTK_WIDGET (self), !is_shown || vav_stream_get_held (shown));
    }
  if (n != 1)
    gtk_widget_set_visible (GTK_WIDGET (self), n > 1);
}

/* What is over goes, what is new comes last. */
static void
update_calls (VavAppCalls *self)
{
  GListModel *streams = G_LIST_MODEL (vav_app_host_get_endpoint (self->host));
  guint position;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->calls)); i > 0; i--)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (G_LIST_MODEL (self->calls), i - 1);

      if (!is_listed (stream))
        g_list_store_remove (self->calls, i - 1);
    }
  for (guint i = 0; i < g_list_model_get_n_items (streams); i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      if (is_listed (stream) && !g_list_store_find (self->calls, stream, &position))
        g_list_store_append (self->calls, stream);
    }
  update_shown (self);
}

static void
on_streams_changed (VavAppCalls *self, guint position, guint removed, guint added)
{
  GListModel *streams = G_LIST_MODEL (vav_app_host_get_endpoint (self->host));

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      g_signal_handlers_disconnect_by_func (stream, update_calls, self);
      g_signal_connect_object (stream, "notify::state", G_CALLBACK (update_calls), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (stream, "notify::held", G_CALLBACK (update_calls), self, G_CONNECT_SWAPPED);
    }
  update_calls (self);
}

static void
on_row_activated (VavAppCalls *self, GtkListBoxRow *row)
{
  vav_app_host_switch_to (self->host, vav_app_call_row_get_stream (VAV_APP_CALL_ROW (row)));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return vav_app_call_row_new (item);
}

static void
vav_app_calls_dispose (GObject *object)
{
  VavAppCalls *self = VAV_APP_CALLS (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->calls);
  g_clear_object (&self->host);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_CALLS);
  G_OBJECT_CLASS (vav_app_calls_parent_class)->dispose (object);
}

static void
vav_app_calls_class_init (VavAppCallsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_calls_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "calls");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-calls.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCalls, box);
  gtk_widget_class_bind_template_child (widget_class, VavAppCalls, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
vav_app_calls_init (VavAppCalls *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->calls = g_list_store_new (VAV_TYPE_STREAM);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->calls), make_row, self, NULL);
}

/* Once, when the program is ready to call. */
void
vav_app_calls_set_host (VavAppCalls *self, VavAppHost *host)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  g_return_if_fail (self->host == NULL);

  self->host = g_object_ref (host);
  g_signal_connect_object (host, "notify::stream", G_CALLBACK (update_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "items-changed", G_CALLBACK (on_streams_changed), self, G_CONNECT_SWAPPED);
  on_streams_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)));
}
