/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-rules.h"
#include "net/signal/vav-wire.h"

G_BEGIN_DECLS

/* A channel's inside, shared by its two files: vav-hello.c until the hellos are exchanged, vav-channel.c for all else. */
struct _VavChannel
{
  GObject parent_instance;

  /* owned */
  VavWire *wire;
  GMainContext *context;
  char *peer_id;
  GTlsCertificate *peer_certificate; /* nullable: no TLS */
  char *peer_address;
  gboolean is_local;

  /* from the peer's hello */
  char *peer_name;
  char **features;
  guint peer_version;

  /* saying hello */
  gboolean expects_hello; /* nothing else may come */
  GTask *opening;         /* (nullable): who waits for it */
  gulong cancelled_id;
  GSource *hello_deadline;

  /* talking */
  VavRules rules;
  guint64 seq;
  gboolean started;
  gint64 last_in; /* µs */
  guint ping_ms;
  guint silence_ms;
  GSource *patience;

  /* the end */
  gboolean leaving; /* we closed or aborted: holds a reference to itself until `closed` */
  gboolean over;    /* the wire's end is known */
  gboolean told;
  GError *end;
};

/* While `expects_hello`: the ways out of it. fail() takes the error, and closes the wire. */
void vav_hello_settle (VavChannel *self, GError *error);
void vav_hello_fail (VavChannel *self, GError *error);
void vav_hello_take (VavChannel *self, VavMessage *message);

/* The source must be destroyed before the channel is gone. */
GSource *vav_channel_attach_timeout (VavChannel *self, guint ms, GSourceFunc func);
void vav_channel_clear_source (GSource **source);

G_END_DECLS
