/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Somebody without a picture: their initials on a disc, in the colour that AdwAvatar gives to the same name, so that a person looks alike wherever a
 * program shows them. What is called by an address has a symbol in the place of initials. Private to the library. */
#define VAV_GTK_TYPE_PORTRAIT (vav_gtk_portrait_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkPortrait, vav_gtk_portrait, VAV_GTK, PORTRAIT, GtkWidget)

void vav_gtk_portrait_set_name (VavGtkPortrait *self, const char *name); /* nullable */

G_END_DECLS
