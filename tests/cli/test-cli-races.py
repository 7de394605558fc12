# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two programs act in the same moment, and not the same way: they agree on what became of the call. VISAVIS_TEST_ROUNDS: how often."""

import os
import random
import signal
import threading
import time
import unittest

from lines import answer, call, is_active
from procs import folder
from tap import main

ROUNDS = int (os.environ.get ('VISAVIS_TEST_ROUNDS') or 4)
SEED = int (os.environ.get ('VISAVIS_TEST_SEED') or random.SystemRandom ().randrange (2 ** 32))
WITHIN_S = 0.05

# What caller and called side may say of one call: reasons, and whether both call it graceful.
AGREEMENTS = {
    ('local', 'remote', True), ('remote', 'local', True), ('local', 'local', True),
    ('local', 'withdrawn', False), ('declined', 'declined', False), ('local', 'declined', False),
}


def at_once (dice, *acts):
    """Each act on a thread of its own, after a random number of microseconds."""
    begin = time.monotonic ()
    threads = []
    for act in acts:
        def run (act=act, moment=begin + dice.randrange (int (WITHIN_S * 1e6)) / 1e6):
            threading.Event ().wait (max (moment - time.monotonic (), 0))
            act ()
        threads.append (threading.Thread (target=run))
    for thread in threads:
        thread.start ()
    for thread in threads:
        thread.join ()


class Races (unittest.TestCase):
    def judge (self, callee, caller):
        ends = []
        for program in (caller, callee):
            ends.append (program.wait_event ('ended'))
            program.wait ()
            self.assertEqual (len (program.named ('ended')), 1, program.transcript ())
        said = (ends[0]['reason'], ends[1]['reason'], ends[0]['graceful'])
        both = f'{caller.transcript ()}\n{callee.transcript ()}'
        self.assertEqual (ends[0]['graceful'], ends[1]['graceful'], both)
        self.assertIn (said, AGREEMENTS, both)

    def race (self, word):
        dice = random.Random (SEED)
        for number in range (ROUNDS):
            with self.subTest (seed=SEED, round=number), folder () as home:
                callee = answer (home / 'b', '--ask', '--calls', '1', stdin=True)
                with callee, call (home / 'a', callee.address, '--duration', '0.1') as caller:
                    caller.wait_event ('state', state='ringing')
                    at_once (dice, lambda: callee.write_line (word), lambda: caller.send_signal (signal.SIGINT))
                    self.judge (callee, caller)

    def test_accept_withdraw (self):
        """W17, N7, N11: an accept and a withdrawal that cross between two processes: both tell the same outcome, once."""
        self.race ('accept')

    def test_reject_withdraw (self):
        """W17, N7, N11: a no and a withdrawal that cross between two processes: both tell the same outcome, once."""
        self.race ('reject')

    def test_both_hang_up (self):
        """W17, N7: both hang up in the same moment: graceful on both sides."""
        dice = random.Random (SEED)
        for number in range (ROUNDS):
            with self.subTest (seed=SEED, round=number), folder () as home:
                callee = answer (home / 'b', '--anyone', '--calls', '1')
                with callee, call (home / 'a', callee.address) as caller:
                    is_active (callee)
                    is_active (caller)
                    at_once (dice, lambda: callee.send_signal (signal.SIGINT), lambda: caller.send_signal (signal.SIGINT))
                    self.judge (callee, caller)


if __name__ == '__main__':
    main ()
