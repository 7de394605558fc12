/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the program finds its schemas, icons and sounds: beside itself when it runs from the folder it was built in, else where it was installed. */

/* (transfer full) (nullable): the schema of the settings; NULL if it is nowhere */
GSettingsSchema *vav_app_paths_find_schema (const char *id);

/* (transfer full) (nullable): a folder with icons that is not where icons are looked for anyway */
char *vav_app_paths_find_icons (void);

/* (transfer full) (nullable): a file of resources/, as `sounds/NAME`; NULL if it is not there */
char *vav_app_paths_find_data (const char *name);

/* (transfer full): the person's folder of that kind, which need not be there yet. In a sandbox (Flatpak) that may not be theirs: what one writes there is
 * gone with the sandbox, and it is the program's own folder in its place, which stays. */
char *vav_app_paths_dup_folder (GUserDirectory directory);

G_END_DECLS
