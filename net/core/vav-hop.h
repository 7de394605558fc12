/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavHop:
 *
 * The one way from a foreign thread (streaming threads, the ICE thread, the TLS pool) to the main
 * context that owns an object. The hop holds the object weakly: what arrives after the object's death
 * is freed and goes nowhere. Posts arrive in the order they were made; none is run before the poster returned.
 * May be used from any thread.
 */
typedef struct _VavHop VavHop;

typedef void (*VavHopFunc) (gpointer owner, gpointer data);

VavHop *vav_hop_new (gpointer owner);
VavHop *vav_hop_ref (VavHop *self);
void vav_hop_unref (VavHop *self);
GMainContext *vav_hop_get_context (VavHop *self);
void vav_hop_post (VavHop *self, VavHopFunc func, gpointer data, GDestroyNotify destroy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavHop, vav_hop_unref)

G_END_DECLS
