/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Saves the profile as vav_backup_write() does, with the passwords of its servers: they are in the keyring, and the copy is sealed. lacking (out) (nullable):
 * a sentence, if some could not be had; the copy is made without them. Any thread; blocks; asks nobody to open the keyring. */
gboolean vav_app_copy_write (const char *profile, const char *file, const char *passphrase, char **lacking,
                             GError **error);

G_END_DECLS
