# SPDX-License-Identifier: LGPL-2.1-or-later
"""A computer sleeps during a call, and wakes: its program stands still, and the network goes on without it."""

import signal
import unittest

from lab import Call
from moving import LASTS, MovingTest, now_ns, tearDownModule
from netns import Lab
from procs import LIMIT, folder
from tap import main


class Sleep (MovingTest):
    def sleep (self, sleeper, other, seconds):
        """Stands still for so long, by the other's clock."""
        begin = now_ns ()
        sleeper.send_signal (signal.SIGSTOP)
        try:
            if other.running:  # else there is nothing to wait for
                other.wait_event (None, lambda event: event['mono_ns'] - begin > seconds * 1e9, timeout=LIMIT + seconds)
        finally:
            woken = now_ns ()
            sleeper.send_signal (signal.SIGCONT)
        return woken

    def check_sleep (self, side, seconds):
        back = []
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open')
            address = net.home_b.let_in (7667)
            with Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                self.wait_active (call)
                sleeper, other = call.both if side == 'caller' else reversed (call.both)
                mark = other.mark ()
                woken = self.sleep (sleeper, other, seconds)
                other.wait_event ('state', state='reconnecting', since=mark)
                active = other.wait_event ('state', state='active', since=mark)
                back.append ((active['mono_ns'] - woken) / 1e9)
                self.check_same_call (call)
                self.end_well (call)
        self.assert_figure (f'{side} slept for {seconds} s: back after', back, 2, 10)


class Short (Sleep):
    def test_callee (self):
        """N7: The called side sleeps for 6 s: the other is told that it reconnects, and the same call goes on when it wakes."""
        self.check_sleep ('callee', 6)


class Long (Sleep):
    """What takes longer: with ./tests/run --long."""

    def test_caller (self):
        """N7: The caller sleeps for 6 s."""
        self.check_sleep ('caller', 6)

    def test_20_s (self):
        """N7: Either side sleeps for 20 s: the same call goes on when it wakes."""
        for side in ('caller', 'callee'):
            with self.subTest (side=side):
                self.check_sleep (side, 20)

    def test_60_s (self):
        """N7, W17: Either side sleeps for a minute: the other has ended the call as a reset after 30 s, and whoever wakes is told at once."""
        for side in ('caller', 'callee'):
            with self.subTest (side=side), Lab () as lab, folder () as home:
                net = lab.two_homes ('open', 'open')
                address = net.home_b.let_in (7667)
                with Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                    self.wait_active (call)
                    sleeper, other = call.both if side == 'caller' else reversed (call.both)
                    begin = now_ns ()
                    sleeper.send_signal (signal.SIGSTOP)
                    ended = self.wait_reset (other, call, timeout=LIMIT + 30)
                    self.assertLess (abs ((ended['mono_ns'] - begin) / 1e9 - 30), 5, call.told ())
                    other.wait (5)
                    # the sleep itself: it ends when a minute has passed, whatever happens meanwhile
                    signal.sigtimedwait ((), max (0, begin / 1e9 + 60 - now_ns () / 1e9))
                    woken = now_ns ()
                    sleeper.send_signal (signal.SIGCONT)
                    ended = self.wait_reset (sleeper, call)
                    self.assertLess ((ended['mono_ns'] - woken) / 1e9, 2, call.told ())
                    sleeper.wait (5)


if __name__ == '__main__':
    main ()
