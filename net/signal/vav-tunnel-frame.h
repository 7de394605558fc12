/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "net/signal/vav-topics.h"

G_BEGIN_DECLS

/**
 * The frames of a tunnel, one a publish, and the putting in order of what came. Pure, no I/O. Private to signal.
 *
 * A tunnel carries two streams of bytes, one in each direction, as TCP would; TLS runs inside. All numbers are big-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 1 | version: 1 |
 * | 1 | kind, see VavTunnelKind |
 * | 16 | the tunnel: random, chosen by who dials |
 * | 1 | direction: 0 from who dials, 1 from who is dialled |
 * | 8 | offset: of the first byte that follows; of an ACK: up to where all was taken |
 * | … | OPEN: name of the topic for answers (32), milliseconds since 1970 (8), then bytes as DATA. RESET: the reason (1) |
 *
 * The end of a direction takes one place in the count, as a FIN does. At most VAV_TUNNEL_WINDOW frames are under way in a direction; one that
 * is not acknowledged is sent again as it was. What came before is dropped, what came early waits within the window, what lies beyond it
 * ends the tunnel.
 */
#define VAV_TUNNEL_ID_SIZE 16
#define VAV_TUNNEL_HEADER (1 + 1 + VAV_TUNNEL_ID_SIZE + 1 + 8)
#define VAV_TUNNEL_OPEN_HEADER (VAV_TOPIC_NAME_LENGTH + 8)
#define VAV_TUNNEL_MAX_DATA (16 * 1024)
#define VAV_TUNNEL_WINDOW 16

typedef enum
{
  VAV_TUNNEL_OPEN = 1,
  VAV_TUNNEL_DATA,
  VAV_TUNNEL_ACK,
  VAV_TUNNEL_END,
  VAV_TUNNEL_RESET,
} VavTunnelKind;

typedef enum
{
  VAV_TUNNEL_CUT = 1, /* closed without order */
  VAV_TUNNEL_EXPIRED, /* the request was made too long ago, going by both clocks */
  VAV_TUNNEL_FULL,    /* too many are open */
  VAV_TUNNEL_CLOSED,  /* nobody takes calls there now */
} VavTunnelReset;

typedef struct
{
  VavTunnelKind kind;
  guint8 id[VAV_TUNNEL_ID_SIZE];
  gboolean from_dialled;
  guint64 offset;
  char answers[VAV_TOPIC_NAME_LENGTH + 1]; /* OPEN */
  gint64 sent;                             /* OPEN; ms */
  VavTunnelReset reason;                   /* RESET */
  const guint8 *data;                      /* OPEN, DATA: borrowed */
  gsize length;
} VavTunnelFrame;

gboolean vav_tunnel_frame_parse (VavTunnelFrame *frame, const guint8 *bytes, gsize length);
GBytes *vav_tunnel_frame_build (const VavTunnelFrame *frame);

/* What came, in order. */
typedef struct _VavTunnelOrder VavTunnelOrder;

typedef enum
{
  VAV_TUNNEL_TAKEN,
  VAV_TUNNEL_REPEATED, /* an acknowledgement was lost: acknowledge again */
  VAV_TUNNEL_GAP,      /* it must not be: beyond the window, after the end, or too much waits */
} VavTunnelTake;

VavTunnelOrder *vav_tunnel_order_new (void);
void vav_tunnel_order_free (VavTunnelOrder *self);
VavTunnelTake vav_tunnel_order_take (VavTunnelOrder *self, guint64 offset, GBytes *data); /* NULL: the end */
/* The next bytes in order; empty: the end has come. NULL: the next did not come yet. */
GBytes *vav_tunnel_order_pop (VavTunnelOrder *self);
guint64 vav_tunnel_order_get_next (VavTunnelOrder *self); /* the offset of the byte after the last one popped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTunnelOrder, vav_tunnel_order_free)

G_END_DECLS
