/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-early.h"

#include "net/media/vav-ice-check.h"

#define AGAIN_MS 20 /* then twice as long, and so on */
#define N_AGAIN 5

struct _VavIceEarly
{
  NiceAgent *agent; /* not owned: whoever has it has us */
  GMainContext *context;
  guint stream, component;

  GPtrArray *packets; /* of GBytes */
  GPtrArray *remotes; /* of GSocketAddress */
  char *local_ufrag;
  char *remote_ufrag;
  char *remote_password;
  guint64 tie;
  GSource *again;
  guint n_again;
  guint n_datagrams;
  gboolean settled;
};

VavIceEarly *
vav_ice_early_new (NiceAgent *agent, GMainContext *context, guint stream, guint component)
{
  VavIceEarly *self = g_new0 (VavIceEarly, 1);

  self->agent = agent;
  self->context = context;
  self->stream = stream;
  self->component = component;
  self->tie = (guint64)g_random_int () << 32 | g_random_int ();
  self->packets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->remotes = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

static void
clear_again (VavIceEarly *self)
{
  if (self->again != NULL)
    g_source_destroy (self->again);
  g_clear_pointer (&self->again, g_source_unref);
}

void
vav_ice_early_free (VavIceEarly *self)
{
  clear_again (self);
  g_ptr_array_unref (self->packets);
  g_ptr_array_unref (self->remotes);
  g_free (self->local_ufrag);
  g_free (self->remote_ufrag);
  g_free (self->remote_password);
  g_free (self);
}

void
vav_ice_early_set_local (VavIceEarly *self, const char *ufrag)
{
  g_free (self->local_ufrag);
  self->local_ufrag = g_strdup (ufrag);
}

void
vav_ice_early_set_remote (VavIceEarly *self, const char *ufrag, const char *password)
{
  g_free (self->remote_ufrag);
  g_free (self->remote_password);
  self->remote_ufrag = g_strdup (ufrag);
  self->remote_password = g_strdup (password);
}

/* (transfer full) (nullable) */
static GBytes *
make_check (VavIceEarly *self)
{
  gboolean controlling;

  if (self->local_ufrag == NULL || self->remote_ufrag == NULL)
    return NULL;

  g_object_get (self->agent, "controlling-mode", &controlling, NULL);
  return vav_ice_check_new (self->local_ufrag, self->remote_ufrag, self->remote_password, controlling, self->component,
                            self->tie);
}

/* From each of our sockets that can. One that has no way there says so, and that is all. */
static void
send_to (VavIceEarly *self, GPtrArray *sockets, GSocketAddress *remote, GBytes *packet)
{
  gsize length;
  const char *data = g_bytes_get_data (packet, &length);

  for (guint i = 0; i < sockets->len && self->n_datagrams < VAV_ICE_EARLY_MAX_DATAGRAMS; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);

      if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM
          || g_socket_get_family (socket) != g_socket_address_get_family (remote))
        continue;
      self->n_datagrams++;
      g_socket_send_to (socket, remote, data, length, NULL, NULL);
    }
}

/* first_packet, first_remote: those before them are not meant. Before the first packet of all goes a check. */
static void
send_from (VavIceEarly *self, guint first_packet, guint first_remote)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (self->agent, self->stream, self->component);
  g_autoptr (GBytes) check = first_packet == 0 ? make_check (self) : NULL;

  if (sockets == NULL || first_packet == self->packets->len)
    return;
  for (guint j = first_remote; j < self->remotes->len; j++)
    {
      GSocketAddress *remote = g_ptr_array_index (self->remotes, j);

      if (check != NULL)
        send_to (self, sockets, remote, check);
      for (guint i = first_packet; i < self->packets->len; i++)
        send_to (self, sockets, remote, g_ptr_array_index (self->packets, i));
    }
}

static void start_again (VavIceEarly *self);

static gboolean
on_again (gpointer data)
{
  VavIceEarly *self = data;

  clear_again (self);
  send_from (self, 0, 0);
  start_again (self);

  return G_SOURCE_REMOVE;
}

static void
start_again (VavIceEarly *self)
{
  if (self->again != NULL || self->n_again >= N_AGAIN)
    return;
  self->again = g_timeout_source_new (AGAIN_MS << self->n_again++);
  g_source_set_callback (self->again, on_again, self, NULL);
  g_source_attach (self->again, self->context);
}

void
vav_ice_early_add_remote (VavIceEarly *self, const NiceCandidate *candidate)
{
  union
  {
    struct sockaddr any;
    struct sockaddr_storage room;
  } native;
  g_autoptr (GSocketAddress) address = NULL;

  if (self->settled || candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP
      || candidate->type == NICE_CANDIDATE_TYPE_RELAYED || self->remotes->len >= VAV_ICE_EARLY_MAX_REMOTES)
    return;

  nice_address_copy_to_sockaddr (&candidate->addr, &native.any);
  address = g_socket_address_new_from_native (&native, sizeof native);
  if (address == NULL)
    return;
  g_ptr_array_add (self->remotes, g_steal_pointer (&address));
  send_from (self, 0, self->remotes->len - 1);
}

static void
send_by_path (VavIceEarly *self, GBytes *packet)
{
  gsize length;
  const char *data = g_bytes_get_data (packet, &length);

  nice_agent_send (self->agent, self->stream, self->component, (guint)length, data);
}

void
vav_ice_early_take (VavIceEarly *self, GBytes *packet)
{
  if (self->settled)
    {
      send_by_path (self, packet);
      return;
    }
  if (self->packets->len >= VAV_ICE_EARLY_MAX_PACKETS)
    return;
  g_ptr_array_add (self->packets, g_bytes_ref (packet));
  send_from (self, self->packets->len - 1, 0);
  start_again (self);
}

void
vav_ice_early_settle (VavIceEarly *self, guint stream)
{
  self->stream = stream;
  if (self->settled)
    return;
  self->settled = TRUE;
  clear_again (self);
  for (guint i = 0; i < self->packets->len; i++)
    send_by_path (self, g_ptr_array_index (self->packets, i));
  g_ptr_array_set_size (self->packets, 0);
  g_ptr_array_set_size (self->remotes, 0);
}

guint
vav_ice_early_get_sent (VavIceEarly *self)
{
  return self->n_datagrams;
}
