/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-hello.h"

#include <glib/gi18n-lib.h>

#define VERSION 1
#define AGENT "Visavis/" VAV_VERSION
#define HELLO_MS 5000

static const char *const own_features[] = { "trickle", "flows", "data", "text", "files", "resume", NULL };

void
vav_hello_settle (VavChannel *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);
  GCancellable *cancellable = task != NULL ? g_task_get_cancellable (task) : NULL;

  self->expects_hello = FALSE;
  vav_channel_clear_source (&self->hello_deadline);
  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled_id);
  self->cancelled_id = 0;
  if (task == NULL)
    g_clear_error (&error); /* `closed` brings it */
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
vav_hello_fail (VavChannel *self, GError *error)
{
  g_autoptr (VavChannel) alive = g_object_ref (self); /* whoever hears of the end may let go of us */

  vav_wire_fail (self->wire, error);
  vav_hello_settle (self, error);
}

static gboolean
hello_deadline_cb (gpointer data)
{
  VavChannel *self = data;

  vav_hello_fail (self, g_error_new_literal (VAV_ERROR, VAV_ERROR_TIMEOUT,
                                             _ ("What answers there took the connection but says nothing.")));
  return G_SOURCE_REMOVE;
}

static void
hello_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  VavChannel *self = data;
  GError *error = NULL;

  /* g_signal_handler_disconnect(), not g_cancellable_disconnect(), which waits for this very handler */
  g_cancellable_set_error_if_cancelled (cancellable, &error);
  vav_hello_fail (self, error);
}

void
vav_hello_take (VavChannel *self, VavMessage *message)
{
  const char *name = vav_message_get_string (message, "name");

  self->peer_name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  self->peer_version = (guint)vav_message_get_uint (message, "version", 0);
  self->features = vav_message_dup_strings (message, "features");
  if (self->opening != NULL)
    vav_wire_set_paused (self->wire, TRUE);
  vav_hello_settle (self, NULL);
}

static gboolean
say_hello (VavChannel *self, const char *own_name, GError **error)
{
  g_autoptr (VavMessage) hello = vav_message_new (VAV_MESSAGE_HELLO);

  vav_message_set_uint (hello, "version", VERSION);
  vav_message_set_string (hello, "agent", AGENT);
  vav_message_set_strings (hello, "features", own_features);
  vav_message_set_string (hello, "name", own_name != NULL && g_utf8_validate (own_name, -1, NULL) ? own_name : NULL);
  return vav_channel_send (self, hello, error);
}

static gboolean
begin (VavChannel *self, const char *own_name, GError **error)
{
  self->expects_hello = TRUE;
  self->hello_deadline = vav_channel_attach_timeout (self, HELLO_MS, hello_deadline_cb);
  return say_hello (self, own_name, error);
}

/* public functions */

gboolean
vav_channel_open_at_once (VavChannel *self, const char *own_name, GError **error)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self) && !self->expects_hello && self->features == NULL, FALSE);

  return begin (self, own_name, error);
}

void
vav_channel_open_async (VavChannel *self, const char *own_name, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GError *error = NULL;

  g_return_if_fail (VAV_IS_CHANNEL (self) && !self->expects_hello && self->features == NULL);

  self->opening = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->opening, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error) || !begin (self, own_name, &error))
    {
      vav_hello_fail (self, error);
      return;
    }
  if (cancellable != NULL)
    self->cancelled_id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (hello_cancelled_cb), self);
  vav_wire_set_paused (self->wire, FALSE);
}

gboolean
vav_channel_open_finish (VavChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
