/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread for work that yields to the call: it runs when nothing else wants the processor (SCHED_IDLE, or the highest nice value). It may
 * therefore be stopped for long at any point: no lock that another thread waits for is held across real work. */
GThread *vav_quiet_thread_new (const char *name, GThreadFunc func, gpointer data);

G_END_DECLS
