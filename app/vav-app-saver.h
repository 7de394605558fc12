/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/* Less data where it costs: the settings `data-saver` (when) and `data-saver-amount` (how much), and whether this computer's connection is metered, decide the endpoint's
 * rate limit. Followed as long as the endpoint lives, also in a call. settings: outlives the endpoint. */
void vav_app_saver_keep (VavAppSettings *settings, VavEndpoint *endpoint);

/* Whether what goes through now is paid for, as far as the system knows. */
gboolean vav_app_saver_is_metered (void);

G_END_DECLS
