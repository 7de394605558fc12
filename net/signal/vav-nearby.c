/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/core/vav-list-model.h"
#include "net/signal/vav-nearby-record.h"
#include "net/signal/vav-nearby-search.h"

#define MAX_SERVICES 1024 /* that are remembered */
#define MAX_LOOKUPS 128   /* followed at a time: each is an object in the daemon, which allows a program 1024 */
#define MAX_TRIES 3       /* at a service that does not answer */
#define MAX_OF_A_HOST 8   /* different people at one address, so that one computer cannot fill the list */
#define MAX_PLACES 8      /* addresses of a person */
#define LINGER_S 10

#define OWN_RESULT 8 /* AVAHI_LOOKUP_RESULT_LOCAL of avahi-common/defs.h */

/* A service on one interface by one protocol. */
typedef struct
{
  VavNearby *nearby;
  int interface;
  int protocol;
  char *name; /* as it came, of at most one label */
  char *domain;

  enum
  {
    WAITS,
    ASKED,
    FOUND,
    IGNORED, /* nonsense, or one too many */
  } state;
  guint tries;
  VavAvahiObject *resolver; /* ASKED and FOUND */
  char *id;                 /* FOUND, as the next */
  char *address;
} Service;

struct _VavNearby
{
  GObject parent_instance;

  VavAvahi *avahi; /* owned */
  VavNearbyFilter filter;
  gpointer user_data;

  guint n_begun;
  gboolean searching;
  GSource *linger; /* nullable; in the context of who ended */
  VavAvahiObject *browser;
  GPtrArray *services; /* of Service, in the order in which they came */
  guint n_lookups;     /* services with a resolver */
  GPtrArray *people;   /* of VavNearbyPerson */
};

enum
{
  PROP_TROUBLE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

VAV_DEFINE_LIST_MODEL (VavNearby, people, VAV_TYPE_NEARBY_PERSON)

G_DEFINE_FINAL_TYPE_WITH_CODE (VavNearby, vav_nearby, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void look_up_next (VavNearby *self);

/* --- people --- */

static gboolean
find_person (VavNearby *self, const char *id, guint *position)
{
  for (guint i = 0; i < self->people->len; i++)
    if (strcmp (vav_nearby_person_get_id (self->people->pdata[i]), id) == 0)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

/* The addresses at which that id is said to be. */
static char **
list_addresses (VavNearby *self, const char *id, const char **name)
{
  GPtrArray *addresses = g_ptr_array_new ();

  for (int protocol = VAV_AVAHI_IPV4; protocol <= VAV_AVAHI_IPV6; protocol++)
    for (guint i = 0; i < self->services->len && addresses->len < MAX_PLACES; i++)
      {
        Service *service = self->services->pdata[i];

        if (service->state != FOUND || service->protocol != protocol || strcmp (service->id, id) != 0)
          continue;
        if (addresses->len == 0)
          *name = service->name;
        if (!g_ptr_array_find_with_equal_func (addresses, service->address, g_str_equal, NULL))
          g_ptr_array_add (addresses, g_strdup (service->address));
      }
  g_ptr_array_add (addresses, NULL);
  return (char **)g_ptr_array_free (addresses, FALSE);
}

/* Lists the person, changes them, or takes them off the list, as the services say. */
static void
update_person (VavNearby *self, const char *id)
{
  const char *service = NULL;
  g_auto (GStrv) addresses = list_addresses (self, id, &service);
  gboolean wanted = service != NULL && self->filter != NULL && self->filter (id, self->user_data);
  g_autofree char *name = wanted ? vav_nearby_record_read_name (service) : NULL;
  guint position;
  gboolean listed = find_person (self, id, &position);

  if (listed && wanted)
    vav_nearby_person_set (self->people->pdata[position], name, (const char *const *)addresses);
  else if (listed)
    {
      g_ptr_array_remove_index (self->people, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      if (self->people->len + 1 == VAV_MAX_NEARBY)
        vav_nearby_review (self); /* somebody may have found no room */
    }
  else if (wanted && self->people->len < VAV_MAX_NEARBY)
    {
      VavNearbyPerson *person = vav_nearby_person_new (id);

      vav_nearby_person_set (person, name, (const char *const *)addresses);
      g_ptr_array_add (self->people, person);
      g_list_model_items_changed (G_LIST_MODEL (self), self->people->len - 1, 0, 1);
    }
}

/* --- services --- */

static void
let_go (Service *service)
{
  if (service->resolver != NULL)
    service->nearby->n_lookups--;
  g_clear_pointer (&service->resolver, vav_avahi_object_free);
  g_clear_pointer (&service->id, g_free);
  g_clear_pointer (&service->address, g_free);
}

static void
service_free (Service *service)
{
  let_go (service);
  g_free (service->name);
  g_free (service->domain);
  g_free (service);
}

/* Its place is somebody else's from now on. */
static void
set_aside (Service *service, int state)
{
  VavNearby *self = service->nearby;
  g_autofree char *id = g_strdup (service->id);

  service->state = state;
  let_go (service);
  if (id != NULL)
    update_person (self, id);
  look_up_next (self);
}

/* Whether so many others are said to be at that host that no more are believed. */
static gboolean
is_crowded (VavNearby *self, const char *address, const char *id)
{
  gsize host = (gsize)(strrchr (address, ':') - address);
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = self->services->pdata[i];

      if (service->state == FOUND && strncmp (service->address, address, host + 1) == 0
          && strcmp (service->id, id) != 0)
        g_hash_table_add (others, service->id);
    }
  return g_hash_table_size (others) >= MAX_OF_A_HOST;
}

static void
take_answer (Service *service, GVariant *parameters)
{
  VavNearby *self = service->nearby;
  g_autoptr (GVariant) txt = NULL;
  g_autofree char *id = NULL;
  g_autofree char *address = NULL;
  g_autofree char *old = NULL;
  const char *ip;
  guint16 port;
  guint32 flags;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iissssisqaayu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&s&si&sq@aayu)", NULL, NULL, NULL, NULL, NULL, NULL, NULL, &ip, &port, &txt,
                 &flags);
  id = vav_nearby_record_parse (txt);
  address = vav_nearby_record_make_address (ip, port, (flags & OWN_RESULT) != 0);
  if (id == NULL || address == NULL || is_crowded (self, address, id))
    {
      set_aside (service, IGNORED);
      return;
    }
  old = g_steal_pointer (&service->id);
  g_free (service->address);
  service->state = FOUND;
  service->id = g_strdup (id);
  service->address = g_steal_pointer (&address);
  /* whoever is told may end the search */
  if (old != NULL && strcmp (old, id) != 0)
    update_person (self, old);
  update_person (self, id);
}

static void
on_resolver_event (VavAvahiObject *resolver, const char *event, GVariant *parameters, gpointer data)
{
  Service *service = data;
  g_autoptr (VavNearby) alive = g_object_ref (service->nearby);

  if (strcmp (event, "Found") == 0)
    take_answer (service, parameters);
  else if (strcmp (event, "Failure") == 0 || strcmp (event, VAV_AVAHI_FAILED) == 0)
    set_aside (service, service->tries < MAX_TRIES ? WAITS : IGNORED);
}

static void
look_up (Service *service)
{
  service->state = ASKED;
  service->tries++;
  service->nearby->n_lookups++;
  service->resolver = vav_avahi_make (service->nearby->avahi, "ServiceResolver",
                                      g_variant_new ("(iisssiu)", service->interface, service->protocol, service->name,
                                                     VAV_NEARBY_TYPE, service->domain, service->protocol, 0),
                                      on_resolver_event, service);
}

/* The one that was asked the fewest times has its turn, so that those that are silent hold nobody up. */
static void
look_up_next (VavNearby *self)
{
  Service *next = NULL;

  if (!self->searching || self->browser == NULL || self->n_lookups >= MAX_LOOKUPS)
    return;
  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = self->services->pdata[i];

      if (service->state == WAITS && (next == NULL || service->tries < next->tries))
        next = service;
    }
  if (next != NULL)
    look_up (next);
}

