/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-addresses.h"
#include "net/media/vav-ice-agent-private.h"

/* Where a stream's candidates come from. On the ICE thread. */

/* libnice takes an address as often as it is given, makes a candidate of each for each stream, and forgets none: an address that the computer no longer has
 * gives none. */
static void
add_local_addresses (VavIceAgent *self)
{
  g_autoptr (GPtrArray) addresses = vav_ice_addresses_list (self->config.local);

  for (guint i = 0; i < addresses->len; i++)
    {
      const char *text = addresses->pdata[i];
      NiceAddress address;

      nice_address_init (&address);
      if (g_hash_table_add (self->own_addresses, g_strdup (text)) && nice_address_set_from_string (&address, text))
        nice_agent_add_local_address (self->agent, &address);
    }
}

void
vav_ice_agent_gather_stream (VavIceAgent *self, guint stream)
{
  const VavIceUrl *turn = self->config.turn;

  vav_ice_hold_begin (self->hold);
  add_local_addresses (self);
  nice_agent_set_port_range (self->agent, stream, VAV_ICE_COMPONENT, self->config.ports.first, self->config.ports.last);
  /* names of servers are resolved by the agent meanwhile: our own addresses do not wait for that */
  if (turn != NULL)
    nice_agent_set_relay_info (self->agent, stream, VAV_ICE_COMPONENT, turn->host, turn->port, turn->user,
                               turn->password, turn->tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
  g_ptr_array_add (self->gatherers, GUINT_TO_POINTER (stream));
  if (!nice_agent_gather_candidates (self->agent, stream))
    {
      g_debug ("no candidates could be gathered");
      g_ptr_array_remove_fast (self->gatherers, GUINT_TO_POINTER (stream));
    }
}
