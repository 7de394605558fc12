# SPDX-License-Identifier: LGPL-2.1-or-later
"""--timeline: where the time of a call's set-up goes."""

import re
import unittest

from lines import answer, call
from procs import cli, folder
from tap import main

LINE = re.compile (r' *(-?\d+\.\d) +([+-]\d+\.\d)  (\S.*)')

# What follows what, whatever else stands between. What two threads note, or the two sides, each as soon as it can, is left open.
PATH = ['first check sent', 'pair found']
SEALED = ['DTLS begun', 'DTLS connected', 'fingerprint matched', 'capture opened', 'first picture captured', 'first frame encoded']
SEEN = ['first RTP packet in', 'picture out of the jitter buffer', 'first key frame complete', 'first frame decoded']
CALLER = ['dialled', 'name resolved', 'TCP connected', 'TLS done', 'request sent', 'other description read', 'pair found']
CALLED = ['request read', 'accepted', 'other description read', 'first check sent', 'pair found']
ONCE = {'own media built', 'own description made', 'other description read', 'candidates gathered', 'DTLS heard', 'first RTP packet sent', *PATH, *SEALED, *SEEN}


def tables (program):
    """Each table of a program's stderr: the steps in order, each (ms since the start, ms since the step before, name)."""
    found = []
    for _, source, line in program.log:
        if source == 'err' and line.startswith ('Timeline of'):
            found.append ([])
        elif source == 'err' and found and (step := LINE.fullmatch (line)):
            found[-1].append ((float (step[1]), float (step[2]), step[3]))
    return found


class Timeline (unittest.TestCase):
    def in_order (self, table, steps, program):
        names = [name for _, _, name in table]
        for first, then in zip (steps, steps[1:]):
            self.assertLess (names.index (first), names.index (then), f'{first} → {then}\n{program.transcript ()}')

    def check (self, table, first, steps, program):
        names = [name for _, _, name in table]
        self.assertEqual (len (names), len (set (names)), program.transcript ())
        self.assertEqual (ONCE - set (names), set (), program.transcript ())
        for chain in (steps, PATH, SEALED, SEEN):
            self.in_order (table, chain, program)
        if first == 'dialled':  # the connection is begun before anything that takes this computer's time
            self.in_order (table, ['name resolved', 'own media built'], program)
        self.assertEqual ([time for time, _, name in table if name == first], [0.0])
        times = [time for time, _, _ in table]
        self.assertEqual (times, sorted (times))
        for (before, _, _), (time, difference, _) in zip (table, table[1:]):
            self.assertAlmostEqual (time - before, difference, delta=0.11)  # each is rounded

    def test_oneself (self):
        """A call to oneself has two tables, one a half, with each step once and in its order; events on stdout are what they are without."""
        with folder () as home, cli (home, '--timeline', 'call', '') as program:
            first = program.wait_event ('first-frame')
            program.wait_event ('first-frame', lambda event: event['value'] != first['value'])
            program.stop (status=0)
            found = tables (program)
            self.assertEqual (len (found), 2, program.transcript ())
            caller, = (table for table in found if table[0][2] == 'dialled')
            called, = (table for table in found if table is not caller)
            self.check (caller, 'dialled', [*CALLER[:5], 'accept read', 'other description read', 'pair found'], program)
            self.check (called, 'accepted', CALLED, program)
            self.assertEqual ({event['event'] for event in program.events} & {'timeline'}, set ())

    def test_two (self):
        """Between two programs each has its own table; of somebody known who lets it ring, the path is there before the yes."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, call (home / 'a', callee.address, '--duration', '1') as caller:
            caller.wait (0)
            callee.wait (0)
            for program in (caller, callee):
                self.assertEqual (tables (program), [], 'nothing of it unless it is asked for')
        with folder () as home:
            for words in (('--anyone',), ('--ask',)):
                with cli (home / 'b', '--timeline', '--listen', '127.0.0.1:0', 'answer', *words, '--calls', '1', stdin=True) as callee, \
                     cli (home / 'a', '--timeline', 'call', callee.wait_event ('listening')['address']) as caller:
                    if words == ('--ask',):
                        for program in (caller, callee):
                            program.wait_event ('path')
                        callee.write_line ('accept')
                    for program in (caller, callee):
                        program.wait_event ('first-frame')
                    caller.stop (status=0)
                    callee.wait (0)
                    (of_caller,), (of_callee,) = tables (caller), tables (callee)
                    self.check (of_caller, 'dialled', CALLER, caller)
                    if words == ('--ask',):
                        self.check (of_callee, 'accepted', ['request read', 'ringing', 'pair found', 'accepted', 'capture opened'], callee)
                    else:
                        self.check (of_callee, 'accepted', CALLED, callee)

    def test_failed (self):
        """A call that fails shows how far it came."""
        with folder () as home, cli (home, '--timeline', 'call', '127.0.0.1:1') as program:
            program.wait (4)
            table, = tables (program)
            self.assertEqual (table[0][2], 'dialled')
            self.assertNotIn ('TCP connected', [name for _, _, name in table])


if __name__ == '__main__':
    main ()
