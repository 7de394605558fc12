/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of files that others give, made fit to be one in a folder of ours. Pure. */

/* What a file may be called of what its sender calls it: never empty, one name and no path, nothing that hides it, plays tricks on a screen or means
 * something to a shell, a program or another system; at most VAV_FILE_NAME_CAP bytes, cut at a whole character, the extension kept. */
#define VAV_FILE_NAME_CAP 200
char *vav_file_name_clean (const char *name);

/* The n-th name to try for it: "name.ext", "name (2).ext", "name (3).ext"… */
char *vav_file_name_number (const char *name, guint n);

/* The n-th name to try for a part of it. mark: VAV_FILE_NAME_MARK hexadecimal digits, which tell whose it is. */
#define VAV_FILE_NAME_MARK 16
char *vav_file_name_part (const char *name, const char *mark, guint n);
gboolean vav_file_name_is_part (const char *name);

G_END_DECLS
