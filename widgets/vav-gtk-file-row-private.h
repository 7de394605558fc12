/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/vav-gtk-conversation.h"

G_BEGIN_DECLS

/* A file of a conversation: what it is, how far it is, and what can be done with it. name: of the other side. Signal `accept`: a person wants it; the
 * chat knows where to. */
#define VAV_GTK_TYPE_FILE_ROW (vav_gtk_file_row_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkFileRow, vav_gtk_file_row, VAV_GTK, FILE_ROW, GtkListBoxRow)

GtkWidget *vav_gtk_file_row_new (VavGtkMessage *message, const char *name);
VavFile *vav_gtk_file_row_get_file (VavGtkFileRow *self);
void vav_gtk_file_row_set_trouble (VavGtkFileRow *self, const char *sentence);

G_END_DECLS
