# SPDX-License-Identifier: LGPL-2.1-or-later
"""Leaving in a call, and calling again: what is done some times in the normal run and many times in the long one."""

import contextlib
import signal
import time

from lines import answer, call, is_active
from procs import BUILD, Process

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Three times what is promised.
LEAVE_LIMIT = 3 * 3


def leave (home, number, caller_leaves, media='none'):
    """Two in a call; one is told to leave. Seconds that it took."""
    with answer (home / 'b', '--anyone', '--calls', '1', media=media) as callee, \
         call (home / 'a', callee.address, media=media) as caller:
        is_active (callee)
        is_active (caller)
        leaver, other = (caller, callee) if caller_leaves else (callee, caller)
        begun = time.monotonic ()
        leaver.stop (number, status=0, timeout=LEAVE_LIMIT)
        took = time.monotonic () - begun
        other.wait (0)
        for program, reason in ((leaver, 'local'), (other, 'remote')):
            ends = program.named ('ended')
            assert [(e['graceful'], e['reason']) for e in ends] == [(True, reason)], program.transcript ()
    return took


def leave_often (home, times):
    took = sorted (leave (home, SIGNALS[n % len (SIGNALS)], n % 2 == 0) for n in range (times))
    print (f'{times} left: median {took[times // 2]:.2f} s, longest {took[-1]:.2f} s')


def redial (test, home, times):
    """One process calls the same program again and again, each time directly after the end."""
    with answer (home / 'b', '--anyone', '--calls', str (times), media='none') as callee, contextlib.ExitStack () as stack:
        argv = [BUILD / 'tests/cli/clerk', home / 'a', callee.address, times, 1, 0]
        caller = stack.enter_context (Process (argv, name='clerk', env={'DBUS_SESSION_BUS_ADDRESS': None}))
        caller.wait (0, timeout=30 + 2 * times)
        callee.wait (0)
        for program in (caller, callee):
            ends = program.named ('ended')
            test.assertEqual ([e['graceful'] for e in ends], [True] * times)
            test.assertEqual (len ({e['value'] for e in ends}), times)
        # the goodbye may come before the called side knows that it is connected
        test.assertEqual (len (caller.named ('state', state='active')), times)
        ends = [e['mono_ns'] for e in caller.named ('ended')]
        begun = [e['mono_ns'] for e in caller.named ('state', state='resolving')]
        pauses = sorted ((b - e) / 1e6 for e, b in zip (ends, begun[1:]))
        print (f'{times} calls; from an end to the next beginning: median {pauses[len (pauses) // 2]:.1f} ms')
