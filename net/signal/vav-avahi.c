/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-avahi.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME "org.freedesktop.Avahi"
#define SERVER "org.freedesktop.Avahi.Server"
#define SERVER_RUNNING 2 /* AvahiServerState of avahi-common/defs.h */
#define RETRY_S 30       /* until a bus that is gone or never was is looked for again */

struct _VavAvahi
{
  GObject parent_instance;

  guint n_holds;
  VavAvahiState state;
  gboolean known; /* whether there is a daemon has been found out */

  /* while held */
  GDBusConnection *bus; /* nullable */
  GCancellable *cancellable;
  GSource *retry; /* nullable; in our context */
  guint watch;

  /* while the daemon is there */
  char *owner; /* nullable */
  guint subscription;
  GHashTable *objects; /* by path; borrowed */
};

struct _VavAvahiObject
{
  gatomicrefcount ref_count; /* the owner's, and one for each call on its way */
  VavAvahi *avahi;           /* owned */
  char *owner;               /* the daemon that made it */
  const char *kind;
  char *path;        /* nullable: not made yet */
  char *error;       /* nullable */
  VavAvahiFunc func; /* nullable: freed */
  gpointer user_data;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAvahi, vav_avahi, G_TYPE_OBJECT)

static void connect_to_bus (VavAvahi *self);

/* --- objects --- */

static void
object_unref (VavAvahiObject *object)
{
  if (!g_atomic_ref_count_dec (&object->ref_count))
    return;
  g_object_unref (object->avahi);
  g_free (object->owner);
  g_free (object->path);
  g_free (object->error);
  g_free (object);
}

static VavAvahiObject *
object_ref (VavAvahiObject *object)
{
  g_atomic_ref_count_inc (&object->ref_count);
  return object;
}

/* Whether the daemon that made it is the one that is there. */
static gboolean
is_current (VavAvahiObject *object)
{
  return object->avahi->bus != NULL && g_strcmp0 (object->owner, object->avahi->owner) == 0;
}

static void
tell (VavAvahiObject *object, const char *event, GVariant *parameters)
{
  if (object->func != NULL)
    object->func (object, event, parameters, object->user_data);
}

static void
tell_failed (VavAvahiObject *object, const GError *error)
{
  g_free (object->error);
  object->error = g_dbus_error_get_remote_error (error);
  g_debug ("%s: %s", object->kind, error->message);
  tell (object, VAV_AVAHI_FAILED, NULL);
}

static void
call (VavAvahiObject *object, const char *method, GVariant *arguments, GAsyncReadyCallback callback)
{
  g_autofree char *interface = g_strconcat (NAME ".", object->kind, NULL);

  g_dbus_connection_call (object->avahi->bus, object->owner, object->path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, callback,
                          callback != NULL ? object_ref (object) : NULL);
}

static void
on_called (GObject *bus, GAsyncResult *result, gpointer data)
{
  VavAvahiObject *object = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply == NULL && is_current (object))
    tell_failed (object, error);
  object_unref (object);
}

void
vav_avahi_object_call (VavAvahiObject *object, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) held = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;

  if (is_current (object) && object->path != NULL)
    call (object, method, held, on_called);
}

