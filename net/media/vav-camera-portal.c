/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-camera-portal.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <poll.h>

/* https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Camera.html */
#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define CAMERA "org.freedesktop.portal.Camera"
#define REQUEST "org.freedesktop.portal.Request"
#define TOKEN "visavis_camera"

static GMutex lock;
static gboolean asking;    /* under lock */
static int remote_fd = -1; /* under lock: may have ended */

/* One asking: on a thread of its own, since a person may take their time. */
typedef struct
{
  void (*func) (void);
  GMainLoop *loop;
  gboolean granted;
} Asking;

gboolean
vav_camera_portal_is_needed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  Asking *self = user_data;
  guint32 response = 2; /* it ended in some other way */

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    g_variant_get (parameters, "(u@a{sv})", &response, NULL);
  self->granted = response == 0;
  g_main_loop_quit (self->loop);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Asking *self = user_data;

  g_main_loop_quit (self->loop);
}

static gboolean
ask_person (Asking *self, GDBusConnection *bus, GError **error)
{
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  g_autofree char *path = g_strdup_printf (PORTAL_PATH "/request/%s/" TOKEN, sender);
  g_autoptr (GVariant) reply = NULL;
  GVariantBuilder options;
  guint response, watch;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (TOKEN));
  response = g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, REQUEST, "Response", path, NULL,
                                                 G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, on_response, self, NULL);
  reply = g_dbus_connection_call_sync (bus, PORTAL_NAME, PORTAL_PATH, CAMERA, "AccessCamera",
                                       g_variant_new ("(a{sv})", &options), G_VARIANT_TYPE ("(o)"),
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (reply != NULL)
    {
      watch = g_bus_watch_name_on_connection (bus, PORTAL_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, self,
                                              NULL);
      g_main_loop_run (self->loop);
      g_bus_unwatch_name (watch);
    }
  g_dbus_connection_signal_unsubscribe (bus, response);

  return self->granted;
}

static int
open_remote (GDBusConnection *bus, GError **error)
{
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_sync (
      bus, PORTAL_NAME, PORTAL_PATH, CAMERA, "OpenPipeWireRemote", g_variant_new ("(a{sv})", NULL),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &list, NULL, error);
  gint32 index;

  if (reply == NULL)
    return -1;
  g_variant_get (reply, "(h)", &index);

  return g_unix_fd_list_get (list, index, error);
}

/* A bus connection of its own: a program's may end the program with the session. */
static GDBusConnection *
connect_bus (GError **error)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, error);

  if (address == NULL)
    return NULL;

  return g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, error);
}

/* What has ended is closed now and not before, so that the next one never has its number. */
static void
take_remote (int fd)
{
  g_mutex_lock (&lock);
  if (fd >= 0 && remote_fd >= 0)
    g_close (remote_fd, NULL);
  if (fd >= 0)
    remote_fd = fd;
  asking = FALSE;
  g_mutex_unlock (&lock);
}

static gpointer
run (gpointer data)
{
  Asking *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GError) error = NULL;
  int fd = -1;

  g_main_context_push_thread_default (context);
  self->loop = g_main_loop_new (context, FALSE);
  bus = connect_bus (&error);
  if (bus != NULL && ask_person (self, bus, &error))
    fd = open_remote (bus, &error);
  if (fd < 0)
    g_debug ("No camera by the portal: %s", error != NULL ? error->message : "the person or the desktop said no");
  if (bus != NULL)
    g_dbus_connection_close_sync (bus, NULL, NULL);
  g_main_loop_unref (self->loop);
  g_main_context_pop_thread_default (context);

  take_remote (fd);
  if (fd >= 0)
    self->func ();
  g_free (self);

  return NULL;
}

/* PipeWire has closed it: it stopped, or the person took back what they allowed. */
static gboolean
has_ended (int fd)
{
  struct pollfd one = { .fd = fd, .events = 0 };

  return poll (&one, 1, 0) > 0 && (one.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static int
get_remote (void)
{
  return remote_fd >= 0 && !has_ended (remote_fd) ? remote_fd : -1;
}

int
vav_camera_portal_get_remote (void)
{
  int fd;

  g_mutex_lock (&lock);
  fd = get_remote ();
  g_mutex_unlock (&lock);

  return fd;
}

void
vav_camera_portal_ask (void (*func) (void))
{
  Asking *self;
  gboolean wanted;

  if (!vav_camera_portal_is_needed ())
    return;

  g_mutex_lock (&lock);
  wanted = !asking && get_remote () < 0;
  asking = asking || wanted;
  g_mutex_unlock (&lock);
  if (!wanted)
    return;

  self = g_new0 (Asking, 1);
  self->func = func;
  g_thread_unref (g_thread_new ("vav-camera", run, self));
}
