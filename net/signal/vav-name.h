/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What others write, made fit to be shown. */

/* Control characters, bidirectional overrides and the like become U+FFFD, and what shows nothing is dropped, so that a name cannot
 * pretend to be something else (Unicode TR36): white space around it, zero-width and filling characters, joiners that join nothing.
 * Composed (NFC), so that equal names are equal bytes. Cut to `cap` bytes at a whole character. Empty if nothing can be seen. */
char *vav_name_make_harmless (const char *name, gsize cap);

/* Returns: (transfer full): the sentence for whoever chose a name that is none: how long one is */
char *vav_name_dup_limits (void);

/* The same for a text of several lines: new lines (of any kind, they become \n), tabs and joiners stay; other control characters, and what turns
 * the direction of all that follows, become U+FFFD. text: UTF-8. */
char *vav_text_make_harmless (const char *text);

G_END_DECLS
