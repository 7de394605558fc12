# SPDX-License-Identifier: LGPL-2.1-or-later
"""The smallest program that embeds the view."""

import unittest

import procs
from desk import Picture, apart, hue_of, wait_until
from tap import main
from xvfb import Display

SIZE = 640, 480


class Small (unittest.TestCase):
    def test_lines (self):
        """W21: all lines counted, at most 25."""
        lines = (procs.SOURCE / 'widgets/examples/small.c').read_text (encoding='utf-8').splitlines ()
        self.assertLessEqual (len (lines), 25)
        self.assertLessEqual (max (len (line) for line in lines), 120)

    def test_call (self):
        """W21, W1: it calls, is seen there, shows what comes; closed, it says goodbye."""
        with procs.folder () as home, Display () as display, \
             procs.cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone') as answer:
            event = answer.wait_event ('listening')
            small = procs.BUILD / 'widgets/examples/small'
            with procs.Process ([small, event['address'], 'test'], env=display.env) as program:
                window = wait_until (lambda: display.windows (program.pid), 'its window')[-1]
                display.place (window, 0, 0, *SIZE)
                answer.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30)

                def shown ():
                    path = home / 'screen.ppm'
                    display.run (['import', '-window', 'root', '-depth', 8, path])
                    hue = Picture (path).hue ((SIZE[0] // 4, SIZE[1] // 4, SIZE[0] // 3, SIZE[1] // 3))
                    return hue is not None and apart (hue, hue_of (event['id'])) < 20
                wait_until (shown, 'the picture of the other side')

                display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
                self.assertEqual (program.wait (), 0)
                ended = answer.wait_event ('ended')
                self.assertEqual ((ended['graceful'], ended['reason']), (True, 'remote'))


if __name__ == '__main__':
    main ()
