/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavGtkDevices:
 *
 * What a person sees and hears with: camera, microphone and speaker, each chosen from those that there are; the camera's picture as in a mirror, a
 * meter of how loud the microphone is, a sound to try the speaker with, volume, and whether echo and noise are taken out. What is chosen is set
 * on the endpoint at once, for calls that run too; to keep it is the program's business (listen to the endpoint's properties).
 *
 * The microphone is open while the widget is to be seen (see #VavGtkDevices:metering), the camera only if #VavGtkDevices:preview is on as well: by the button in it, or by the
 * program. Nobody else gets anything of either. Take the endpoint away before it is closed, or hide the widget.
 *
 * Properties: `endpoint` (nullable, held), `preview`: whether the camera's picture is shown, `metering`: whether the microphone is listened
 * to (default).
 *
 * # CSS nodes
 * `devices`; inside `.preview` with `videoview`, `.hint` for sentences, `levelbar`.
 *
 * # Accessibility
 * Every control has a name. The meter says its value when it is asked; that somebody is heard is said in a label as well.
 */
#define VAV_GTK_TYPE_DEVICES (vav_gtk_devices_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkDevices, vav_gtk_devices, VAV_GTK, DEVICES, GtkWidget)

GtkWidget *vav_gtk_devices_new (void);

VavEndpoint *vav_gtk_devices_get_endpoint (VavGtkDevices *self);
void vav_gtk_devices_set_endpoint (VavGtkDevices *self, VavEndpoint *endpoint);
gboolean vav_gtk_devices_get_preview (VavGtkDevices *self);
void vav_gtk_devices_set_preview (VavGtkDevices *self, gboolean preview);
gboolean vav_gtk_devices_get_metering (VavGtkDevices *self);
void vav_gtk_devices_set_metering (VavGtkDevices *self, gboolean metering);

G_END_DECLS
