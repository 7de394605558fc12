# SPDX-License-Identifier: LGPL-2.1-or-later
"""What takes its time to be noticed: the other side is there no more and does not say so."""

import signal
import unittest

from lines import answer, call, is_active
from netns import Lab
from procs import PATIENCE, folder
from tap import main

# The silence of 30 s (RFC 7675, 5.1; the same for signalling), and what it takes to tell.
NOTICED = 35


def connected (home, **options):
    callee = answer (home / 'b', '--anyone', '--calls', '1', **options.get ('callee', {}))
    caller = call (home / 'a', callee.address, **options.get ('caller', {}))
    is_active (callee)
    is_active (caller)
    return callee, caller


class Silence (unittest.TestCase):
    def survivor (self, program, since):
        """A reset, told once, in time; `since` is any event from before the silence."""
        end = program.wait_event ('ended', timeout=NOTICED * 2)
        self.assertFalse (end['graceful'])
        self.assertIn (end['reason'], ('reset', 'timeout'))
        self.assertLess ((end['mono_ns'] - since) / 1e9, NOTICED * PATIENCE)
        self.assertEqual (program.wait (), 5)
        self.assertEqual (len (program.named ('ended')), 1)

    def test_caller_stopped (self):
        """N7, W17: a caller that is stopped (SIGSTOP) is a reset to the other side within 35 s, and wakes to one."""
        with folder () as home:
            callee, caller = connected (home)
            with callee, caller:
                since = callee.wait_event ('stats')['mono_ns']
                caller.send_signal (signal.SIGSTOP)
                self.survivor (callee, since)
                caller.send_signal (signal.SIGCONT)
                self.assertFalse (caller.wait_event ('ended')['graceful'])
                self.assertEqual (caller.wait (), 5)

    def test_callee_stopped (self):
        """N7, W17: a called program that is stopped (SIGSTOP) is a reset to the caller within 35 s."""
        with folder () as home:
            callee, caller = connected (home)
            with callee, caller:
                since = caller.wait_event ('stats')['mono_ns']
                callee.send_signal (signal.SIGSTOP)
                self.survivor (caller, since)
                callee.send_signal (signal.SIGCONT)
                callee.wait ()

    def test_cable_pulled (self):
        """N7, W17, N12: the path between two computers is lost: both are told of a reset within 35 s, and leave."""
        with folder () as home, Lab () as lab:
            net = lab.two_hosts ()
            callee, caller = connected (home, callee={'listen': net.host_b.address + ':0', 'netns': net.host_b},
                                        caller={'netns': net.host_a})
            with callee, caller:
                since = min (p.wait_event ('stats')['mono_ns'] for p in (callee, caller))
                net.host_a.ip ('link set eth0 down')
                self.survivor (callee, since)
                self.survivor (caller, since)

    def test_signalling_reset_between (self):
        """N7, W17: something between the two resets the signalling connection: a reset to both, when the next word is said."""
        with folder () as home, Lab () as lab:
            net = lab.two_hosts ()
            callee, caller = connected (home, callee={'listen': net.host_b.address + ':0', 'netns': net.host_b},
                                        caller={'netns': net.host_a})
            with callee, caller:
                since = min (p.wait_event ('stats')['mono_ns'] for p in (callee, caller))
                for host in (net.host_a, net.host_b):
                    host.iptables ('-A OUTPUT -o eth0 -p tcp -j REJECT --reject-with tcp-reset')
                self.survivor (callee, since)
                self.survivor (caller, since)


if __name__ == '__main__':
    main ()
