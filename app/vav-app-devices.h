/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "widgets/visavis-gtk.h"

G_BEGIN_DECLS

/* A window over another one in which camera, microphone and speaker are chosen and tried. */
#define VAV_APP_TYPE_DEVICES (vav_app_devices_get_type ())
G_DECLARE_FINAL_TYPE (VavAppDevices, vav_app_devices, VAV_APP, DEVICES, AdwWindow)

/* preview: whether the picture is shown at once, as when a call shows it already. Returns: (transfer none): owned by GTK */
GtkWidget *vav_app_devices_new (GtkWindow *parent, VavEndpoint *endpoint, gboolean preview);

G_END_DECLS
