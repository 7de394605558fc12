/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Looks at a settings file before it is used. One that cannot be read goes aside as `settings-damaged-DATE.ini`; of one that can, what its schema does not
 * allow is taken out, after the whole was copied there. usable: (out): whether there may now be read and written.
 * Returns: (transfer full) (nullable): what was wrong and what was done, for people; NULL: nothing */
char *vav_app_settings_mend (const char *file, GSettingsSchema *schema, gboolean *usable);

G_END_DECLS
