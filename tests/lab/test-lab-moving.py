# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks that change under a call: another uplink, another outer port, no cable for a while or for ever, the other side killed."""

import unittest

from lab import Call, turn_server
from moving import LASTS, REPETITIONS, MovingTest, now_ns, tearDownModule
from netns import Lab
from procs import LIMIT, folder
from tap import main


class Moving (MovingTest):
    def to_wifi (self, call, home, number):
        """Once to the other uplink. Gives the gaps in seconds."""
        there, here = home.uplinks[number % 2], home.uplinks[1 - number % 2]
        marks = [program.mark () for program in call.both]
        there.unplug ()
        for program, mark in zip (call.both, marks):
            program.wait_event ('path', lambda path: here.inside in path['local'] + path['remote'], since=mark)
        gaps = [program.wait_event ('network', since=mark)['gap_ms'] / 1000 for program, mark in zip (call.both, marks)]
        self.check_same_call (call)
        there.plug ()
        self.check_same_call (call)
        return gaps

    def test_cable_to_wifi (self):
        """N7: The caller's cable is pulled, and another uplink takes over, with another address: the same call goes on, by itself."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            address = net.home_b.let_in (7667)
            with Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                self.wait_active (call)
                gaps = [gap for number in range (REPETITIONS) for gap in self.to_wifi (call, net.home_a, number)]
                self.end_well (call)
        self.assert_figure ('cable to Wi-Fi: gap', gaps, 3, 6)

    def test_rebinding (self):
        """N7: The caller's router forgets what it translated and takes other ports: the same call goes on, after 2 s at most."""
        gaps = []
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('cone', 'cone')
            address = net.home_b.let_in (7667)
            with turn_server (net) as turn, Call (home, net.host_a, net.host_b, address, words=['--stun', turn.stun],
                                                  duration=LASTS) as call:
                self.wait_active (call)
                for _ in range (REPETITIONS):
                    marks = [program.mark () for program in call.both]
                    net.home_a.uplinks[0].rebind (('udp', 'tcp'))
                    gaps += [program.wait_event ('network', since=mark)['gap_ms'] / 1000 for program, mark in zip (call.both, marks)]
                    self.check_same_call (call)
                    for program in call.both:
                        program.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 5, since=program.mark ())
                self.end_well (call)
        self.assert_figure ('NAT rebinding: gap', gaps, 2, 6)

    def out_for_5_s (self, call, uplink):
        """Gives after how many seconds media were back, at each end."""
        marks = [program.mark () for program in call.both]
        begin = now_ns ()
        uplink.cut ()
        cut = now_ns ()  # a command that may take its time
        for program, mark in zip (call.both, marks):
            told = program.wait_event ('state', state='reconnecting', since=mark)
            self.assertLess ((told['mono_ns'] - cut) / 1e9, 3.5, call.told ())
        # The outage itself is what is measured here: it ends when 5 s have passed, whatever happens meanwhile.
        call.caller.wait_event ('stats', lambda stats: stats['mono_ns'] - begin > 5e9, since=marks[0])
        mended = now_ns ()
        uplink.mend ()
        outage = (mended - begin) / 1e9
        back = []
        for program, mark in zip (call.both, marks):
            program.wait_event ('state', lambda state: state['mono_ns'] > mended, state='active', since=mark)
            back.append (program.wait_event ('network', since=mark)['gap_ms'] / 1000 - outage)
        self.check_same_call (call)
        return back

    def test_cable_out (self):
        """N7: Nothing passes for 5 s: reconnecting within 3 s, and back within 2 s after."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open')
            address = net.home_b.let_in (7667)
            with Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                self.wait_active (call)
                back = [each for _ in range (REPETITIONS) for each in self.out_for_5_s (call, net.home_a.uplinks[0])]
                self.end_well (call)
        self.assert_figure ('cable out for 5 s: back after', back, 2, 6)

    def test_killed (self):
        """N7, W17: The called side is killed: the caller is told within 1 s, as its host refuses, and not of a goodbye."""
        told, over = [], []
        with Lab () as lab:
            net = lab.two_homes ('open', 'open')
            address = net.home_b.let_in (7667)
            for _ in range (REPETITIONS):
                with folder () as home, Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                    self.wait_active (call)
                    mark, begin = call.caller.mark (), now_ns ()
                    call.callee.kill ()
                    state = call.caller.wait_event ('state', since=mark)
                    self.assertIn (state['state'], ('reconnecting', 'ended'))
                    told.append ((state['mono_ns'] - begin) / 1e9)
                    over.append ((self.wait_reset (call.caller, call)['mono_ns'] - begin) / 1e9)
                    call.caller.wait (5)
        self.assert_figure ('killed: told after', told, 1, 1, part=1)
        self.assert_figure ('killed: over after', over, 5, 5, part=1)


class Ever (MovingTest):
    """What takes 30 s: with ./tests/run --long."""

    def test_for_ever (self):
        """N7, W17: Nothing passes any more: each side ends the call as a reset after 30 s."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open')
            address = net.home_b.let_in (7667)
            with Call (home, net.host_a, net.host_b, address, duration=LASTS) as call:
                self.wait_active (call)
                begin = now_ns ()
                net.home_a.uplinks[0].cut ()
                for program in call.both:
                    ended = self.wait_reset (program, call, timeout=LIMIT + 30)
                    self.assertLess (abs ((ended['mono_ns'] - begin) / 1e9 - 30), 5, call.told ())
                    program.wait (5)


if __name__ == '__main__':
    main ()
