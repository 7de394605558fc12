# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests share that change the network under a call: the call is up, goes on as the same call, ends well; and how long it took.

A test that shows a promised figure runs once, with a generous limit; with VISAVIS_TEST_ALL it runs ten times, and the figure is asserted."""

import os
import time
import unittest

from procs import PATIENCE

ALL = bool (os.environ.get ('VISAVIS_TEST_ALL'))
REPETITIONS = 10 if ALL else 1
LASTS = 600  # longer than any of it
FIGURES = []


def now_ns ():
    return time.clock_gettime_ns (time.CLOCK_MONOTONIC)


def frames_of (program):
    return max ((stats['video_in']['frames'] for stats in program.named ('stats')), default=0)


def wait_for_picture (program, more=15):
    """Pictures come in again."""
    before = frames_of (program)
    program.wait_event ('stats', lambda stats: stats['video_in']['frames'] > before + more, since=program.mark ())


def at (values, part):
    """The value below which that part of them is (nearest rank)."""
    return sorted (values)[max (0, -int (-part * len (values) // 1) - 1)]


class MovingTest (unittest.TestCase):
    def wait_active (self, call):
        """Both are in the call, see and hear each other, and go on so for a moment."""
        for program in call.both:
            program.wait_event ('first-frame')
            program.wait_event ('first-sound')
            program.wait_event ('stats')
        for program in call.both:
            self.assertEqual (program.named ('ended'), [], call.told ())

    def check_same_call (self, call):
        """Pictures come in at both ends, in the call that was begun."""
        for program in call.both:
            wait_for_picture (program)
            self.assertEqual (program.named ('ended'), [], call.told ())
            self.assertEqual (len ({event['value'] for event in program.named ('state')}), 1, call.told ())

    def check_other_path (self, call, change):
        """After that the same call goes on by another path. Gives after how many seconds each side had it."""
        marks = [program.mark () for program in call.both]
        begin = now_ns ()
        change ()
        found = [(program.wait_event ('path', since=mark)['mono_ns'] - begin) / 1e9 for program, mark in zip (call.both, marks)]
        print (f'# another path after {found[0]:.1f} s (caller), {found[1]:.1f} s (callee)', flush=True)
        self.check_same_call (call)
        return found

    def end_well (self, call):
        call.caller.stop (status=0)
        call.callee.wait (0)
        for program in call.both:
            self.assertTrue (program.wait_event ('ended')['graceful'], call.told ())

    def wait_reset (self, program, call, **more):
        ended = program.wait_event ('ended', **more)
        self.assertEqual ((ended['graceful'], ended['reason']), (False, 'reset'), call.told ())
        return ended

    def assert_figure (self, what, values, promised, generous, part=0.95, unit='s'):
        """The promised figure over all of them, if there are many; for few a limit that only a fault exceeds."""
        worst = max (values)
        FIGURES.append ((what, len (values), at (values, 0.5), at (values, 0.95), worst, promised, unit))
        self.assertLessEqual (worst, generous * PATIENCE, what)
        if ALL:
            self.assertLessEqual (at (values, part), promised * PATIENCE, f'{what}: {sorted (values)}')


def print_figures ():
    """A table for whoever reads the log."""
    for what, count, median, most, worst, promised, unit in FIGURES:
        print (f'| {what} | n {count} | median {median:.2f} {unit} | p95 {most:.2f} | worst {worst:.2f} | promised {promised:g} |', flush=True)


def tearDownModule ():  # taken over by the files that measure: from moving import tearDownModule
    print_figures ()
