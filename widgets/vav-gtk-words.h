/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* The words of a call that a person reads in the conference widget, made in one place; for programs that show calls in widgets of their own, too.
 * All return (transfer full). */
char *vav_gtk_words_name (VavStream *stream);
char *vav_gtk_words_initials (const char *name);
char *vav_gtk_words_portrait (const char *name);
char *vav_gtk_words_clock (gint64 seconds);
char *vav_gtk_words_line (GBytes *data, guint max_length); /* (nullable) */
char *vav_gtk_words_state (VavStream *stream);
char *vav_gtk_words_waiting (VavStream *stream);
char *vav_gtk_words_missing_picture (VavStream *stream);
char *vav_gtk_words_peer_sharing (VavStream *stream);  /* (nullable) */
char *vav_gtk_words_missing_sound (VavStream *stream); /* (nullable) */
char *vav_gtk_words_slow (VavStream *stream);          /* (nullable) */

G_END_DECLS
