/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/vav-gtk-conversation.h"

G_BEGIN_DECLS

/**
 * VavGtkChat:
 *
 * What the two people of a call write and send each other: shows the #VavGtkConversation of its stream, and takes what is typed, pasted and dropped.
 * Any number of chats may show one stream. As long as it is on the screen, what comes counts as read.
 *
 * Enter sends, Shift+Enter begins a new line. Files are sent by the button, by drop (anywhere on the chat, and on the widgets given to
 * vav_gtk_chat_take_drops()) and by paste; a pasted picture goes as a PNG file. Each file that is offered is asked for: nothing is taken and
 * nothing opens by itself. Links are links only from somebody who was known before.
 *
 * Properties: `stream` (nullable), `folder` (where received files go; %NULL: the user's folder for downloads; made when it is needed).
 *
 * # CSS nodes
 * `chat` with `.bubble.own` and `.bubble.theirs` (files: `.file`), `.when`, `.hint`, `.compose`, `.drop` while files are held over it.
 *
 * # Accessibility
 * The rows are a log, each named by who writes what; what arrives is announced where GTK can (4.14).
 */
#define VAV_GTK_TYPE_CHAT (vav_gtk_chat_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkChat, vav_gtk_chat, VAV_GTK, CHAT, GtkWidget)

GtkWidget *vav_gtk_chat_new (void);

VavStream *vav_gtk_chat_get_stream (VavGtkChat *self);
void vav_gtk_chat_set_stream (VavGtkChat *self, VavStream *stream);
const char *vav_gtk_chat_get_folder (VavGtkChat *self);
void vav_gtk_chat_set_folder (VavGtkChat *self, const char *folder);

/* Files dropped there are sent, too. The widget must not outlive the chat. */
void vav_gtk_chat_take_drops (VavGtkChat *self, GtkWidget *widget);

/* Offers the files (of #GFile) to the other side: 64 at a time at most, and only those of this computer. */
void vav_gtk_chat_send_files (VavGtkChat *self, GListModel *files);

G_END_DECLS
