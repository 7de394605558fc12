# SPDX-License-Identifier: LGPL-2.1-or-later
"""People from a file, as the window imports them: chosen in the desktop's dialog of files, and told."""

import os
import resource
import stat
from pathlib import Path

from desk import HEIGHT, AtAnnasDesk, wait_until
from procs import cli, folder
from tap import main


def card (name, address):
    return f'BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nURL:visavis:{address}\nEND:VCARD\n'


class Import (AtAnnasDesk):
    def choose (self, text):
        """By the main menu and the dialog of files, with the keyboard alone."""
        path = self.anna.profile / 'colleagues.vcf'
        path.write_text (text, encoding='utf-8')
        self.anna.choose_file (lambda: self.anna.choose_in_menu ('Import people…'), path)

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
        """What is wrong is shown with its line until it is closed, a hundred of it, which scroll; the others are there."""
        self.choose (card ('Karim', 'karim.example') + ''.join (card (f'Broken {number}', 'not here') for number in range (103)))
        self.anna.wait_dialog ('Not all could be imported')
        self.anna.wait_words ('1 person added, 103 with a fault.')
        for words in ('Line 9, Broken 0: “visavis:not here” is not an address. Write visavis:HOST, ', 'Line 504, Broken 99', 'And 3 more.'):
            self.anna.wait_words (words)
        self.assertFalse (any ('Broken 100' in node.get_name () for node in self.anna.every ()))
        self.assertGreater (self.anna.wait_rests (self.anna.wait_text ('And 3 more.'))[1], HEIGHT)
        self.desk.display.key ('End')
        wait_until (lambda: self.anna.extents (self.anna.wait_text ('And 3 more.'))[1] < HEIGHT, 'the last of them to come')
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('Not all could be imported')
        self.anna.wait_for ('Karim', 'list item')
        self.assertEqual (self.known (), {'Karim': 'karim.example:7667'})

    def beside (self):
        """Seconds of work that the window's program has done on other threads than the window's."""
        pid = self.anna.program.pid
        whole, window = (sum (map (int, Path (path).read_text (encoding='utf-8').rsplit (') ', 1)[1].split ()[11:13]))
                         for path in (f'/proc/{pid}/stat', f'/proc/{pid}/task/{pid}/stat'))
        return (whole - window) / os.sysconf ('SC_CLK_TCK')

    def test_large (self):
        """A file that takes long to be looked through is so beside the window: of the work that the command has with it, most is not the window's own."""
        text = card ('Karim', 'karim.example').replace ('END', ('X' + ';' * 8000 + ':a\n') * 4000 + 'END')
        path = self.anna.profile / 'large.vcf'
        path.write_text (text, encoding='utf-8')
        before = resource.getrusage (resource.RUSAGE_CHILDREN).ru_utime
        with cli (self.enterContext (folder ()), 'people', 'import', path, media=None) as program:
            program.wait (0)
        work = resource.getrusage (resource.RUSAGE_CHILDREN).ru_utime - before
        begun = self.beside ()
        self.choose (text)
        self.anna.wait_for ('Karim', 'list item')
        self.assertGreater (self.beside () - begun, work / 2)

    def test_no_cards (self):
        """A file that is none is refused with a sentence, and nothing changes."""
        self.choose ('a letter\n')
        self.anna.wait_text ('There is no card of a person (vCard) in this file.')
        self.assertEqual (self.known (), {})

    def test_export (self):
        """A6: The people of the list are written into a file that is chosen, for this user alone, and a word tells how many; with nobody there is no file."""
        self.anna.choose_in_menu ('Export people…')
        self.anna.wait_text ('There is nobody to export.')
        self.choose (card ('Karim', 'karim.example') + card ('Grand-mère', 'mere.example:7700'))
        self.anna.wait_text ('2 people added.')
        path = self.anna.profile / 'mine.vcf'
        self.anna.choose_file (lambda: self.anna.choose_in_menu ('Export people…'), path)
        self.anna.wait_text ('2 people exported.')
        self.assertEqual (stat.S_IMODE (path.stat ().st_mode), 0o600)
        with cli (self.anna.profile, 'people', 'export', self.anna.profile / 'other.vcf', media=None) as program:
            program.wait (0)
        self.assertEqual (path.read_bytes (), (self.anna.profile / 'other.vcf').read_bytes ())
        self.assertEqual (path.read_bytes ().count (b'BEGIN:VCARD'), 2)


if __name__ == '__main__':
    main ()
