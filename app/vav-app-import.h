/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* Asks for a file of people (vCards), imports it, and tells in the window what came of it: a toast, or a dialog if there is something to mend. */
void vav_app_import_choose (VavAppWindow *window, VavAppHost *host);

G_END_DECLS
