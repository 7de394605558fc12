# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of a kiosk, over the whole screen of its own: who is known is answered by nobody, and one button calls."""

import contextlib
import unittest

import procs
from desk import Picture, apart, hue_of, wait_until
from gi.repository import GLib
from tap import main
from tree import Tree
from xvfb import Display

SIZE = 640, 480
BUTTON = SIZE[0] // 2, SIZE[1] - 30
KIOSK = procs.BUILD / 'widgets/examples/kiosk'


class Kiosk (unittest.TestCase):
    def setUp (self):
        stack = contextlib.ExitStack ()
        self.addCleanup (stack.close)
        self.enter = stack.enter_context
        self.home = self.enter (procs.folder ())
        self.display = self.enter (Display (size='x'.join (map (str, SIZE)), accessibility=True))
        self.tree = Tree (self.display.env['DBUS_SESSION_BUS_ADDRESS'])
        stack.callback (self.tree.close)

    def known (self):
        """Somebody at whom one can call, and who is one of the kiosk's people, as Karim."""
        karim = self.enter (procs.cli (self.home / 'karim', '--listen', '127.0.0.1:0', 'answer', '--anyone'))
        listening = karim.wait_event ('listening')
        with procs.cli (self.home / 'kiosk', 'people', 'add', 'Karim', f'visavis:{listening["id"]}@{listening["address"]}') as people:
            people.wait (0)
        return karim, listening['id']

    def start (self):
        program = self.enter (procs.Process ([KIOSK, self.home / 'kiosk', 'Karim', '127.0.0.1:0', 'test'], env=self.display.env))
        window = wait_until (lambda: self.display.windows (program.pid), 'its window')[-1]
        return program, window, program.wait_line ('visavis:')

    def wait_shown (self, identity):
        """The picture of whoever has that key fills the screen, but for the button."""
        def shown ():
            path = self.home / 'screen.ppm'
            self.display.run (['import', '-window', 'root', '-depth', 8, path])
            hue = Picture (path).hue ((SIZE[0] // 4, 100, SIZE[0] // 3, 100))
            return hue is not None and apart (hue, hue_of (identity)) < 20
        wait_until (shown, 'the picture of the other side')

    def stands (self, program, words):
        """Whether the button, with those words on it, is where one presses it, and the window has the whole screen."""
        root = self.tree.program (program.pid)
        for node in root.every () if root is not None else ():
            if node.get_role_name () == 'push button' and node.get_name () == words:
                with contextlib.suppress (GLib.Error):  # busy, or gone meanwhile
                    left, top, wide, high = node.extents ()
                    return left <= BUTTON[0] < left + wide and top <= BUTTON[1] < top + high and node.toplevel ().extents () == (0, 0, *SIZE)
        return False

    def press (self, program, words):
        """The button, once it says that. The window is there before it is laid out, and what the button does changes a moment after the other side tells."""
        wait_until (lambda: self.stands (program, words), f'a button {words!r}')
        self.display.run (['xdotool', 'mousemove', *BUTTON])
        self.display.run (['xdotool', 'click', 1])

    def test_known (self):
        """One of its people calls: they see each other with nobody at the kiosk. Somebody else is refused."""
        karim, identity = self.known ()
        karim.stop ()
        address = self.start ()[2]
        with procs.cli (self.home / 'stranger', 'call', address) as stranger:
            self.assertEqual (stranger.wait_event ('ended')['reason'], 'refused')
            self.assertEqual (stranger.wait (), 3, stranger.transcript ())
            self.assertFalse (stranger.named ('state', state='ringing'))
        with procs.cli (self.home / 'karim', 'call', address) as caller:
            caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30)
            self.wait_shown (identity)
            caller.stop (status=0)

    def test_button (self):
        """The button calls that one person, and, pressed again, says goodbye; so does the kiosk when it is closed."""
        karim, identity = self.known ()
        program, window, _ = self.start ()
        self.press (program, 'Call Karim')
        karim.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30)
        self.wait_shown (identity)
        self.press (program, 'Hang up')
        self.assertTrue (karim.wait_event ('ended', reason='remote')['graceful'])

        mark = karim.mark ()
        self.press (program, 'Call Karim')
        karim.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30, since=mark)
        self.display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
        program.wait (0)
        self.assertTrue (karim.wait_event ('ended', reason='remote', since=mark)['graceful'])
        self.assertEqual ([line for line in program.complaints () if 'session bus' not in line and not line.startswith ('visavis:')], [])


if __name__ == '__main__':
    main ()
