/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-error.h"
#include "net/core/vav-hop.h"

G_BEGIN_DECLS

/* Makes elements by factory name, ends with %NULL, adds them to @bin and links them in that order; vav_media_start_chain() brings them to
 * the state of
 * @bin, when their properties are set.
 * Returns: %FALSE with VAV_ERROR_MEDIA and nothing added if one is missing. elements: (out caller-allocates): one borrowed pointer for
 * each */
gboolean vav_media_make_chain (GstBin *bin, const char *const *factories, GstElement **elements, GError **error);

void vav_media_start_chain (GstElement **elements, guint n);

/* A pipeline on the system's monotonic clock with base time 0: its running time is CLOCK_MONOTONIC, in every pipeline the same. Returns:
 * (transfer full) */
GstElement *vav_media_make_pipeline (const char *name);

/* The streaming thread of the source whose pad this is: PipeWire unmaps what is no memory of GStreamer at once when the other end goes, no matter who still
 * reads it; so what comes is copied, and from then on the source copies before it gives anything. A desktop and a camera give files and DMA buffers,
 * which GStreamer maps itself: those are not copied. buffer: (transfer full). Returns: (transfer full): writable */
GstBuffer *vav_media_own_buffer (GstPad *pad, GstBuffer *buffer);

/* For whoever looks for a mistake: with GST_DEBUG_DUMP_DOT_DIR, a graph of it in that folder. No properties and caps: keys and passwords are among them. Any
 * thread. */
void vav_media_dump (GstElement *pipeline, const char *moment);

/* As g_timeout_add_seconds(), in the context of the owner of @hop. Returns: (transfer full): for vav_media_remove_timer() */
GSource *vav_media_add_timer (VavHop *hop, guint seconds, GSourceFunc func, gpointer user_data);
void vav_media_remove_timer (GSource *timer);

/* Mean square of 16-bit samples, 0 to 1. */
double vav_media_mean_square (const gint16 *samples, gsize n);
/* dB of full scale, -100 for silence */
double vav_media_level (double mean_square);

G_END_DECLS
