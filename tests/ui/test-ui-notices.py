# SPDX-License-Identifier: LGPL-2.1-or-later
"""Callers while nobody looks at the window: the desktop's notifications, shown by dunst, and the program without its window."""

import os
import signal
import unittest

from desk import Desk, wait_until
from procs import Process, cli, folder
from tap import main
from xvfb import need

# What dunst asks which of a notification's buttons one presses: it gets them line by line, as "#Accept (Visavis) […]".
PICK = '#!/bin/sh\ngrep "^#$(cat {choice}) "\n'


class Notices (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('dunst')
        cls.desk = cls.enterClassContext (Desk ())
        cls.choice = cls.desk.home / 'choice'
        pick = cls.desk.home / 'pick'
        pick.write_text (PICK.format (choice=cls.choice))
        pick.chmod (0o700)
        config = cls.desk.home / 'dunstrc'
        config.write_text (f'[global]\ndmenu = {pick}\n')
        cls.dunst = cls.enterClassContext (Process (['dunst', '-conf', config, '-print'], env=cls.desk.display.env))
        cls.desk.display.run (['gdbus', 'wait', '--session', '--timeout', '20', 'org.freedesktop.Notifications'])

    def person (self, **settings):
        """Anna, and a window of somebody else that she works in."""
        anna = self.desk.person ('Anna Berg', settings={key.replace ('_', '-'): value for key, value in settings.items ()})
        self.addCleanup (anna.close)
        return anna

    def look_away (self):
        other = self.desk.person ('Karim', x=1040)
        self.addCleanup (other.close)
        other.focus ()

    def calling (self, anna, name, *arguments):
        mark = anna.report.mark ()
        program = self.enterContext (cli (self.enterContext (folder ()), 'call', anna.address, '--identifier', name, *arguments, media='none', name=name))
        anna.report.wait_event ('request', since=mark)
        return program

    def press (self, button):
        self.choice.write_text (button)
        self.desk.display.run (['dunstctl', 'context'])

    def standing (self):
        return int (self.desk.display.run (['dunstctl', 'count', 'displayed']))

    def test_buttons (self):
        """A2: While another window is at work a caller makes a notification; its buttons accept and decline, and it goes when it is settled. Who gave up is
        told in another one, and can be called back."""
        anna = self.person ()
        self.look_away ()
        bob = self.calling (anna, 'Bob')
        self.dunst.wait_line ('Bob is calling')
        self.press ('Decline')
        self.assertEqual (bob.wait_event ('ended')['reason'], 'declined')
        wait_until (lambda: self.standing () == 0, 'the notification to go')

        carol = self.calling (anna, 'Carol')
        self.dunst.wait_line ('Carol is calling')
        self.press ('Accept')
        carol.wait_event ('state', state='active')
        wait_until (lambda: self.standing () == 0, 'the notification to go')
        carol.stop (status=0)

        self.look_away ()
        dan = self.calling (anna, 'Dan')
        self.dunst.wait_line ('Dan is calling')
        dan.stop ()
        self.dunst.wait_line ('Missed call')
        self.dunst.wait_line ('Dan called at ')

    def known (self, name, profile, address, identity):
        """Somebody is among the people of a profile before the program starts."""
        with cli (profile, 'people', 'add', name, f'visavis:{identity}@{address}', media=None) as program:
            program.wait (0)

    def test_called_back (self):
        """A2: A missed call of somebody known is told of with a button that calls back."""
        karim = self.desk.person ('Karim', x=1040, arguments=['--media', 'none'])
        self.addCleanup (karim.close)
        anna = self.desk.person ('Anna Berg', arguments=['--media', 'none'], prepare=lambda profile: self.known ('Karim', profile, karim.address, karim.id))
        self.addCleanup (anna.close)
        karim.type_address (anna.address)
        self.dunst.wait_line ('Karim is calling')
        karim.key ('Escape')
        self.dunst.wait_line ('Karim called at ')
        mark = karim.report.mark ()
        self.press ('Call back')
        karim.report.wait_event ('request', since=mark)
        karim.wait_for ('Anna Berg is calling', 'dialog')
        karim.key ('ctrl+shift+Return')
        anna.report.wait_event ('state', state='active')

    def test_text (self):
        """W20: A text that comes while another window is at work is told by a notification, without what it says; it goes when one looks at the
        window."""
        anna = self.desk.person ('Anna Berg', arguments=['--media', 'none'])
        self.addCleanup (anna.close)
        karim = self.desk.person ('Karim', x=1040, arguments=['--media', 'none'])
        self.addCleanup (karim.close)
        anna.type_address (karim.address)
        karim.wait_for ('Anna Berg is calling', 'dialog')
        karim.key ('ctrl+shift+Return')
        anna.report.wait_event ('state', state='active')
        karim.key ('c')
        karim.wait_for ('Write a message', 'text')
        self.desk.display.type ('The secret')
        wait_until (lambda: karim.typed ('Write a message') == 'The secret', 'the text to stand in the entry')
        self.desk.display.key ('Return')
        self.dunst.wait_line ('Karim wrote a message')
        self.assertNotIn ('The secret', self.dunst.transcript ())
        anna.focus ()
        wait_until (lambda: self.standing () == 0, 'the notification to go')
        self.desk.display.key ('c')
        anna.wait_text ('The secret')

    def test_late_server (self):
        """A2: A call that is accepted before the desktop has got round to its notification: that goes all the same."""
        anna = self.person ()
        self.look_away ()
        os.kill (self.dunst.pid, signal.SIGSTOP)
        try:
            bob = self.calling (anna, 'Bob')
            anna.wait_for ('Bob is calling', 'dialog')
            anna.key ('ctrl+shift+Return')
            bob.wait_event ('state', state='active')
        finally:
            os.kill (self.dunst.pid, signal.SIGCONT)
        self.dunst.wait_line ('Bob is calling')
        wait_until (lambda: self.standing () == 0, 'the notification to go')
        bob.stop (status=0)

    def test_no_markup (self):
        """W8: What a stranger sends with a call, and their name, stand in a notification as letters; servers read markup there."""
        anna = self.person ()
        self.look_away ()
        bob = self.calling (anna, '<i>Bob</i>', '--data', '<b>loud</b> & <a href="x">clear</a>')
        self.dunst.wait_line ('‹b›loud‹/b› ＆ ‹a href="x"›clear‹/a›')
        bob.stop ()
        self.dunst.wait_line ('‹i›Bob‹/i› called at ')

    def test_window_closed (self):
        """A2, A5: With the window closed one goes on being reachable, is told so once, and sees a caller in a small window, where a key accepts; the call then
        has the whole window."""
        anna = self.person (run_in_background='true')
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', anna.window, 'key', 'alt+F4'])
        wait_until (lambda: not self.desk.display.windows (anna.program.pid), 'the window to go')
        self.dunst.wait_line ('Visavis goes on running')
        self.assertTrue (anna.program.running)
        self.assertIn ('told-background=true', (anna.profile / 'settings.ini').read_text ())
        bob = self.calling (anna, 'Bob')
        small = wait_until (lambda: self.desk.display.windows (anna.program.pid), 'the small window')[-1]
        anna.wait_for ('Bob is calling', 'dialog')
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', small, 'key', 'ctrl+shift+Return'])
        bob.wait_event ('state', state='active')
        anna.wait_for ('Picture of the other side')
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())


if __name__ == '__main__':
    main ()
