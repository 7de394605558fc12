/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The way between two, as a network sees it: carries the bytes of connections to somebody, of which it understands nothing, and can lose them. In the main
 * context. */
typedef struct _Line Line;

Line *line_new (const char *target); /* HOST:PORT */
void line_free (Line *self);
const char *line_get_address (Line *self); /* to be dialled in the target's place */

void line_cut (Line *self);   /* resets both ends of what is there */
void line_close (Line *self); /* from now on nobody listens: the host refuses */
void line_open (Line *self);  /* again, on the same port */
guint line_get_n_made (Line *self);

G_END_DECLS
