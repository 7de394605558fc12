/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What both programs say to the C library before anything else; a library must not, as it holds for the whole process. */
void vav_app_process_prepare (void);

G_END_DECLS
