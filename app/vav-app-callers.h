/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppCallers:
 *
 * Who is calling: puts the card of the oldest caller who was not silenced over the window (or into a small window of its own when that is hidden), and rings
 * meanwhile; rings back while the other side rings. In a call there is one soft sound instead of the ring.
 *
 * Actions of the application: `accept`, `decline`, `resume` (t: a call's number). Of the window with the card: `accept` (Ctrl+Shift+Enter), `decline` (Ctrl+Shift+D).
 */
typedef struct _VavAppCallers VavAppCallers;

VavAppCallers *vav_app_callers_new (GtkApplication *application, VavAppHost *host, gboolean audible);
void vav_app_callers_free (VavAppCallers *self);

G_END_DECLS
