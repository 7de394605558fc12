/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bringing a saved profile back while the program holds the present one: the host is closed first; then this reads the file, in a thread, under the lock
 * that the program has; then the program begins anew in the same process, with the profile that was read. */
void vav_app_restart_import_async (const char *file, const char *passphrase, const char *profile,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_app_restart_import_finish (GAsyncResult *result, GError **error);

/* arguments: the program's, without its name. Returns only if it cannot be done. */
void vav_app_restart_now (const char *const *arguments);

G_END_DECLS
