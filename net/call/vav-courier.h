/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-machine.h"
#include "net/call/vav-file-source.h"
#include "net/call/vav-file.h"
#include "net/signal/vav-channel.h"

G_BEGIN_DECLS

typedef struct _VavCall VavCall;
typedef struct _VavEndpoint VavEndpoint;

/**
 * VavCourier:
 *
 * What two people give each other in a call: texts and files. Owned by its call, to which it points back, and which hands it
 * the messages that are its business. Main-context object; private to net/call.
 *
 * Signals: `text` (char *), `text-acknowledged` (guint64), `file-offered` (VavFile *), `file-changed` (VavFile *): see #VavStream.
 */
#define VAV_TYPE_COURIER (vav_courier_get_type ())
G_DECLARE_FINAL_TYPE (VavCourier, vav_courier, VAV, COURIER, GObject)

VavCourier *vav_courier_new (VavCall *call);
void vav_courier_leave (VavCourier *self); /* the call is about to be gone */

/* What such a message is to the machine: the peer gives something new, or confirms what this side gave. */
VavCallEvent vav_courier_judge (VavCourier *self, VavMessage *message);

/* FALSE: it makes no sense. */
gboolean vav_courier_take (VavCourier *self, VavMessage *message);

/* Before our goodbye: what waits goes out first. FALSE: something does, and the call is told VAV_CALL_EVENT_FLUSHED when it has gone. cut(): it takes too long. */
gboolean vav_courier_flush (VavCourier *self);
void vav_courier_cut (VavCourier *self);

gboolean vav_courier_send_text (VavCourier *self, const char *text, guint64 *id, GError **error);

/* source: opened before, not taken. (transfer full) */
VavFile *vav_courier_send_file (VavCourier *self, const char *path, VavFileSource *source, GError **error);
gboolean vav_courier_accept_file (VavCourier *self, VavFile *file, const char *folder, GError **error);
void vav_courier_refuse_file (VavCourier *self, VavFile *file);
void vav_courier_cancel_file (VavCourier *self, VavFile *file);

/* Somebody came in who wants to carry the files of a call. FALSE: it is none of theirs. */
gboolean vav_courier_admit (VavEndpoint *endpoint, VavChannel *channel, VavMessage *attach);

G_END_DECLS
