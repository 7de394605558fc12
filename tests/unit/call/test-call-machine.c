/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-machine.h"

#include <string.h>

/* The whole machine on one page: a row for each phase, a column for each event in the order of VavCallEvent, six to a group:
 *
 *   dial ring accept reject hang-up abort | resolved connected dial-failed lost nonsense p-request |
 *   p-ringing p-accept p-reject p-withdraw p-candidate p-flows | p-gives p-confirms p-closing p-closed media-connected media-failed |
 *   ring-t set-up-t linger-t take-back flushed close | out-of-touch in-touch gone media-broken
 *
 * A letter is the next phase; "-": nothing at all happens; the phase's own letter: it stays, and something is done. */
static const char letters[] = "IVDQRNAXEOF>HWP.!";

static const char *const caller_grid[VAV_N_CALL_PHASES] = {
  "V----- --!--- ------ ------ ------ ----", /* I idle */
  "----.. DQ!!!! !!!!!! !!!!-! ------ ----", /* V resolving */
  "----.. -Q!!!! !!!!!! !!!!-! ------ ----", /* D dialling */
  "----.. ---!!! RX!!Q! !!!!-! !----- --!-", /* Q requested */
  "----.. ---!!! !X!!R! !!!!-! !----- --!-", /* R ringing */
  "-AX... ---!!! !!!.N! !!!!-- .----- --!-", /* N incoming */
  "--X... ---!!! !!!.A! !!!!-! .----- --!-", /* A alerting */
  "---->. ---!!! !!!!XX --H!O! -!---- --!-", /* X connecting */
  "----F. ---... ....EE --H.-. ------ -O..", /* E reconnecting */
  "----F. ---... ....OO --H.-. ------ E-..", /* O active */
  "-----. ---... ....-- --W.-- --.->- --.-", /* F flushing */
  "-----. ---... ....-- --P.-- --.--- --.-", /* > goodbye said */
  "----W. ---... ...... .-..-- --.--- --.-", /* H goodbye heard */
  "-----. ---... ...... .-..-- --.-P- --.-", /* W answering */
  "----.. ----.. ...... .-.--- --.--. ----", /* P parted */
  "------ ------ ------ ------ ------ ----", /* . ended */
  "------ ------ ------ ------ ------ ----", /* ! failed */
};

/* The called side differs where it is asked, and where a withdrawal crosses its accept. */
static const char *const callee_grid[VAV_N_CALL_PHASES] = {
  "------ -----N ------ ------ ------ ----", /* I idle */
  "----.. DQ!!!! !!!!!! !!!!-! ------ ----", /* V resolving */
  "----.. -Q!!!! !!!!!! !!!!-! ------ ----", /* D dialling */
  "----.. ---!!! RX!!Q! !!!!-! !----- --!-", /* Q requested */
  "----.. ---!!! !X!!R! !!!!-! !----- --!-", /* R ringing */
  "-AX... ---!!! !!!.N! !!!!-- .----- --!-", /* N incoming */
  "--X... ---!!! !!!.A! !!!!-! .----- --!-", /* A alerting */
  "---->. ---!!! !!!.XX --H!O! -!-.-- --!-", /* X connecting */
  "----F. ---... ....EE --H.-. ------ -O..", /* E reconnecting */
  "----F. ---... ....OO --H.-. ------ E-..", /* O active */
  "-----. ---... ....-- --W.-- --.->- --.-", /* F flushing */
  "-----. ---... ....-- --P.-- --.--- --.-", /* > goodbye said */
  "----W. ---... ...... .-..-- --.--- --.-", /* H goodbye heard */
  "-----. ---... ...... .-..-- --.-P- --.-", /* W answering */
  "----.. ----.. ...... .-.--- --.--. ----", /* P parted */
  "------ ------ ------ ------ ------ ----", /* . ended */
  "------ ------ ------ ------ ------ ----", /* ! failed */
};

#define FOR_ALL(phase, role, event)                                                                                    \
  for (int phase = 0; phase < (int)VAV_N_CALL_PHASES; phase++)                                                         \
    for (int role = 0; role < (int)VAV_N_ROLES; role++)                                                                \
      for (int event = 0; event < (int)VAV_N_CALL_EVENTS; event++)

