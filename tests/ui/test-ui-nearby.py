# SPDX-License-Identifier: LGPL-2.1-or-later
"""People in the local network: found in the window, called with a click, added; and only who wants to be found is."""

import unittest

from avahi import Avahi, Bus, announce
from desk import HEIGHT, WIDTH, Desk, wait_until
from netns import Lab
from procs import LIMIT, cli, folder
from tap import main

HEADING = 'Nearby'
SWITCH = 'Let people on this network find me'


class Nearby (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        """An Avahi daemon that sees nothing but a loopback of its own."""
        cls.avahi = cls.enterClassContext (Avahi (cls.enterClassContext (Lab ()).namespace ('home')))
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.home = self.enterContext (folder ())

    def anna (self, env=None, **options):
        person = self.desk.person ('Anna Berg', env=self.avahi.env if env is None else env, **options)
        self.addCleanup (person.close)
        return person

    def answering (self, name):
        """Somebody who accepts every call, and is announced: with .address, .id and the announcement."""
        program = self.enterContext (cli (self.home / name, '--listen', '127.0.0.1:0', 'answer', '--identifier', name, '--anyone', name=name))
        event = program.wait_event ('listening')
        program.address, program.id = event['address'], event['id']
        program.crier = self.enterContext (announce (self.avahi, name, program.address, program.id))
        return program

    def open_preferences (self, person):
        before = set (self.desk.display.windows (person.program.pid))
        person.key ('ctrl+comma')
        window = wait_until (lambda: set (self.desk.display.windows (person.program.pid)) - before, 'the preferences').pop ()
        self.desk.display.place (window, 0, 0, WIDTH, HEIGHT)
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])

    def test_found (self):
        """A1, A8: Somebody in the local network appears under a heading, as a claim; a click calls them by their key; they go when they withdraw."""
        anna = self.anna ()
        karim = self.answering ('Karim')
        row = anna.wait_for ('Karim', 'list item')
        anna.wait_text (HEADING)
        anna.wait_text (f'claimed name · {karim.address}')
        anna.click_node (row)
        request = karim.wait_event ('request')
        self.assertEqual (request['name'], 'Anna Berg')
        anna.report.wait_event ('state', state='active')
        anna.click ('Hang up')
        karim.wait_event ('ended', graceful=True)
        karim.crier.stop ()
        wait_until (lambda: not anna.find (f'claimed name · {karim.address}'), 'the row to go')

    def test_added (self):
        """A person found nearby is added with what they said, and from then on is shown among the people, as being on this network."""
        anna = self.anna ()
        karim = self.answering ('Karim')
        anna.click ('Add Karim to your people…')
        anna.wait_dialog ('Address or link')
        self.desk.display.key ('Return')
        anna.wait_text ('on this network')
        wait_until (lambda: not anna.find (f'claimed name · {karim.address}'), 'the claim to go')
        with cli (anna.profile, 'people', media=None) as program:
            program.wait (0)
            self.assertEqual ([(event['name'], event['id']) for event in program.named ('person')], [('Karim', karim.id)])

    def test_person (self):
        """One of the people who moved is called where the local network says, under the name that the user gave; and it must be their key: who lies about
        it is passed over."""
        karim = self.answering ('Karim')
        liar = self.enterContext (cli (self.home / 'liar', '--listen', '127.0.0.1:0', 'answer', '--anyone', name='liar'))
        self.enterContext (announce (self.avahi, 'A liar', liar.wait_event ('listening')['address'], karim.id))

        def add (profile):
            with cli (profile, 'people', 'add', 'My friend', f'visavis:{karim.id}@127.0.0.1:1', media=None) as program:
                program.wait (0)
        anna = self.anna (prepare=add)
        anna.wait_text ('on this network')
        self.assertIsNone (anna.find ('Nearby', 'label'))
        anna.click_node (anna.wait_for ('My friend', 'list item'))
        karim.wait_event ('request')
        anna.report.wait_event ('state', state='active')
        anna.click ('Hang up')
        karim.wait_event ('ended', graceful=True)
        self.assertEqual (liar.named ('request'), [])

    def test_liar (self):
        """Who says to be one of the people is not called as that person: another key answers, and that is told."""
        with cli (self.home / 'victim', 'identity', media=None) as program:
            victim = program.wait_event ('identity')['id']
        liar = self.enterContext (cli (self.home / 'liar', '--listen', '127.0.0.1:0', 'answer', '--anyone', name='liar'))
        address = liar.wait_event ('listening')['address']
        self.enterContext (announce (self.avahi, 'Grandmother', address, victim))
        anna = self.anna ()
        anna.click_node (anna.wait_for ('Grandmother', 'list item'))
        self.assertEqual (anna.report.wait_event ('ended')['reason'], 'untrusted')
        self.assertEqual (liar.named ('request'), [])

    def test_switch (self):
        """Nobody is told of a person before they turned the switch on, and no longer when they turn it off."""
        anna = self.anna (arguments=['--listen', '0.0.0.0:0'])
        look = self.enterContext (cli (self.home / 'look', 'people', '--nearby', '--duration', str (LIMIT), media=None, env=self.avahi.env))
        karim = self.answering ('Karim')
        look.wait_event ('nearby', id=karim.id)
        self.assertEqual (look.named ('nearby', id=anna.id), [])
        self.open_preferences (anna)
        anna.click (SWITCH, 'label')
        self.assertEqual (look.wait_event ('nearby', lambda event: event['id'] == anna.id)['name'], 'Anna Berg')
        anna.click (SWITCH, 'label')
        look.wait_event ('nearby', id=anna.id, present=False)

    def test_no_avahi (self):
        """Without a daemon the preferences say what is missing, and all else is as ever."""
        bus = self.enterContext (Bus ())
        anna = self.anna (env=bus.env)
        self.open_preferences (anna)
        wait_until (lambda: any ('avahi-daemon' in text for text in anna.texts ()), 'what to install')


if __name__ == '__main__':
    main ()
