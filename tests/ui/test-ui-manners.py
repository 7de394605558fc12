# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a desktop does with the program: opens links, asks for actions, shows who made it and which keys it knows."""

import re
import unittest
import urllib.parse

import procs
from desk import Desk, wait_until
from tap import main

APP = 'org.visavis.Visavis'
STRANGER = 'Call somebody you don’t know?'
INVITATION = 'Use the servers of this invitation?'
SERVERS = {'broker': f'mqtts://visavis:secret1@home.example:8883?sha256={"ab" * 32}', 'stun': 'stun://home.example:3478',
           'turn': 'turn://visavis:secret2@home.example:3478'}
NOWHERE = 'This link leads to nobody who could be called.'


class Manners (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.anna = self.desk.person ('Anna Berg')
        self.addCleanup (self.anna.close)
        self.addCleanup (lambda: self.assertEqual (self.anna.program.complaints (), []))

    def answering (self):
        home = self.enterContext (procs.folder ())
        program = self.enterContext (procs.cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone', name='Bob'))
        event = program.wait_event ('listening')
        program.address, program.link = event['address'], f'visavis:{event["id"]}@{event["address"]}'
        return program

    def bus (self, *words):
        return self.desk.display.run (['gapplication', *words])

    def start_again (self, *arguments):
        argv = [procs.APP, '--profile', self.anna.profile, '--media', 'test', *arguments]
        with procs.Process (argv, env=self.desk.display.env) as second:
            second.wait (0)
            self.assertEqual (second.log, [])

    def key_in_dialog (self, title, key):
        """A key for a window that has come over the program's own."""
        self.anna.wait_for (title)
        self.desk.display.key (key)
        self.anna.wait_gone (title)

    def test_link_asks_first (self):
        """A link that the desktop passes on, over the bus or as an argument, calls only after the person said so; the question comes once,
        and Enter, which somebody may just be typing, does nothing."""
        bob = self.answering ()
        for opened in (lambda: self.bus ('launch', APP, bob.link), lambda: self.start_again ('--link', bob.link)):
            opened ()
            self.anna.wait_for (STRANGER)
            opened ()
            self.desk.display.key ('Return', 'Escape')
            self.anna.wait_gone (STRANGER)
        self.assertEqual (self.anna.report.named ('state'), [])
        self.assertEqual (bob.named ('request'), [])

        self.bus ('launch', APP, bob.link)
        self.key_in_dialog (STRANGER, 'alt+l')
        bob.wait_event ('first-frame')
        self.anna.report.wait_event ('first-frame')
        self.anna.key ('ctrl+h')
        bob.wait_event ('ended', graceful=True)

        self.bus ('launch', APP, bob.link)
        self.key_in_dialog (f'Call {self.known ()}?', 'Escape')

    def test_link_in_call (self):
        """A link that is followed in a call: the question whether the call shall wait names the place and not the link, and the new call has the
        window. One that fails at once leaves all as it was."""
        bob, carol = self.answering (), self.answering ()
        self.anna.type_address (bob.address)
        bob.wait_event ('state', state='active')
        self.bus ('launch', APP, carol.link)
        self.key_in_dialog (STRANGER, 'alt+l')
        self.key_in_dialog (f'Call {carol.address}?', 'alt+h')
        carol.wait_event ('state', state='active')
        self.anna.wait_text ('On hold · click to resume')
        self.anna.wait_text ('In the window')
        self.assertEqual (self.anna.find ('On hold', 'label'), None)

        self.anna.type_address ('bad bad')
        self.key_in_dialog ('Call bad bad?', 'alt+h')
        wait_until (lambda: any ('“bad bad” is not an address' in text for text in self.anna.texts ()), self.anna.texts)
        self.assertIsNotNone (self.anna.find ('In the window', 'label'))

    def known (self):
        """The name under which the other side is among Anna's people now."""
        with procs.cli (self.anna.profile, 'people', media=None) as program:
            program.wait (0)
            return program.wait_event ('person')['name']

    def dismiss (self, sentence):
        """A toast is closed by its own button, at its end."""
        toast = self.anna.wait_text (sentence).get_parent ().get_parent ()
        buttons = [node for node in self.anna.every (toast) if node.get_role_name () == 'push button']
        self.anna.click_node (buttons[-1])
        self.anna.wait_gone (sentence)

    def test_link_adds (self):
        """A link can be kept under a name instead: then they are among the people, and nobody was called."""
        bob = self.answering ()
        self.bus ('launch', APP, bob.link + '?name=Bobby')
        self.anna.wait_for (STRANGER)
        self.desk.display.key ('End')
        wait_until (lambda: self.anna.typed ('Name to keep them under') == 'Bobby', 'the name that the link proposes')
        self.desk.display.key ('BackSpace', 'BackSpace')
        wait_until (lambda: self.anna.typed ('Name to keep them under') == 'Bob', 'the name to be changed')
        self.key_in_dialog (STRANGER, 'alt+a')
        self.anna.wait_for ('Bob', 'list item')
        self.assertEqual (self.anna.report.named ('state'), [])

    def kept (self):
        """What of servers stands in the settings."""
        path = self.anna.profile / 'settings.ini'
        text = path.read_text () if path.exists () else ''
        return dict (re.findall (r"(?m)^(broker|stun|turn)='(.*)'$", text))

    def test_invitation (self):
        """The link of a household says in words which servers it would have one use, and no password; only who agrees has them from then on. A friend's card
        that carries the same asks no more, but whether to call. One's own card then carries them, unless one does not want that."""
        invitation = 'visavis:?' + urllib.parse.urlencode (SERVERS)
        self.bus ('launch', APP, invitation)
        self.key_in_dialog (INVITATION, 'Escape')
        self.assertEqual (self.kept (), {})
        self.anna.type_address (invitation)
        self.anna.wait_for (INVITATION)
        texts = ' '.join (self.anna.texts ())
        self.assertIn ('home.example', texts)
        self.assertNotIn ('secret', texts)
        self.key_in_dialog (INVITATION, 'alt+u')
        wait_until (lambda: self.kept () == SERVERS, self.kept)
        self.dismiss ('These servers are used from now on. They are on the page “Network” of the preferences.')
        self.bus ('launch', APP, invitation)
        self.dismiss ('You use the servers of this invitation already.')

        bob = self.answering ()
        self.bus ('launch', APP, f'{bob.link}?{urllib.parse.urlencode (SERVERS)}')
        self.key_in_dialog (STRANGER, 'Escape')

        self.bus ('action', APP, 'share')
        self.anna.wait_dialog ('Copy link')
        wait_until (lambda: 'broker=mqtts' in self.anna.typed ('Your link') and 'turn=turn' in self.anna.typed ('Your link'), 'the servers in the link')
        self.anna.click ('From anywhere, through my servers', 'check box')
        wait_until (lambda: 'broker' not in self.anna.typed ('Your link') and 'secret' not in self.anna.typed ('Your link'), 'a link without servers')

    def test_invitation_of_person (self):
        """A friend's card with servers that are new asks about the servers first and about the person then, whatever one said to the servers."""
        bob = self.answering ()
        self.bus ('launch', APP, f'{bob.link}?{urllib.parse.urlencode (SERVERS)}')
        self.key_in_dialog (INVITATION, 'Escape')
        self.key_in_dialog (STRANGER, 'alt+l')
        bob.wait_event ('first-frame')
        self.assertEqual (self.kept (), {})

    def test_link_nonsense (self):
        """What is no link to anybody is told and forgotten: other schemes, half addresses, far too long ones; one's own is told apart."""
        for text in ('visavis:', 'visavis:a b', 'visavis:@:', 'http://127.0.0.1/', 'visavis:' + 'a' * 5000, 'visavis:%00%ff', 'visavis:x:99999'):
            with self.subTest (link=text[:40]):
                self.bus ('launch', APP, text)
                self.anna.wait_text (NOWHERE)
                self.dismiss (NOWHERE)
        self.bus ('launch', APP, f'visavis:{self.anna.id}@127.0.0.1:7667')
        self.anna.wait_text ('This link is your own: others call you with it.')
        self.assertEqual (self.anna.report.named ('state'), [])

    def test_actions (self):
        """A6: The actions that the man page tells are those that the bus offers; the desktop entry's are among them; they work."""
        told = re.search (r'(?ms)^\.SH ACTIONS$(.*?)^\.SH ', (procs.SOURCE / 'resources/man/visavis.1').read_text ()).group (1)
        told = set (re.findall (r'(?m)^\.B ([\w-]+)$', told.replace ('\\-', '-')))
        listed = self.desk.display.run (['gdbus', 'call', '--session', '-d', APP, '-o', '/org/visavis/Visavis',
                                         '-m', 'org.gtk.Actions.List'])
        self.assertEqual (set (re.findall (r"'([\w-]+)'", listed)), told)
        entry = (procs.BUILD / f'resources/{APP}.desktop').read_text ()
        for name in re.search (r'(?m)^Actions=(.*);$', entry).group (1).split (';'):
            self.assertIn (name, told)
            self.assertIn (f'[Desktop Action {name}]', entry)

        for _ in range (2):
            self.bus ('action', APP, 'share')
        self.anna.wait_dialog ('Copy link')
        self.assertEqual ([node.get_name () for node in self.anna.every ()].count ('QR code of your link'), 1)
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('Copy link')
        self.anna.wait_in_window ()

        self.bus ('action', APP, 'new-call')
        self.desk.display.type ('nobody.invalid')
        wait_until (lambda: self.anna.typed ('Name or address to call') == 'nobody.invalid', 'the entry to have the keys')
        self.bus ('action', APP, 'test-call')
        self.anna.wait_sees (self.anna)
        self.anna.key ('ctrl+h')
        self.anna.ended ()

    def test_shortcuts (self):
        """A6: The window of the keys comes with Ctrl+? and with Ctrl+F1, and goes with Escape."""
        for key in ('ctrl+shift+slash', 'ctrl+F1'):
            self.anna.key (key)
            self.anna.wait_text ('Microphone on or off')
            self.desk.display.key ('Escape')
            self.anna.wait_gone ('Microphone on or off')

    def test_about (self):
        """The window about the program tells who made it, the licence, what is new and what helps to find a fault; nothing by which one could
        be found."""
        self.bus ('action', APP, 'about')
        self.anna.wait_text ('The Visavis developers')
        texts = ' '.join (node.get_name () for node in self.anna.every ())
        for word in ('Credits', 'Legal', 'Troubleshooting', 'What’s New'):
            self.assertIn (word, texts)
        self.assertNotIn (self.anna.id, texts)
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('The Visavis developers')


if __name__ == '__main__':
    main ()
