/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-direct.h"
#include "net/signal/vav-tunnels.h"

G_BEGIN_DECLS

/* For the files of dialling only. */

typedef enum
{
  VAV_DIAL_STEP_RESOLVING,
  VAV_DIAL_STEP_CONNECTING,
  VAV_DIAL_STEP_TALKING, /* TLS and hello have limits of their own */
} VavDialStep;

/* One attempt to reach somebody: the data of its GTask. */
typedef struct
{
  VavIdentity *identity;
  VavAddress *address;
  char *where; /* HOST:PORT for sentences */
  char *name;
  gboolean at_once; /* the peer's hello is not waited for */
  VavDialProgress progress;
  gpointer progress_data;

  VavDialStep step;
  gboolean timed_out;
  gboolean refused;
  gint64 begun; /* monotonic */
  guint n_tries;
  GSource *again;
  GSource *step_deadline;
  GSource *deadline;
  GCancellable *cancellable; /* the attempt's own: ours and the caller's */
  GCancellable *outer;
  gulong outer_id;

  VavTunnels *tunnels; /* nullable: through a broker */
  gulong changed_id;
  VavTunnel *tunnel;

  GSocketClient *client;
  GSocket *socket;
  GIOStream *stream;
  VavChannel *channel;
} VavDial;

/* vav-dial-errors.c: what went wrong, in our words; (transfer full). failure: (transfer full) */
GError *vav_dial_make_timeout (VavDial *dial);
GError *vav_dial_make_short (VavDial *dial); /* it ended before it had begun */
GError *vav_dial_describe (VavDial *dial, GError *failure);
GError *vav_dial_describe_handshake (VavDial *dial, GError *failure);
/* The connection ended before anything was said by it. */
gboolean vav_dial_is_short (VavDial *dial, const GError *failure);

G_END_DECLS
