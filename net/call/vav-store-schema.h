/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How the tables came to be: step n makes version n + 1 of version n. Private to VavStore. A file goes through all steps that it lacks, each whole
 * or not at all; so a new file is made in the same way as an old one is brought up. What was released is never edited: a change is a new step. */
extern const char *const vav_store_steps[];
extern const int vav_store_version; /* number of steps */

/* Statements that can be prepared on the last version: a file of that number on which they cannot is not ours, or damaged. */
extern const char *const vav_store_probes[];

G_END_DECLS
