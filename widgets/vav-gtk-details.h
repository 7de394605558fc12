/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavGtkDetails:
 *
 * What there is to know about a running call, as a list that is brought up to date every second: the path and whether a relay carries it, the
 * encryption, who the other side is and how far their key is trusted, delay, loss, rates, sizes and pictures a second both ways.
 *
 * Properties: `stream` (#VavStream, nullable).
 *
 * # CSS nodes
 * `details` with a `list` of `row`, each with a `label.title` and a `label.value`.
 *
 * # Accessibility
 * A list; each row can take the focus and reads as "Delay: 23 ms".
 */
#define VAV_GTK_TYPE_DETAILS (vav_gtk_details_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkDetails, vav_gtk_details, VAV_GTK, DETAILS, GtkWidget)

GtkWidget *vav_gtk_details_new (void);
VavStream *vav_gtk_details_get_stream (VavGtkDetails *self);
void vav_gtk_details_set_stream (VavGtkDetails *self, VavStream *stream);

G_END_DECLS
