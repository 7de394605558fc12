/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "widgets/visavis-gtk.h"

G_BEGIN_DECLS

/**
 * VavAppCallPage:
 *
 * A call as the window shows it: the conference, and the chat that slides in beside it, or over it where there is no room for both. The chat stays
 * when the call is over: what was sent can still be opened.
 *
 * Properties, notified: `chat-visible` (gboolean), `unread` (guint): what came while the chat was hidden.
 */
#define VAV_APP_TYPE_CALL_PAGE (vav_app_call_page_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCallPage, vav_app_call_page, VAV_APP, CALL_PAGE, GtkWidget)

VavStream *
vav_app_call_page_get_stream (VavAppCallPage *self); /* (nullable): the end of its last call has unbound it */
void vav_app_call_page_set_stream (VavAppCallPage *self, VavStream *stream); /* (nullable) */

VavGtkConference *vav_app_call_page_get_conference (VavAppCallPage *self);
VavGtkChat *vav_app_call_page_get_chat (VavAppCallPage *self);

gboolean vav_app_call_page_get_chat_visible (VavAppCallPage *self);
void vav_app_call_page_set_chat_visible (VavAppCallPage *self, gboolean visible);
gboolean vav_app_call_page_has_messages (VavAppCallPage *self); /* also of a call that is over */
guint vav_app_call_page_get_unread (VavAppCallPage *self);

G_END_DECLS
