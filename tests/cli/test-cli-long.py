# SPDX-License-Identifier: LGPL-2.1-or-later
"""What takes its time: a call that nobody answers, and what is done a thousand times."""

import unittest

from exchange import check
from hostile_broker import HostileBroker
from leaving import leave_often, redial
from lines import answer, call, sentence
from procs import cli, folder
from tap import main


class Unanswered (unittest.TestCase):
    def test_nobody_answers (self):
        """It rings for 45 s and nobody comes: no-answer, status 4, and the called side knows too."""
        with folder () as home, answer (home / 'b', '--ask', '--calls', '1', stdin=True) as callee, \
             call (home / 'a', callee.address) as caller:
            rang = caller.wait_event ('state', state='ringing')['mono_ns']
            caller.wait (4, timeout=60)
            sentence (caller)
            end = caller.wait_event ('ended')
            self.assertEqual (end['reason'], 'no-answer')
            self.assertGreater ((end['mono_ns'] - rang) / 1e9, 40)
            callee.wait (4)
            self.assertEqual (callee.wait_event ('ended')['reason'], 'no-answer')


class Deaf (unittest.TestCase):
    def test_no_keep_alive (self):
        """A broker that wants to be asked nothing (a Keep Alive of 0) and says nothing any more is found out, and is used again once it answers."""
        with folder () as home, HostileBroker (greeting=b'\x13\0\0') as broker, \
             cli (home / 'b', '--broker', broker.url, '--no-direct', 'answer', media='none') as callee:
            callee.wait_event ('listening')
            mark = callee.mark ()
            broker.deaf = True  # found out after 35 to 45 s; sooner if the network of this computer changes meanwhile
            callee.wait_line ('does not answer any more', timeout=60)
            broker.deaf = False
            callee.wait_event ('listening', since=mark)


class EightSteps (unittest.TestCase):
    def test_grand_total (self):
        """N8, N9, N10, N6: The exchange of the grand total a thousand times between two programs."""
        with folder () as home:
            check (self, home, 40, 25)


class Often (unittest.TestCase):
    def test_leave (self):
        """R4: A hundred times of a hundred: gone in time, and the other side sees a graceful end."""
        with folder () as home:
            leave_often (home, 100)

    def test_redial (self):
        """R6: Two hundred times the same person again, directly after the end."""
        with folder () as home:
            redial (self, home, 200)


if __name__ == '__main__':
    main ()
