/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "net/media/vav-vp8.h"

G_BEGIN_DECLS

/**
 * VavBacklog:
 *
 * Which pictures go to the decoder, where more come than it can decode. Nothing before it may leave any out, since each builds on the one before: without
 * this they would be shown later and later, and once everything is full, nothing would be received at all, sound neither. So what waits is counted, and
 * when the first of them has waited too long nothing more goes in until they are gone and a key frame has come. The same after a picture that the decoder
 * must not see.
 *
 * Pure; any thread; no clock of its own.
 */
typedef struct _VavBacklog VavBacklog;

/* Longer than pictures are kept back for repairs (VAV_REPAIR_MAX_WAIT_MS), and than a heap of them takes that came late. */
#define VAV_BACKLOG_MAX_MS 2500
#define VAV_BACKLOG_MAX_PICTURES 256
#define VAV_BACKLOG_MAX_BYTES (16 * 1024 * 1024)

typedef enum
{
  VAV_BACKLOG_PASS, /* it waits now, until vav_backlog_take() */
  VAV_BACKLOG_DROP,
  VAV_BACKLOG_ASK, /* not this one: ask for a key frame */
} VavBacklogVerdict;

VavBacklog *vav_backlog_new (void);
void vav_backlog_free (VavBacklog *self);

/* A picture came. now_us: monotonic */
VavBacklogVerdict vav_backlog_add (VavBacklog *self, VavVp8Frame kind, gsize size, gint64 now_us);
/* The decoder takes the one that waited longest. */
void vav_backlog_take (VavBacklog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavBacklog, vav_backlog_free)

G_END_DECLS
