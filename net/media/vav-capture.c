/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-capture.h"

#include "net/core/vav-hop.h"
#include "net/media/vav-capture-pipeline.h"
#include "net/media/vav-device-providers.h"
#include "net/media/vav-devices-private.h"
#include "net/media/vav-test-source.h"

struct _VavCapture
{
  GObject parent_instance;

  VavMediaKind kind;
  char *source;
  char *seed;
  VavOutlet *outlet;
  char *device;      /* (nullable) */
  GPtrArray *avoid;  /* element-type VavDevice */
  VavOutlet *played; /* (nullable) */

  VavHop *hop;

  VavTestSource *test;
  VavCapturePipeline *pipeline;
  gboolean stopped; /* the pipeline is being closed */
};

G_DEFINE_FINAL_TYPE (VavCapture, vav_capture, G_TYPE_OBJECT)

enum
{
  SIGNAL_BEGAN,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
vav_capture_dispose (GObject *object)
{
  VavCapture *self = VAV_CAPTURE (object);

  vav_capture_close (self);
  g_clear_pointer (&self->pipeline, vav_capture_pipeline_unref);
  g_clear_pointer (&self->hop, vav_hop_unref);
  g_clear_object (&self->outlet);
  g_clear_object (&self->played);

  G_OBJECT_CLASS (vav_capture_parent_class)->dispose (object);
}

static void
vav_capture_finalize (GObject *object)
{
  VavCapture *self = VAV_CAPTURE (object);

  g_free (self->source);
  g_free (self->seed);
  g_free (self->device);
  g_ptr_array_unref (self->avoid);

  G_OBJECT_CLASS (vav_capture_parent_class)->finalize (object);
}

static void
vav_capture_class_init (VavCaptureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_capture_dispose;
  object_class->finalize = vav_capture_finalize;

  signals[SIGNAL_BEGAN]
      = g_signal_new ("began", VAV_TYPE_CAPTURE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", VAV_TYPE_CAPTURE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_ERROR, VAV_TYPE_DEVICE);
}

static void
vav_capture_init (VavCapture *self)
{
  self->hop = vav_hop_new (self);
  self->avoid = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_began_post (gpointer owner, gpointer data)
{
  VavCapture *self = owner;

  if (vav_capture_is_open (self) && data == self->pipeline)
    g_signal_emit (self, signals[SIGNAL_BEGAN], 0);
}

static void
on_failed_post (gpointer owner, gpointer data)
{
  VavCapture *self = owner;
  VavCaptureFailure *failure = data;
  VavCapturePipeline *before;

  /* it may be one that was closed meanwhile */
  if (!vav_capture_is_open (self) || failure->pipeline != self->pipeline)
    return;

  before = vav_capture_pipeline_dup_running_before (self->pipeline);
  if (before != NULL)
    {
      vav_capture_pipeline_unref (self->pipeline);
      self->pipeline = before;
    }
  else
    vav_capture_close (self);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, failure->error, failure->device);
}

VavCapture *
vav_capture_new (VavMediaKind kind, const char *source, const char *seed, VavOutlet *outlet)
{
  VavCapture *self = g_object_new (VAV_TYPE_CAPTURE, NULL);

  self->kind = kind;
  self->source = g_strdup (source);
  self->seed = g_strdup (seed);
  self->outlet = g_object_ref (outlet);

  return self;
}

static void
start_pipeline (VavCapture *self)
{
  static const VavCaptureEvents events = { on_began_post, on_failed_post };
  VavCaptureConfig config = { self->kind, self->source, self->device, self->avoid, self->played };

  if (self->kind == VAV_MEDIA_VIDEO && g_str_equal (self->source, "auto"))
    vav_device_providers_want_camera ();
  self->pipeline
      = vav_capture_pipeline_new (&config, self->outlet, g_steal_pointer (&self->pipeline), self->hop, &events);
}

void
vav_capture_open (VavCapture *self)
{
  if (vav_capture_is_open (self))
    return;
  if (g_str_equal (self->source, "test"))
    self->test = vav_test_source_new (self->kind, self->seed, self->outlet);
  else
    start_pipeline (self);
  self->stopped = FALSE;
}

void
vav_capture_reopen (VavCapture *self)
{
  if (self->test == NULL && vav_capture_is_open (self))
    start_pipeline (self);
}

void
vav_capture_set_device (VavCapture *self, const char *name)
{
  g_free (self->device);
  self->device = g_strdup (name);
}

void
vav_capture_avoid (VavCapture *self, VavDevice *device)
{
  if (!vav_devices_contain (self->avoid, device))
    g_ptr_array_add (self->avoid, g_object_ref (device));
}

void
vav_capture_forgive (VavCapture *self, GPtrArray *there)
{
  for (guint i = self->avoid->len; i > 0; i--)
    if (there == NULL || !vav_devices_contain (there, self->avoid->pdata[i - 1]))
      g_ptr_array_remove_index (self->avoid, i - 1);
}

GPtrArray *
vav_capture_get_avoided (VavCapture *self)
{
  return self->avoid;
}

void
vav_capture_set_played (VavCapture *self, VavOutlet *played)
{
  g_set_object (&self->played, played);
}

VavDevice *
vav_capture_dup_device (VavCapture *self)
{
  return self->pipeline != NULL && !self->stopped ? vav_capture_pipeline_dup_device (self->pipeline) : NULL;
}

void
vav_capture_close (VavCapture *self)
{
  g_clear_pointer (&self->test, vav_test_source_free);
  /* kept until the next one: that waits for the device to be free again */
  if (self->pipeline != NULL)
    vav_capture_pipeline_stop (self->pipeline);
  self->stopped = TRUE;
}

gboolean
vav_capture_is_open (VavCapture *self)
{
  return self->test != NULL || (self->pipeline != NULL && !self->stopped);
}
