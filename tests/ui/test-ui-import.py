# SPDX-License-Identifier: LGPL-2.1-or-later
"""People from a file, as the window imports them: chosen in the desktop's dialog of files, and told."""

import unittest

from desk import Desk, wait_until
from procs import cli
from tap import main


def card (name, address):
    return f'BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nURL:visavis:{address}\nEND:VCARD\n'


class Import (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.anna = self.desk.person ('Anna Berg')
        self.addCleanup (self.anna.close)

    def choose (self, text):
        """By the main menu and the dialog of files, with the keyboard alone."""
        path = self.anna.profile / 'colleagues.vcf'
        path.write_text (text, encoding='utf-8')
        display, pid = self.desk.display, self.anna.program.pid
        self.anna.key ('F10')
        entry = self.anna.wait_for ('Import people…', 'menu item')
        wait_until (lambda: self.anna.has_keys ('Import people…', 'menu item') or display.key ('Down'), 'the entry to have the keys')
        before = set (display.windows (pid))
        display.key ('Return')
        window = wait_until (lambda: set (display.windows (pid)) - before, f'the files after {entry.get_name ()}').pop ()
        display.run (['xdotool', 'windowactivate', '--sync', window])
        wait_until (lambda: display.run (['xdotool', 'getactivewindow']).strip () == str (window), 'the files to have the keys')
        display.key ('ctrl+l')
        wait_until (self.entry, 'an entry for the place')
        display.type (str (path))
        wait_until (lambda: (self.entry () or '') == str (path), 'the place to stand there')
        # not Return: what GTK offers to complete the place takes it, if it has come already
        wait_until (lambda: next ((node for node in self.anna.every () if node.get_name ().startswith ('_Import')), None), 'the button').act ()
        wait_until (lambda: window not in display.windows (pid), 'the files to go')

    def entry (self):
        """What stands in the entry that has the keys; None: there is none."""
        for node in self.anna.every ():
            if node.get_role_name () == 'text' and node.get_state_set ().contains (self.desk.atspi.StateType.FOCUSED.real):
                return node.text () or ' '
        return None

    def known (self):
        with cli (self.anna.profile, 'people', media=None) as program:
            program.wait (0)
            return {event['name']: event['address'] for event in program.named ('person')}

    def test_good (self):
        """A6: People of a file are in the list at once, and a word tells how many; oneself is not, and once more changes nothing."""
        text = card ('Karim', 'karim.example') + card ('Grand-mère', 'mere.example:7700') + card ('Myself', f'{self.anna.id}@anna.example')
        self.choose (text)
        self.anna.wait_for ('Karim', 'list item')
        self.anna.wait_for ('Grand-mère', 'list item')
        self.anna.wait_text ('2 people added, yourself left out.')
        self.choose (text)
        self.anna.wait_text ('0 people added, 2 known already, yourself left out.')
        self.assertEqual (self.known (), {'Karim': 'karim.example:7667', 'Grand-mère': 'mere.example:7700'})

    def test_faults (self):
        """What is wrong is shown with its line until it is closed, the first five of it; the others are there."""
        self.choose (card ('Karim', 'karim.example') + ''.join (card (f'Broken {number}', 'not here') for number in range (7)))
        self.anna.wait_dialog ('Not all could be imported')
        self.anna.wait_words ('1 person added, 7 with a fault.')
        for words in ('Line 9, Broken 0: “visavis:not here” is not an address. Write visavis:HOST, ', 'Line 29, Broken 4', 'And 2 more.'):
            self.anna.wait_words (words)
        self.assertFalse (any ('Broken 5' in node.get_name () for node in self.anna.every ()))
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('Not all could be imported')
        self.anna.wait_for ('Karim', 'list item')
        self.assertEqual (self.known (), {'Karim': 'karim.example:7667'})

    def test_no_cards (self):
        """A file that is none is refused with a sentence, and nothing changes."""
        self.choose ('a letter\n')
        self.anna.wait_text ('There is no card of a person (vCard) in this file.')
        self.assertEqual (self.known (), {})


if __name__ == '__main__':
    main ()
