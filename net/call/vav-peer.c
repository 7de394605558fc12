/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-peer-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "net/core/vav-address.h"

struct _VavPeer
{
  GObject parent_instance;

  char *name;
  char *claimed_name;
  char *id;
  char *address;
  char *callback;
  VavTrust trust;
  gboolean is_self;
  gboolean is_impostor;
};

G_DEFINE_FINAL_TYPE (VavPeer, vav_peer, G_TYPE_OBJECT)

static void
vav_peer_finalize (GObject *object)
{
  VavPeer *self = VAV_PEER (object);

  g_free (self->name);
  g_free (self->claimed_name);
  g_free (self->id);
  g_free (self->address);
  g_free (self->callback);

  G_OBJECT_CLASS (vav_peer_parent_class)->finalize (object);
}

static void
vav_peer_class_init (VavPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_peer_finalize;
}

static void
vav_peer_init (VavPeer *self)
{
}

/* The peer's own IP address with the port where it listens. Scope ids of link-local addresses stay out. Not every carrier tells an address. */
static char *
make_callback (const char *address, guint16 port)
{
  g_autoptr (GSocketConnectable) parsed = address != NULL ? g_network_address_parse (address, 0, NULL) : NULL;

  if (parsed == NULL || port == 0)
    return NULL;

  return vav_address_join (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)), port);
}

/**
 * vav_peer_new:
 * @people: whom we know
 * @own_id: our own id
 * @id: the id of the key that the peer has shown
 * @claimed_name: (nullable): the name that the peer gives itself
 * @address: (nullable): where its signalling comes from, `IP:PORT`
 * @port: the port where it says that it listens; 0: nowhere
 *
 * Judges who that is: the key decides, a name never does.
 *
 * Returns: (transfer full): the peer
 */
VavPeer *
vav_peer_new (VavPeople *people, const char *own_id, const char *id, const char *claimed_name, const char *address,
              guint16 port)
{
  VavPeer *self = g_object_new (VAV_TYPE_PEER, NULL);
  g_autoptr (VavPerson) person = vav_people_find_by_id (people, id);
  gboolean named = claimed_name != NULL && *claimed_name != '\0';

  self->id = g_strdup (id);
  self->address = g_strdup (address);
  self->callback = make_callback (address, port);
  self->claimed_name = g_strdup (named ? claimed_name : "");
  self->is_self = g_strcmp0 (own_id, id) == 0;

  if (person != NULL)
    {
      self->name = g_strdup (vav_person_get_name (person));
      self->trust = vav_person_get_trust (person);
    }
  else
    {
      g_autoptr (VavPerson) namesake = named ? vav_people_find_by_name (people, claimed_name) : NULL;

      self->name = g_strdup (named ? claimed_name : _ ("Unknown caller"));
      /* whose name somebody has that was blocked as a stranger is nobody to this user */
      self->is_impostor
          = !self->is_self && namesake != NULL && vav_person_get_id (namesake) != NULL
            && !(vav_person_get_blocked (namesake) && vav_person_get_trust (namesake) == VAV_TRUST_UNKNOWN);
    }

  return self;
}

/**
 * vav_peer_get_name:
 *
 * Returns: the name that this user knows the peer by; of unknown peers the name that they claim
 */
const char *
vav_peer_get_name (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), NULL);
  return self->name;
}

/**
 * vav_peer_get_claimed_name:
 *
 * Returns: the name that the peer gives itself; may be empty
 */
const char *
vav_peer_get_claimed_name (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), NULL);
  return self->claimed_name;
}

/**
 * vav_peer_get_id:
 *
 * Returns: their canonical id
 */
const char *
vav_peer_get_id (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), NULL);
  return self->id;
}

/**
 * vav_peer_get_address:
 *
 * Returns: `IP:PORT` of the signalling connection
 */
const char *
vav_peer_get_address (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), NULL);
  return self->address;
}

/**
 * vav_peer_get_callback:
 *
 * Returns: (nullable): where the peer can be called, `IP:PORT`, as it says
 */
const char *
vav_peer_get_callback (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), NULL);
  return self->callback;
}

/**
 * vav_peer_get_trust:
 *
 * Returns: how far the key is trusted to be theirs
 */
VavTrust
vav_peer_get_trust (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), VAV_TRUST_UNKNOWN);
  return self->trust;
}

/**
 * vav_peer_is_self:
 *
 * Returns: whether the peer has this user's own key: a call to oneself
 */
gboolean
vav_peer_is_self (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), FALSE);
  return self->is_self;
}

/**
 * vav_peer_is_impostor:
 *
 * Returns: whether an unknown key comes under the name of one of this user's people, whose key is another one
 */
gboolean
vav_peer_is_impostor (VavPeer *self)
{
  g_return_val_if_fail (VAV_IS_PEER (self), FALSE);
  return self->is_impostor;
}
