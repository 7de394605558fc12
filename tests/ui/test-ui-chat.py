# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people write to each other and send each other files in the real program, by keyboard and mouse."""

import hashlib
import os
import unittest
from pathlib import Path

from desk import WIDTH, Desk, wait_until
from procs import folder
from tap import main

WRITE = 'Write a message'


def digest (path):
    return hashlib.sha256 (Path (path).read_bytes ()).hexdigest ()


class Chat (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.homes = {name: self.enterContext (folder ()) for name in ('anna', 'karim')}
        self.anna = self.desk.person ('Anna Berg', env={'HOME': self.homes['anna']})
        self.addCleanup (self.anna.close)
        self.karim = self.desk.person ('Karim', WIDTH + 40, env={'HOME': self.homes['karim']})
        self.addCleanup (self.karim.close)
        self.karim.type_address (self.anna.address)
        self.anna.click ('Accept')
        self.anna.report.wait_event ('first-frame')
        self.karim.report.wait_event ('first-frame')

    def chat_open (self, person):
        states = person.wait_for ('Chat and files', 'push button').get_state_set ()
        return states.contains (self.desk.atspi.StateType.PRESSED)

    def open_chat (self, person):
        person.key ('c')
        wait_until (lambda: self.chat_open (person), 'the chat to open')
        person.wait_for (WRITE, 'text')

    def write (self, person, text, sent=True):
        """Into the chat that is open: it has the keys. sent=False: does not look whether it went, as what it brings about does not last."""
        person.focus ()
        self.desk.display.type (text)
        wait_until (lambda: person.typed (WRITE) == text, f'{text!r} to stand in the entry')
        self.desk.display.key ('Return')
        if sent:
            wait_until (lambda: person.typed (WRITE) == '', 'the text to be sent')

    def has (self, person, part):
        return any (node.get_role_name () == 'label' and part in node.get_name () for node in person.every ())

    def wait_has (self, person, part):
        wait_until (lambda: self.has (person, part), f'{part!r} at {person.name}')

    def choose (self, person, path):
        """By the button and the dialog, which takes a path as it is typed."""
        person.choose_file (lambda: person.click ('Send files'), path)

    def paper (self, owner, name, size):
        path = self.homes[owner] / name
        path.write_bytes (os.urandom (size))
        return path

    def test_both_ways (self):
        """W20: texts go both ways by keyboard alone; one that comes while the chat is closed is told of, with a button that shows it, and counted; a file goes by the button, is
        accepted by click, and arrives as it was; another is refused."""
        anna, karim = self.anna, self.karim
        self.open_chat (karim)
        self.write (karim, 'Hello <b>Anna</b> & all', sent=False)
        anna.click ('Show', 'label')
        anna.wait_for ('Hello <b>Anna</b> & all', 'label')
        self.write (anna, 'mvhc')
        karim.wait_for ('mvhc', 'label')

        paper = self.paper ('karim', 'paper.bin', 3 * 1024 * 1024)
        self.choose (karim, paper)
        self.wait_has (karim, 'Waiting for Anna Berg to accept')
        self.assertFalse ((self.homes['anna'] / 'paper.bin').exists ())
        anna.click ('Accept file')
        anna.wait_text ('Received.')
        karim.wait_text ('Sent.')
        self.assertEqual (digest (self.homes['anna'] / 'paper.bin'), digest (paper))
        self.assertIsNotNone (anna.find ('Open folder', 'push button'))

        self.choose (anna, self.paper ('anna', 'no.bin', 10))
        karim.click ('Refuse')
        self.wait_has (anna, 'Karim refused it.')
        karim.wait_text ('You refused it.')
        self.assertFalse ((self.homes['karim'] / 'no.bin').exists ())

        anna.key ('Escape')
        wait_until (lambda: not self.chat_open (anna), 'the chat to close')
        self.write (karim, 'Still there?', sent=False)
        wait_until (lambda: anna.wait_for ('Chat and files', 'push button').get_description () == '1 unread message', 'the badge')
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())
        self.assertEqual (karim.program.complaints (), [], karim.program.transcript ())

    def test_cancelled (self):
        """W20: a long file is cancelled in the middle by who receives it: both read so, and nothing is left of it."""
        anna, karim = self.anna, self.karim
        self.open_chat (anna)
        self.open_chat (karim)
        path = self.homes['karim'] / 'long.bin'
        with path.open ('wb') as file:
            file.truncate (4 << 30)
        self.choose (karim, path)
        anna.click ('Accept file')
        self.wait_has (anna, ' of 4.3\xa0GB')
        anna.click ('Cancel')
        anna.wait_text ('Cancelled.')
        karim.wait_text ('Cancelled.')
        wait_until (lambda: not [path for path in self.homes['anna'].iterdir () if 'long' in path.name], 'nothing to be left')

    def test_narrow (self):
        """At 360 pixels the chat lies over the picture, and C and Escape bring and take it."""
        anna, karim = self.anna, self.karim
        anna.resize (360, 640)
        self.open_chat (anna)
        wait_until (lambda: 0 <= anna.extents (anna.find ('Send', 'push button'))[0] <= 360 - 30, 'the chat to be there whole')
        self.open_chat (karim)
        self.write (anna, 'Small')
        karim.wait_for ('Small', 'label')
        anna.key ('Escape')
        wait_until (lambda: not self.chat_open (anna), 'the chat to close')


if __name__ == '__main__':
    main ()
