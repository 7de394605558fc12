# SPDX-License-Identifier: LGPL-2.1-or-later
"""The passwords of servers: in the desktop's keyring, or, where there is none, in the settings file; told in the preferences."""

import contextlib
import stat
import unittest

import procs
from desk import HEIGHT, WIDTH, Desk, wait_until
from keyring import Keyring
from tap import main

TURN = 'turn://anna:g%2Fe:h@relay.example:3478'
BARE = 'turn://anna@relay.example:3478'
PASSWORD = 'g/e:h'
NOTCH = 150  # pixels: more than one notch of the wheel scrolls, so that none goes too far
BROKER = 'mqtt://anna:wortlos@127.0.0.1:9'


class Secrets (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def person (self, **settings):
        person = self.desk.person ('Anna', settings={key: f"'{value}'" for key, value in settings.items ()})
        self.addCleanup (person.close)
        return person

    def keyring (self):
        return self.enterContext (Keyring (self.desk.display.env))

    def again (self, person):
        """The program ends and starts with the same profile: what it does then is another's, with that folder."""
        self.quit (person)
        program = self.enterContext (procs.Process (person.program.argv, env=self.desk.display.env, name='Anna again'))
        person.program = program
        person.window = wait_until (lambda: self.desk.display.windows (program.pid), 'the window')[-1]
        return person

    def quit (self, person):
        person.program.stop ()
        self.assertEqual (person.program.complaints (), [], person.program.transcript ())
        self.assertNotIn (PASSWORD, person.program.transcript ())

    def setting (self, person, key):
        for line in (person.profile / 'settings.ini').read_text ().splitlines ():
            if line.startswith (f'{key}='):
                return line.partition ('=')[2].strip ("'")
        return ''

    def wait_setting (self, person, key, value):
        wait_until (lambda: self.setting (person, key) == value, f'{key} to be {value}')

    def write (self, person, name, text):
        def last ():
            # the meeting server, which has such rows too, is above
            person.wait_for (name, 'text')
            return [node for node in person.every () if node.get_name () == name and node.get_role_name () == 'text'][-1]

        def seen ():
            y = person.wait_rests (last ())[1]
            if not 60 < y < HEIGHT - 60:
                # most of the way at once: a busy computer takes seconds for each look
                far = abs (y - HEIGHT // 2)
                self.desk.display.run (['xdotool', 'click', '--repeat', max (1, far // NOTCH), '--delay', 20, 5 if y > 60 else 4])
            return 60 < y < HEIGHT - 60
        self.desk.display.run (['xdotool', 'mousemove', WIDTH // 2, 60])
        wait_until (seen, f'{name} to be scrolled to', 120)
        person.click_node (last ())
        self.desk.display.key ('ctrl+a', 'Delete')
        self.desk.display.type (text)
        self.desk.display.key ('Return')

    def expect (self, keyring, person, *servers):
        wanted = [({'server': server, 'user': 'anna', 'profile': str (person.profile)}, password) for server, password in servers]
        wait_until (lambda: keyring.items () == wanted, f'{wanted} in the keyring')

    def test_moved (self):
        """Passwords in the settings of an older program go to the keyring, and only then out of the file; they are found at the next start."""
        keyring = self.keyring ()
        anna = self.person (turn=TURN, broker=BROKER)
        self.wait_setting (anna, 'turn', BARE)
        self.wait_setting (anna, 'broker', 'mqtt://anna@127.0.0.1:9')
        self.expect (keyring, anna, ('mqtt://127.0.0.1:9', 'wortlos'), ('turn://relay.example:3478', PASSWORD))
        self.again (anna)
        anna.open_network ()
        anna.wait_words ('Kept in the keyring')
        self.write (anna, 'Port (3478 if empty)', '3479')  # the row has the password, or this would not be kept
        self.wait_setting (anna, 'turn', 'turn://anna@relay.example:3479')
        self.expect (keyring, anna, ('mqtt://127.0.0.1:9', 'wortlos'), ('turn://relay.example:3479', PASSWORD))
        self.write (anna, 'Password', 'other')
        self.expect (keyring, anna, ('mqtt://127.0.0.1:9', 'wortlos'), ('turn://relay.example:3479', 'other'))
        self.write (anna, 'Server', ' ')
        self.expect (keyring, anna, ('mqtt://127.0.0.1:9', 'wortlos'))
        self.assertEqual (self.setting (anna, 'turn'), '')
        self.quit (anna)

    def test_absent (self):
        """Without a keyring nothing is lost: the password stays in the file that only its owner can read, the preferences say so; then it is moved."""
        anna = self.person (turn=TURN)
        anna.open_network ()
        anna.wait_words ('This desktop has no keyring')
        anna.wait_words ('which only you can read')
        self.write (anna, 'Password', PASSWORD + '2')
        self.wait_setting (anna, 'turn', TURN.replace ('@', '2@').replace (':h', '%3Ah'))
        self.assertEqual (stat.S_IMODE ((anna.profile / 'settings.ini').stat ().st_mode), 0o600)
        keyring = self.keyring ()
        anna.wait_for ('Try Again', 'push button').act ()
        self.wait_setting (anna, 'turn', BARE)
        self.expect (keyring, anna, ('turn://relay.example:3478', PASSWORD + '2'))
        anna.wait_words ('Kept in the keyring')
        self.quit (anna)

    def test_locked (self):
        """A keyring that nobody opens: what is in it is not known, what is new stays in the file; the preferences say so."""
        keyring = self.keyring ()
        anna = self.person (turn=TURN)
        self.wait_setting (anna, 'turn', BARE)
        keyring.lock ()
        self.again (anna)
        anna.open_network ()
        anna.wait_words ('The keyring is locked')
        anna.wait_words ('The relay is not used until')
        self.write (anna, 'Password', 'new')
        self.wait_setting (anna, 'turn', 'turn://anna:new@relay.example:3478')
        anna.wait_words ('which only you can read')
        self.quit (anna)

    def test_gone (self):
        """What somebody took out of the keyring is asked for; nonsense in the settings is passed over."""
        self.keyring ()
        anna = self.person (turn=BARE, broker='mqtt://%ff:%ff@:::', stun='turn://a:geheim@b')
        anna.open_network ()
        anna.wait_words ('The keyring has no password for this server')
        anna.program.stop ()
        self.assertNotIn ('geheim', anna.program.transcript ())


if __name__ == '__main__':
    main ()
