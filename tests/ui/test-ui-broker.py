# SPDX-License-Identifier: LGPL-2.1-or-later
"""The meeting server in the preferences and in what the window says of where one can be called."""

import unittest

import procs
from broker import Broker, make_certificate, missing
from desk import HEIGHT, WIDTH, Desk, wait_until
from tap import main

SERVER = 'Server, like home.example:8883'
CERTIFICATE = 'Its own certificate (PEM)'


@unittest.skipIf (missing (), missing ())
class MeetingServer (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def person (self, **settings):
        person = self.desk.person ('Anna', settings={key: f"'{value}'" for key, value in settings.items ()})
        self.addCleanup (person.close)
        return person

    def broker (self, **options):
        return self.enterContext (Broker (self.enterContext (procs.folder ()), **options))

    def open (self, person):
        person.open_network ()
        self.desk.display.run (['xdotool', 'mousemove', WIDTH // 2, 60, 'click', '--repeat', 5, 5])

    def write (self, person, name, text):
        def seen ():
            y = person.wait_rests (person.wait_for (name, 'text'))[1]
            if not 60 < y < HEIGHT - 60:
                self.desk.display.run (['xdotool', 'click', 5 if y > 60 else 4])
            return 60 < y < HEIGHT - 60
        wait_until (seen, f'{name} to be scrolled to')
        person.click_node (person.wait_for (name, 'text'))  # the first: the relay, which has such rows too, is below
        self.desk.display.key ('ctrl+a', 'Delete')
        self.desk.display.type (text)
        self.desk.display.key ('Return')

    def test_typed (self):
        """A9: A server is typed in; the state is told in words: wrong password, connected, gone, connected again by itself; and so does “Reachable”."""
        broker = self.broker (users={'anna': 'geheim'})
        anna = self.person ()
        self.open (anna)
        anna.wait_words ('and nothing else')
        self.write (anna, SERVER, f'mqtt://anna:falsch@127.0.0.1:{broker.port}')
        anna.wait_words ('does not take this user name and password. It is tried again by itself.')
        anna.wait_words ('can read your password')
        self.write (anna, 'Password', 'geheim')
        anna.wait_words ('Connected: whoever uses it too can call you from anywhere')
        broker.kill ()
        anna.wait_words ('It is tried again by itself.')
        broker.start ()
        anna.wait_words ('Connected: whoever uses it too can call you from anywhere')
        self.write (anna, SERVER, '::nonsense::/')
        anna.wait_words ('Give the name or the IP address of the server')
        self.desk.display.key ('Escape')
        anna.click_node (anna.wait_for ('Where you can be called', 'push button'))
        anna.wait_words ('Whoever uses the meeting server 127.0.0.1 too can call you from anywhere.')
        broker.kill ()
        anna.wait_words ('Nobody can call you by your meeting server now.')
        self.desk.display.key ('Escape')
        self.open (anna)
        self.write (anna, SERVER, ' ')
        wait_until (lambda: "broker=''" in (anna.profile / 'settings.ini').read_text (), 'no server to be kept')
        anna.program.stop ()
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())
        self.assertNotIn ('geheim', anna.program.transcript ())

    def choose (self, person, path, key=None):
        """The certificate's file, and the key that ends that if it is not to be taken."""
        person.choose_file (person.wait_for ('Choose the certificate file', 'push button').act, path, key)

    def test_certificate (self):
        """A9: TLS is real: a server whose certificate nobody vouches for is told nothing, until the file of its maker is given, chosen or typed, and
        from when it is taken away again, though TLS could go on with the session from before."""
        folder = self.enterContext (procs.folder ())
        certificate, key = make_certificate (folder, 'server')
        broker = self.broker (tls=(certificate, key))
        anna = self.person (broker=broker.tls_url)
        self.open (anna)
        anna.wait_words ('its certificate is not trusted here. Nothing was sent to it.')
        for give in (lambda: self.choose (anna, certificate), lambda: self.write (anna, CERTIFICATE, certificate)):
            give ()
            anna.wait_words ('Connected: whoever uses it too can call you from anywhere')
            self.assertEqual (anna.typed (CERTIFICATE), str (certificate))
            self.write (anna, CERTIFICATE, ' ')
            anna.wait_words ('its certificate is not trusted here. Nothing was sent to it.')
        anna.program.stop ()
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())

    def test_choice_left (self):
        """A9: Who looks for the certificate's file and chooses none keeps the one that is there."""
        folder = self.enterContext (procs.folder ())
        certificate, key = make_certificate (folder, 'server')
        anna = self.person (broker=f'{self.broker (tls=(certificate, key)).tls_url}?ca={certificate}')
        self.open (anna)
        anna.wait_words ('Connected: whoever uses it too can call you from anywhere')
        self.choose (anna, key, 'alt+c')
        self.assertEqual (anna.typed (CERTIFICATE), str (certificate))
        anna.wait_words ('Connected: whoever uses it too can call you from anywhere')
        anna.program.stop ()
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())


if __name__ == '__main__':
    main ()
