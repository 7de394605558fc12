/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Parts of files that nobody goes on with: whoever offers many files and cuts each must not fill the folder. Blocking; any thread. */

#define VAV_FILE_LEFTOVERS_DAYS 30 /* since something came of them */
#define VAV_FILE_LEFTOVERS_MOST 32 /* in a folder: the latest */

/* Removes what is beyond that. What is in use, and what is no part of ours, is neither counted nor touched. */
void vav_file_leftovers_remove (int dir_fd);

/* A plain file of ours that has no other name: no link, pipe or device that somebody put there. */
gboolean vav_file_is_ours (int fd, struct stat *status);

/* Whether the name is still that file's. */
gboolean vav_file_is_there (int dir_fd, const char *name, const struct stat *status);

G_END_DECLS
