/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A connectivity check (RFC 8445, 7.2.2), sealed with what both sides have from the call's signalling, and sent by ourselves where libnice would send none, or later.
 * Its answer finds nobody who waits for it: libnice's own checks judge the path. tie: breaks a tie where both mean to control (7.3.1.1).
 * Returns: (transfer full) (nullable): the datagram; NULL: the names are too long for one */
GBytes *vav_ice_check_new (const char *local_ufrag, const char *remote_ufrag, const char *remote_password,
                           gboolean controlling, guint component, guint64 tie);

G_END_DECLS
