/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-process.h"

#include <malloc.h>
#include <signal.h>

#define ARENAS 2

/* A call has some fifty short-lived threads. glibc gives each of them an arena of its own, and what one call has left in them the next one does not
 * use: a program grew from 150 MB to 530 MB in 40 calls, with nothing leaked. With two arenas it stays at 150 MB. */
void
vav_app_process_prepare (void)
{
#ifdef M_ARENA_MAX
  mallopt (M_ARENA_MAX, ARENAS);
#endif
  /* A reader of our output that went away is noticed when writing. */
  signal (SIGPIPE, SIG_IGN);
}
