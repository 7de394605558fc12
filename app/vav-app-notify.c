/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-notify.h"

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"

typedef struct
{
  GApplication *application;
  char *id;
} Withdrawal;

/* of the withdrawals that wait: their id, and what ends them; owned; main thread */
static GHashTable *waiting = NULL;

static void
withdrawal_free (Withdrawal *self)
{
  g_object_unref (self->application);
  g_free (self->id);
  g_free (self);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Withdrawal *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* whatever the answer: a server that is none, or may not be asked, has nothing in its way either */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_hash_table_remove (waiting, self->id);
      g_application_withdraw_notification (self->application, self->id);
    }
  withdrawal_free (self);
}

static void
forget_withdrawal (const char *id)
{
  GCancellable *cancellable = waiting != NULL ? g_hash_table_lookup (waiting, id) : NULL;

  if (cancellable == NULL)
    return;
  g_cancellable_cancel (cancellable);
  g_hash_table_remove (waiting, id);
}

void
vav_app_notify_send (GApplication *application, const char *id, GNotification *notification)
{
  forget_withdrawal (id);
  g_application_send_notification (application, id, notification);
}

void
vav_app_notify_withdraw (GApplication *application, const char *id)
{
  GDBusConnection *connection = g_application_get_dbus_connection (application);
  GCancellable *cancellable;
  Withdrawal *self;

  g_application_withdraw_notification (application, id);
  if (connection == NULL)
    return;

  forget_withdrawal (id);
  if (waiting == NULL)
    waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  cancellable = g_cancellable_new ();
  g_hash_table_insert (waiting, g_strdup (id), cancellable);
  self = g_new0 (Withdrawal, 1);
  self->application = g_object_ref (application);
  self->id = g_strdup (id);
  g_dbus_connection_call (connection, SERVER, SERVER_PATH, SERVER, "GetServerInformation", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_answer, self);
}
