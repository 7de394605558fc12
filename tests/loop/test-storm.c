/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-storm MESSAGES: random messages against real endpoints and calls; see storm.h. --seed=… (GLib's, told at the beginning) repeats a run. */
#include <stdlib.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/ledger.h"
#include "tests/loop/storm.h"

#define SCENES_OF_AN_ENDPOINT 25

static guint n_messages = 10000;

static void
play_scenes (Storm *self)
{
  storm_begin_endpoint (self);
  for (guint i = 0; i < SCENES_OF_AN_ENDPOINT; i++)
    {
      StormWho who = (StormWho)storm_words_pick (&self->words, STORM_N_WHO);
      StormCarrier carrier = (StormCarrier)storm_words_pick (&self->words, STORM_N_CARRIERS);

      /* nobody else has the endpoint's key, and TLS takes its time */
      if (carrier == STORM_TLS && (who == STORM_SELF || storm_words_chance (&self->words, 0.8)))
        carrier = STORM_TCP;
      storm_scene (self, who, carrier, storm_words_chance (&self->words, who == STORM_KNOWN ? 0.25 : 0.06));
    }
  storm_end_endpoint (self);
}

static void
tell_counts (Storm *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < VAV_N_MESSAGE_TYPES; i++)
    g_string_append_printf (text, " %s %u", vav_message_kind_to_string ((VavMessageType)i), self->by_type[i]);
  g_test_message ("types:%s", text->str);
  g_string_truncate (text, 0);
  for (guint i = 0; i < VAV_N_CALL_PHASES; i++)
    g_string_append_printf (text, " %s %u", vav_call_phase_to_string ((VavCallPhase)i), self->by_phase[i]);
  g_test_message ("phases:%s", text->str);
  g_string_truncate (text, 0);
  for (guint i = 0; i < VAV_N_REASONS; i++)
    g_string_append_printf (text, " %s %u", vav_reason_to_nick ((VavReason)i), self->by_reason[i]);
  g_test_message ("ends:%s; graceful %u", text->str, self->n_graceful);
  g_test_message ("%u scenes, %u calls, %u messages sent, %u heard in calls; %u packets to the candidates after a yes; "
                  "%u scenes with a path before the yes, %u with media in the end",
                  self->n_scenes, self->n_calls, self->n_sent, self->n_heard, self->n_stun, self->n_live_before_yes,
                  self->n_live_media);
  g_string_free (text, TRUE);
}

/* The storm blew everywhere: what is only looked at and never happens shows nothing. */
static void
assert_blown (Storm *self)
{
  for (guint i = 0; i < VAV_N_MESSAGE_TYPES; i++)
    g_assert_cmpuint (self->by_type[i], >, 0);
  g_assert_cmpuint (self->by_phase[VAV_CALL_PHASE_ALERTING], >, 0);
  g_assert_cmpuint (self->by_phase[VAV_CALL_PHASE_CONNECTING], >, 0);
  g_assert_cmpuint (self->by_phase[VAV_CALL_PHASE_ACTIVE], >, 0);
  g_assert_cmpuint (self->by_reason[VAV_REASON_PROTOCOL], >, 0);
  g_assert_cmpuint (self->n_graceful, >, 0);
  g_assert_cmpuint (self->n_stun, >, 0);
  g_assert_cmpuint (self->n_live_before_yes, >, 0);
  g_assert_cmpuint (self->n_live_media, >, 0);
}

/* What the libraries tell goes with the scene, and is told if that fails. */
static void
keep_words (const char *domain, GLogLevelFlags level, const char *message, gpointer storm)
{
  if (g_main_context_is_owner (NULL))
    storm_note (storm, "%s", message);
}

/* GStreamer complains: nothing that a peer says may lead to that. Any thread. */
static void
on_complaint (const char *domain, GLogLevelFlags level, const char *message, gpointer storm)
{
  Storm *self = storm;

  for (guint i = 0; i < self->said->len; i++)
    {
      const char *text = g_bytes_get_data (self->said->pdata[i], NULL);

      if (g_strstr_len (text, (gssize)g_bytes_get_size (self->said->pdata[i]), "\"description\"") != NULL)
        g_printerr ("%.*s\n", (int)g_bytes_get_size (self->said->pdata[i]), text);
    }
  g_error ("scene %u: %s: %s\n%s", self->n_scenes, domain != NULL ? domain : "", message, self->log->str);
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Whatever a peer says, in whatever order, to whichever side: no media leaves before the yes, the call ends once and in a state that has a name, and all
 * is given back. */
static void
test_storm (void)
{
  guint descriptors = 0, threads = 0;
  Storm *self;

  g_test_summary (
      "N12, W17, N7: random messages never bring media out before the yes, never leak, and end each call once");
  tolerate_gstreamer ();
  self = storm_new ((guint32)g_test_rand_int ());
  g_log_set_handler ("visavis-call", G_LOG_LEVEL_DEBUG, keep_words, self);
  g_log_set_handler ("visavis-media", G_LOG_LEVEL_DEBUG, keep_words, self);
  g_log_set_handler ("GLib-GIO", G_LOG_LEVEL_DEBUG, keep_words, self);
  g_log_set_handler ("GStreamer", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION,
                     on_complaint, self);
  g_log_set_handler (NULL, G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, on_complaint, self);
  play_scenes (self); /* what is made once a process */
  descriptors = ledger_count_descriptors ();
  threads = ledger_count_threads ();
  while (self->n_sent < n_messages)
    play_scenes (self);

  tell_counts (self);
  g_test_message ("%u descriptors of %u, %u threads of %u", ledger_count_descriptors (), descriptors,
                  ledger_count_threads (), threads);
  for (guint i = 0; i < 1000 && (ledger_count_threads () > threads || ledger_count_descriptors () > descriptors); i++)
    {
      g_timeout_add (20, wake_up, NULL);
      g_main_context_iteration (NULL, TRUE);
    }
  if (ledger_count_descriptors () > descriptors)
    {
      g_autofree char *text = ledger_dup_descriptors ();

      g_error ("%u descriptors more than before:%s", ledger_count_descriptors () - descriptors, text);
    }
  g_assert_cmpuint (ledger_count_threads (), <=, threads);
  g_assert_cmpuint (ledger_count_living (), ==, 0);
  assert_blown (self);
  storm_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_messages = (guint)strtoul (argv[1], NULL, 10);
  if (g_getenv ("VISAVIS_TEST_SANITIZED") != NULL)
    n_messages /= 4;
  g_test_add_func ("/loop/storm", test_storm);
  return tolerate_exit (g_test_run ());
}
