/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VavNetworkWatch:
 *
 * Tells that addresses or routes of this computer have changed: by the kernel (rtnetlink) and by #GNetworkMonitor, which knows more in a sandbox. Changes
 * come in heaps, so it is told once, when 200 ms have passed without another. In the thread-default main context of where it was made. Whoever is told
 * compares: it may be that nothing that matters to them has changed.
 */
typedef struct _VavNetworkWatch VavNetworkWatch;

typedef void (*VavNetworkChanged) (gpointer user_data);

VavNetworkWatch *vav_network_watch_new (VavNetworkChanged changed, gpointer user_data);
void vav_network_watch_free (VavNetworkWatch *self); /* (nullable) */

/* From which address this computer would send to @host now (an IP address): (transfer full) (nullable): there is no way. Nothing is sent. */
char *vav_network_find_source (const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavNetworkWatch, vav_network_watch_free)

G_END_DECLS
