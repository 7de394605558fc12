/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-quiet.h"

#include <sched.h>
#include <sys/resource.h>

#define NICE 10

typedef struct
{
  GThreadFunc func;
  gpointer data;
} Start;

static gpointer
run (gpointer data)
{
  const struct sched_param none = { 0 };
  Start start = *(Start *)data;

  g_free (data);
  /* on Linux both are of the calling thread alone */
  (void)sched_setscheduler (0, SCHED_BATCH, &none);
  (void)setpriority (PRIO_PROCESS, 0, NICE);
  return start.func (start.data);
}

GThread *
vav_quiet_thread_new (const char *name, GThreadFunc func, gpointer data)
{
  Start *start = g_new (Start, 1);

  *start = (Start){ func, data };
  return g_thread_new (name, run, start);
}
