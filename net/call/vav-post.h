/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/**
 * VavPost:
 *
 * Messages on their way out, no faster than the other side's channel lets them in (it cuts whoever sends too much at once): a thousand
 * small ones, then a hundred a second; large ones count for several. In order. Main-context object.
 */
typedef struct _VavPost VavPost;

typedef void (*VavPostSend) (VavMessage *message, gpointer user_data);
typedef void (*VavPostEmpty) (gpointer user_data);

VavPost *vav_post_new (VavPostSend send, VavPostEmpty empty,
                       gpointer user_data); /* empty: the last one that waited was sent */
void vav_post_free (VavPost *self);

/* Whether something new may be begun: 1 MiB at most waits. VAV_ERROR_TOO_LARGE. */
gboolean vav_post_has_room (VavPost *self, GError **error);

/* The message has its call. VAV_ERROR_TOO_LARGE: it is, or 2 MiB wait already: answers still go when there is no room for anything new. */
gboolean vav_post_add (VavPost *self, VavMessage *message, GError **error);
gboolean vav_post_is_empty (VavPost *self);
void vav_post_clear (VavPost *self); /* nothing that waits is sent any more */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavPost, vav_post_free)

G_END_DECLS
