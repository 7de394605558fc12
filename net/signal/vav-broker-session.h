/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/signal/vav-broker-place.h"

G_BEGIN_DECLS

/* One session of MQTT 5 by libmosquitto, from CONNECT to DISCONNECT, without the network: the broker's bytes are pushed in, what is for the broker is drained, and
 * neither waits for anything. Main-context object without a thread; libmosquitto's callbacks only note events, which the owner pops. Private to signal; its
 * owner is VavBrokerLink, which carries the bytes. What the library had better not see it does not (vav-broker-guard.h). */
typedef struct _VavBrokerSession VavBrokerSession;

typedef enum
{
  VAV_BROKER_GREETED,    /* reason, max_packet, max_qos */
  VAV_BROKER_SUBSCRIBED, /* number, reason */
  VAV_BROKER_ANSWERED,   /* number, reason */
  VAV_BROKER_MESSAGE,    /* topic, payload, retained */
  VAV_BROKER_ENDED,      /* by the broker */
} VavBrokerEventType;

typedef struct
{
  VavBrokerEventType type;
  guint number;       /* of the request that is answered */
  guint reason;       /* MQTT 5, 2.4; 0: done */
  guint32 max_packet; /* bytes that the broker takes; 0: it sets no limit */
  guint8 max_qos;     /* that it takes: 0 to 2 (3.2.2.3.4) */
  char *topic;
  GBytes *payload;
  gboolean retained;
} VavBrokerEvent;

void vav_broker_event_free (VavBrokerEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavBrokerEvent, vav_broker_event_free)

/* CONNECT is said at once. will: see vav_broker_start(). Errors: UNREACHABLE, with the system's words. */
VavBrokerSession *vav_broker_session_new (const VavBrokerPlace *place, const char *will, GError **error);
void vav_broker_session_free (VavBrokerSession *self);

gboolean vav_broker_session_push (VavBrokerSession *self, const guint8 *bytes,
                                  gsize length);                        /* FALSE: that is no broker */
VavBrokerEvent *vav_broker_session_pop (VavBrokerSession *self);        /* NULL: no more */
void vav_broker_session_drain (VavBrokerSession *self, GByteArray *to); /* after each of those below */

gboolean vav_broker_session_tick (VavBrokerSession *self); /* every few seconds; FALSE: the broker does not answer */
void vav_broker_session_probe (VavBrokerSession *self);    /* makes a living broker answer */
guint vav_broker_session_subscribe (VavBrokerSession *self, const char *topic, gboolean retained); /* number */
void vav_broker_session_unsubscribe (VavBrokerSession *self, const char *topic);
gboolean vav_broker_session_publish (VavBrokerSession *self, const char *topic, const void *payload, gsize length,
                                     gboolean retain, guint32 expiry, guint *number); /* see vav_broker_publish() */
void vav_broker_session_part (VavBrokerSession *self); /* in order: the will is not published */

G_END_DECLS
