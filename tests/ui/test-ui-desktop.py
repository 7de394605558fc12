# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program and the desktop around it: to stay awake in a call, to be started with it, to ring on its speaker, to take what is dragged onto the window."""

import sys
from pathlib import Path

from desk import WIDTH, AtDesk, wait_until
from procs import Process, cli, folder
from sound import Sound, level_db
from tap import main

IDLE, SUSPEND = 8, 4  # flags of org.gnome.SessionManager.Inhibit


class Desktop (AtDesk):
    def service (self, kind):
        """A part of the desktop, which writes down what it is asked."""
        program = self.enterContext (Process ([sys.executable, Path (__file__).with_name ('standin.py'), kind], env=self.desk.display.env, name=kind))
        program.wait_event ('ready')
        return program

    def test_stays_awake (self):
        """While a call runs the session is asked neither to sleep nor to blank the screen, once, with the reason in words; no longer than it runs."""
        session = self.service ('session')
        anna = self.person ('Anna Berg', arguments=['--media', 'none'])
        with cli (self.enterContext (folder ()), '--listen', '127.0.0.1:0', 'answer', '--anyone', media='none') as bob:
            anna.type_address (bob.wait_event ('listening')['address'])
            bob.wait_event ('state', state='active')
            _, _, reason, flags = session.wait_event ('call', method='Inhibit')['arguments']
            self.assertEqual ((reason, flags), ('A call is running', IDLE | SUSPEND))
            anna.key ('h')
            anna.wait_text ('On hold')
            self.assertEqual (session.named ('call', method='Uninhibit'), [])
            anna.key ('ctrl+h')
        self.assertEqual (session.wait_event ('call', method='Uninhibit')['arguments'], [7])
        self.assertEqual (len (session.named ('call', method='Inhibit')), 1)

    def drag (self, path, x, y):
        """A file out of a window on the right, by the mouse, onto that place."""
        argv = [sys.executable, Path (__file__).with_name ('drag.py'), path]
        with Process (argv, env={**self.desk.display.env, 'GTK_A11Y': 'none'}, name='drag') as source:
            window = wait_until (lambda: self.desk.display.windows (source.pid), 'the window of files')[-1]
            self.desk.display.place (window, WIDTH + 60, 60, 200, 200)
            move = self.desk.display.run
            move (['xdotool', 'mousemove', WIDTH + 150, 180])
            move (['xdotool', 'mousedown', 1])
            for step in range (1, 11):  # as a hand does it
                move (['xdotool', 'mousemove', WIDTH + 150 - 10 * step, 180])
            source.wait_line ('begun')
            for step in range (1, 6):
                move (['xdotool', 'mousemove', x + 5 - step, y])
            move (['xdotool', 'mouseup', 1])
            source.wait_line ('over')

    def test_dropped (self):
        """W20: A file dragged out of another window onto the picture is offered, the chat comes up and shows it, and it arrives."""
        home = self.enterContext (folder ())
        (home / 'got').mkdir ()
        (home / 'paper.bin').write_bytes (b'paper' * 1000)
        anna = self.person ('Anna Berg', arguments=['--media', 'none'])
        with cli (home / 'bob', '--listen', '127.0.0.1:0', 'answer', '--anyone', '--save', home / 'got', media='none') as bob:
            anna.type_address (bob.wait_event ('listening')['address'])
            bob.wait_event ('state', state='active')
            self.drag (home / 'paper.bin', 500, 200)
            anna.wait_text ('Sent.')
            anna.wait_for ('Write a message', 'text')
            self.assertEqual ((home / 'got/paper.bin').read_bytes (), b'paper' * 1000)

    def wait_sound (self, room, heard):
        """Whether anything is played on the speaker."""
        wait_until (lambda: (level_db (room.listen (0.5)) > -60) == heard, 'sound' if heard else 'silence')

    def test_ring_is_heard (self):
        """A2: A call rings on the default speaker, over and over, and stops when it is answered; a caller who gives up stops it, too."""
        room = self.enterContext (Sound ())
        anna = self.person ('Anna Berg', env={'PULSE_SERVER': room.env['PULSE_SERVER'], 'PIPEWIRE_RUNTIME_DIR': '/nonexistent'}, arguments=['--media', 'auto'])
        with cli (self.enterContext (folder ()), 'call', anna.address, '--identifier', 'Bob', media='none') as bob:
            anna.wait_for ('Bob is calling', 'dialog')
            self.wait_sound (room, True)
            self.wait_sound (room, False)
            self.wait_sound (room, True)
            anna.key ('ctrl+shift+Return')
            bob.wait_event ('state', state='active')
            self.wait_silent (room)
        with cli (self.enterContext (folder ()), 'call', anna.address, '--identifier', 'Carol', media='none') as carol:
            self.wait_sound (room, True)
            carol.stop ()
            self.wait_silent (room)

    def wait_silent (self, room):
        """For longer than the pause in the ring lasts, with what a busy computer adds."""
        wait_until (lambda: level_db (room.listen (4)) == -100, 'the ring to be over')

    def switch (self, person):
        """The one in the preferences, by its row's place in the window."""
        before = set (self.desk.display.windows (person.program.pid))
        person.key ('ctrl+comma')
        window = wait_until (lambda: set (self.desk.display.windows (person.program.pid)) - before, 'the preferences').pop ()
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        return wait_until (lambda: next ((node for node in person.every () if node.get_name () == 'Start with the desktop' and node.get_role_name () == 'check box'), None),
                           'the switch')

    def test_portal_is_asked (self):
        """A4, A5: Where there is a portal, it is asked, with the reason in words, and nothing is written beside it."""
        portal = self.service ('portal')
        home = self.enterContext (folder ())
        anna = self.person ('Anna Berg', env={'XDG_CONFIG_HOME': home})
        switch = self.switch (anna)
        for wanted in (True, False):
            mark = portal.mark ()
            switch.act ()
            _, options = portal.wait_event ('call', since=mark, method='RequestBackground')['arguments']
            self.assertEqual ((options['autostart'], options['commandline']), (wanted, ['visavis', '--profile', str (anna.profile), '--gapplication-service']))
            self.assertIn ('while the window is closed', options['reason'])
        self.assertFalse ((home / 'autostart').exists ())


if __name__ == '__main__':
    main ()
