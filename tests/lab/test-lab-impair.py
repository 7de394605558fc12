# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bad line does what it was told, within a few per cent: packets of known number and time between two namespaces. Limits from
below are exact; those from above leave room for a computer that is busy."""

import contextlib
import json
import socket
import struct
import threading
import time
import unittest

from impairment import Impairment
from netns import Lab
from procs import LIMIT
from tap import main

THERE = ('10.9.0.2', 9000)
HEADERS = 28  # IPv4 and UDP
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
LAST = 2 ** 32 - 1


class Line (contextlib.ExitStack):
    """A cable with an impairment on the way out of one host, and who sends and listens."""

    def __init__ (self, **settings):
        super ().__init__ ()
        self.sent = 0
        net = self.enter_context (Lab ()).two_hosts ()
        self.sender = self.enter_context (net.host_a.socket ())
        self.listener = self.enter_context (net.host_b.socket (address=THERE))
        self.listener.setsockopt (socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 * 2 ** 20)
        # what is held still fills its sender's buffer
        self.sender.setsockopt (socket.SOL_SOCKET, SO_SNDBUFFORCE, 64 * 2 ** 20)
        # address resolution is not what is measured
        self.sender.sendto (b'hello', THERE)
        self.listener.recv (100)
        self.impairment = self.enter_context (Impairment (net.host_a, '-p udp --dport 9000', chain='OUTPUT', **settings))

    def listen (self):
        """Packets until the last one of all, as (number, how long it took in ms, when it came)."""
        self.came = []
        while True:
            number, sent = struct.unpack ('!Iq', self.listener.recv (2000)[:12])
            now = time.monotonic_ns ()
            if number == LAST:
                break
            self.came.append ((number, (now - sent) / 1e6, now))

    def run (self, count, size=100, every=0.0):
        """Sends `count` packets of `size` bytes of IP, one each `every` seconds, and gives what came. The impairment is told to end
        before the very last one, so that this one arrives, after all others."""
        listening = threading.Thread (target=self.listen)
        listening.start ()
        begun = time.monotonic ()
        for number in range (count):
            left = begun + number * every - time.monotonic ()
            if left > 0:
                time.sleep (left)
            self.sender.sendto (struct.pack ('!Iq', number, time.monotonic_ns ()).ljust (size - HEADERS, b'.'), THERE)
        self.sending = time.monotonic () - begun
        self.sent += count
        self.figures = self.settle ()
        self.impairment.__exit__ (None, None, None)
        self.sender.sendto (struct.pack ('!Iq', LAST, 0), THERE)
        listening.join (LIMIT)
        return self.came

    def settle (self):
        """The figures when all that was sent is there, and nothing is held any more."""
        return self.until (lambda figures: figures['seen'] >= self.sent and not figures['held'])

    def until (self, condition):
        deadline = time.monotonic () + LIMIT
        while not condition (figures := self.impairment.stats ()) and time.monotonic () < deadline:
            time.sleep (0.01)
        return figures

    def send_one (self):
        """One packet of its own, number 0; it is there when this returns."""
        self.sender.sendto (struct.pack ('!Iq', 0, time.monotonic_ns ()), THERE)
        self.sent += 1
        self.until (lambda figures: figures['seen'] >= self.sent)


def numbers (came):
    return [number for number, _, _ in came]


def waits (came):
    return [took for _, took, _ in came]


class Impaired (unittest.TestCase):
    def measure (self, count, size=100, every=0.0, **settings):
        with Line (**settings) as line:
            came = line.run (count, size, every)
            print (settings, line.figures)
            figures = {**line.figures, 'sending': line.sending}
        self.assertEqual (figures['seen'], count)
        self.assertEqual (figures['seen_bytes'], count * size)
        self.assertEqual (figures['released'] + figures['lost'] + figures['overflowed'], count)
        self.assertEqual ((len (came), figures['full']), (figures['released'], 0))
        return came, figures

    def test_nothing (self):
        """Told nothing it lets all pass, in order."""
        came, _ = self.measure (5000)
        self.assertEqual (numbers (came), list (range (5000)))

    def test_delay (self):
        """Each packet waits, none of them less, in order."""
        came, _ = self.measure (100, every=0.005, delay=60)
        self.assertEqual (numbers (came), list (range (100)))
        self.assertGreaterEqual (min (waits (came)), 60)
        self.assertLess (min (waits (came)), 70)

    def test_jitter (self):
        """Some wait longer, evenly between nothing and the figure, and the order is kept."""
        came, _ = self.measure (120, every=0.012, delay=20, jitter=12)
        self.assertEqual (numbers (came), list (range (120)))
        took = sorted (waits (came))
        self.assertGreaterEqual (took[0], 20)
        self.assertLess (took[0], 25)
        self.assertGreater (took[60], 24.5)
        self.assertGreater (took[-1], 31)

    def test_loss (self):
        """The share that is lost is what was asked for; the same seed loses the same packets, another loses others."""
        came, figures = self.measure (30000, loss=10, seed=7)
        self.assertAlmostEqual (figures['lost'] / 30000, 0.10, delta=0.005)
        self.assertEqual (numbers (came), sorted (numbers (came)))
        again, _ = self.measure (2000, loss=10, seed=7, delay=5, jitter=2)
        self.assertEqual (numbers (again), [number for number in numbers (came) if number < 2000])
        other, _ = self.measure (2000, loss=10, seed=8)
        self.assertNotEqual (numbers (other), numbers (again))

    def test_bursts (self):
        """In bursts the share stays what it was, and the runs of lost packets are as long as asked for."""
        came, figures = self.measure (20000, loss=8, burst=6, seed=3)
        self.assertAlmostEqual (figures['lost'] / 20000, 0.08, delta=0.012)
        arrived = numbers (came)
        runs = [after - before - 1 for before, after in zip ([-1, *arrived], [*arrived, 20000]) if after - before > 1]
        self.assertAlmostEqual (sum (runs) / len (runs), 6, delta=0.9)

    def test_reorder (self):
        """The share that is held back arrives late, nothing is lost, and the others keep their order."""
        came, figures = self.measure (2000, every=0.001, reorder=5, gap=40)
        self.assertEqual (sorted (numbers (came)), list (range (2000)))
        self.assertAlmostEqual (figures['reordered'] / 2000, 0.05, delta=0.012)
        highest, late = -1, []
        for number, took, _ in came:
            if number < highest:
                late.append (took)
            highest = max (highest, number)
        self.assertLessEqual (len (late), figures['reordered'])
        self.assertGreater (len (late), 0.8 * figures['reordered'])
        self.assertGreaterEqual (min (late), 40)

    def test_rate (self):
        """From a heap of packets that waits comes what was asked for, over the whole within 3 per cent."""
        came, _ = self.measure (300, size=1000, rate=2000, queue=10 ** 6)
        self.assertEqual (len (came), 300)
        rate = 299 * 1000 * 8 / ((came[-1][2] - came[0][2]) / 1e6)
        print (f'{rate:.0f} kbit/s')
        self.assertAlmostEqual (rate, 2000, delta=60)

    def test_queue (self):
        """What does not fit before the line is dropped, in bytes and as a time; what waits at its end waits that long."""
        for queue, room, longest in ((10000, 10, 1000), ('500ms', 6, 600)):
            with self.subTest (queue=queue):
                came, figures = self.measure (60, size=1000, rate=80, queue=queue)
                # a packet takes 100 ms: some more may pass if the sending took long
                self.assertIn (len (came) - room, range (2 + int (figures['sending'] / 0.1)))
                self.assertEqual (numbers (came)[:room], list (range (room)))
                self.assertEqual (figures['overflowed'], 60 - len (came))
                self.assertGreaterEqual (max (waits (came)), longest - 100 - 1000 * figures['sending'])

    def test_changed (self):
        """Settings change while it runs, each by itself; what is held already is not forgotten."""
        with Line (delay=3000) as line:
            line.send_one ()
            answer = line.impairment.set (loss=100)
            self.assertEqual ((answer['delay'], answer['loss']), (3000, 100))
            line.send_one ()
            line.impairment.set (loss=0, delay=0)
            came = line.run (10)
            self.assertEqual (numbers (came), [0, *range (10)])
            self.assertEqual ((line.figures['seen'], line.figures['lost']), (12, 1))

    def test_nonsense (self):
        """A line that it does not understand changes nothing, not even by the words in it that are right."""
        with Line (delay=1) as line:
            for words in ('delay=-1', 'loss=101', 'delay=5 loss=x', 'delay', '=', 'queue=5s', 'rate=nan', 'delay=1e9', 'loss=', '{}'):
                self.assertEqual (line.impairment.ask (words)['event'], 'error', words)
            answer = line.impairment.ask ('')
            self.assertEqual ((answer['event'], answer['delay'], answer['loss']), ('set', 1, 0), json.dumps (answer))


if __name__ == '__main__':
    main ()