static void
on_made (GObject *bus, GAsyncResult *result, gpointer data)
{
  VavAvahiObject *object = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (is_current (object) && reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    {
      g_variant_get (reply, "(o)", &object->path);
      if (object->func == NULL)
        call (object, "Free", NULL, NULL);
      else
        {
          g_hash_table_insert (object->avahi->objects, object->path, object);
          tell (object, VAV_AVAHI_MADE, NULL);
        }
    }
  else if (is_current (object) && error != NULL)
    tell_failed (object, error);
  object_unref (object);
}

VavAvahiObject *
vav_avahi_make (VavAvahi *self, const char *kind, GVariant *arguments, VavAvahiFunc func, gpointer user_data)
{
  VavAvahiObject *object = g_new0 (VavAvahiObject, 1);
  g_autofree char *method = g_strconcat (kind, "New", NULL);

  g_return_val_if_fail (self->state != VAV_AVAHI_ABSENT, NULL);

  g_atomic_ref_count_init (&object->ref_count);
  object->avahi = g_object_ref (self);
  object->owner = g_strdup (self->owner);
  object->kind = kind;
  object->func = func;
  object->user_data = user_data;
  g_dbus_connection_call (self->bus, self->owner, "/", SERVER, method, arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          -1, NULL, on_made, object_ref (object));
  return object;
}

const char *
vav_avahi_object_get_error (VavAvahiObject *object)
{
  return object->error;
}

void
vav_avahi_object_free (VavAvahiObject *object)
{
  object->func = NULL;
  if (is_current (object) && object->path != NULL)
    {
      g_hash_table_remove (object->avahi->objects, object->path);
      call (object, "Free", NULL, NULL);
    }
  object_unref (object);
}

/* --- the daemon --- */

static void
set_state (VavAvahi *self, VavAvahiState state)
{
  gboolean news = !self->known || self->state != state;

  self->known = TRUE;
  self->state = state;
  if (news)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_server_state (VavAvahi *self, int state)
{
  set_state (self, state == SERVER_RUNNING ? VAV_AVAHI_RUNNING : VAV_AVAHI_PRESENT);
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  VavAvahi *self = data;
  VavAvahiObject *object = g_hash_table_lookup (self->objects, path);
  g_autoptr (VavAvahi) alive = g_object_ref (self);
  int state;

  if (object != NULL)
    {
      object_ref (object);
      tell (object, name, parameters);
      object_unref (object);
    }
  else if (strcmp (interface, SERVER) == 0 && strcmp (name, "StateChanged") == 0
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    {
      g_variant_get (parameters, "(i&s)", &state, NULL);
      take_server_state (self, state);
    }
}

static void
on_server_state (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  int state;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(i)")))
    return;
  g_variant_get (reply, "(i)", &state);
  if (VAV_AVAHI (data)->owner != NULL)
    take_server_state (data, state);
}

static void
forget_daemon (VavAvahi *self)
{
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_pointer (&self->owner, g_free);
  g_hash_table_remove_all (self->objects);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  VavAvahi *self = data;

  forget_daemon (self);
  self->owner = g_strdup (owner);
  /* of all its objects: theirs begin before we know their paths */
  self->subscription = g_dbus_connection_signal_subscribe (bus, owner, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_signal, self, NULL);
  g_dbus_connection_call (bus, owner, "/", SERVER, "GetState", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, on_server_state, self);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  VavAvahi *self = data;

  forget_daemon (self);
  set_state (self, VAV_AVAHI_ABSENT);
}

/* --- the bus --- */

static void
drop_bus (VavAvahi *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
  forget_daemon (self);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->bus == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->bus, self);
  if (!g_dbus_connection_is_closed (self->bus))
    g_dbus_connection_close (self->bus, NULL, NULL, NULL);
  g_clear_object (&self->bus);
}

static gboolean
on_retry (gpointer self)
{
  drop_bus (self);
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
try_later (VavAvahi *self)
{
  forget_daemon (self);
  if (self->retry == NULL)
    {
      self->retry = g_timeout_source_new_seconds (RETRY_S);
      g_source_set_callback (self->retry, on_retry, self, NULL);
      g_source_attach (self->retry, g_main_context_get_thread_default ());
    }
  set_state (self, VAV_AVAHI_ABSENT);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_finish (result, &error);
  VavAvahi *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      g_debug ("no system bus: %s", error->message);
      try_later (self);
      return;
    }
  self->bus = g_steal_pointer (&bus);
  g_signal_connect_swapped (self->bus, "closed", G_CALLBACK (try_later), self);
  self->watch = g_bus_watch_name_on_connection (self->bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                                on_vanished, self, NULL);
}

/* A connection of our own: when it is closed, the daemon withdraws all that was announced on it, whatever became of us. */
static void
connect_to_bus (VavAvahi *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  if (address == NULL)
    {
      try_later (self);
      return;
    }
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_new_for_address (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      self->cancellable, on_bus, self);
}

void
vav_avahi_hold (VavAvahi *self)
{
  if (self->n_holds++ == 0)
    connect_to_bus (self);
}

void
vav_avahi_release (VavAvahi *self)
{
  g_return_if_fail (self->n_holds > 0);

  if (--self->n_holds > 0)
    return;
  drop_bus (self);
  self->known = FALSE;
  self->state = VAV_AVAHI_ABSENT;
}

VavAvahiState
vav_avahi_get_state (VavAvahi *self)
{
  return self->state;
}

const char *
vav_avahi_get_trouble (VavAvahi *self)
{
  if (!self->known || self->state != VAV_AVAHI_ABSENT)
    return NULL;
  return _ ("This computer has no service that finds others in the local network. Install Avahi (avahi-daemon), and "
            "people nearby appear by themselves.");
}

/* --- GObject --- */

static void
vav_avahi_dispose (GObject *object)
{
  drop_bus (VAV_AVAHI (object));
  G_OBJECT_CLASS (vav_avahi_parent_class)->dispose (object);
}

static void
vav_avahi_finalize (GObject *object)
{
  g_hash_table_unref (VAV_AVAHI (object)->objects);
  G_OBJECT_CLASS (vav_avahi_parent_class)->finalize (object);
}

static void
vav_avahi_class_init (VavAvahiClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_avahi_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_avahi_finalize;
  signals[CHANGED] = g_signal_new ("changed", VAV_TYPE_AVAHI, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_avahi_init (VavAvahi *self)
{
  self->objects = g_hash_table_new (g_str_hash, g_str_equal);
}

VavAvahi *
vav_avahi_new (void)
{
  return g_object_new (VAV_TYPE_AVAHI, NULL);
}
