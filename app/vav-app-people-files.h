/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* People from a file of vCards, and into one. Each asks for the file, and tells in the window what came of it: a toast, or a dialog if there is something
 * to mend. */
void vav_app_people_files_import (VavAppWindow *window, VavAppHost *host);
void vav_app_people_files_export (VavAppWindow *window, VavAppHost *host);

G_END_DECLS
