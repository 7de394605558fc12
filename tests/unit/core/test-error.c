/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-error.h"

#include <gio/gio.h>
#include <string.h>

/* Every error code, reason and state has a sentence for people. */
static void
test_sentences (void)
{
  for (int i = 0; i < (int)VAV_N_ERRORS; i++)
    {
      const char *sentence = vav_error_describe ((VavError)i);

      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_null (strchr (sentence, '%'));
    }
  for (int i = 1; i < (int)VAV_N_REASONS; i++)
    g_assert_true (g_str_has_suffix (vav_reason_describe ((VavReason)i), "."));
  for (int i = 0; i < (int)VAV_N_STATES; i++)
    g_assert_cmpuint (strlen (vav_state_describe ((VavState)i)), >, 0);
  g_assert_cmpstr (vav_reason_describe (VAV_REASON_NONE), ==, "");
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
  g_autofree char *all = vav_flows_to_string (VAV_FLOWS_ALL);
  g_autoptr (GError) error = NULL;
  VavFlows flows;

  g_assert_cmpstr (all, ==, "audio-in,audio-out,video-in,video-out");
  g_assert_true (vav_flows_from_string (all, &flows, NULL));
  g_assert_cmpuint (flows, ==, VAV_FLOWS_ALL);
  g_assert_true (vav_flows_from_string ("video, audio-in", &flows, NULL));
  g_assert_cmpuint (flows, ==, VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT | VAV_FLOW_AUDIO_IN);
  g_assert_false (vav_flows_from_string ("smell", &flows, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/error/sentences", test_sentences);
  g_test_add_func ("/core/error/nicks", test_nicks);
  g_test_add_func ("/core/error/reasons", test_reasons);
  g_test_add_func ("/core/flows", test_flows);
  return g_test_run ();
}
