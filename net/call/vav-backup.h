/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* Bytes of UTF-8 that a passphrase has. */
#define VAV_MIN_PASSPHRASE 8
#define VAV_MAX_PASSPHRASE 1024

/* A profile (key, people, history, settings) as one file that only its passphrase opens. All of them block, for a second or more: call them in a thread
 * of their own. */
gboolean vav_backup_write (const char *profile, const char *path, const char *passphrase, GError **error);
gboolean vav_backup_write_with (const char *profile, GBytes *settings, const char *path, const char *passphrase,
                                GError **error); /* settings: (nullable): instead of the profile's settings file */
gboolean vav_backup_check (const char *path, const char *passphrase, GError **error); /* whether it could be read */
gboolean vav_backup_read (const char *path, const char *passphrase, const char *profile, GError **error);

G_END_DECLS
