/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-media-parts.h"

G_BEGIN_DECLS

/* Once a second: gathers the figures of a call, lets the jitter buffers follow, and posts a VavStats to the hop's owner. Main thread;
 * freed before the parts are closed. */
typedef struct _VavMediaReporter VavMediaReporter;

VavMediaReporter *vav_media_reporter_new (VavMediaParts *parts, VavHop *hop, VavHopFunc report);
void vav_media_reporter_free (VavMediaReporter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaReporter, vav_media_reporter_free)

G_END_DECLS
