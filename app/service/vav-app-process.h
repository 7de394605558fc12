/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What both programs do before anything else, and a library must not, as it holds for the whole process: memory, signals, language. First in main(). */
void vav_app_process_prepare (void);

/* Every user of this computer sees the command line of a process, and may write it down: takes what carries a password out of it, which is an address with
 * an account in it. Returns: (transfer full): the arguments as they were */
char **vav_app_process_take_arguments (int argc, char **argv);

/* Whether the program runs from the folder that it was built in; what belongs to it then stands there. */
gboolean vav_app_process_runs_in_place (void);

G_END_DECLS
