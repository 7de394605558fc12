# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that are resumed where that is harder: while they ring, by a broker, with the called side on the move, with somebody killed of whom nothing is known."""

import contextlib
import unittest

import broker
from homes import BROKER
from lab import Call
from moving import LASTS, REPETITIONS, MovingTest, now_ns, tearDownModule
from netns import Lab
from procs import folder
from tap import main


class Resume (MovingTest):
    def test_ringing (self):
        """N7: The caller changes from cable to Wi-Fi while it rings: it rings on, is accepted, and the path goes by the new uplink."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            there, here = net.home_a.uplinks
            here.unplug ()  # the offer is not to name it
            with Call (home, net.host_a, net.host_b, net.home_b.let_in (7667), duration=LASTS, ask=True) as call:
                call.caller.wait_event ('state', state='ringing')
                there.unplug ()
                here.plug ()
                call.callee.write_line ('accept')
                self.wait_active (call)
                self.assertIn (here.inside, call.caller.named ('path')[-1]['local'], call.told ())
                self.assertEqual (len (call.callee.named ('request')), 1)
                self.check_same_call (call)
                self.end_well (call)

    def test_callee_moves (self):
        """N7: The called side changes its network while the caller listens nowhere, and no broker is there: it knocks, and the caller finds it where it is now."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            there, here = net.home_b.uplinks
            here.unplug ()  # nobody is to have heard of that address before
            with Call (home, net.host_a, net.host_b, net.home_b.let_in (7667), duration=LASTS) as call:
                self.wait_active (call)
                self.check_other_path (call, lambda: (there.unplug (), here.plug ()))
                self.end_well (call)

    def test_killed_caller (self):
        """N7, W17: The caller is killed, and listened nowhere: the called side is told within 1 s, and it is a reset once nothing has come for 3 s."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open')
            with Call (home, net.host_a, net.host_b, net.home_b.let_in (7667), duration=LASTS) as call:
                self.wait_active (call)
                begin = now_ns ()
                call.caller.kill ()
                told = call.callee.wait_event ('state', lambda state: state['mono_ns'] > begin)
                self.assertEqual (told['state'], 'reconnecting')
                self.assertLess ((told['mono_ns'] - begin) / 1e9, 1, call.told ())
                ended = self.wait_reset (call.callee, call)
                self.assertGreater ((ended['mono_ns'] - begin) / 1e9, 2.5, call.told ())
                self.assertLess ((ended['mono_ns'] - begin) / 1e9, 5, call.told ())


class ByBroker (MovingTest):
    def setUp (self):
        if broker.missing ():
            raise unittest.SkipTest (broker.missing ())

    @contextlib.contextmanager
    def call (self, direct=False):
        """The network, and a call of two who share a broker: by it alone, or over TCP with the broker at hand."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            address = net.home_b.let_in (7667) if direct else None
            words = [] if direct else ['--no-direct']
            with broker.Broker (home, host=BROKER, netns=net.add_broker ()) as server, \
                 Call (home, net.host_a, net.host_b, address, words=['--broker', server.url], caller_words=words, duration=LASTS) as call:
                self.wait_active (call)
                yield net, call

    def test_both_move (self):
        """N7: Two who met at a broker change their networks at the same moment, and listen nowhere: the same call goes on, after 3 s at most."""
        found = []
        for _ in range (REPETITIONS):
            with self.call () as (net, call):
                found += self.check_other_path (call, lambda: [side.uplinks[0].unplug () for side in (net.home_a, net.home_b)])
                self.end_well (call)
        self.assert_figure ('both sides move, by a broker: another path', found, 3, 6)


class Longer (ByBroker):
    """With ./tests/run --long, with what stands above."""

    def test_killed_by_broker (self):
        """N7, W17: The called side of a call by a broker is killed: nobody's host refuses, the broker says that they are gone, and it is a reset long before 30 s."""
        with self.call () as (_, call):
            begin = now_ns ()
            call.callee.kill ()
            told = call.caller.wait_event ('state', state='reconnecting')
            ended = self.wait_reset (call.caller, call)
            print (f"# told after {(told['mono_ns'] - begin) / 1e9:.1f} s, over after {(ended['mono_ns'] - begin) / 1e9:.1f} s", flush=True)
            self.assertLess ((told['mono_ns'] - begin) / 1e9, 3.5)
            self.assertLess ((ended['mono_ns'] - begin) / 1e9, 10)
            call.caller.wait (5)

    def test_direct_then_broker (self):
        """N7: The called side moves to where nobody can dial it; the call began over TCP, and is resumed by the broker that both have."""
        with self.call (direct=True) as (net, call):
            self.check_other_path (call, net.home_b.uplinks[0].unplug)
            self.end_well (call)


if __name__ == '__main__':
    main ()
