/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "widgets/visavis-gtk.h"

G_BEGIN_DECLS

/**
 * VavAppCallPage:
 *
 * A call as the window shows it: the conference, and what stands beside it.
 */
#define VAV_APP_TYPE_CALL_PAGE (vav_app_call_page_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCallPage, vav_app_call_page, VAV_APP, CALL_PAGE, GtkWidget)

VavStream *vav_app_call_page_get_stream (VavAppCallPage *self); /* (nullable): the end of its last call has unbound it */
void vav_app_call_page_set_stream (VavAppCallPage *self, VavStream *stream); /* (nullable) */

VavGtkConference *vav_app_call_page_get_conference (VavAppCallPage *self);

G_END_DECLS
