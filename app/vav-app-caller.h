/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppCaller:
 *
 * Somebody who waits for a decision: the request, since when, and whether it still rings here. Knows no GTK.
 *
 * Property `silenced`: it does not ring here any more, and goes on waiting; the caller still hears it ring.
 */
#define VAV_APP_TYPE_CALLER (vav_app_caller_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCaller, vav_app_caller, VAV_APP, CALLER, GObject)

VavAppCaller *vav_app_caller_new (VavRequest *request);

VavRequest *vav_app_caller_get_request (VavAppCaller *self);
const char *vav_app_caller_get_name (VavAppCaller *self); /* never empty */
gint64 vav_app_caller_get_waited (VavAppCaller *self);    /* seconds */

void vav_app_caller_silence (VavAppCaller *self);
gboolean vav_app_caller_is_silenced (VavAppCaller *self);

/* Says no. message: (nullable): what the caller reads; cut to VAV_APP_MAX_MESSAGE characters. */
#define VAV_APP_MAX_MESSAGE 300
void vav_app_caller_decline (VavAppCaller *self, const char *message);

G_END_DECLS
