/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-pair-secret.h"
#include "net/signal/vav-presence-seal.h"
#include "net/signal/vav-presence.h"

G_BEGIN_DECLS

/* A presence's inside, shared by its two files: vav-presence-others.c who is there, vav-presence.c all else. */

/* Somebody who accepted this user, and whom this user accepted. */
typedef struct
{
  char *id;
  GBytes *key; /* nullable: the secret is made */

  /* once `ready` */
  gboolean ready;
  char *their_topic; /* where they tell */
  char *own_topic;   /* where they are told */
  guint8 their_seal[VAV_PAIR_SECRET_SIZE];
  guint8 own_seal[VAV_PAIR_SECRET_SIZE];

  gboolean knows; /* was told the name that this side has now, at whatever time */

  /* while this side is connected */
  gboolean told;
  VavSitting sitting; /* the latest that they told of; valid while there is `beats` */
  char *beats;        /* nullable: the topic */
  GBytes *beat;       /* nullable: the latest; it may come before what makes it valid */
  gint64 until;       /* Unix seconds */
  gboolean present;   /* as it was last told */
} VavFriend;

struct _VavPresence
{
  GObject parent_instance;

  /* owned */
  VavBroker *broker;
  VavIdentity *identity;
  GMainContext *context;
  GHashTable *friends; /* id → VavFriend */

  /* oneself */
  char *topic; /* of this connection's beats: the will's */
  gboolean shown;
  gboolean said; /* there is a beat in it */
  guint step;
  VavSitting sitting; /* valid while there is `begun` */
  gboolean begun;
  guint8 secret[VAV_PRESENCE_LINK];
  guint number; /* of the latest beat */
  guint8 beat[VAV_PRESENCE_BEAT];
  gint64 mended; /* monotonic µs */

  gboolean connected;
  GSource *work;   /* nullable: secrets are made, a few at a time */
  GSource *clock;  /* nullable: the next beat */
  GSource *ageing; /* nullable: somebody's beat gets old */
};

void vav_friend_free (VavFriend *friend);
void vav_friend_take_sitting (VavPresence *self, VavFriend *friend, GBytes *payload);
void vav_friend_take_beat (VavFriend *friend, GBytes *payload);
void vav_friend_forget_beats (VavPresence *self, VavFriend *friend);

/* Tells who is there now and was not, and the other way round. */
void vav_presence_review (VavPresence *self);

gint64 vav_presence_now (void); /* Unix seconds */
void vav_presence_clear_source (GSource **source);
void vav_presence_wait_until (VavPresence *self, GSource **source, gint64 when, GSourceFunc func);

G_END_DECLS
