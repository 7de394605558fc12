/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/* Where the endpoint listens, which servers help it through NATs, and which ports its media use. */
gboolean vav_app_network_set_up (VavEndpoint *endpoint, const VavAppOptions *options, GError **error);

G_END_DECLS
