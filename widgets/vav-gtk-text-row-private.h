/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/vav-gtk-conversation.h"

G_BEGIN_DECLS

/* A text of a conversation, as a bubble: on the start side theirs, on the end side one's own. name: of the other side. */
#define VAV_GTK_TYPE_TEXT_ROW (vav_gtk_text_row_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkTextRow, vav_gtk_text_row, VAV_GTK, TEXT_ROW, GtkListBoxRow)

GtkWidget *vav_gtk_text_row_new (VavGtkMessage *message, const char *name);

/* The text as Pango markup, its https:// links as links. */
char *vav_gtk_text_row_mark_links (const char *text);

G_END_DECLS
