/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-policy.h"

struct _VavAppPolicy
{
  GObject parent_instance;

  gboolean do_not_disturb;
  gboolean only_people;
  gboolean presence;
};

enum
{
  PROP_DO_NOT_DISTURB = 1,
  PROP_WHO_MAY_RING,
  PROP_PRESENCE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavAppPolicy, vav_app_policy, G_TYPE_OBJECT)

static void
vav_app_policy_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavAppPolicy *self = VAV_APP_POLICY (object);

  if (id == PROP_DO_NOT_DISTURB)
    g_value_set_boolean (value, self->do_not_disturb);
  else if (id == PROP_PRESENCE)
    g_value_set_boolean (value, self->presence);
  else if (id == PROP_WHO_MAY_RING)
    g_value_set_static_string (value, self->only_people ? "people" : "everyone");
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_policy_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavAppPolicy *self = VAV_APP_POLICY (object);

  if (id == PROP_DO_NOT_DISTURB)
    self->do_not_disturb = g_value_get_boolean (value);
  else if (id == PROP_PRESENCE)
    self->presence = g_value_get_boolean (value);
  else if (id == PROP_WHO_MAY_RING)
    self->only_people = g_strcmp0 (g_value_get_string (value), "people") == 0;
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_policy_class_init (VavAppPolicyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_app_policy_get_property;
  object_class->set_property = vav_app_policy_set_property;
  properties[PROP_DO_NOT_DISTURB]
      = g_param_spec_boolean ("do-not-disturb", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WHO_MAY_RING]
      = g_param_spec_string ("who-may-ring", NULL, NULL, "everyone", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PRESENCE]
      = g_param_spec_boolean ("presence", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_app_policy_init (VavAppPolicy *self)
{
  self->presence = TRUE;
}

VavAppPolicy *
vav_app_policy_new (void)
{
  return g_object_new (VAV_APP_TYPE_POLICY, NULL);
}

gboolean
vav_app_policy_is_quiet (VavAppPolicy *self)
{
  return self->do_not_disturb;
}

static void
show_presence (VavEndpoint *endpoint, GParamSpec *pspec, VavAppPolicy *self)
{
  vav_endpoint_set_presence (endpoint, self->presence && !self->do_not_disturb);
}

void
vav_app_policy_rule_presence (VavAppPolicy *self, VavEndpoint *endpoint)
{
  g_signal_connect_object (self, "notify", G_CALLBACK (show_presence), endpoint, G_CONNECT_SWAPPED);
  show_presence (endpoint, NULL, self);
}

/* Whether that one may ring. */
gboolean
vav_app_policy_admits (VavAppPolicy *self, VavPeer *peer, VavPeople *people)
{
  g_autoptr (VavPerson) person = NULL;

  if (!self->only_people || vav_peer_get_trust (peer) != VAV_TRUST_UNKNOWN)
    return TRUE;
  person = vav_people_find_by_id (people, vav_peer_get_id (peer));
  return person != NULL;
}
