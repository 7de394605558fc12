/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* Says that there is no camera, or no microphone, what that means, and what one can do; to be seen only while it is so. CSS node `notice`. */
#define VAV_APP_TYPE_NOTICE (vav_app_notice_get_type ())
G_DECLARE_FINAL_TYPE (VavAppNotice, vav_app_notice, VAV_APP, NOTICE, GtkWidget)

void vav_app_notice_set_endpoint (VavAppNotice *self, VavEndpoint *endpoint); /* once */

G_END_DECLS
