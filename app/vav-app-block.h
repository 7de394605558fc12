/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/* Whether a button for that makes sense: who is among one's people is blocked on their page, and oneself not at all. */
gboolean vav_app_block_is_for (VavAppHost *host, VavAppCaller *caller);

/* Turns the caller away, now and whenever they call again; told of in the main window, where it can be undone. */
void vav_app_block_caller (VavAppHost *host, VavAppCaller *caller);

G_END_DECLS