static VavCallStep
step_at (int phase, int role, int event)
{
  return vav_call_machine_step ((VavCallPhase)phase, (VavRole)role, (VavCallEvent)event);
}

static char
letter_of (int phase, const VavCallStep *step)
{
  if ((int)step->phase == phase && step->actions == VAV_CALL_ACTION_NONE)
    return '-';

  return letters[step->phase];
}

/* Every triple of phase, role and event does what the grid above says, the silly ones too. */
static void
test_grid (void)
{
  FOR_ALL (phase, role, event)
  {
    const char *row = role == VAV_ROLE_CALLER ? caller_grid[phase] : callee_grid[phase];
    VavCallStep step = step_at (phase, role, event);
    char expected = row[event + event / 6];

    if (letter_of (phase, &step) != expected)
      g_test_message ("%s, %s as role %d: %c, not %c", vav_call_phase_to_string ((VavCallPhase)phase),
                      vav_call_event_to_string ((VavCallEvent)event), role, letter_of (phase, &step), expected);
    g_assert_cmpint (letter_of (phase, &step), ==, expected);
  }
}

/* Media open only when the local side accepted, or the peer accepted what this side had asked for. */
static void
test_media_gate (void)
{
  FOR_ALL (phase, role, event)
  {
    VavCallStep step = step_at (phase, role, event);

    if ((step.actions & VAV_CALL_ACTION_OPEN_MEDIA) == 0)
      continue;
    g_assert_cmpint (step.phase, ==, VAV_CALL_PHASE_CONNECTING);
    if (phase == VAV_CALL_PHASE_INCOMING || phase == VAV_CALL_PHASE_ALERTING)
      g_assert_cmpint (event, ==, VAV_CALL_EVENT_ACCEPT);
    else
      g_assert_cmpint (event, ==, VAV_CALL_EVENT_PEER_ACCEPT);
  }
}

/* Whoever breaks off a call that is up, for them alone perhaps, ends it as a reset at the other side: that is no nonsense. */
static void
test_broken_off (void)
{
  static const int phases[] = { VAV_CALL_PHASE_CONNECTING, VAV_CALL_PHASE_ACTIVE, VAV_CALL_PHASE_RECONNECTING };

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    for (int role = VAV_ROLE_CALLER; role <= VAV_ROLE_CALLEE; role++)
      {
        VavCallStep step = step_at (phases[i], role, VAV_CALL_EVENT_PEER_CLOSED);

        g_assert_cmpint (step.reason, ==, VAV_REASON_RESET);
        g_assert_false (step.graceful);
      }
}

/* A call is active only by way of connecting, and only when media are connected; and again when it is back in touch. */
static void
test_active (void)
{
  FOR_ALL (phase, role, event)
  {
    VavCallStep step = step_at (phase, role, event);

    if (step.phase == VAV_CALL_PHASE_ACTIVE && phase == VAV_CALL_PHASE_RECONNECTING)
      g_assert_cmpint (event, ==, VAV_CALL_EVENT_IN_TOUCH);
    else if (step.phase == VAV_CALL_PHASE_ACTIVE && phase != VAV_CALL_PHASE_ACTIVE)
      {
        g_assert_cmpint (phase, ==, VAV_CALL_PHASE_CONNECTING);
        g_assert_cmpint (event, ==, VAV_CALL_EVENT_MEDIA_CONNECTED);
      }
  }
}

/* Every way out stops the media and leaves the channel exactly one way; after it nothing happens any more. */
static void
test_ends (void)
{
  FOR_ALL (phase, role, event)
  {
    VavCallStep step = step_at (phase, role, event);
    VavCallAction leave = step.actions & (VAV_CALL_ACTION_CLOSE_CHANNEL | VAV_CALL_ACTION_ABORT_CHANNEL);

    if (vav_call_phase_is_over ((VavCallPhase)phase))
      {
        g_assert_cmpint (step.phase, ==, phase);
        g_assert_cmpuint (step.actions, ==, VAV_CALL_ACTION_NONE);
      }
    else if (vav_call_phase_is_over (step.phase))
      {
        g_assert_true (step.actions & VAV_CALL_ACTION_STOP_MEDIA);
        g_assert_true (leave == VAV_CALL_ACTION_CLOSE_CHANNEL || leave == VAV_CALL_ACTION_ABORT_CHANNEL);
      }
    else
      g_assert_cmpuint (leave, ==, 0);
  }
}

