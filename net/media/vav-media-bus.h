/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"

G_BEGIN_DECLS

/**
 * VavMediaBusEvents:
 * @broken: an element of ours cannot go on: what it is there for does not flow any more
 * @lost: one inside webrtcbin cannot: nothing comes from the peer any more, or nothing goes there
 *
 * Posted without data.
 */
typedef struct
{
  VavHopFunc broken;
  VavHopFunc lost;
} VavMediaBusEvents;

/* Hears what the elements of a call's pipeline tell, each there and then on its own thread: nobody reads the bus, and what is left on it piles up until
 * the call is over, with a reference to the element each. An error is posted to the owner of @hop, a warning is for who looks for a mistake, and the
 * rest is of no use. */
void vav_media_bus_watch (GstElement *pipeline, VavHop *hop, const VavMediaBusEvents *events);

G_END_DECLS
