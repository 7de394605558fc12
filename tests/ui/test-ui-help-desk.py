# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of a help desk: four callers in one window, each in a view of their own; one of them talked to alone."""

import contextlib
import subprocess
import unittest

import procs
from desk import Picture, apart, wait_until
from tap import main
from tree import Tree
from xvfb import Display, need

DESK = procs.BUILD / 'widgets/examples/help-desk'
SIZE = 800, 640
COLOURS = ('red', 'green', 'blue', 'white')  # of the callers' pictures


def quarter (number):
    """Where the view of that number stands, without its edges: x, y, width, height."""
    wide, high = SIZE[0] // 2, SIZE[1] // 2
    return number % 2 * wide + wide // 4, number // 2 * high + high * 3 // 8, wide // 2, high // 4


class HelpDesk (unittest.TestCase):
    def setUp (self):
        need ('gst-launch-1.0')
        stack = contextlib.ExitStack ()
        self.addCleanup (stack.close)
        self.enter = stack.enter_context
        self.home = self.enter (procs.folder ())
        self.display = self.enter (Display (size='x'.join (map (str, SIZE)), accessibility=True))
        self.tree = Tree (self.display.env['DBUS_SESSION_BUS_ADDRESS'])
        stack.callback (self.tree.close)

    def film (self, pattern, wave):
        """Two seconds, small: five programs make and show pictures at the same time."""
        path = self.home / f'{pattern}.webm'
        subprocess.run (['gst-launch-1.0', '-q', 'webmmux', 'name=mux', '!', 'filesink', f'location={path}', 'videotestsrc', 'num-buffers=20',
                         f'pattern={pattern}', '!', 'video/x-raw,width=160,height=120,framerate=10/1', '!', 'vp8enc', 'deadline=1', '!', 'mux.',
                         'audiotestsrc', f'wave={wave}', 'num-buffers=94', '!', 'opusenc', '!', 'mux.'], check=True, stdin=subprocess.DEVNULL)
        return path

    def start (self):
        program = self.enter (procs.Process ([DESK, self.home / 'desk', '127.0.0.1:0', self.film ('ball', 'sine')], env=self.display.env))
        window = wait_until (lambda: self.display.windows (program.pid), 'its window')[-1]
        self.display.place (window, 0, 0, *SIZE)
        return program, window, program.wait_line ('visavis:')

    def find (self, program, name):
        root = self.tree.program (program.pid)
        return next ((node for node in root.every () if node.get_name () == name and node.extents ()[2] > 0), None) if root is not None else None

    def press (self, program, name):
        wait_until (lambda: self.find (program, name), f'{name!r}').act ()

    def caller (self, program, address, colour):
        """Somebody who calls and is accepted by the person at the desk."""
        caller = self.enter (procs.cli (self.home / colour, 'call', address, media=self.film (colour, 'silence')))
        self.press (program, 'Accept')
        caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 5 and stats['audio_in']['level_db'] > -40)
        return caller

    def looks (self):
        path = self.home / 'screen.ppm'
        self.display.run (['import', '-window', 'root', '-depth', 8, path])
        return Picture (path)

    def shows (self, number, colour):
        """Whether that view has the colour of that caller."""
        picture, area = self.looks (), quarter (number)
        if colour == 'white':
            return min (picture.pixel (area[0], area[1])) > 200 and picture.hue (area) is None
        wanted = {'red': 108, 'green': 235, 'blue': 350}[colour]
        found = picture.hue (area)
        return found is not None and apart (found, wanted) < 20

    def wait_sound (self, caller, there):
        caller.wait_event ('stats', lambda stats: (stats['audio_in']['level_db'] > -40) == there, since=caller.mark ())

    def test_four (self):
        """Each caller rings in a free view, and all four are seen; alone with one, the others hear nothing until another is chosen."""
        program, window, address = self.start ()
        callers = []
        for number, colour in enumerate (COLOURS):
            callers.append (self.caller (program, address, colour))
            wait_until (lambda number=number, colour=colour: self.shows (number, colour), f'{colour} in view {number}')
        for number, colour in enumerate (COLOURS):
            self.assertTrue (self.shows (number, colour), colour)

        for chosen in (2, 1):
            x, y, wide, high = quarter (chosen)
            self.display.run (['xdotool', 'mousemove', x + wide // 2, y + high // 2])
            self.display.run (['xdotool', 'click', 1])
            if chosen == 2:
                self.press (program, 'Only the chosen one')
            for number, caller in enumerate (callers):
                self.wait_sound (caller, number == chosen)
        self.press (program, 'Only the chosen one')
        for caller in callers:
            self.wait_sound (caller, True)

        self.display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
        for caller in callers:
            self.assertTrue (caller.wait_event ('ended', reason='remote')['graceful'])
        program.wait (0)
        self.assertEqual ([line for line in program.complaints () if not line.startswith ('visavis:')], [])


if __name__ == '__main__':
    main ()