static gboolean
find_service (VavNearby *self, int interface, int protocol, const char *name, guint *position)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = self->services->pdata[i];

      if (service->interface == interface && service->protocol == protocol && strcmp (service->name, name) == 0)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
add_service (VavNearby *self, int interface, int protocol, const char *name, const char *domain)
{
  Service *service;

  if (self->services->len >= MAX_SERVICES || strlen (name) > VAV_NEARBY_MAX_LABEL || strcmp (domain, "local") != 0
      || (protocol != VAV_AVAHI_IPV4 && protocol != VAV_AVAHI_IPV6))
    return;
  service = g_new0 (Service, 1);
  service->nearby = self;
  service->interface = interface;
  service->protocol = protocol;
  service->name = g_strdup (name);
  service->domain = g_strdup (domain);
  g_ptr_array_add (self->services, service);
  look_up_next (self);
}

static void
remove_service (VavNearby *self, guint position)
{
  Service *service = self->services->pdata[position];
  g_autofree char *id = g_strdup (service->id);

  g_ptr_array_remove_index (self->services, position);
  if (id != NULL)
    update_person (self, id);
  look_up_next (self);
}

/* --- the search --- */

static void
clear (VavNearby *self)
{
  guint n = self->people->len;

  g_clear_pointer (&self->browser, vav_avahi_object_free);
  g_ptr_array_set_size (self->services, 0);
  g_ptr_array_set_size (self->people, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

static void
on_browser_event (VavAvahiObject *browser, const char *event, GVariant *parameters, gpointer data)
{
  g_autoptr (VavNearby) self = g_object_ref (data);
  const char *name;
  const char *domain;
  int interface;
  int protocol;
  guint position;

  if (strcmp (event, VAV_AVAHI_FAILED) == 0 || strcmp (event, "Failure") == 0)
    g_debug ("the search for people nearby failed");
  if (parameters == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&su)", &interface, &protocol, &name, NULL, &domain, NULL);
  if (find_service (self, interface, protocol, name, &position))
    {
      if (strcmp (event, "ItemRemove") == 0)
        remove_service (self, position);
    }
  else if (strcmp (event, "ItemNew") == 0)
    add_service (self, interface, protocol, name, domain);
}

static void
search (VavNearby *self)
{
  if (self->searching && self->browser == NULL && vav_avahi_get_state (self->avahi) != VAV_AVAHI_ABSENT)
    self->browser = vav_avahi_make (
        self->avahi, "ServiceBrowser",
        g_variant_new ("(iissu)", VAV_AVAHI_ANY, VAV_AVAHI_ANY, VAV_NEARBY_TYPE, "local", 0), on_browser_event, self);
}

static void
on_avahi_changed (VavNearby *self)
{
  if (vav_avahi_get_state (self->avahi) == VAV_AVAHI_ABSENT)
    clear (self);
  search (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLE]);
}

static void
stop_lingering (VavNearby *self)
{
  if (self->linger != NULL)
    g_source_destroy (self->linger);
  g_clear_pointer (&self->linger, g_source_unref);
}

static void
finish (VavNearby *self)
{
  stop_lingering (self);
  if (!self->searching)
    return;
  self->searching = FALSE;
  clear (self);
  vav_avahi_release (self->avahi);
}

static gboolean
on_lingered (gpointer self)
{
  finish (self);
  return G_SOURCE_REMOVE;
}

/**
 * vav_nearby_begin:
 *
 * Searches until each vav_nearby_begin() has had its vav_nearby_end(), and 10 s longer: who comes back at once finds the list as it was.
 */
void
vav_nearby_begin (VavNearby *self)
{
  g_return_if_fail (VAV_IS_NEARBY (self));

  stop_lingering (self);
  if (self->n_begun++ > 0 || self->searching || self->filter == NULL)
    return;
  self->searching = TRUE;
  vav_avahi_hold (self->avahi);
  search (self);
}

/**
 * vav_nearby_end:
 *
 * Ends what vav_nearby_begin() began.
 */
void
vav_nearby_end (VavNearby *self)
{
  g_return_if_fail (VAV_IS_NEARBY (self));
  g_return_if_fail (self->n_begun > 0);

  if (--self->n_begun > 0 || !self->searching)
    return;
  self->linger = g_timeout_source_new_seconds (LINGER_S);
  g_source_set_callback (self->linger, on_lingered, self, NULL);
  g_source_attach (self->linger, g_main_context_get_thread_default ());
}

/**
 * vav_nearby_find:
 * @id: a canonical id
 *
 * Returns: (transfer full) (nullable): who says that this is their key
 */
VavNearbyPerson *
vav_nearby_find (VavNearby *self, const char *id)
{
  guint position;

  g_return_val_if_fail (VAV_IS_NEARBY (self), NULL);
  return find_person (self, id, &position) ? g_object_ref (self->people->pdata[position]) : NULL;
}

/**
 * vav_nearby_get_trouble:
 *
 * Returns: (nullable): why nobody can be found, a sentence for people
 */
const char *
vav_nearby_get_trouble (VavNearby *self)
{
  g_return_val_if_fail (VAV_IS_NEARBY (self), NULL);
  return vav_avahi_get_trouble (self->avahi);
}

void
vav_nearby_review (VavNearby *self)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = self->services->pdata[i];

      if (service->state == FOUND)
        update_person (self, service->id);
    }
}

