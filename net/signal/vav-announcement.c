/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-announcement.h"

#include <string.h>

#include "net/signal/vav-nearby-record.h"

#define MAX_ATTEMPTS 10 /* at a name that nobody has */
#define COLLISION_ERROR "org.freedesktop.Avahi.CollisionError"

/* AvahiEntryGroupState of avahi-common/defs.h */
#define GROUP_ESTABLISHED 2
#define GROUP_COLLISION 3

struct _VavAnnouncement
{
  VavAvahi *avahi; /* owned */
  char *id;

  /* what is wanted */
  char *name;
  guint16 port; /* 0: nothing */
  int interface;
  int protocol;

  /* what the daemon has */
  VavAvahiObject *group; /* nullable */
  guint attempt;
  char *service; /* nullable: the name that was asked for */
  gboolean established;
};

static void announce (VavAnnouncement *self);

static void
withdraw (VavAnnouncement *self)
{
  g_clear_pointer (&self->group, vav_avahi_object_free);
  g_clear_pointer (&self->service, g_free);
  self->established = FALSE;
}

static void
add_service (VavAnnouncement *self)
{
  g_free (self->service);
  self->service = vav_nearby_record_make_name (self->name, self->attempt, self->id);
  vav_avahi_object_call (self->group, "AddService",
                         g_variant_new ("(iiussssq@aay)", self->interface, self->protocol, 0, self->service,
                                        VAV_NEARBY_TYPE, "", "", self->port, vav_nearby_record_make (self->id)));
  /* if that fails nothing is in the group, and this does nothing */
  vav_avahi_object_call (self->group, "Commit", NULL);
}

/* Somebody else has that name. */
static void
try_next_name (VavAnnouncement *self)
{
  withdraw (self);
  if (++self->attempt <= MAX_ATTEMPTS)
    announce (self);
  else
    g_debug ("no name is left to announce");
}

static void
on_event (VavAvahiObject *group, const char *event, GVariant *parameters, gpointer data)
{
  VavAnnouncement *self = data;
  int state;

  if (strcmp (event, VAV_AVAHI_MADE) == 0)
    add_service (self);
  else if (strcmp (event, VAV_AVAHI_FAILED) == 0
           && g_strcmp0 (vav_avahi_object_get_error (group), COLLISION_ERROR) == 0)
    try_next_name (self);
  else if (strcmp (event, "StateChanged") == 0 && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    {
      g_variant_get (parameters, "(i&s)", &state, NULL);
      self->established = state == GROUP_ESTABLISHED;
      if (state == GROUP_COLLISION)
        try_next_name (self);
    }
}

static void
announce (VavAnnouncement *self)
{
  if (self->port != 0 && self->group == NULL && vav_avahi_get_state (self->avahi) == VAV_AVAHI_RUNNING)
    self->group = vav_avahi_make (self->avahi, "EntryGroup", NULL, on_event, self);
}

static void
on_avahi_changed (VavAnnouncement *self)
{
  /* with another host name the entries would name a host that is none */
  if (vav_avahi_get_state (self->avahi) != VAV_AVAHI_RUNNING)
    withdraw (self);
  else if (self->group == NULL)
    {
      self->attempt = 1;
      announce (self);
    }
}

VavAnnouncement *
vav_announcement_new (VavAvahi *avahi, const char *id)
{
  VavAnnouncement *self = g_new0 (VavAnnouncement, 1);

  self->avahi = g_object_ref (avahi);
  self->id = g_strdup (id);
  self->name = g_strdup ("");
  g_signal_connect_swapped (avahi, "changed", G_CALLBACK (on_avahi_changed), self);
  return self;
}

void
vav_announcement_free (VavAnnouncement *self)
{
  vav_announcement_set (self, "", 0, VAV_AVAHI_ANY, VAV_AVAHI_ANY);
  g_signal_handlers_disconnect_by_data (self->avahi, self);
  g_object_unref (self->avahi);
  g_free (self->name);
  g_free (self->id);
  g_free (self);
}

void
vav_announcement_set (VavAnnouncement *self, const char *name, guint16 port, int interface, int protocol)
{
  gboolean held = self->port != 0;

  if (strcmp (self->name, name) == 0 && self->port == port
      && self->interface == interface && self->protocol == protocol)
    return;
  withdraw (self);
  g_free (self->name);
  self->name = g_strdup (name);
  self->port = port;
  self->interface = interface;
  self->protocol = protocol;
  self->attempt = 1;
  if (port != 0 && !held)
    vav_avahi_hold (self->avahi);
  announce (self);
  if (port == 0 && held)
    vav_avahi_release (self->avahi);
}

const char *
vav_announcement_get_name (VavAnnouncement *self)
{
  return self->established ? self->service : NULL;
}
