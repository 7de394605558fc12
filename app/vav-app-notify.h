/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The desktop's notifications, of GApplication. One of the same id replaces the one before. */
void vav_app_notify_send (GApplication *application, const char *id, GNotification *notification);

/* Takes one back that need not have been sent. GLib 2.74 knows one only once the server has answered it, and before that takes nothing back: so this is done
 * after the server has answered something that was asked later. */
void vav_app_notify_withdraw (GApplication *application, const char *id);

G_END_DECLS
