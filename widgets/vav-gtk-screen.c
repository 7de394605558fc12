/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-screen.h"

#include <glib/gi18n-lib.h>
#include <libportal-gtk4/portal-gtk4.h>

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.ScreenCast"

struct _VavGtkScreen
{
  GObject parent_instance;

  XdpPortal *portal; /* owned, nullable: made with the first session */
  guint sources;     /* what it can show: XdpOutputType; 0: nothing */
  guint cursors;     /* how it can show the pointer: XdpCursorMode */
};

/* What is shared, from the question to the end. Owned by the task until it is shared, then by itself until it is not any more. */
typedef struct
{
  VavStream *stream;   /* owned */
  XdpSession *session; /* owned, nullable */
  GtkWindow *window;   /* weak pointer, nullable */
  gulong ended;        /* the stream's handler while the person is asked */
} Cast;

enum
{
  PROP_AVAILABLE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkScreen, vav_gtk_screen, G_TYPE_OBJECT)

/* --- whether there is one --- */

static void
set_abilities (VavGtkScreen *self, guint sources, guint cursors)
{
  gboolean available = self->sources != 0;

  self->sources = sources;
  self->cursors = cursors;
  if (available != (sources != 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVAILABLE]);
}

static void
on_abilities (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkScreen) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) values = NULL;
  guint sources = 0, cursors = 0;

  if (reply != NULL)
    {
      values = g_variant_get_child_value (reply, 0);
      g_variant_lookup (values, "AvailableSourceTypes", "u", &sources);
      g_variant_lookup (values, "AvailableCursorModes", "u", &cursors);
    }
  set_abilities (self, sources & (XDP_OUTPUT_MONITOR | XDP_OUTPUT_WINDOW), cursors);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  g_dbus_connection_call (connection, owner, PORTAL_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", PORTAL_INTERFACE), G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, on_abilities, g_object_ref (user_data));
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  set_abilities (user_data, 0, 0);
}

/* --- what is shared --- */

static void
cast_free (gpointer data)
{
  Cast *self = data;

  g_signal_handlers_disconnect_by_data (self->stream, self);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      xdp_session_close (self->session);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->stream);
  g_clear_weak_pointer (&self->window);
  g_free (self);
}

/* From here on the stream tells how it goes, and the portal's session lives as long. */
static void
on_sharing_ended (Cast *self)
{
  cast_free (self);
}

/* The desktop ended it: its own "stop" was pressed, or what was shared is gone. */
static void
on_session_closed (Cast *self)
{
  vav_stream_stop_sharing (self->stream);
}

static void
begin (GTask *task, Cast *cast, int fd)
{
  GVariant *streams = xdp_session_get_streams (cast->session);
  GVariant *about = NULL;
  GError *error = NULL;
  guint32 node = 0;

  g_signal_handler_disconnect (cast->stream, cast->ended);
  if (streams != NULL && g_variant_n_children (streams) > 0)
    g_variant_get_child (streams, 0, "(u@a{sv})", &node, &about);
  g_clear_pointer (&about, g_variant_unref);
  /* also without a node: the connection is closed, and it is told as one that gives nothing */
  if (!vav_stream_share_screen (cast->stream, fd, node, &error))
    {
      g_task_return_error (task, error);
      cast_free (cast);
      return;
    }
  g_signal_connect_swapped (cast->session, "closed", G_CALLBACK (on_session_closed), cast);
  g_signal_connect_swapped (cast->stream, "sharing-ended", G_CALLBACK (on_sharing_ended), cast);
  g_task_return_boolean (task, TRUE);
}

