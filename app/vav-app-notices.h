/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppNotices:
 *
 * The desktop's notifications of calls, for whoever does not look at the window: who is calling, with buttons for the decision, and whom one has missed. Whoever
 * does not want to be disturbed gets none. Their buttons are the application's actions `accept`, `decline` (t: the call's number) and `call` (s).
 */
typedef struct _VavAppNotices VavAppNotices;

VavAppNotices *vav_app_notices_new (GtkApplication *application, VavAppHost *host);
void vav_app_notices_free (VavAppNotices *self);

/* The window is gone, and people can still call: told once in a life of the profile. */
void vav_app_notices_tell_background (GApplication *application);

G_END_DECLS
