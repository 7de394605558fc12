/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Complaints of GStreamer's that mean nothing.
 *
 * webrtcbin's thread may be making its transports in the moment in which the pipeline is stopped: who sorts the parts then finds some that are linked
 * but half in ("loop detected in the graph of bin"), takes them in any order, and is asked once more (vav-media-close.c).
 *
 * Its RTP session lets go of its lock while it walks the table of its sources, to ask for a clock rate before the first report. If the
 * first packet of a new source comes in that moment, GLib complains on the thread that walks; the walk is given up until the next report, 0.1 s later, and
 * nothing is lost.
 *
 * The first report that comes to SRTP makes it name its stream after the one that comes in; if that is being shut in that moment it has no name any more
 * (gst_srtp_dec_push_early_events()), and what comes goes nowhere, which is where it was to go.
 *
 * At a pad's first caps webrtcbin says downstream which medium that is, so that its packets get the priority asked for (we ask for none), by a word that its
 * own thread may just be writing anew, the same again. What is read then is no text, and goes nowhere.
 *
 * Tests in which media flow do not die of these: they say tolerate_gstreamer () at the beginning of each test. */

static inline gboolean
tolerate_is_that (const char *message)
{
  return strstr (message, "version == hash_table->version") != NULL || strstr (message, "numsinkpads <= 1") != NULL
         || strstr (message, "loop detected in the graph of bin 'webrtcbin") != NULL
         || strstr (message, "string on structure field 'mid'") != NULL;
}

static inline gboolean
tolerate_is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return !tolerate_is_that (message);
}

static inline void
tolerate_log (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (!tolerate_is_that (message))
    g_log_default_handler (domain, level, message, data);
}

static inline void
tolerate_gstreamer (void)
{
  g_test_log_set_fatal_handler (tolerate_is_fatal, NULL);
  g_log_set_handler ("GLib", G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, tolerate_log, NULL);
  g_log_set_handler ("GStreamer", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION,
                     tolerate_log, NULL);
}

/* For the end of main (): leaves without exit handlers, as both programs do. GStreamer's idle threads outlive every pipeline, and OpenSSL's handlers
 * take down under them what they still look at. Under the sanitizers the handlers run, as the search for leaks is one of them. */
static inline int
tolerate_exit (int status)
{
#ifndef __SANITIZE_ADDRESS__
  fflush (NULL);
  _exit (status);
#endif
  return status;
}
