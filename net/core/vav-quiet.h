/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread for work that yields to the call: a tenth of the weight of others, and it never preempts them (SCHED_BATCH). Not SCHED_IDLE: on a busy
 * computer that would never get anywhere. It may be stopped for long at any point: no lock that another thread waits for is held across real
 * work. */
GThread *vav_quiet_thread_new (const char *name, GThreadFunc func, gpointer data);

G_END_DECLS
