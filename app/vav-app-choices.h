/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-settings.h"
#include "net/visavis.h"

G_BEGIN_DECLS

/* What this user sees and hears with (camera, microphone, speaker, volume, voice processing, picture quality, how much data that may take): from the settings to the endpoint now, and both ways from
 * then on, as long as the endpoint lives. settings: outlives the endpoint. */
void vav_app_choices_keep (VavAppSettings *settings, VavEndpoint *endpoint);

/* Writes at once what else would be written a moment later: the program is about to go. */
void vav_app_choices_flush (VavEndpoint *endpoint);

G_END_DECLS
