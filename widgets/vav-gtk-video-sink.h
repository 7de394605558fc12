/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>
#include <gst/video/gstvideosink.h>

G_BEGIN_DECLS

/**
 * VavGtkVideoSink:
 *
 * A GStreamer video sink that shows its pictures in a #GdkPaintable: the property `paintable`, the same contract as `gtk4paintablesink`. Put the
 * paintable into a #GtkPicture or any widget that shows one.
 *
 * The latest picture wins: one that comes before the last was taken over by the main thread replaces it; at most one wake-up of the main
 * context is on its way. Takes BGRx, BGRA, RGBA and RGB.
 *
 * Properties: `paintable` (GdkPaintable, any thread may read it; to be used on the main thread), `shown` and `dropped` (guint64: pictures
 * handed to the paintable, and pictures replaced before that).
 */
#define VAV_GTK_TYPE_VIDEO_SINK (vav_gtk_video_sink_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkVideoSink, vav_gtk_video_sink, VAV_GTK, VIDEO_SINK, GstVideoSink)

GstElement *vav_gtk_video_sink_new (void);
GdkPaintable *vav_gtk_video_sink_get_paintable (VavGtkVideoSink *self);

G_END_DECLS
