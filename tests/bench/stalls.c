/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preloaded into a GTK program (LD_PRELOAD): tells how long its main loop did nothing but run what was due, and looked at no event. From the end of one
 * poll to the beginning of the next, that is; nothing is estimated.
 *
 * VISAVIS_BENCH_STALLS=FILE: where each such time of at least VISAVIS_BENCH_STALLS_MS (16) is appended, as a JSON object a line:
 *   mono_ns   when it was over
 *   ms        how long
 *   draw_ms   of that, in GTK's frames: styles, layout, painting
 *   idle_ms   of that, the thread was ready to run and had no processor: what other programs and threads took */
#include <fcntl.h>
#include <glib-object.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct
{
  int out;        /* where it is told */
  int schedstat;  /* the thread's file of what it ran and waited */
  gint64 limit;   /* us */
  gint64 begun;   /* us: the last poll returned; 0: it polls. */
  gint64 waited;  /* ns, at that time */
  gint64 drawing; /* us: a frame began; 0: none */
  gint64 drawn;   /* us, in frames since the last poll */
  gboolean hooked;
} loop;

/* How long the main thread was ready and had no processor, in ns. */
static gint64
read_waited (void)
{
  char line[96] = "";
  gint64 ran = 0, waited = 0;

  if (pread (loop.schedstat, line, sizeof line - 1, 0) <= 0
      || sscanf (line, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &ran, &waited) != 2)
    return 0;
  return waited;
}

static gboolean
on_frame_begun (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  loop.drawing = g_get_monotonic_time ();
  return TRUE;
}

static gboolean
on_frame_over (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  if (loop.drawing != 0)
    loop.drawn += g_get_monotonic_time () - loop.drawing;
  loop.drawing = 0;
  return TRUE;
}

/* As soon as the program has a frame clock. */
static void
hook_frames (void)
{
  GType type = g_type_from_name ("GdkFrameClock");

  if (type == 0 || g_type_class_peek (type) == NULL)
    return;
  loop.hooked = TRUE;
  g_signal_add_emission_hook (g_signal_lookup ("before-paint", type), 0, on_frame_begun, NULL, NULL);
  g_signal_add_emission_hook (g_signal_lookup ("after-paint", type), 0, on_frame_over, NULL, NULL);
}

static void
tell (gint64 begun, gint64 taken)
{
  char line[200];
  int length = g_snprintf (line, sizeof line,
                           "{\"event\":\"stall\",\"mono_ns\":%" G_GINT64_FORMAT
                           ",\"ms\":%.1f,\"draw_ms\":%.1f,\"idle_ms\":%.1f}\n",
                           (begun + taken) * 1000, (double)taken / 1e3, (double)loop.drawn / 1e3,
                           (double)(read_waited () - loop.waited) / 1e6);

  if (write (loop.out, line, (size_t)length) != length)
    loop.limit = G_MAXINT64;
}

/* A nested loop polls within what the outer one runs: events are looked at, and that is what counts. */
static int
measure_and_poll (GPollFD *fds, guint n, int timeout)
{
  gint64 now = g_get_monotonic_time ();
  gint64 taken = now - loop.begun;
  int ready;

  if (loop.begun != 0 && taken >= loop.limit)
    tell (loop.begun, taken);
  loop.begun = 0;
  if (!loop.hooked)
    hook_frames ();
  ready = g_poll (fds, n, timeout);
  loop.drawn = 0;
  loop.waited = read_waited ();
  loop.begun = g_get_monotonic_time ();
  return ready;
}

static gint64
number_of (const char *name, gint64 otherwise)
{
  const char *text = g_getenv (name);

  return (text != NULL ? g_ascii_strtoll (text, NULL, 10) : otherwise) * 1000;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = g_getenv ("VISAVIS_BENCH_STALLS");

  if (path == NULL)
    return;
  loop.out = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  loop.schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  loop.limit = number_of ("VISAVIS_BENCH_STALLS_MS", 16);
  g_main_context_set_poll_func (g_main_context_default (), measure_and_poll);
}
