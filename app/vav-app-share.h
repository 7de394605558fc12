/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/vav-app-settings.h"
#include "net/visavis.h"

G_BEGIN_DECLS

/* One's own card, to be given to others: a link to copy, a QR code to show or to save as a picture. Follows the address where this computer listens.
 * With a meeting server it also carries the servers, if the person wants that: they come with passwords. */
#define VAV_APP_TYPE_SHARE (vav_app_share_get_type ())
G_DECLARE_FINAL_TYPE (VavAppShare, vav_app_share, VAV_APP, SHARE, AdwWindow)

GtkWidget *vav_app_share_new (GtkWindow *parent, VavEndpoint *endpoint, VavAppSettings *settings);

G_END_DECLS
