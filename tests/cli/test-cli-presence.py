# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who of one's people is there, by a broker: seen by visavis-cli."""

import signal
import unittest

from broker import Broker, missing
from hostile_broker import HostileBroker
from procs import cli, folder
from tap import main

NAMES = {'a': 'Anna', 'b': 'Bob', 'c': 'Carl', 'd': 'Dora'}


def told (program, name, present, since=0):
    """Waits until the program says that they came or went."""
    return program.wait_event ('presence', lambda event: event['name'] == name and event['present'] == present, since=since)


class Case (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        if missing ():
            raise unittest.SkipTest (missing ())

    def setUp (self):
        self.home = self.enterContext (folder ())

    def answer (self, who, url, *words):
        """Somebody who takes calls of their people, and is there."""
        return cli (self.home / who, '--broker', url, '--no-direct', 'answer', '--identifier', NAMES[who], *words, media='none')

    def watch (self, who, url):
        """Looks who is there, without being there."""
        return cli (self.home / who, '--broker', url, 'people', '--duration', '600', media='none')

    def listing (self, who, url, seeing=None):
        """{name: present}, of the people of that profile, now; seeing: not before it is known that this one is there."""
        with cli (self.home / who, '--broker', url, 'people', *(('--duration', '600') if seeing else ()), media='none') as program:
            if seeing:
                told (program, seeing, True)
                program.send_signal (signal.SIGINT)
            program.wait (0)
            return {event['name']: event['present'] for event in program.named ('person')}

    def people (self, who, *words):
        with cli (self.home / who, 'people', *words, media=None, json_lines=False) as program:
            program.wait (0)
            return program.transcript ()

    def identity (self, who):
        with cli (self.home / who, 'identity') as program:
            program.wait (0)
            return program.wait_event ('identity')['id']

    def meet (self, caller, callee, url):
        """The two talk, and so have accepted each other."""
        with self.answer (callee, url, '--anyone', '--calls', '1') as program:
            who = program.wait_event ('listening')['id']
            with cli (self.home / caller, '--broker', url, '--no-direct', 'call', f'visavis:{who}', '--identifier', NAMES[caller],
                      '--duration', '0.1', media='none') as call:
                call.wait (0)
            program.wait (0)


class Presence (Case):
    def test_come_and_go (self):
        """A11: One sees the other come, go in order, come again and be killed, which the last will tells; and again when the broker has been restarted."""
        with Broker (self.home) as broker:
            self.meet ('a', 'b', broker.url)
            with self.watch ('a', broker.url) as anna:
                mark = anna.mark ()
                with self.answer ('b', broker.url) as bob:
                    told (anna, 'Bob', True)
                    self.assertTrue (self.listing ('a', broker.url, seeing='Bob')['Bob'])
                    mark = anna.mark ()
                    bob.stop ()
                    told (anna, 'Bob', False, since=mark)
                with self.answer ('b', broker.url) as bob:
                    told (anna, 'Bob', True, since=mark)
                    mark = anna.mark ()
                    bob.kill ()
                    told (anna, 'Bob', False, since=mark)
                with self.answer ('b', broker.url):
                    told (anna, 'Bob', True, since=mark)
                    mark = anna.mark ()
                    broker.kill ()
                    told (anna, 'Bob', False, since=mark)
                    mark = anna.mark ()
                    broker.start ()
                    told (anna, 'Bob', True, since=mark)
                    anna.stop ()

    def test_blocked (self):
        """A11: Who was blocked or removed sees that person no more, from that moment on; who was let in again does."""
        with Broker (self.home) as broker:
            self.meet ('a', 'b', broker.url)
            with self.watch ('a', broker.url) as anna, self.answer ('b', broker.url):
                told (anna, 'Bob', True)
                mark = anna.mark ()
                self.people ('b', 'block', 'Anna')
                told (anna, 'Bob', False, since=mark)
                mark = anna.mark ()
                self.people ('b', 'unblock', 'Anna')
                told (anna, 'Bob', True, since=mark)
                mark = anna.mark ()
                self.people ('b', 'remove', 'Anna')
                told (anna, 'Bob', False, since=mark)
                self.assertFalse (self.listing ('a', broker.url)['Bob'])

    def test_stranger (self):
        """A11: Ids are no secret: who has them, and has even compared codes, but was never accepted sees nothing; nor does somebody see who was accepted by nobody but
        themselves; they do not even listen."""
        with Broker (self.home) as broker:
            self.meet ('a', 'b', broker.url)
            ids = {who: self.identity (who) for who in 'bc'}
            self.people ('c', 'add', 'Bob', f'visavis:{ids["b"]}@127.0.0.1:1')
            self.people ('b', 'add', 'Carl', f'visavis:{ids["c"]}@127.0.0.1:1')
            code = self.people ('c', 'verify', 'Bob').split ()
            digits = [word for word in code if word.isdigit () and len (word) == 5]
            self.assertEqual (len (digits), 6, code)
            self.people ('c', 'verify', 'Bob', *digits)
            self.people ('b', 'verify', 'Carl', *digits)
            with self.watch ('a', broker.url) as anna, self.answer ('b', broker.url):
                told (anna, 'Bob', True)
                before = broker.told ('visavis/1/at/', '(QoS')
                self.assertFalse (self.listing ('c', broker.url)['Bob'])
                # but for the topic of its own connection it listens to nothing
                self.assertEqual (broker.told ('visavis/1/at/', '(QoS') - before, 1)


class Hostile (Case):
    def test_anything (self):
        """A11: A broker that invents, swaps, repeats and changes what it carries makes nobody present who is not there, and crashes nobody."""
        with Broker (self.home) as broker:
            self.meet ('a', 'b', broker.url)
            self.meet ('a', 'd', broker.url)
        with HostileBroker (1, invent=0.5, swap=0.3, repeat=0.3, cut=0.1, flip=0.1) as broker, self.watch ('a', broker.url) as anna:
            for _ in range (3):
                with self.answer ('d', broker.url) as dora:
                    dora.wait_event ('listening')
                    dora.stop ()
            self.assertFalse ([event for event in anna.named ('presence') if event['name'] == 'Bob'])
            anna.send_signal (signal.SIGINT)
            anna.wait (0)
            self.assertFalse ([event for event in anna.named ('person') if event['name'] == 'Bob' and event['present']])
            self.assertGreater (len (broker.carried), 6)


if __name__ == '__main__':
    main ()
