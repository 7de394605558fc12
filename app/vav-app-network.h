/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/* Where the endpoint listens, which servers help it through NATs, and which ports its media use. */
gboolean vav_app_network_set_up (VavEndpoint *endpoint, const VavAppOptions *options, GError **error);

/* The servers that this user prefers, by which they are reached from anywhere; kinds: VavServerKind. settings: nullable. */
char *vav_app_network_dup_server (VavAppSettings *settings, VavServerKind kind); /* (nullable) */
gboolean vav_app_network_has_servers (VavAppSettings *settings);

/* Takes out of the card what the organisation has locked. Returns: whether there was any such */
gboolean vav_app_network_drop_locked (VavAppSettings *settings, VavCard *card);

/* Those that the card carries and that may be chosen, from now on; the others stay. */
void vav_app_network_use_servers (VavEndpoint *endpoint, VavAppSettings *settings, const VavCard *card);

G_END_DECLS
