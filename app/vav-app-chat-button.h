/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows and hides the chat, and says how much in it was not read. */
#define VAV_APP_TYPE_CHAT_BUTTON (vav_app_chat_button_get_type ())
G_DECLARE_FINAL_TYPE (VavAppChatButton, vav_app_chat_button, VAV_APP, CHAT_BUTTON, GtkToggleButton)

void vav_app_chat_button_set_unread (VavAppChatButton *self, guint unread);

G_END_DECLS
