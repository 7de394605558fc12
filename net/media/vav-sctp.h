/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"

G_BEGIN_DECLS

/* One reliable, ordered SCTP stream beside the media, in the DTLS connection that webrtcbin makes (RFC 8261, RFC 8832 with a negotiated
 * stream 0). The elements are our own and stand beside webrtcbin, which knows nothing of them: its data channels would cost each call
 * three threads whether used or not, take whatever streams the peer opens, and queue without end. Here nothing is made before
 * vav_sctp_start(), and until then all that comes is dropped; so it is while the gate is not open. */
typedef struct _VavSctp VavSctp;

#define VAV_SCTP_PORT 5000
#define VAV_SCTP_MAX_MESSAGE (16 * 1024 + 1)

/**
 * VavSctpEvents:
 * @knocked: the peer begins, and nothing was begun here; told for each of its packets
 * @opened: from now on one may send
 * @message: a message came, whole and in order
 * @lost: the association broke, or the peer does what it must not
 *
 * Told on GStreamer's and usrsctp's threads; never blocking. The owner is alive meanwhile.
 */
typedef struct
{
  void (*knocked) (gpointer owner);
  void (*opened) (gpointer owner);
  void (*message) (gpointer owner, const guint8 *data, gsize size);
  void (*lost) (gpointer owner, gboolean nonsense);
} VavSctpEvents;

/* Whether GStreamer's SCTP is installed. */
gboolean vav_sctp_is_possible (void);

/* pipeline: before webrtcbin is in it. events: static. owner: a reference is held until vav_sctp_close(). */
VavSctp *vav_sctp_new (GstElement *pipeline, VavMediaGate *gate, const VavSctpEvents *events, GObject *owner);
VavSctp *vav_sctp_ref (VavSctp *self);
void vav_sctp_unref (VavSctp *self);

/* Makes the elements and sends the first packet; takes milliseconds: not for the main thread. Once. Returns: %FALSE if it cannot be, or is closed */
gboolean vav_sctp_start (VavSctp *self, guint remote_port);
/* After `opened`. Blocks only if more than a MiB is on its way. */
gboolean vav_sctp_send (VavSctp *self, const guint8 *data, gsize size);
/* For tests: opens a stream that was not agreed on, and sends on it. */
gboolean vav_sctp_send_astray (VavSctp *self);
/* Nothing is told from now on. Waits for what is in the elements: not for the main thread, and before webrtcbin is stopped. */
void vav_sctp_close (VavSctp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavSctp, vav_sctp_unref)

G_END_DECLS
