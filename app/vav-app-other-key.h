/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* If that call came to nothing because another key answered in the place of one of our people: tells it loudly, over that window, and what to do. */
void vav_app_other_key_tell (GtkWindow *parent, VavStream *stream);

G_END_DECLS
