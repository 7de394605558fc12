# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that are resumed where that is harder: while they ring, by a broker, with the called side on the move, with somebody killed of whom nothing is known."""

import contextlib
import time
import unittest

from broker import PROGRAM, missing
from homes import BROKER
from lab import Call
from netns import Lab
from procs import Process, cli, folder
from tap import main

LASTS = '300'  # longer than any of it


def now_ns ():
    return time.clock_gettime_ns (time.CLOCK_MONOTONIC)


@contextlib.contextmanager
def public_broker (net, home):
    """mosquitto on a host of its own; gives the words that name it, and its program."""
    if missing ():
        raise unittest.SkipTest (missing ())
    configuration = home / 'mosquitto.conf'
    configuration.write_text ('listener 1883\nallow_anonymous true\npersistence false\nlog_dest stderr\nuser root\n')
    with Process ([PROGRAM, '-c', configuration], netns=net.add_broker (), name='mosquitto') as program:
        program.wait_line (' running')
        yield ['--broker', f'mqtt://{BROKER}:1883']


def wait_active (test, *programs):
    for program in programs:
        program.wait_event ('first-frame')
        program.wait_event ('stats')
        test.assertEqual (program.named ('ended'), [], program.transcript ())


def frames_of (program):
    return max ((stats['video_in']['frames'] for stats in program.named ('stats')), default=0)


def check_goes_on (test, *programs):
    """The same call, and pictures come in."""
    for program in programs:
        before = frames_of (program)
        program.wait_event ('stats', lambda stats: stats['video_in']['frames'] > before + 15, since=program.mark ())
        test.assertEqual (program.named ('ended'), [], program.transcript ())
        test.assertEqual (len ({event['value'] for event in program.named ('state')}), 1, program.transcript ())


def end_well (test, caller, callee):
    caller.stop (status=0)
    callee.wait (0)
    for program in (caller, callee):
        test.assertTrue (program.wait_event ('ended')['graceful'], program.transcript ())