/* An end is graceful only if the peer said goodbye before, and did not vanish after it while it was still to hear ours. */
static void
test_graceful (void)
{
  FOR_ALL (phase, role, event)
  {
    VavCallStep step = step_at (phase, role, event);

    if (step.graceful)
      {
        g_assert_true (phase == VAV_CALL_PHASE_GOODBYE_HEARD || phase == VAV_CALL_PHASE_ANSWERING
                       || phase == VAV_CALL_PHASE_PARTED);
        g_assert_cmpint (event, !=, VAV_CALL_EVENT_LOST);
      }
  }
}

/* After our goodbye nothing is sent but the word that we have closed. */
static void
test_silent_after_goodbye (void)
{
  const VavCallAction talk = VAV_CALL_ACTION_SEND_REQUEST | VAV_CALL_ACTION_SEND_RINGING | VAV_CALL_ACTION_SEND_ACCEPT
                             | VAV_CALL_ACTION_SEND_REJECT | VAV_CALL_ACTION_SEND_WITHDRAW
                             | VAV_CALL_ACTION_SEND_CLOSING;

  for (int event = 0; event < (int)VAV_N_CALL_EVENTS; event++)
    for (int role = 0; role < (int)VAV_N_ROLES; role++)
      {
        g_assert_cmpuint (step_at (VAV_CALL_PHASE_GOODBYE_SAID, role, event).actions & talk, ==, 0);
        g_assert_cmpuint (step_at (VAV_CALL_PHASE_PARTED, role, event).actions & talk, ==, 0);
      }
}

/* Hanging up ends or begins to end every call that is under way, and losing the connection ends it. */
static void
test_hang_up_works_everywhere (void)
{
  for (int phase = VAV_CALL_PHASE_RESOLVING; phase < VAV_CALL_PHASE_ENDED; phase++)
    {
      VavCallPhase hung_up = step_at (phase, VAV_ROLE_CALLER, VAV_CALL_EVENT_HANG_UP).phase;

      g_assert_true (vav_call_phase_to_state (hung_up) == VAV_STATE_CLOSING || vav_call_phase_is_over (hung_up));
      g_assert_true (vav_call_phase_is_over (step_at (phase, VAV_ROLE_CALLEE, VAV_CALL_EVENT_ABORT).phase));
      if (phase != VAV_CALL_PHASE_PARTED) /* there is nothing left to lose */
        g_assert_true (vav_call_phase_is_over (step_at (phase, VAV_ROLE_CALLEE, VAV_CALL_EVENT_LOST).phase));
    }
}

/* A side that finds no path, or a wrong key on it, tells the other, which ends for that reason and not as if the line had been cut. */
static void
test_media_failure_is_told (void)
{
  static const VavCallEvent failures[] = { VAV_CALL_EVENT_MEDIA_FAILED, VAV_CALL_EVENT_SET_UP_TIMEOUT };
  static const VavCallPhase hearing[]
      = { VAV_CALL_PHASE_RINGING, VAV_CALL_PHASE_CONNECTING, VAV_CALL_PHASE_ACTIVE, VAV_CALL_PHASE_GOODBYE_SAID };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    g_assert_true (step_at (VAV_CALL_PHASE_CONNECTING, VAV_ROLE_CALLER, (int)failures[i]).actions
                   & VAV_CALL_ACTION_SEND_REJECT);
  for (guint i = 0; i < G_N_ELEMENTS (hearing); i++)
    {
      VavCallStep step = step_at ((int)hearing[i], VAV_ROLE_CALLER, VAV_CALL_EVENT_PEER_REJECT);

      g_assert_true (vav_call_phase_is_over (step.phase));
      g_assert_cmpint (step.reason, ==, VAV_REASON_NONE); /* the message brings it */
      g_assert_false (step.graceful);
    }
}

