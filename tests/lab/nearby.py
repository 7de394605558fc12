# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two computers in one local network, each with an Avahi daemon."""

import contextlib
import os
import types
import unittest

from avahi import Avahi
from netns import Lab
from procs import BUILD, Process, cli, folder

PORT = 7667
ADDRESS_A, ADDRESS_B = '10.9.0.1', '10.9.0.2'
CRIER = os.path.join (BUILD, 'tests/lib/crier')
# What crier announces with --nonsense.
NONSENSE = {'Nothing', 'Many', 'No id', 'Empty id', 'Long id', 'Wrong id', 'No protocol', 'Later protocol', 'Zero'}


def named (name):
    return lambda event: event['name'].startswith (name)


class Neighbours (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        """Two hosts on one cable; `a` and `b` have a daemon each."""
        net = cls.enterClassContext (Lab ()).two_hosts ()
        for host in (net.host_a, net.host_b):
            host.ip ('route replace default dev eth0')
        cls.a = cls.enterClassContext (Avahi (net.host_a, 'anna', 'eth0'))
        cls.b = cls.enterClassContext (Avahi (net.host_b, 'bob', 'eth0'))

    @contextlib.contextmanager
    def two (self):
        with folder () as home, contextlib.ExitStack () as self.stack:
            yield types.SimpleNamespace (home=home, a=self.a, b=self.b)

    def run_at (self, host, profile, *words, name=None, **options):
        return self.stack.enter_context (cli (profile, *words, netns=host.namespace, env=host.env, name=name, **options))

    def answer (self, net, *words, profile='b', name='Bob', port=PORT):
        program = self.run_at (net.b, net.home / profile, '--listen', f'0.0.0.0:{port}', 'answer', '--identifier', name,
                               '--anyone', *words, name='answer')
        program.id = program.wait_event ('listening')['id']
        return program

    def look (self, net, *words, profile='a'):
        return self.run_at (net.a, net.home / profile, 'people', '--nearby', '--duration', '120', *words, media=None, name='look')

    def cry (self, net, *words):
        """Announces what no Visavis would."""
        program = self.stack.enter_context (Process ([CRIER, *words], netns=net.b.namespace, env=net.b.env, name='crier'))
        program.wait_line ('established')
        return program

    def check_flood (self, n):
        """n services of one computer, and nonsense: a few are believed, none of the nonsense, and an honest one still is found."""
        with self.two () as net:
            look = self.look (net)
            crier = self.cry (net, '--flood', str (n))
            self.cry (net, '--nonsense')
            look.wait_event ('nearby', named ('Flood'))
            honest = self.run_at (net.a, net.home / 'honest', '--listen', f'0.0.0.0:{PORT}', 'answer', '--identifier', 'Honest',
                                  '--findable', name='honest')
            identity = honest.wait_event ('listening')['id']
            look.wait_event ('nearby', id=identity)
            names = [event['name'] for event in look.named ('nearby', present=True)]
            self.assertLessEqual (sum (name.startswith ('Flood') for name in names), 8, look.transcript ())
            self.assertEqual (set (names) & NONSENSE, set ())
            crier.stop ()
            look.wait_event ('nearby', named ('Flood'), present=False)