class Resume (unittest.TestCase):
    def test_ringing (self):
        """N7: The caller changes from cable to Wi-Fi while it rings: it rings on, is accepted, and the path goes by the new uplink."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            address = net.home_b.let_in (7667)
            with cli (home / 'b', '--listen', '0.0.0.0:7667', 'answer', '--ask', '--calls', '1', netns=net.host_b, stdin=True, name='callee') as callee:
                callee.wait_event ('listening')
                with cli (home / 'a', 'call', address, '--duration', LASTS, netns=net.host_a, name='caller') as caller:
                    caller.wait_event ('state', state='ringing')
                    net.home_a.uplinks[0].unplug ()
                    callee.write_line ('accept')
                    wait_active (self, caller, callee)
                    here = net.home_a.uplinks[1].inside
                    self.assertIn (here, caller.named ('path')[-1]['local'], caller.transcript ())
                    self.assertEqual (len (callee.named ('request')), 1)
                    check_goes_on (self, caller, callee)
                    end_well (self, caller, callee)

    def test_callee_moves (self):
        """N7: The called side changes its network while the caller listens nowhere, and no broker is there: it knocks, and the caller finds it where it is now."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            there, here = net.home_b.uplinks
            here.unplug ()  # nobody is to have heard of that address before
            with Call (home, net.host_a, net.host_b, net.home_b.let_in (7667), duration=LASTS) as call:
                wait_active (self, *call.both)
                marks = [program.mark () for program in call.both]
                begin = now_ns ()
                there.unplug ()
                here.plug ()
                for program, mark in zip (call.both, marks):
                    path = program.wait_event ('path', since=mark)
                    print (f"# {program.name}: another path after {(path['mono_ns'] - begin) / 1e9:.1f} s", flush=True)
                check_goes_on (self, *call.both)
                end_well (self, *call.both)

    def test_killed_caller (self):
        """N7, W17: The caller is killed, and listened nowhere: the called side is told within 1 s, and it is a reset once nothing has come for 3 s."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open')
            with Call (home, net.host_a, net.host_b, net.home_b.let_in (7667), duration=LASTS) as call:
                wait_active (self, *call.both)
                begin = now_ns ()
                call.caller.kill ()
                told = call.callee.wait_event ('state', lambda state: state['mono_ns'] > begin)
                self.assertEqual (told['state'], 'reconnecting')
                self.assertLess ((told['mono_ns'] - begin) / 1e9, 1, call.told ())
                ended = call.callee.wait_event ('ended')
                self.assertEqual ((ended['graceful'], ended['reason']), (False, 'reset'), call.told ())
                self.assertGreater ((ended['mono_ns'] - begin) / 1e9, 2.5, call.told ())
                self.assertLess ((ended['mono_ns'] - begin) / 1e9, 5, call.told ())


class Broker (unittest.TestCase):
    """With ./tests/run --long."""

    def call_by_broker (self, lab, home, listen=()):
        """B answers and A calls by their broker alone. A stack, both programs, and the network."""
        stack = contextlib.ExitStack ()
        net = lab.two_homes ('open', 'open', uplinks=2)
        words = stack.enter_context (public_broker (net, home))
        callee = stack.enter_context (cli (home / 'b', *words, '--no-direct', 'answer', '--anyone', '--calls', '1', netns=net.host_b, name='callee'))
        who = callee.wait_event ('listening')['id']
        caller = stack.enter_context (cli (home / 'a', *words, '--no-direct', 'call', f'visavis:{who}', '--duration', LASTS, netns=net.host_a, name='caller'))
        return stack, net, caller, callee

    def test_both_move_by_broker (self):
        """N7: Two who met at a broker change their networks at the same moment, and listen nowhere: the same call goes on."""
        with Lab () as lab, folder () as home:
            stack, net, caller, callee = self.call_by_broker (lab, home)
            with stack:
                wait_active (self, caller, callee)
                marks = [program.mark () for program in (caller, callee)]
                begin = now_ns ()
                for side in (net.home_a, net.home_b):
                    side.uplinks[0].unplug ()
                for program, mark in zip ((caller, callee), marks):
                    path = program.wait_event ('path', since=mark)
                    print (f"# {program.name}: another path after {(path['mono_ns'] - begin) / 1e9:.1f} s", flush=True)
                check_goes_on (self, caller, callee)
                end_well (self, caller, callee)

    def test_killed_by_broker (self):
        """N7, W17: The called side of a call by a broker is killed: nobody's host refuses, the broker says that they are gone, and it is a reset long before 30 s."""
        with Lab () as lab, folder () as home:
            stack, net, caller, callee = self.call_by_broker (lab, home)
            with stack:
                wait_active (self, caller, callee)
                begin = now_ns ()
                callee.kill ()
                told = caller.wait_event ('state', state='reconnecting')
                ended = caller.wait_event ('ended')
                print (f"# told after {(told['mono_ns'] - begin) / 1e9:.1f} s, over after {(ended['mono_ns'] - begin) / 1e9:.1f} s", flush=True)
                self.assertEqual ((ended['graceful'], ended['reason']), (False, 'reset'), caller.transcript ())
                self.assertLess ((told['mono_ns'] - begin) / 1e9, 3.5)
                self.assertLess ((ended['mono_ns'] - begin) / 1e9, 10)
                caller.wait (5)

    def test_direct_then_broker (self):
        """N7: The called side moves to where nobody can dial it; the call began over TCP, and is resumed by the broker that both have."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('open', 'open', uplinks=2)
            address = net.home_b.let_in (7667)
            with public_broker (net, home) as words, \
                 Call (home, net.host_a, net.host_b, address, words=words, duration=LASTS) as call:
                wait_active (self, *call.both)
                marks = [program.mark () for program in call.both]
                begin = now_ns ()
                net.home_b.uplinks[0].unplug ()
                for program, mark in zip (call.both, marks):
                    path = program.wait_event ('path', since=mark)
                    print (f"# {program.name}: another path after {(path['mono_ns'] - begin) / 1e9:.1f} s", flush=True)
                check_goes_on (self, *call.both)
                end_well (self, *call.both)


if __name__ == '__main__':
    main ()
