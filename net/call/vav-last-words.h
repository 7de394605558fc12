/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-errand.h"
#include "net/call/vav-outbox.h"

G_BEGIN_DECLS

/**
 * VavLastWords:
 *
 * How calls ended that were never answered, or not with yes: `reject` or `withdraw`. Such an end is over at once on the side that says it, and whoever lost the connection
 * before it was read comes back to go on with the call. They are told how it ended then, and not that there is no such call. Where they may know of no place
 * to come to, an errand carries the words there. Kept for 30 s, which is as long as the other side tries; of too many the oldest goes, with its errand. Main-context
 * object, owned by the endpoint.
 */
typedef struct _VavLastWords VavLastWords;

#define VAV_LAST_WORDS_MAX 16

VavLastWords *vav_last_words_new (void);
void vav_last_words_free (VavLastWords *self);

/* peer: their id. heard: the number of the last message from them. outbox (transfer full): what was said, to the end. errand (nullable, transfer full):
 * that brings it there. */
void vav_last_words_keep (VavLastWords *self, const char *call, const char *peer, guint64 heard, VavOutbox *outbox,
                          VavErrand *errand);

/* Answers a `resume` from a channel on which nothing was said yet. FALSE, and nothing is said, if it is for no such call, or of another peer. */
gboolean vav_last_words_say (VavLastWords *self, VavChannel *channel, VavMessage *resume);

/* The same where we have said `resume` first, and this is the answer. */
gboolean vav_last_words_add (VavLastWords *self, VavChannel *channel, VavMessage *resume);

/* No errand is run any more. */
void vav_last_words_give_up (VavLastWords *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavLastWords, vav_last_words_free)

G_END_DECLS
