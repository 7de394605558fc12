/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"

G_BEGIN_DECLS

/**
 * VavOutbox:
 *
 * What one side of a call has said and the other has not confirmed yet: kept, so that it can be said again on another connection, with the same
 * numbers. At most VAV_OUTBOX_MAX messages: beyond that it is not whole any more, and the call cannot be resumed.
 */
typedef struct _VavOutbox VavOutbox;

#define VAV_OUTBOX_MAX 1024

VavOutbox *vav_outbox_new (void);
void vav_outbox_free (VavOutbox *self);

void vav_outbox_add (VavOutbox *self, VavMessage *message);  /* it was sent, and has its number */
void vav_outbox_pass (VavOutbox *self, VavMessage *message); /* it was sent, and need not be again */
void vav_outbox_keep (VavOutbox *self, VavMessage *message); /* there is no connection: it gets the next number */
gboolean vav_outbox_is_whole (VavOutbox *self);
guint vav_outbox_get_n_waiting (VavOutbox *self);

/* All up to that number came. FALSE, and nothing is done, if that cannot be: it was never sent, or more was confirmed before. */
gboolean vav_outbox_confirm (VavOutbox *self, guint64 seq);
guint64 vav_outbox_get_confirmed (VavOutbox *self);
/* Sends what waits, and has the channel go on with the next number. */
void vav_outbox_send_again (VavOutbox *self, VavChannel *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavOutbox, vav_outbox_free)

G_END_DECLS
