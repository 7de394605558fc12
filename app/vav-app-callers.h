/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppCallers:
 *
 * Who is calling: puts the card of the oldest request that waits for a decision over the window (or into a small window of its own when
 * that is hidden), and rings meanwhile; rings back while the other side rings.
 */
typedef struct _VavAppCallers VavAppCallers;

VavAppCallers *vav_app_callers_new (GtkApplication *application, VavAppHost *host, gboolean audible);
void vav_app_callers_free (VavAppCallers *self);

G_END_DECLS
