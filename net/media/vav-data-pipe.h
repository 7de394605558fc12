/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-pipe.h"
#include "net/media/vav-media-gate.h"

G_BEGIN_DECLS

/**
 * VavDataPipe:
 *
 * A pipe through the media's own path, wherever that leads: an SCTP stream in its DTLS connection (VavSctp). Costs nothing until one side
 * sends. Nothing passes before the gate is open.
 *
 * A message is a byte and what follows it: 0, a piece; 1, so many bytes (32 bits, big endian) were taken and may be sent anew; 2, the end,
 * nothing more comes. GStreamer's SCTP takes whatever comes without ever slowing the sender down, so the window is ours: a side sends at most
 * 512 KiB that the other has not taken, each piece weighing 64 bytes more than it has, and of who sends more nothing
 * further is taken.
 */
#define VAV_TYPE_DATA_PIPE (vav_data_pipe_get_type ())
G_DECLARE_FINAL_TYPE (VavDataPipe, vav_data_pipe, VAV, DATA_PIPE, GObject)

#define VAV_DATA_PIPE_MAX_PIECE (16 * 1024)

/* pipeline: before webrtcbin is in it. Main thread, as all that follows. */
VavDataPipe *vav_data_pipe_new (GstElement *pipeline, VavMediaGate *gate);
/* The peer has a data part: SCTP port. */
void vav_data_pipe_agree (VavDataPipe *self, guint remote_port);
gboolean vav_data_pipe_is_agreed (VavDataPipe *self);
/* The gate is open now: answers a peer that was earlier. */
void vav_data_pipe_open (VavDataPipe *self);
/* The call is over: whoever waits in vav_pipe_send() is woken. Any thread. */
void vav_data_pipe_stop (VavDataPipe *self);
/* Takes the elements away, and with them the last of the threads. Not on the main thread; before webrtcbin is stopped. */
void vav_data_pipe_take_apart (VavDataPipe *self);

/* For tests: a message as it is, past all that this side keeps to. */
gboolean vav_data_pipe_send_raw (VavDataPipe *self, const guint8 *data, gsize size);
gboolean vav_data_pipe_send_astray (VavDataPipe *self);

G_END_DECLS
