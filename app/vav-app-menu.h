/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Newer GTK tells a screen reader nothing of what the items of a menu are called: it says of each that its name stands in its label, and hides that from
 * whoever asks. From then on they are named in each menu that comes up, those of GTK's entries among them. */
void vav_app_menu_name_items (void);

G_END_DECLS
