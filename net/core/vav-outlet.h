/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavOutlet:
 *
 * Where pictures or sound come out: of a camera, of a microphone, of the other side. Any number of
 * consumers may be attached and detached at any time, from any thread, without the producer noticing:
 * a view shows the picture, a probe measures it, a recorder writes it.
 *
 * A consumer gets each sample (a `GstSample *`, borrowed, raw video or audio with caps and a buffer) on the producer's streaming thread and
 * must return at once. When vav_outlet_detach() has returned, the consumer is not running and is never called again;
 * do not call it from the consumer itself.
 *
 * Time stamps are running times of pipelines whose base time is 0 on the system clock: CLOCK_MONOTONIC.
 */
#define VAV_TYPE_OUTLET (vav_outlet_get_type ())
G_DECLARE_FINAL_TYPE (VavOutlet, vav_outlet, VAV, OUTLET, GObject)

/**
 * VavOutletFunc:
 * @sample: (type Gst.Sample) (transfer none): borrowed; core knows no GStreamer, so it travels untyped
 * @user_data: as given
 *
 * A consumer, on the producer's streaming thread. It must return at once.
 */
typedef void (*VavOutletFunc) (gpointer sample, gpointer user_data);

VavOutlet *vav_outlet_new (void);
guint vav_outlet_attach (VavOutlet *self, VavOutletFunc func, gpointer user_data, GDestroyNotify destroy);
void vav_outlet_detach (VavOutlet *self, guint id);
guint vav_outlet_get_n_consumers (VavOutlet *self);
void vav_outlet_push (VavOutlet *self, gpointer sample);

G_END_DECLS
