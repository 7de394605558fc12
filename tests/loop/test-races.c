/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two people act in the same moment, and not the same way. Whatever comes first, both sides agree on what became of the call. -m slow: many times. */
#include "tests/lib/tolerate.h"
#include "tests/loop/ledger.h"
#include "tests/loop/pair.h"

typedef enum
{
  ACT_NOTHING,
  ACT_ACCEPT,
  ACT_REJECT,
  ACT_HANG_UP, /* before the yes: withdraws, or declines */
  ACT_CANCEL,  /* as ACT_HANG_UP, by the GCancellable of connect_async () */
  ACT_ABORT,
} Act;

typedef enum
{
  FROM_DIALLED,
  FROM_REQUESTED, /* Bob was asked, and it does not ring */
  FROM_RINGING,
  FROM_ACTIVE,
} From;

typedef struct
{
  const char *name;
  From from;
  gboolean known; /* the path is made while it rings */
  Act anna;
  Act bob;
  guint within_us; /* each acts after some random time up to this */
  const char *media;
} Race;

#define SHORT 50000
#define WHOLE_SET_UP 250000

static const Race races[] = {
  { "cancel-accept", FROM_RINGING, FALSE, ACT_CANCEL, ACT_ACCEPT, SHORT, "none" },
  { "cancel-accept-known", FROM_RINGING, TRUE, ACT_CANCEL, ACT_ACCEPT, SHORT, "none" },
  { "accept-withdraw", FROM_RINGING, FALSE, ACT_HANG_UP, ACT_ACCEPT, SHORT, "none" },
  { "accept-withdraw-known", FROM_RINGING, TRUE, ACT_HANG_UP, ACT_ACCEPT, SHORT, "test" },
  { "accept-withdraw-deferred", FROM_REQUESTED, FALSE, ACT_HANG_UP, ACT_ACCEPT, SHORT, "none" },
  { "reject-withdraw", FROM_RINGING, FALSE, ACT_HANG_UP, ACT_REJECT, SHORT, "none" },
  { "reject-withdraw-known", FROM_RINGING, TRUE, ACT_HANG_UP, ACT_REJECT, SHORT, "none" },
  { "reject-withdraw-deferred", FROM_REQUESTED, FALSE, ACT_HANG_UP, ACT_REJECT, SHORT, "none" },
  { "decline-withdraw", FROM_RINGING, FALSE, ACT_HANG_UP, ACT_HANG_UP, SHORT, "none" },
  { "abort-accept", FROM_RINGING, FALSE, ACT_ABORT, ACT_ACCEPT, SHORT, "none" },
  { "abort-reject", FROM_RINGING, TRUE, ACT_ABORT, ACT_REJECT, SHORT, "none" },
  { "withdraw-abort", FROM_RINGING, FALSE, ACT_HANG_UP, ACT_ABORT, SHORT, "none" },
  { "hang-up-set-up", FROM_DIALLED, FALSE, ACT_HANG_UP, ACT_ACCEPT, WHOLE_SET_UP, "test" },
  { "hang-up-set-up-known", FROM_DIALLED, TRUE, ACT_HANG_UP, ACT_ACCEPT, WHOLE_SET_UP, "none" },
  { "set-up-hang-up", FROM_DIALLED, FALSE, ACT_NOTHING, ACT_HANG_UP, WHOLE_SET_UP, "none" },
  { "set-up-hang-up-known", FROM_DIALLED, TRUE, ACT_NOTHING, ACT_HANG_UP, WHOLE_SET_UP, "test" },
  { "hang-up-hang-up-set-up", FROM_DIALLED, FALSE, ACT_HANG_UP, ACT_HANG_UP, WHOLE_SET_UP, "none" },
  { "hang-up-hang-up", FROM_ACTIVE, FALSE, ACT_HANG_UP, ACT_HANG_UP, SHORT / 10, "none" },
  { "hang-up-hang-up-media", FROM_ACTIVE, FALSE, ACT_HANG_UP, ACT_HANG_UP, SHORT, "test" },
  { "hang-up-abort", FROM_ACTIVE, FALSE, ACT_HANG_UP, ACT_ABORT, SHORT / 10, "none" },
  { "abort-hang-up", FROM_ACTIVE, FALSE, ACT_ABORT, ACT_HANG_UP, SHORT / 10, "none" },
  { "abort-abort", FROM_ACTIVE, FALSE, ACT_ABORT, ACT_ABORT, SHORT / 10, "none" },
};

