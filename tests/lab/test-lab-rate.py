# SPDX-License-Identifier: LGPL-2.1-or-later
"""A narrow line: a call finds out what it carries, sends less than that, and comes back when there is room."""

import unittest

from far import Far
from tap import main

RTT = 60
QUEUE = '300ms'


def narrow (far, kbit):
    """What the caller sends passes at that rate; what comes back is free."""
    far.lines[0].set (rate=kbit, queue=QUEUE)


class Rate (unittest.TestCase):
    def wait_stats (self, program, predicate, since=0):
        return program.wait_event ('stats', predicate, since=since)

    def test_narrow (self):
        """A line of 300 kbit/s: the picture's rate goes below it and stays there, pictures and sound arrive, and nobody thinks that the other is lost;
        when the line is wide again the picture grows."""
        with Far ('open', RTT, queue=QUEUE) as far, far.call () as call:
            self.wait_stats (call.caller, lambda stats: stats['video_out']['target_kbps'] > 700 and stats['video_out']['height'] > 360)
            narrow (far, 300)
            since = {program: program.mark () for program in call.both}
            self.wait_stats (call.caller, lambda stats: stats['video_out']['target_kbps'] < 300, since[call.caller])
            # the queue is gone, and what is sent arrives
            self.wait_stats (call.callee, lambda stats: stats['video_in']['fps'] > 5 and stats['loss'] < 0.02 and stats['audio_in']['kbps'] > 15, since[call.callee])
            since = {program: program.mark () for program in call.both}
            for _ in range (4):
                stats = self.wait_stats (call.caller, lambda stats: True, since[call.caller])
                self.assertLess (stats['video_out']['target_kbps'], 330)
                since[call.caller] = call.caller.mark ()
            narrow (far, 0)
            self.wait_stats (call.caller, lambda stats: stats['video_out']['target_kbps'] > 400, since[call.caller])
            for program in call.both:
                self.assertEqual (program.named ('state', state='reconnecting'), [], call.told ())


if __name__ == '__main__':
    main ()
