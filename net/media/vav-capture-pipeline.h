/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-hop.h"
#include "net/core/vav-outlet.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* A device or a file as GStreamer pipeline, on a thread of its own that opens it, watches it, plays a file in a loop, and closes it.
 * Pictures: I420, at most 1280 × 720 and 30 a second, shape kept. Sound: 16 bit, 48 kHz, mono, in pieces of 10 ms. */
typedef struct _VavCapturePipeline VavCapturePipeline;

/* Why one ended by itself. error: (nullable): VAV_ERROR_DEVICE; %NULL: there is no such device */
typedef struct
{
  VavCapturePipeline *pipeline;
  GError *error;
} VavCaptureFailure;

/* source: `auto` or a file's path. before: (nullable) (transfer full): the one before on the same device, stopped; it is waited for on
 * the thread. failed: posted at most once, with a VavCaptureFailure. */
VavCapturePipeline *vav_capture_pipeline_new (VavMediaKind kind, const char *source, VavOutlet *outlet,
                                              VavCapturePipeline *before, VavHop *hop, VavHopFunc failed);
/* Nothing goes into the outlet any more when this returns; the device is closed soon after. Never blocks. */
void vav_capture_pipeline_stop (VavCapturePipeline *self);
void vav_capture_pipeline_unref (VavCapturePipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCapturePipeline, vav_capture_pipeline_unref)

G_END_DECLS
