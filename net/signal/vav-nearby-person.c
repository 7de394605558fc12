/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/signal/vav-nearby-search.h"

struct _VavNearbyPerson
{
  GObject parent_instance;

  char *id;
  char *name;
  char **addresses; /* never empty once it is listed */
};

enum
{
  PROP_NAME = 1,
  PROP_ID,
  PROP_ADDRESS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavNearbyPerson, vav_nearby_person, G_TYPE_OBJECT)

static void
vav_nearby_person_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavNearbyPerson *self = VAV_NEARBY_PERSON (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->addresses[0]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_nearby_person_finalize (GObject *object)
{
  VavNearbyPerson *self = VAV_NEARBY_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_strfreev (self->addresses);
  G_OBJECT_CLASS (vav_nearby_person_parent_class)->finalize (object);
}

static void
vav_nearby_person_class_init (VavNearbyPersonClass *klass)
{
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  G_OBJECT_CLASS (klass)->get_property = vav_nearby_person_get_property;
  G_OBJECT_CLASS (klass)->finalize = vav_nearby_person_finalize;
  properties[PROP_NAME]
      = g_param_spec_string ("name", "Name", "What they say they are called; fit to be shown, may be empty", NULL, ro);
  properties[PROP_ID] = g_param_spec_string ("id", "Id", "Canonical id of the key they say is theirs", NULL, ro);
  properties[PROP_ADDRESS]
      = g_param_spec_string ("address", "Address", "HOST:PORT where they say they can be called", NULL, ro);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
vav_nearby_person_init (VavNearbyPerson *self)
{
  self->name = g_strdup ("");
  self->addresses = g_new0 (char *, 1);
}

VavNearbyPerson *
vav_nearby_person_new (const char *id)
{
  VavNearbyPerson *self = g_object_new (VAV_TYPE_NEARBY_PERSON, NULL);

  self->id = g_strdup (id);
  return self;
}

void
vav_nearby_person_set (VavNearbyPerson *self, const char *name, const char *const *addresses)
{
  g_autofree char *old_name = NULL;
  g_auto (GStrv) old_addresses = NULL;

  if (strcmp (self->name, name) != 0)
    {
      old_name = g_steal_pointer (&self->name);
      self->name = g_strdup (name);
    }
  if (!g_strv_equal ((const char *const *)self->addresses, addresses))
    {
      old_addresses = g_steal_pointer (&self->addresses);
      self->addresses = g_strdupv ((char **)addresses);
    }
  if (old_name != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  if (old_addresses != NULL && g_strcmp0 (old_addresses[0], addresses[0]) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

/**
 * vav_nearby_person_get_name:
 *
 * Returns: fit to be shown; may be empty
 */
const char *
vav_nearby_person_get_name (VavNearbyPerson *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY_PERSON (self), NULL);
  return self->name;
}

/**
 * vav_nearby_person_get_id:
 *
 * Returns: canonical
 */
const char *
vav_nearby_person_get_id (VavNearbyPerson *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY_PERSON (self), NULL);
  return self->id;
}

/**
 * vav_nearby_person_get_address:
 *
 * Returns: the first of vav_nearby_person_get_addresses()
 */
const char *
vav_nearby_person_get_address (VavNearbyPerson *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY_PERSON (self), NULL);
  return self->addresses[0];
}

/**
 * vav_nearby_person_get_addresses:
 *
 * Returns: (transfer none) (array zero-terminated=1): each `HOST:PORT`; never empty; IPv4 first
 */
const char *const *
vav_nearby_person_get_addresses (VavNearbyPerson *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY_PERSON (self), NULL);
  return (const char *const *)self->addresses;
}

/**
 * vav_nearby_person_dup_link:
 *
 * Returns: (transfer full): what to dial, so that only who has the claimed key is talked to
 */
char *
vav_nearby_person_dup_link (VavNearbyPerson *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY_PERSON (self), NULL);
  return g_strdup_printf ("visavis:%s@%s", self->id, self->addresses[0]);
}
