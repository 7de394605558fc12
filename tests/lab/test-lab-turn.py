# SPDX-License-Identifier: LGPL-2.1-or-later
"""The relay of a call goes away under it, and comes back or not."""

import contextlib
import unittest

from lab import Call, turn_server
from moving import ALL, LASTS, REPETITIONS, MovingTest, now_ns, tearDownModule
from netns import Lab
from procs import LIMIT, folder
from tap import main


def block_straight (net):
    """No packet of media passes between the two homes but by the relay. Gives what ends that."""
    rules = [f'FORWARD -p udp -s {one} -d {other} -j DROP'
             for one, other in ((net.home_a.uplinks[0].outside, net.home_b.uplinks[0].outside),
                                (net.home_b.uplinks[0].outside, net.home_a.uplinks[0].outside))]
    for rule in rules:
        net.public.iptables ('-I ' + rule)
    return lambda: [net.public.iptables ('-D ' + rule) for rule in rules]


class Turn (MovingTest):
    @contextlib.contextmanager
    def relayed (self, kind, **words):
        """A call by the relay: net, turn, call."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes (kind, kind)
            net.unblock = block_straight (net)
            address = net.home_b.let_in (7667)
            with turn_server (net) as turn:
                words = {side: [word.format (turn=turn.url, stun=turn.stun) for word in each] for side, each in words.items ()}
                with Call (home, net.host_a, net.host_b, address, duration=LASTS, **words) as call:
                    self.wait_active (call)
                    self.assertTrue (all (path['relayed'] for path in call.paths ()), call.told ())
                    yield net, turn, call

    def check_restart (self, **words):
        gaps = []
        with self.relayed ('cone', **words) as (_, turn, call):
            for _ in range (REPETITIONS):
                marks = [program.mark () for program in call.both]
                turn.restart ()
                for program, mark in zip (call.both, marks):
                    gaps.append (program.wait_event ('network', since=mark)['gap_ms'] / 1000)
                    self.assertTrue (program.named ('path')[-1]['relayed'], call.told ())
                self.check_same_call (call)
            self.end_well (call)
        return gaps

    def test_both (self):
        """A3, N7: Both go by the relay, and it is killed and started again: the call goes on by new allocations, and tells its gap."""
        gaps = self.check_restart (words=['--relay-only', '--turn', '{turn}'])
        self.assert_figure ('TURN restart, both by it: gap', gaps, 3, 10)

    def test_one (self):
        """A3, N7: Only the caller has a relay, and it is killed and started again: the call goes on."""
        gaps = self.check_restart (words=['--stun', '{stun}'], caller_words=['--turn', '{turn}'])
        self.assert_figure ('TURN restart, one by it: gap', gaps, 3, 10)

    def test_away (self):
        """A3, N7: The relay is killed and stays away, when the two have come to reach each other: the call goes on straight."""
        with self.relayed ('open', words=['--turn', '{turn}']) as (net, turn, call):
            net.unblock ()
            turn.process.kill ()
            for program in call.both:
                program.wait_event ('path', relayed=False)
            self.check_same_call (call)
            self.end_well (call)

    def test_end_after (self):
        """A3, N7, N12: The relay has gone and another path is there, and while the one before is given up, in vain as its relay does not answer, the two hang up."""
        with self.relayed ('open', words=['--turn', '{turn}']) as (net, turn, call):
            marks = [program.mark () for program in call.both]
            turn.process.kill ()
            for program, mark in zip (call.both, marks):
                program.wait_event ('state', state='reconnecting', since=mark)
            net.unblock ()
            # told 1 s after the change; the path before goes 2 s after it
            for program, mark in zip (call.both, marks):
                program.wait_event ('network', since=mark)
            self.end_well (call)


class Ever (MovingTest):
    """What takes 30 s: with ./tests/run --long."""

    def test_for_ever (self):
        """A3, N7, W17: The relay stays away and nothing goes straight: each side ends the call as a reset, 30 s after."""
        with Turn.relayed (self, 'cone', words=['--stun', '{stun}', '--turn', '{turn}']) as (_, turn, call):
            begin = now_ns ()
            turn.process.kill ()
            for program in call.both:
                ended = self.wait_reset (program, call, timeout=LIMIT + 30)
                self.assertLess (abs ((ended['mono_ns'] - begin) / 1e9 - 30), 5, call.told ())
                program.wait (5)


if __name__ == '__main__':
    main ()
