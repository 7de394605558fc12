# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people dial each other in the same moment, each in a process of their own: one call comes of it."""

import os
import random
import time

from bus import CALL, OnTheBus, data, instance
from lines import OVER, answer, until
from procs import folder
from tap import main

# How often, and how long a connection may take: promised are two seconds.
TIMES = int (os.environ.get ('VISAVIS_TEST_TIMES') or 15)
WITHIN = 3 * 2


class Glare (OnTheBus):
    def dial (self, side, other):
        path = self.bus.connect (instance (side), other.address)
        return int (path.rsplit ('/', 1)[1])

    def cross (self, first, second, delay):
        """Both dial; nobody accepts anything by itself. Gives the two numbers."""
        marks = first.mark (), second.mark ()
        values = [self.dial (first, second)]
        time.sleep (delay)  # what is tested, not waited for
        values.append (self.dial (second, first))
        for side, mark, value in zip ((first, second), marks, values):
            side.wait_event ('state', since=mark, value=value, state='active', timeout=WITHIN)
        for side, mark, value in zip ((first, second), marks, values):
            # one that was announced before this side dialled ends as withdrawn: it goes on under the dial's number
            until (lambda: self.busy (side, mark) == [value], f'one call\n{side.transcript ()}', timeout=WITHIN)
            self.assertLessEqual (len ([e for e in side.events[mark:] if e['event'] == 'request']), 1)
        return marks, values

    def busy (self, side, mark):
        states = {e['value']: e['state'] for e in list (side.events[mark:]) if e['event'] == 'state'}
        return [number for number, state in states.items () if state not in OVER + ('idle',)]

    def part (self, sides, marks, values):
        self.bus.call (instance (sides[0]), f'/org/visavis/Visavis/calls/{values[0]}', CALL, 'HangUp', data (b''))
        for side, mark, value in zip (sides, marks, values):
            end = side.wait_event ('ended', since=mark, value=value)
            self.assertTrue (end['graceful'], side.transcript ())
            ends = [e for e in side.events[mark:] if e['event'] == 'ended']
            self.assertEqual ([e['value'] for e in ends if e['reason'] != 'withdrawn'], [value], side.transcript ())

    def test_cross (self):
        """W9, R1, W17: both dial within half a second: one call, both connected, each under the number that its dial gave."""
        seed = random.randrange (1 << 30)
        print (f'seed {seed}')
        chance = random.Random (seed)
        words = {'stdin': True, 'env': self.bus.env, 'media': 'none'}
        with folder () as home, answer (home / 'a', '--ask', **words) as anna, answer (home / 'b', '--ask', **words) as bob:
            for side in (anna, bob):
                self.named (side)
            for _ in range (TIMES):
                sides = chance.sample ((anna, bob), 2)
                delay = chance.choice ((0, chance.uniform (0, 0.04), chance.uniform (0, 0.5)))
                marks, values = self.cross (*sides, delay)
                self.part (sides, marks, values)


if __name__ == '__main__':
    main ()