void
vav_nearby_stop (VavNearby *self)
{
  finish (self);
  self->filter = NULL;
  self->n_begun = MAX (self->n_begun, 1); /* searched no more */
}

/* --- GObject --- */

static void
vav_nearby_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TROUBLE)
    g_value_set_string (value, vav_nearby_get_trouble (VAV_NEARBY (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_nearby_finalize (GObject *object)
{
  VavNearby *self = VAV_NEARBY (object);

  g_signal_handlers_disconnect_by_data (self->avahi, self);
  finish (self);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->people);
  g_object_unref (self->avahi);
  G_OBJECT_CLASS (vav_nearby_parent_class)->finalize (object);
}

static void
vav_nearby_class_init (VavNearbyClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = vav_nearby_get_property;
  G_OBJECT_CLASS (klass)->finalize = vav_nearby_finalize;
  properties[PROP_TROUBLE]
      = g_param_spec_string ("trouble", "Trouble", "Why nobody can be found, a sentence for people", NULL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
vav_nearby_init (VavNearby *self)
{
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify)service_free);
  self->people = g_ptr_array_new_with_free_func (g_object_unref);
}

VavNearby *
vav_nearby_new (VavAvahi *avahi, VavNearbyFilter filter, gpointer user_data)
{
  VavNearby *self = g_object_new (VAV_TYPE_NEARBY, NULL);

  self->avahi = g_object_ref (avahi);
  self->filter = filter;
  self->user_data = user_data;
  g_signal_connect_swapped (avahi, "changed", G_CALLBACK (on_avahi_changed), self);
  return self;
}