/* What both may say of one call: Anna, who dialled, and Bob. Graceful is said by both or by neither. */
static const struct
{
  VavReason anna;
  VavReason bob;
  gboolean graceful;
} agreements[] = {
  { VAV_REASON_LOCAL, VAV_REASON_REMOTE, TRUE },     { VAV_REASON_REMOTE, VAV_REASON_LOCAL, TRUE },
  { VAV_REASON_LOCAL, VAV_REASON_LOCAL, TRUE }, /* their goodbyes crossed */
  { VAV_REASON_LOCAL, VAV_REASON_WITHDRAWN, FALSE }, { VAV_REASON_DECLINED, VAV_REASON_DECLINED, FALSE },
  { VAV_REASON_LOCAL, VAV_REASON_DECLINED, FALSE }, /* the withdrawal and the no crossed */
};

/* What they say if one of them cut the connection: that one knows, and the other is told of a reset unless the call was over for them before. */
static const struct
{
  VavReason anna;
  VavReason bob;
} cuts[] = {
  { VAV_REASON_LOCAL, VAV_REASON_RESET },     { VAV_REASON_RESET, VAV_REASON_LOCAL },
  { VAV_REASON_LOCAL, VAV_REASON_LOCAL },     { VAV_REASON_LOCAL, VAV_REASON_REMOTE },
  { VAV_REASON_REMOTE, VAV_REASON_LOCAL },    { VAV_REASON_LOCAL, VAV_REASON_DECLINED },
  { VAV_REASON_LOCAL, VAV_REASON_WITHDRAWN },
};

static gboolean
is_cut (const Race *race)
{
  return race->anna == ACT_ABORT || race->bob == ACT_ABORT;
}

static gboolean
agree (const Race *race, Party *anna, Party *bob)
{
  for (guint i = 0; i < G_N_ELEMENTS (agreements); i++)
    if (agreements[i].anna == anna->reason && agreements[i].bob == bob->reason
        && agreements[i].graceful == anna->graceful && agreements[i].graceful == bob->graceful)
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (cuts) && is_cut (race); i++)
    if (cuts[i].anna == anna->reason && cuts[i].bob == bob->reason)
      return (anna->reason != VAV_REASON_RESET || !anna->graceful)
             && (bob->reason != VAV_REASON_RESET || !bob->graceful);
  return FALSE;
}

typedef struct
{
  Pair pair;
  GCancellable *cancellable;
  gboolean settled; /* connect_async () */
} Stage;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer stage)
{
  (void)vav_stream_connect_finish (VAV_STREAM (source), result, NULL);
  ((Stage *)stage)->settled = TRUE;
}

static void
act (Stage *stage, Party *party, Act act)
{
  if (act == ACT_CANCEL)
    g_cancellable_cancel (stage->cancellable);
  else if (act == ACT_HANG_UP)
    vav_stream_hang_up (party->stream, NULL);
  else if (act == ACT_ABORT)
    vav_stream_abort (party->stream);
  else if (party->request == NULL)
    return;
  else if (act == ACT_ACCEPT)
    vav_request_accept (party->request, VAV_FLOW_ALL, NULL);
  else if (act == ACT_REJECT)
    vav_request_reject (party->request, VAV_REASON_DECLINED, NULL);
}

static void
run_to_the_start (Stage *stage, const Race *race)
{
  Party *anna = &stage->pair.anna, *bob = &stage->pair.bob;

  bob->manner = race->from == FROM_RINGING ? PARTY_ASKS : race->from == FROM_REQUESTED ? PARTY_DEFERS : PARTY_ACCEPTS;
  stage->settled = FALSE;
  vav_stream_connect_async (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), NULL, stage->cancellable,
                            on_connected, stage);
  if (race->from == FROM_REQUESTED)
    wait_until (bob->n_requests == 1);
  else if (race->from == FROM_RINGING)
    wait_for_state (anna, VAV_STATE_RINGING);
  else if (race->from == FROM_ACTIVE)
    wait_until (party_state (anna) == VAV_STATE_ACTIVE && party_state (bob) == VAV_STATE_ACTIVE);
}

