/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What both programs do before anything else, and a library must not, as it holds for the whole process: memory, signals, language. First in main(). */
void vav_app_process_prepare (void);

/* Whether the program runs from the folder that it was built in; what belongs to it then stands there. */
gboolean vav_app_process_runs_in_place (void);

G_END_DECLS
