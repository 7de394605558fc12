/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-call-page.h"
#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppTalk:
 *
 * Tells of texts and files that come in any call while the person does not see them: by a toast with the text and a button that shows the chat,
 * and, while another window is active, by a notification that has only the name: it may stand on a locked screen.
 *
 * The button activates `win.show-chat` with the call's value.
 */
#define VAV_APP_TYPE_TALK (vav_app_talk_get_type ())
G_DECLARE_FINAL_TYPE (VavAppTalk, vav_app_talk, VAV_APP, TALK, GObject)

/* page and overlay are borrowed: the window has them, and this. */
VavAppTalk *vav_app_talk_new (VavAppHost *host, VavAppCallPage *page, AdwToastOverlay *overlay);

G_END_DECLS
