/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-hop.h"
#include "net/core/vav-outlet.h"
#include "net/media/vav-devices.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* A device or a file as GStreamer pipeline, on a thread of its own that opens it, watches it, plays a file in a loop, and closes it.
 * Pictures: I420, at most 1280 × 720 and 30 a second, shape kept. Sound: 16 bit, 48 kHz, mono, in pieces of 10 ms. */
typedef struct _VavCapturePipeline VavCapturePipeline;

/* What it is to give, and of what. */
typedef struct
{
  VavMediaKind kind;
  const char *source; /* `auto` or a file's path */
  const char *device; /* (nullable): name of the one to use, if it is there */
  GPtrArray *avoid;   /* element-type VavDevice: those that failed */
  VavOutlet *
      played; /* (nullable): what goes to the speaker, whose echo is taken out of the sound; NULL: the sound as it is */
} VavCaptureConfig;

/* Why one ended by itself. error: (nullable): VAV_ERROR_DEVICE; %NULL: there is no such device. device: (nullable): that it had */
typedef struct
{
  VavCapturePipeline *pipeline;
  VavDevice *device;
  GError *error;
} VavCaptureFailure;

/* began: its first sample is there, with the VavCapturePipeline. failed: it ended by itself, with a VavCaptureFailure. Each is posted at most once. */
typedef struct
{
  VavHopFunc began;
  VavHopFunc failed;
} VavCaptureEvents;

/* before: (nullable) (transfer full): the one whose place it takes. If that one has the same device it is stopped and waited for on the thread;
 * if it has another it runs until this one gives its first sample, and on if this one fails. events: static. */
VavCapturePipeline *vav_capture_pipeline_new (const VavCaptureConfig *config, VavOutlet *outlet,
                                              VavCapturePipeline *before, VavHop *hop, const VavCaptureEvents *events);
/* Returns: (transfer full) (nullable): of one that failed, the one whose place it was to take, if that still runs */
VavCapturePipeline *vav_capture_pipeline_dup_running_before (VavCapturePipeline *self);
/* Returns: (transfer full) (nullable): not known yet, or a file */
VavDevice *vav_capture_pipeline_dup_device (VavCapturePipeline *self);
/* Nothing goes into the outlet any more when this returns; the device is closed soon after. Never blocks. */
void vav_capture_pipeline_stop (VavCapturePipeline *self);
void vav_capture_pipeline_unref (VavCapturePipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCapturePipeline, vav_capture_pipeline_unref)

G_END_DECLS
