/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-timeline.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static VavTimeline *start; /* (nullable): of this process, until it is told */

static void
tell (const char *title, VavTimeline *timeline)
{
  g_autofree char *table = vav_timeline_describe (timeline);

  if (*table != '\0')
    g_printerr ("%s (ms, and since the step before)\n%s", title, table);
}

static void
tell_call (VavStream *stream)
{
  g_autofree char *title = g_strdup_printf ("Timeline of call %" G_GUINT64_FORMAT, vav_stream_get_value (stream));

  tell (title, vav_stream_get_timeline (stream));
}

/* Once a second. Told with the second that comes after the picture: what this side sends has left too by then. */
static void
on_stats (VavStream *stream, VavStats *stats, gpointer user_data)
{
  VavTimeline *timeline = vav_stream_get_timeline (stream);

  if (!vav_timeline_has (timeline, VAV_STEP_DECODED) || vav_timeline_has (timeline, VAV_STEP_TOLD))
    return;
  if (vav_timeline_has (timeline, VAV_STEP_TO_TELL))
    {
      tell_call (stream);
      vav_timeline_mark (timeline, VAV_STEP_TOLD);
    }
  vav_timeline_mark (timeline, VAV_STEP_TO_TELL);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, gpointer user_data)
{
  if (!vav_timeline_has (vav_stream_get_timeline (stream), VAV_STEP_TOLD))
    tell_call (stream);
}

static void
on_items_changed (GListModel *streams, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      /* it comes and goes with its calls */
      g_signal_handlers_disconnect_by_func (stream, on_stats, NULL);
      g_signal_handlers_disconnect_by_func (stream, on_ended, NULL);
      g_signal_connect (stream, "stats", G_CALLBACK (on_stats), NULL);
      g_signal_connect (stream, "ended", G_CALLBACK (on_ended), NULL);
    }
}

void
vav_app_timeline_watch (VavEndpoint *endpoint)
{
  if (!vav_timeline_is_enabled ())
    return;
  g_signal_connect (endpoint, "items-changed", G_CALLBACK (on_items_changed), NULL);
  on_items_changed (G_LIST_MODEL (endpoint), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)), NULL);
}

/* proc(5): the 22nd field, in clock ticks since the computer started; what stands in brackets before it may hold anything. (monotonic, µs; 0: not told) */
static gint64
read_process_start (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  struct timespec boot = { 0 };
  gint64 age_us;
  char *rest;

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL)
    return 0;
  fields = g_strsplit (rest, " ", -1);
  if (g_strv_length (fields) < 21 || clock_gettime (CLOCK_BOOTTIME, &boot) != 0)
    return 0;

  age_us = boot.tv_sec * G_USEC_PER_SEC + boot.tv_nsec / 1000
           - g_ascii_strtoll (fields[20], NULL, 10) * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);
  return g_get_monotonic_time () - age_us;
}

void
vav_app_timeline_begin (void)
{
  gint64 began = read_process_start ();

  start = vav_timeline_new ();
  if (began > 0)
    vav_timeline_mark_at (start, VAV_STEP_PROCESS, began);
  vav_app_timeline_mark (VAV_STEP_MAIN);
}

void
vav_app_timeline_mark (VavStep step)
{
  vav_timeline_mark (start, step);
}

void
vav_app_timeline_end (void)
{
  if (start != NULL)
    tell ("Timeline of the start", start);
  g_clear_pointer (&start, vav_timeline_unref);
}
