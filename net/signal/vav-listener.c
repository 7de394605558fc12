/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-error.h"
#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-direct.h"
#include "net/signal/vav-handshakes.h"
#include "net/signal/vav-lobby.h"
#include "net/signal/vav-socket.h"

/* How many are let in before others of the main loop get their turn. */
#define ACCEPT_AT_ONCE 64

/* How long nobody is let in when this process has no descriptor left. */
#define NAP_MS 250

/* Connections of one source that have not said hello. A household or an office behind one address has far fewer at a time. */
#define MAX_PER_SOURCE 64

struct _VavListener
{
  GObject parent_instance;

  /* owned */
  VavIdentity *identity;
  char *name;
  GMainContext *context;

  /* borrowed */
  VavSourcesKnows knows;
  gpointer knows_data;

  /* while open */
  GPtrArray *sockets; /* of GSocket */
  GPtrArray *sources; /* of GSource; empty during a nap */
  GSource *nap;
  VavSources *sources_of_guests;
  VavLobby *lobby;
  VavHandshakes *handshakes;
  char *address;
  guint16 port;
};

enum
{
  SIGNAL_CHANNEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavListener, vav_listener, G_TYPE_OBJECT)

static void watch (VavListener *self);

static void
destroy_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static gboolean
nap_cb (gpointer data)
{
  VavListener *self = data;

  g_clear_pointer (&self->nap, g_source_unref);
  watch (self);
  return G_SOURCE_REMOVE;
}

/* No descriptor left: a silent one goes; if there is none, we look away for a while instead of spinning. */
static void
make_room (VavListener *self)
{
  if (vav_lobby_drop_one (self->lobby))
    return;
  g_ptr_array_set_size (self->sources, 0);
  self->nap = g_timeout_source_new (NAP_MS);
  g_source_set_callback (self->nap, nap_cb, self, NULL);
  g_source_attach (self->nap, self->context);
}

/* When there are too many, of this source or in all, the oldest yields: of this source, or of the one that has the most. */
static void
let_in (VavListener *self, GSocket *guest)
{
  g_autofree char *name = vav_socket_dup_source (guest);
  VavSource *source;

  if (name == NULL)
    {
      g_socket_close (guest, NULL); /* gone already */
      return;
    }
  source = vav_sources_take (self->sources_of_guests, name);
  if (source->n > MAX_PER_SOURCE)
    (void)(vav_lobby_drop_one_of (self->lobby, source) || vav_handshakes_drop_one_of (self->handshakes, source));
  else if (vav_sources_get_n (self->sources_of_guests) > vav_sources_get_most (self->sources_of_guests))
    vav_lobby_drop_one (self->lobby);
  vav_lobby_add (self->lobby, guest, source);
}

static gboolean
acceptable_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  VavListener *self = data;

  for (int i = 0; i < ACCEPT_AT_ONCE; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) guest = g_socket_accept (socket, NULL, &error);

      if (guest != NULL)
        let_in (self, guest);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        {
          make_room (self);
          break;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
watch (VavListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      GSource *source = g_socket_create_source (g_ptr_array_index (self->sockets, i), G_IO_IN, NULL);

      g_source_set_callback (source, G_SOURCE_FUNC (acceptable_cb), self, NULL);
      g_source_attach (source, self->context);
      g_ptr_array_add (self->sources, source);
    }
}

static void
ready_cb (GSocket *socket, VavSource *source, gint64 until, gpointer data)
{
  VavListener *self = data;

  vav_handshakes_add (self->handshakes, socket, source, until);
}

/* Nobody took it: dropping the last reference closes it. */
static void
done_cb (VavChannel *channel, gpointer data)
{
  g_autoptr (VavListener) self = g_object_ref (data);

  g_signal_emit (self, signals[SIGNAL_CHANNEL], 0, channel);
  g_object_unref (channel);
}

/* vfuncs */

static void
vav_listener_dispose (GObject *object)
{
  VavListener *self = VAV_LISTENER (object);

  vav_listener_close (self);
  g_clear_object (&self->identity);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (vav_listener_parent_class)->dispose (object);
}

static void
vav_listener_class_init (VavListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_listener_dispose;

  signals[SIGNAL_CHANNEL] = g_signal_new ("channel", VAV_TYPE_LISTENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, VAV_TYPE_CHANNEL);
}

static void
vav_listener_init (VavListener *self)
{
  self->context = g_main_context_ref_thread_default ();
}

VavListener *
vav_listener_new (VavIdentity *identity)
{
  VavListener *self = g_object_new (VAV_TYPE_LISTENER, NULL);

  self->identity = g_object_ref (identity);
  return self;
}

/* public functions */

void
vav_listener_set_name (VavListener *self, const char *name)
{
  g_return_if_fail (VAV_IS_LISTENER (self));

  g_free (self->name);
  self->name = g_strdup (name);
  if (self->handshakes != NULL)
    vav_handshakes_set_name (self->handshakes, name);
}

void
vav_listener_set_knows (VavListener *self, VavSourcesKnows knows, gpointer user_data)
{
  g_return_if_fail (VAV_IS_LISTENER (self));

  self->knows = knows;
  self->knows_data = user_data;
}

gboolean
vav_listener_open (VavListener *self, const char *host, guint16 port, gboolean search, GError **error)
{
  g_return_val_if_fail (VAV_IS_LISTENER (self), FALSE);

  vav_listener_close (self);
  self->sockets = vav_socket_listen (host, port, search, &self->port, &self->address, error);
  if (self->sockets == NULL)
    return FALSE;
  self->sources = g_ptr_array_new_with_free_func (destroy_source);
  self->sources_of_guests = vav_sources_new (self->knows, self->knows_data);
  self->lobby = vav_lobby_new (self->sources_of_guests, ready_cb, self);
  self->handshakes = vav_handshakes_new (self->identity, self->sources_of_guests, done_cb, self);
  vav_handshakes_set_name (self->handshakes, self->name);
  watch (self);
  return TRUE;
}

void
vav_listener_close (VavListener *self)
{
  g_return_if_fail (VAV_IS_LISTENER (self));

  if (self->nap != NULL)
    g_source_destroy (self->nap);
  g_clear_pointer (&self->nap, g_source_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  for (guint i = 0; self->sockets != NULL && i < self->sockets->len; i++)
    g_socket_close (g_ptr_array_index (self->sockets, i), NULL);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_clear_pointer (&self->lobby, vav_lobby_free);
  g_clear_pointer (&self->handshakes, vav_handshakes_free);
  g_clear_pointer (&self->sources_of_guests, vav_sources_free);
  g_clear_pointer (&self->address, g_free);
  self->port = 0;
}

gboolean
vav_listener_is_open (VavListener *self)
{
  g_return_val_if_fail (VAV_IS_LISTENER (self), FALSE);
  return self->sockets != NULL;
}

guint16
vav_listener_get_port (VavListener *self)
{
  g_return_val_if_fail (VAV_IS_LISTENER (self), 0);
  return self->port;
}

char *
vav_listener_dup_address (VavListener *self)
{
  g_return_val_if_fail (VAV_IS_LISTENER (self), NULL);
  return g_strdup (self->address);
}

char *
vav_listener_dup_source (const char *host)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (host);

  return ip != NULL ? vav_socket_dup_source_of (ip) : NULL;
}
