/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppEvents:
 *
 * Tells what happens as JSON, one object on one line for each event, flushed at once: the events that the options `--json` of the
 * programs promise. Every event has `event`, `time` (seconds since the teller was made), `mono_ns` (CLOCK_MONOTONIC), and
 * `value` where it belongs to a call.
 *
 * It watches streams and never holds them. Main-context object; freed with vav_app_events_free(), also while calls run.
 */
typedef struct _VavAppEvents VavAppEvents;

VavAppEvents *vav_app_events_new (FILE *out);
void vav_app_events_free (VavAppEvents *self);

/* From now on, tells `listening`, `broker`, `request`, `presence` (of people) and all events of all streams of the endpoint. */
void vav_app_events_watch_endpoint (VavAppEvents *self, VavEndpoint *endpoint);

/* A stream is watched from when the endpoint lists it; who will dial with it names it here before, so that no state is missed. Twice is once. */
void vav_app_events_watch_stream (VavAppEvents *self, VavStream *stream);

/* Writes an event that is not a stream's. `value` 0: none; fields: (transfer full) (nullable). */
void vav_app_events_write (VavAppEvents *self, const char *event, guint64 value, JsonObject *fields);
void vav_app_events_identity (VavAppEvents *self, VavEndpoint *endpoint);
void vav_app_events_device (VavAppEvents *self, VavDevice *device);

/* The reader is gone (EPIPE) or the disk is full: nothing more is written. */
gboolean vav_app_events_is_broken (VavAppEvents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAppEvents, vav_app_events_free)

G_END_DECLS
