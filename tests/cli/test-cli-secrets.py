# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords of servers and the command: a saved copy takes them along from the keyring, and other users of the computer do not see them."""

import unittest
from pathlib import Path

import procs
from keyring import Keyring
from tap import main
from xvfb import Bus

SETTINGS = """[org/visavis/Visavis]
identifier='Anna'
broker='mqtts://anna@home.example'
turn='turn://anna@relay.example:3478?transport=tcp'
"""
PHRASE = 'a long enough phrase'


class Secrets (unittest.TestCase):
    def setUp (self):
        self.bus = self.enterContext (Bus ())
        self.home = self.enterContext (procs.folder ())
        self.profile = self.home / 'anna'
        with self.cli (self.profile, 'identity') as program:
            program.wait (0)
        (self.profile / 'settings.ini').write_text (SETTINGS)

    def cli (self, profile, *words, **options):
        return procs.cli (profile, *words, json_lines=False, media=None, env=self.bus.env, **options)

    def give (self, program, phrase):
        program.write_line (phrase)
        program.close_stdin ()
        program.wait (0)
        return program.transcript ()

    def carry (self):
        """Saves the profile and brings it back as another. Gives what was said, and the settings that came out."""
        copy, other = self.home / 'anna.visavis', self.home / 'other'
        with self.cli (self.profile, 'export', copy, stdin=True) as program:
            said = self.give (program, PHRASE)
        with self.cli (other, 'import', copy, stdin=True) as program:
            self.give (program, PHRASE)
        return said, (other / 'settings.ini').read_text ()

    def test_taken_along (self):
        """A saved copy has the passwords from the keyring; the profile's own file stays without."""
        with Keyring (self.bus.env) as keyring:
            keyring.add ('g/h:e', server='turn://relay.example:3478', user='anna', profile=str (self.profile))
            keyring.add ('wortlos', server='mqtts://home.example', user='anna', profile=str (self.profile))
            keyring.add ('another', server='mqtts://home.example', user='anna', profile='/another')
            said, settings = self.carry ()
        self.assertIn ("turn='turn://anna:g%2Fh%3Ae@relay.example:3478?transport=tcp'", settings)
        self.assertIn ("broker='mqtts://anna:wortlos@home.example'", settings)
        self.assertIn ("identifier='Anna'", settings)
        self.assertEqual ((self.profile / 'settings.ini').read_text (), SETTINGS)
        self.assertNotIn ('lacks', said)

    def test_not_there (self):
        """Where they cannot be had, since the keyring is locked or there is none, the copy is made and the lack is told."""
        with Keyring (self.bus.env) as keyring:
            keyring.add ('geheim', server='turn://relay.example:3478', user='anna', profile=str (self.profile))
            keyring.lock ()
            said, settings = self.carry ()
        self.assertIn ('The copy lacks passwords of your servers. The keyring is locked', said)
        self.assertIn ("turn='turn://anna@relay", settings)
        with self.cli (self.profile, 'export', self.home / 'second.visavis', stdin=True) as program:
            self.assertIn ('This desktop has no keyring', self.give (program, PHRASE))

    def test_not_seen (self):
        """The list of processes, and what is said of a wrong address, have no password."""
        for word, url in (('--turn', 'turn://anna:geheim@relay.example'), ('--broker', 'mqtt://anna:geheim@127.0.0.1:9')):
            with self.subTest (url), procs.cli (self.profile, 'answer', word, url, '--listen', '127.0.0.1:0', media='none') as program:
                program.wait_event ('listening')
                line = Path (f'/proc/{program.pid}/cmdline').read_text ()
                self.assertIn (word, line)
                self.assertNotIn ('geheim', line)
        for word, url in (('--stun', 'turn://anna:geheim@b'), ('--turn', 'turn://anna:geheim'), ('--turn', 'turn://anna:geheim@b/way'),
                          ('--broker', 'turn://anna:geheim@b'), ('--turn', 'turn://anna:gehe#im:geheim@x')):
            with self.subTest (url), procs.cli (self.profile, 'answer', word, url, media='none') as program:
                self.assertNotEqual (program.wait (), 0)
                self.assertNotIn ('geheim', program.transcript ())


if __name__ == '__main__':
    main ()
