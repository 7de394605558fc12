/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No file name is longer, in bytes (NAME_MAX). */
#define VAV_FILE_NAME_MAX 255

/* The name of a file as a stranger gave it, made fit to stand in a folder: the last part of a path, without what cannot be seen or plays tricks
 * with the direction of writing, without leading dots, cut at a whole character with its extension kept. Never empty; at most @cap bytes
 * (at least 32). (transfer full) */
char *vav_file_name_clean (const char *name, gsize cap);

/* "name.ext" for 1, "name (2).ext" for 2 and so on, at most VAV_FILE_NAME_MAX bytes. name: cleaned. (transfer full) */
char *vav_file_name_number (const char *name, guint number);

G_END_DECLS
