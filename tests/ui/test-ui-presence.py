# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who of one's people is reachable, seen in the window; and being seen."""

import unittest

from broker import Broker, missing
from desk import HEIGHT, WIDTH, Desk, wait_until
from procs import cli, folder
from tap import main

SWITCH = 'Let my people see when I am reachable'
NOW = 'Reachable now'


class Presence (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        if missing ():
            raise unittest.SkipTest (missing ())
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.home = self.enterContext (folder ())
        self.broker = self.enterContext (Broker (self.home))

    def karim (self, *words):
        return cli (self.home / 'karim', '--broker', self.broker.url, '--no-direct', 'answer', '--identifier', 'Karim', *words, media='none')

    def anna (self):
        """Her window; she and Karim have talked."""
        def talk (profile):
            with self.karim ('--anyone', '--calls', '1') as karim:
                who = karim.wait_event ('listening')['id']
                with cli (profile, '--broker', self.broker.url, '--no-direct', 'call', f'visavis:{who}', '--identifier', 'Anna Berg',
                          '--duration', '0.1', media='none') as call:
                    call.wait (0)
                karim.wait (0)
        person = self.desk.person ('Anna Berg', settings={'broker': f"'{self.broker.url}'"}, prepare=talk)
        self.addCleanup (person.close)
        return person

    @staticmethod
    def described (anna):
        return anna.find ('Karim', 'list item').get_description ()

    def test_dot (self):
        """A11: A dot at the picture in the list, and words on the person's page, say that somebody is reachable; to a screen reader too; and go with them."""
        anna = self.anna ()
        anna.wait_for ('Karim', 'list item')
        self.assertIsNone (anna.find (NOW))
        with self.karim () as karim:
            anna.wait_for (NOW, 'image')
            wait_until (lambda: self.described (anna).startswith (NOW), 'the row’s description')
            anna.click ('All about Karim')
            anna.wait_for (NOW, 'label')
            karim.stop ()
        anna.wait_gone (NOW, 'label')
        anna.wait_gone (NOW, 'image')
        wait_until (lambda: NOW not in self.described (anna), 'the row’s description')

    def test_seen (self):
        """A11: Being reachable is seen by whom one has talked to; not while nothing may disturb, and not after that was switched off, which is kept."""
        anna = self.anna ()
        with cli (self.home / 'karim', '--broker', self.broker.url, 'people', '--duration', '600', media='none') as karim:
            def told (present, since=0):
                return karim.wait_event ('presence', lambda event: event['present'] == present, since=since)
            told (True)
            for name in ('Do not disturb', SWITCH):
                mark = karim.mark ()
                self.turn (anna, name)
                told (False, mark)
                mark = karim.mark ()
                self.turn (anna, name)
                told (True, mark)
            self.turn (anna, SWITCH)
            wait_until (lambda: 'presence=false' in (anna.profile / 'settings.ini').read_text (), 'the choice to be kept')

    def turn (self, anna, name):
        """A switch of the preferences, by its name."""
        if not anna.find ('Privacy', 'page tab'):
            before = set (self.desk.display.windows (anna.program.pid))
            anna.key ('ctrl+comma')
            window = wait_until (lambda: set (self.desk.display.windows (anna.program.pid)) - before, 'the preferences').pop ()
            self.desk.display.place (window, 0, 0, WIDTH, HEIGHT)
            self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        self.act (anna, 'Privacy' if name == SWITCH else 'You', 'page tab')
        self.act (anna, name, 'check box')

    @staticmethod
    def act (anna, name, role):
        wait_until (lambda: next ((node for node in anna.every () if node.get_name () == name and node.get_role_name () == role), None),
                    f'{role} {name}').act ()


if __name__ == '__main__':
    main ()
