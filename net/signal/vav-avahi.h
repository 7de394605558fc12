/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What Avahi calls any network interface and any protocol (avahi-common/address.h). */
#define VAV_AVAHI_ANY (-1)
#define VAV_AVAHI_IPV4 0
#define VAV_AVAHI_IPV6 1

typedef enum
{
  VAV_AVAHI_ABSENT,  /* no system bus, or no daemon on it: a normal thing */
  VAV_AVAHI_PRESENT, /* one can look for services */
  VAV_AVAHI_RUNNING, /* its host name is settled: one can announce, too */
} VavAvahiState;

/**
 * VavAvahi:
 *
 * The way to the daemon that speaks DNS-SD (RFC 6763) for all programs of this computer: over the system bus, on a connection of our own, with nothing that
 * waits. Avahi's own client library is not used: it waits for answers. A daemon or a bus that goes and comes back is followed.
 *
 * Signal `changed`: the state is another. When it becomes VAV_AVAHI_ABSENT the objects made before are void; free them.
 */
#define VAV_TYPE_AVAHI (vav_avahi_get_type ())
G_DECLARE_FINAL_TYPE (VavAvahi, vav_avahi, VAV, AVAHI, GObject)

VavAvahi *vav_avahi_new (void);
void vav_avahi_hold (VavAvahi *self); /* connected from now on */
void vav_avahi_release (
    VavAvahi *self); /* after the last one the connection is closed, and all that was announced on it is withdrawn */
VavAvahiState vav_avahi_get_state (VavAvahi *self);
const char *vav_avahi_get_trouble (
    VavAvahi *self); /* (nullable): why nothing is found, a sentence for people; NULL also while it is not known yet */

/* Something that the daemon keeps for us: a browser, a resolver, a group of entries. */
typedef struct _VavAvahiObject VavAvahiObject;

/* event: a signal of the object, or VAV_AVAHI_MADE, or VAV_AVAHI_FAILED (parameters NULL): it could not be made or a call on it failed. The object may be
 * freed in it. */
#define VAV_AVAHI_MADE "made"
#define VAV_AVAHI_FAILED "failed"
typedef void (*VavAvahiFunc) (VavAvahiObject *object, const char *event, GVariant *parameters, gpointer user_data);

/* kind: `EntryGroup`, `ServiceBrowser` or `ServiceResolver`; arguments: of the daemon's method that makes one, floating, NULL for none */
VavAvahiObject *vav_avahi_make (VavAvahi *self, const char *kind, GVariant *arguments, VavAvahiFunc func,
                                gpointer user_data);
void vav_avahi_object_call (VavAvahiObject *object, const char *method, GVariant *arguments);
const char *vav_avahi_object_get_error (VavAvahiObject *object); /* (nullable): the D-Bus name of what failed last */
void vav_avahi_object_free (VavAvahiObject *object);             /* the daemon lets go of it */

G_END_DECLS