/* What breaks down on this side is no fault of the network's. */
static void
test_media_broken (void)
{
  for (int phase = 0; phase < (int)VAV_N_CALL_PHASES; phase++)
    {
      VavCallStep step = step_at (phase, VAV_ROLE_CALLEE, VAV_CALL_EVENT_MEDIA_BROKEN);
      gboolean up = phase == VAV_CALL_PHASE_ACTIVE || phase == VAV_CALL_PHASE_RECONNECTING;

      g_assert_cmpint (step.phase, ==, up ? VAV_CALL_PHASE_ENDED : (VavCallPhase)phase);
      g_assert_cmpint (step.reason, ==, up ? VAV_REASON_MEDIA : VAV_REASON_NONE);
      g_assert_true (!up || step.actions & VAV_CALL_ACTION_SEND_CLOSED);
      g_assert_false (step.graceful);
    }
}

/* Whatever the network does, only a call that is up is told to be reconnecting, and only a peer that does not come back ends one: as a reset. If both have
 * said goodbye there is nothing left to lose. */
static void
test_network (void)
{
  static const VavCallEvent events[] = { VAV_CALL_EVENT_OUT_OF_TOUCH, VAV_CALL_EVENT_IN_TOUCH, VAV_CALL_EVENT_GONE };

  g_test_summary ("N7: a call whose network changes goes on ringing, connecting or closing, or is reconnecting until "
                  "it is back; a peer that does "
                  "not come back is a reset");
  for (int phase = 0; phase < (int)VAV_N_CALL_PHASES; phase++)
    for (guint i = 0; i < G_N_ELEMENTS (events); i++)
      {
        VavCallStep step = step_at (phase, VAV_ROLE_CALLEE, (int)events[i]);
        gboolean up = phase == VAV_CALL_PHASE_ACTIVE || phase == VAV_CALL_PHASE_RECONNECTING;
        gboolean ends = events[i] == VAV_CALL_EVENT_GONE && phase != VAV_CALL_PHASE_PARTED
                        && vav_call_phase_outlives_connection ((VavCallPhase)phase);

        g_assert_true (ends || up || (int)step.phase == phase);
        g_assert_true (vav_call_phase_is_over (step.phase) == (ends || vav_call_phase_is_over ((VavCallPhase)phase)));
        if (ends)
          {
            g_assert_cmpint (step.reason, ==, VAV_REASON_RESET);
            g_assert_false (step.graceful);
          }
        g_assert_cmpuint (step.actions & VAV_CALL_ACTION_OPEN_MEDIA, ==, 0);
      }
  g_assert_cmpint (vav_call_phase_to_state (VAV_CALL_PHASE_RECONNECTING), ==, VAV_STATE_RECONNECTING);
}

/* Each phase has a state that is told outside, and a name. */
static void
test_states (void)
{
  for (int phase = 0; phase < (int)VAV_N_CALL_PHASES; phase++)
    {
      g_assert_cmpint (vav_call_phase_to_state ((VavCallPhase)phase), <, VAV_N_STATES);
      g_assert_cmpuint (strlen (vav_call_phase_to_string ((VavCallPhase)phase)), >, 0);
    }
  for (int event = 0; event < (int)VAV_N_CALL_EVENTS; event++)
    g_assert_nonnull (vav_call_event_to_string ((VavCallEvent)event));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/machine/grid", test_grid);
  g_test_add_func ("/call/machine/media-gate", test_media_gate);
  g_test_add_func ("/call/machine/active", test_active);
  g_test_add_func ("/call/machine/broken-off", test_broken_off);
  g_test_add_func ("/call/machine/ends", test_ends);
  g_test_add_func ("/call/machine/graceful", test_graceful);
  g_test_add_func ("/call/machine/silent-after-goodbye", test_silent_after_goodbye);
  g_test_add_func ("/call/machine/hang-up", test_hang_up_works_everywhere);
  g_test_add_func ("/call/machine/media-failure-is-told", test_media_failure_is_told);
  g_test_add_func ("/call/machine/media-broken", test_media_broken);
  g_test_add_func ("/call/machine/network", test_network);
  g_test_add_func ("/call/machine/states", test_states);
  return g_test_run ();
}