/* Turns the main loop and does each act at its microsecond. */
static void
run_acts (Stage *stage, const Race *race, guint anna_us, guint bob_us)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean anna_did = race->anna == ACT_NOTHING, bob_did = race->bob == ACT_NOTHING;

  while (!anna_did || !bob_did)
    {
      gint64 passed = g_get_monotonic_time () - begin;

      if (!anna_did && passed >= anna_us)
        act (stage, &stage->pair.anna, race->anna);
      if (!bob_did && passed >= bob_us)
        act (stage, &stage->pair.bob, race->bob);
      anna_did |= passed >= anna_us;
      bob_did |= passed >= bob_us;
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
reset (Party *party)
{
  g_clear_object (&party->request);
  party->n_requests = party->n_ended = party->n_ringing = 0;
  party->graceful = FALSE;
  party->reason = VAV_REASON_NONE;
  g_string_truncate (party->states, 0);
}

static void
hang_up_what_is_left (Stage *stage)
{
  Party *anna = &stage->pair.anna, *bob = &stage->pair.bob;

  /* nobody ended a call that came up after the act had come too early */
  if (vav_stream_is_busy (anna->stream)
      && (party_state (anna) == VAV_STATE_ACTIVE || party_state (anna) == VAV_STATE_RINGING)
      && party_state (bob) != VAV_STATE_CLOSING)
    vav_stream_hang_up (anna->stream, NULL);
}

static void
judge (Stage *stage, const Race *race, guint anna_us, guint bob_us)
{
  Party *anna = &stage->pair.anna, *bob = &stage->pair.bob;
  g_autofree char *text
      = g_strdup_printf ("%s after %u and %u µs: Anna %s%s [%s], Bob %s%s [%s]", race->name, anna_us, bob_us,
                         vav_reason_to_nick (anna->reason), anna->graceful ? " graceful" : "", anna->states->str,
                         vav_reason_to_nick (bob->reason), bob->graceful ? " graceful" : "", bob->states->str);

  g_test_message ("%s", text);
  if (anna->n_ended != 1 || bob->n_ended != bob->n_requests)
    g_error ("%s: ended %u and %u times", text, anna->n_ended, bob->n_ended);
  if (bob->n_requests == 0)
    {
      /* given up before it came to Bob */
      if (anna->reason != VAV_REASON_LOCAL || anna->graceful)
        g_error ("%s: though Bob was never asked", text);
    }
  else if (!agree (race, anna, bob))
    g_error ("%s: they do not agree", text);
  g_assert_false (bob->request != NULL && vav_request_is_pending (bob->request));
}

static void
run_once (Stage *stage, const Race *race)
{
  Party *anna = &stage->pair.anna, *bob = &stage->pair.bob;
  guint anna_us = (guint)g_test_rand_int_range (0, (int)race->within_us);
  guint bob_us = (guint)g_test_rand_int_range (0, (int)race->within_us);
  gint64 limit = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  reset (anna);
  reset (bob);
  if (!race->known)
    (void)vav_people_remove (vav_endpoint_get_people (bob->endpoint), "Anna", NULL);
  stage->cancellable = g_cancellable_new ();
  run_to_the_start (stage, race);
  run_acts (stage, race, anna_us, bob_us);
  while (vav_stream_is_busy (anna->stream) || vav_stream_is_busy (bob->stream) || !stage->settled)
    {
      wait_one_turn ();
      hang_up_what_is_left (stage);
      if (g_get_monotonic_time () > limit)
        g_error ("%s after %u and %u µs: not over: Anna [%s], Bob [%s]", race->name, anna_us, bob_us, anna->states->str,
                 bob->states->str);
    }
  /* a request that was on its way may still come, and must go too */
  for (guint i = 0; i < 3; i++)
    wait_one_turn ();
  wait_until (!vav_stream_is_busy (bob->stream));
  judge (stage, race, anna_us, bob_us);
  g_clear_object (&stage->cancellable);
}

static void
get_acquainted (Stage *stage)
{
  Party *anna = &stage->pair.anna, *bob = &stage->pair.bob;

  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_until (party_state (anna) == VAV_STATE_ACTIVE && party_state (bob) == VAV_STATE_ACTIVE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
}

static void
test_race (gconstpointer data)
{
  const Race *race = data;
  guint rounds = g_test_slow () ? 150 : race->within_us > SHORT ? 8 : 5;
  guint descriptors, threads;
  Stage stage = { 0 };

  g_test_summary (
      "W17, N7, N11, N12, R3: acts that cross: both sides agree on the outcome, ended comes once, nothing is left");
  pair_set_up (&stage.pair, race->media);
  get_acquainted (&stage);
  run_once (&stage, race);
  wait_until (ledger_count_threads () < 20);
  descriptors = ledger_count_descriptors ();
  threads = ledger_count_threads ();
  for (guint i = 0; i < rounds; i++)
    run_once (&stage, race);
  wait_until (ledger_count_descriptors () <= descriptors && ledger_count_threads () <= threads);
  pair_tear_down (&stage.pair, race->media);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (races); i++)
    {
      g_autofree char *path = g_strdup_printf ("/loop/races/%s", races[i].name);

      g_test_add_data_func (path, &races[i], test_race);
    }
  return tolerate_exit (g_test_run ());
}
