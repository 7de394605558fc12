# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cells of the laboratory's table (tests/lab/run): what theory promises comes. The whole table with VISAVIS_TEST_ALL set."""

import os
import unittest

import table
from cells import DIRECT, IMPOSSIBLE, RELAYED, Cell, all_cells, run_cell, talk
from lab import PORT, Call, turn_server
from netns import Lab
from procs import folder
from tap import main

# The program's own limit is 20 s, however slow it is. It knows sooner when both sides have told all their candidates, after 14 s at most: a STUN server is
# asked for 8 s, and after that nothing may come for 6 s.
TOLD_S = 18
# So long nothing of the servers is heard, and what they then say comes later than all other checks have failed.
SILENT_NS, LATE_NS = 4e9, 6.05e9


class Table (unittest.TestCase):
    def check (self, cell, found):
        self.assertEqual (cell.expected (), found)
        result = run_cell (cell)
        table.tell (result, transcripts=True)
        self.assertEqual (result.found, found, cell.name)

    def test_direct (self):
        """A3: Cone to cone goes straight, though both have a relay."""
        self.check (Cell ('cone', 'cone'), DIRECT)

    def test_relayed (self):
        """A3: Symmetric to symmetric goes by a relay."""
        self.check (Cell ('symmetric', 'symmetric'), RELAYED)

    def test_no_udp (self):
        """A3: Where no UDP passes the relay is reached by TCP, and the other side need not know."""
        self.check (Cell ('blocked', 'open'), RELAYED)

    def test_443 (self):
        """A3: Where nothing passes but TCP 443 a relay that listens there suffices, by IPv6 as well."""
        self.check (Cell ('tcp443', 'tcp443', families=(6,)), RELAYED)


    def test_broker (self):
        """A3, A9: Two homes that let nobody in find each other on a broker, one of them by TCP 443 alone, and the relay carries the call."""
        self.check (Cell ('cone', 'tcp443', broker=True), RELAYED)

    def test_second_uplink (self):
        """A3: Two homes that each go by the second of their uplinks see each other straight."""
        self.check (Cell ('cone', 'cone', second=True), DIRECT)

    def test_told_soon (self):
        """A3: Where nothing can be done both are told long before the limit, as each knows that the other has no more candidates."""
        for cell in (Cell ('symmetric', 'symmetric', relays=False), Cell ('blocked', 'open', relays=False)):
            with self.subTest (cell=cell.name):
                result = run_cell (cell)
                table.tell (result, transcripts=True)
                self.assertEqual (result.found, IMPOSSIBLE)
                self.assertLess (result.runs[0].after_s, TOLD_S)

    def test_late_relay (self):
        """A3: While a server may still answer nothing is given up: its relay is heard of when all other checks have failed, and carries the call."""
        with Lab () as lab, folder () as home:
            net = lab.two_homes ('symmetric', 'symmetric')
            address = net.home_b.let_in (PORT)
            with turn_server (net) as turn:
                for router in (net.router_a, net.router_b):
                    router.iptables ('-I FORWARD -p udp --dport 3478 -j DROP')
                with Call (home, net.host_a, net.host_b, address, words=['--turn', turn.url, '--stun', turn.stun]) as call:
                    accepted = call.callee.wait_event ('state', state='connecting')['mono_ns']
                    call.callee.wait_event ('stats', lambda event: event['mono_ns'] > accepted + SILENT_NS)
                    for router in (net.router_a, net.router_b):
                        router.iptables ('-D FORWARD -p udp --dport 3478 -j DROP')
                    talk (call)
                    call.finish ()
                    for path in (program.named ('path')[0] for program in call.both):
                        self.assertTrue (path['relayed'], call.told ())
                        self.assertGreater (path['mono_ns'] - accepted, LATE_NS, call.told ())


@unittest.skipUnless (os.environ.get ('VISAVIS_TEST_ALL'), 'takes ten minutes: ./tests/run --long')
class Whole (unittest.TestCase):
    def check (self, expected):
        for cell in all_cells ():
            if cell.expected () == expected:
                with self.subTest (cell=cell.name):
                    result = run_cell (cell)
                    table.tell (result, transcripts=True)
                    self.assertEqual (result.found, expected)

    def test_direct (self):
        """A3: In each cell where a direct path can be there is one."""
        self.check (DIRECT)

    def test_relayed (self):
        """A3: In each cell where only a relay can help it does."""
        self.check (RELAYED)

    def test_impossible (self):
        """A3: In each cell where nothing can be done both are told so, in a sentence."""
        self.check (IMPOSSIBLE)


if __name__ == '__main__':
    main ()
