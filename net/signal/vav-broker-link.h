/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-broker-session.h"

G_BEGIN_DECLS

/* One connection to a broker, from looking its name up to its end: TCP and TLS by GIO, and the session that speaks through it. Main-context object. Private
 * to signal; its owner is VavBroker, which knows what to say. */
typedef struct _VavBrokerLink VavBrokerLink;

/* Called from the main loop, never from inside a function of the link. `event` may close the link. After `down` nothing more is told. */
typedef struct
{
  void (*event) (gpointer owner, const VavBrokerEvent *event);
  void (*down) (gpointer owner, const GError *error);
} VavBrokerLinkEvents;

/* will: see vav_broker_start() */
VavBrokerLink *vav_broker_link_new (const VavBrokerPlace *place, const char *will, const VavBrokerLinkEvents *events,
                                    gpointer owner);
void
vav_broker_link_close (VavBrokerLink *self); /* nothing is told any more; what was said still goes, for 1 s at most */

/* (nullable): while it is connected. What was said there goes when it is flushed. */
VavBrokerSession *vav_broker_link_get_session (VavBrokerLink *self);
void vav_broker_link_flush (VavBrokerLink *self);

#define VAV_BROKER_MAX_QUEUED (1024 * 1024) /* bytes; above this one had better say no more */
gsize vav_broker_link_get_queued (VavBrokerLink *self);

gint64 vav_broker_link_get_last_in (VavBrokerLink *self);   /* monotonic, µs */
gboolean vav_broker_link_is_stranded (VavBrokerLink *self); /* no interface has its address here any more */

G_END_DECLS
