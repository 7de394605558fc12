/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-error.h"

#include <gio/gio.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

typedef struct
{
  char *english;
  char *french;
} Sentence;

/* French is asked for first: GLib decides once, at the first word, whether a program is translated at all. */
static void
speak_french (void)
{
  const char *build = g_getenv ("VISAVIS_BUILD");
  g_autofree char *folder = NULL;

  g_assert_nonnull (build);
  folder = g_build_filename (build, "po", NULL);
  g_setenv ("LANGUAGE", "fr", TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "fr_FR.UTF-8"));
  bindtextdomain ("visavis", folder);
  bind_textdomain_codeset ("visavis", "UTF-8");
  textdomain ("visavis");
}

static void
speak_english (void)
{
  setlocale (LC_ALL, "C");
}

/* A sentence begins large, has more words than one, and ends with a full stop. */
static void
assert_is_sentence (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_unichar_isupper (g_utf8_get_char (text)));
  g_assert_true (g_str_has_suffix (text, "."));
  g_assert_nonnull (strchr (text, ' '));
  g_assert_null (strchr (text, '%'));
}

static void
check_sentences (const char *(*describe) (int), int first, int n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree Sentence *sentences = g_new0 (Sentence, n);

  speak_french ();
  for (int i = first; i < n; i++)
    sentences[i].french = g_strdup (describe (i));
  speak_english ();
  for (int i = first; i < n; i++)
    sentences[i].english = g_strdup (describe (i));
  setlocale (LC_ALL, "fr_FR.UTF-8"); /* so that the list below can be read */

  for (int i = first; i < n; i++)
    {
      g_test_message ("%s | %s", sentences[i].english, sentences[i].french);
      assert_is_sentence (sentences[i].english);
      assert_is_sentence (sentences[i].french);
      g_assert_cmpstr (sentences[i].english, !=, sentences[i].french);
      g_assert_true (g_hash_table_add (seen, sentences[i].english));
      g_assert_true (g_hash_table_add (seen, sentences[i].french));
    }
}

static const char *
describe_error (int code)
{
  return vav_error_describe ((VavError)code);
}

static const char *
describe_reason (int reason)
{
  return vav_reason_describe ((VavReason)reason);
}

/* Every error code has a sentence of its own for people, in English and in French. */
static void
test_errors (void)
{
  check_sentences (describe_error, 0, VAV_N_ERRORS);
}

/* So has every reason, but the one that says that there is none; and every state has words. */
static void
test_reasons_and_states (void)
{
  check_sentences (describe_reason, VAV_REASON_NONE + 1, VAV_N_REASONS);
  g_assert_cmpstr (vav_reason_describe (VAV_REASON_NONE), ==, "");
  for (int i = 0; i < (int)VAV_N_STATES; i++)
    g_assert_cmpuint (strlen (vav_state_describe ((VavState)i)), >, 0);
}

/* The words of the JSON events and of D-Bus are those of the contract. */
static void
test_nicks (void)
{
  g_assert_cmpstr (vav_reason_to_nick (VAV_REASON_NO_ANSWER), ==, "no-answer");
  g_assert_cmpstr (vav_state_to_nick (VAV_STATE_RECONNECTING), ==, "reconnecting");
  g_assert_cmpstr (vav_trust_to_nick (VAV_TRUST_ACCEPTED), ==, "accepted");
}

/* An error becomes a reason, and a reason that stands for a failure becomes an error of the same reason. */
static void
test_reasons (void)
{
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "");

  g_assert_cmpint (vav_reason_from_error (cancelled), ==, VAV_REASON_LOCAL);
  g_assert_cmpint (vav_reason_from_error (foreign), ==, VAV_REASON_RESET);

  for (int i = 0; i < (int)VAV_N_REASONS; i++)
    {
      g_autoptr (GError) error = vav_error_from_reason ((VavReason)i);

      if (i == VAV_REASON_NONE || i == VAV_REASON_LOCAL || i == VAV_REASON_REMOTE)
        g_assert_null (error);
      else
        g_assert_cmpint (vav_reason_from_error (error), ==, i);
    }
}

/* Sets of flows are written and read, nonsense is refused. */
static void
test_flows (void)
{
  g_autofree char *all = vav_flows_to_string (VAV_FLOW_ALL);
  g_autoptr (GError) error = NULL;
  VavFlows flows;

  g_assert_cmpstr (all, ==, "audio-in,audio-out,video-in,video-out");
  g_assert_cmpuint (VAV_FLOW_IN | VAV_FLOW_OUT, ==, VAV_FLOW_ALL);
  g_assert_true (vav_flows_from_string (all, &flows, NULL));
  g_assert_cmpuint (flows, ==, VAV_FLOW_ALL);
  g_assert_true (vav_flows_from_string ("video, audio-in", &flows, NULL));
  g_assert_cmpuint (flows, ==, VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT | VAV_FLOW_AUDIO_IN);
  g_assert_false (vav_flows_from_string ("smell", &flows, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/error/sentences", test_errors);
  g_test_add_func ("/core/error/reason-sentences", test_reasons_and_states);
  g_test_add_func ("/core/error/nicks", test_nicks);
  g_test_add_func ("/core/error/reasons", test_reasons);
  g_test_add_func ("/core/flows", test_flows);
  return g_test_run ();
}
