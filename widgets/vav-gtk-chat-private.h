/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "widgets/vav-gtk-chat.h"

G_BEGIN_DECLS

/* vav-gtk-chat.c is the class and what is typed, vav-gtk-chat-rows.c what is shown, vav-gtk-chat-files.c how files come into it. */
struct _VavGtkChat
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box; /* all of them: unparented with the template */
  GtkStack *stack;
  GtkLabel *empty_label;
  GtkScrolledWindow *scrolled;
  GtkListBox *list;
  GtkWidget *earlier_button;
  GtkWidget *hint_label;
  GtkTextView *entry;
  GtkWidget *entry_placeholder;
  GtkWidget *attach_button;
  GtkWidget *send_button;

  /* owned */
  VavStream *stream;                /* nullable */
  VavGtkConversation *conversation; /* the stream's */
  GSignalGroup *signals;
  char *folder;                  /* nullable */
  GtkFileChooserNative *chooser; /* nullable: open */
  GCancellable *pasting;         /* what is read from the clipboard belongs to the present stream */

  guint first;     /* position in the conversation of the first row that is shown */
  gboolean at_end; /* stays at the newest row */
  gboolean moving; /* the chat scrolls, not the person */
};

/* vav-gtk-chat.c */
void vav_gtk_chat_hint (VavGtkChat *self, const char *sentence); /* (nullable) */

/* vav-gtk-chat-rows.c */
void vav_gtk_chat_fill (VavGtkChat *self);
void vav_gtk_chat_on_items_changed (VavGtkChat *self, guint position, guint removed, guint added);
void vav_gtk_chat_on_arrived (VavGtkChat *self, VavGtkMessage *message);
void vav_gtk_chat_show_earlier (VavGtkChat *self);
void vav_gtk_chat_watch_scrolling (VavGtkChat *self);
void vav_gtk_chat_go_to_end (VavGtkChat *self);
void vav_gtk_chat_read (VavGtkChat *self);

/* vav-gtk-chat-files.c */
void vav_gtk_chat_choose_files (VavGtkChat *self);
gboolean vav_gtk_chat_paste (VavGtkChat *self); /* FALSE: it is text, or nothing that could be sent */

G_END_DECLS