/* The end of a question that came to nothing. error: (transfer full) */
static void
give_up (GTask *task, GError *error)
{
  Cast *cast = g_task_get_task_data (task);

  g_signal_handler_disconnect (cast->stream, cast->ended);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else
    {
      g_debug ("portal: %s", error->message);
      g_error_free (error);
      g_task_return_new_error (task, VAV_ERROR, VAV_ERROR_DEVICE,
                               _ ("The screen cannot be shared: the desktop did not allow it, or its service failed."));
    }
  cast_free (cast);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  int fd = (int)g_task_propagate_int (G_TASK (result), &error);

  if (error != NULL)
    give_up (task, error);
  else
    begin (task, g_task_get_task_data (task), fd);
}

/* A thread: libportal waits for the answer. */
static void
open_remote (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  int fd = xdp_session_open_pipewire_remote (data);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "No connection to PipeWire");
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  GTask *remote;

  if (!xdp_session_start_finish (XDP_SESSION (source), result, &error))
    {
      give_up (task, error);
      g_object_unref (task);
      return;
    }
  remote = g_task_new (NULL, g_task_get_cancellable (task), on_remote, task);
  g_task_set_task_data (remote, g_object_ref (source), g_object_unref);
  g_task_run_in_thread (remote, open_remote);
  g_object_unref (remote);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Cast *cast = g_task_get_task_data (task);
  GError *error = NULL;
  XdpParent *parent;

  cast->session = xdp_portal_create_screencast_session_finish (XDP_PORTAL (source), result, &error);
  if (cast->session == NULL)
    {
      give_up (task, error);
      g_object_unref (task);
      return;
    }
  parent = cast->window != NULL ? xdp_parent_new_gtk (cast->window) : NULL;
  xdp_session_start (cast->session, parent, g_task_get_cancellable (task), on_started, task);
  if (parent != NULL)
    xdp_parent_free (parent);
}

/* --- GObject --- */

static void
vav_gtk_screen_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_AVAILABLE)
    g_value_set_boolean (value, vav_gtk_screen_is_available (VAV_GTK_SCREEN (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_screen_class_init (VavGtkScreenClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_gtk_screen_get_property;
  properties[PROP_AVAILABLE]
      = g_param_spec_boolean ("available", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/* Started by the bus if it can be, which costs nobody time who waits. */
static void
vav_gtk_screen_init (VavGtkScreen *self)
{
  g_bus_watch_name (G_BUS_TYPE_SESSION, PORTAL_NAME, G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_appeared, on_vanished,
                    self, NULL);
}

/* --- for the library --- */

/* Main thread. Lives as long as the process. */
VavGtkScreen *
vav_gtk_screen_get (void)
{
  static VavGtkScreen *screen;

  if (screen == NULL)
    screen = g_object_new (VAV_GTK_TYPE_SCREEN, NULL);
  return screen;
}

gboolean
vav_gtk_screen_is_available (VavGtkScreen *self)
{
  return self->sources != 0;
}

void
vav_gtk_screen_share_async (VavGtkScreen *self, VavStream *stream, GtkWindow *window, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Cast *cast = g_new0 (Cast, 1);
  gboolean embedded = (self->cursors & XDP_CURSOR_MODE_EMBEDDED) != 0;

  g_task_set_source_tag (task, vav_gtk_screen_share_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, cast, NULL);
  cast->stream = g_object_ref (stream);
  g_set_weak_pointer (&cast->window, window);
  /* the call is over: nothing is asked any more */
  cast->ended
      = g_signal_connect_object (stream, "ended", G_CALLBACK (g_cancellable_cancel), cancellable, G_CONNECT_SWAPPED);
  if (self->portal == NULL)
    self->portal = xdp_portal_new ();
  xdp_portal_create_screencast_session (self->portal, (XdpOutputType)self->sources, XDP_SCREENCAST_FLAG_NONE,
                                        embedded ? XDP_CURSOR_MODE_EMBEDDED : XDP_CURSOR_MODE_HIDDEN,
                                        XDP_PERSIST_MODE_NONE, NULL, cancellable, on_created, task);
}

gboolean
vav_gtk_screen_share_finish (VavGtkScreen *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
