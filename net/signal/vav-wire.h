/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavWire:
 *
 * Frames in and out of a byte stream (TLS over TCP, today), and the ways in which such a stream ends. Knows nothing of messages. Private to
 * signal.
 *
 * Begins paused: nothing is read before vav_wire_set_paused (FALSE). Its async operations keep it alive; the owner is called back until
 * vav_wire_detach(), on the main context where the wire was made, never from inside one of its functions.
 *
 * `frame`: the body of a frame; may call anything, also drop the owner's last reference.
 * `ended`: exactly once: nothing more will come. NULL: the other side closed in order, or we did and all went out. VAV_ERROR_RESET: cut,
 * reset, or aborted by us; _PROTOCOL, _TOO_LARGE: a forbidden frame (the wire is aborted by the owner or closes itself).
 */
#define VAV_TYPE_WIRE (vav_wire_get_type ())
G_DECLARE_FINAL_TYPE (VavWire, vav_wire, VAV, WIRE, GObject)

typedef struct
{
  void (*frame) (gpointer owner, GBytes *body);
  void (*ended) (gpointer owner, const GError *error);
} VavWireEvents;

/* socket (nullable): the stream's bottom, for half-close and reset. */
VavWire *vav_wire_new (GIOStream *stream, GSocket *socket);
void vav_wire_attach (VavWire *self, const VavWireEvents *events, gpointer owner);
void vav_wire_detach (VavWire *self);

void vav_wire_set_paused (VavWire *self, gboolean paused);
gboolean vav_wire_send (VavWire *self, GBytes *frame, GError **error);

/* Settles when what is queued now has gone to the kernel, or cannot any more. */
void vav_wire_flush_async (VavWire *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_wire_flush_finish (VavWire *self, GAsyncResult *result, GError **error);

/* close(): sends what is queued, ends the sending half in order, throws away what still comes until the other side ends
 * too, for at most 2 s. fail(): the same, but `ended` tells that error. abort(): everything is dropped at once and the
 * other side sees a reset. */
void vav_wire_close (VavWire *self);
void vav_wire_fail (VavWire *self, const GError *error);
void vav_wire_abort (VavWire *self);
/* Gives the connection away as it is: the wire is over, and `ended` is not told. rest: (out) (nullable): what was read and not delivered. FALSE: it
 * is not paused, or something is under way, or over. */
gboolean vav_wire_steal (VavWire *self, GIOStream **stream, GSocket **socket, GBytes **rest);
gboolean vav_wire_is_open (VavWire *self); /* neither ended nor being closed */

G_END_DECLS
