/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* The one place where the words of a call are made that a person reads in the conference widget. Private to the library.
 * All return (transfer full). */
char *vav_gtk_words_name (VavStream *stream);
char *vav_gtk_words_initials (const char *name);
char *vav_gtk_words_clock (gint64 seconds);
char *vav_gtk_words_state (VavStream *stream);
char *vav_gtk_words_missing_picture (VavStream *stream);

G_END_DECLS
