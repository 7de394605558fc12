# SPDX-License-Identifier: LGPL-2.1-or-later
"""People from a file of vCards, and into one, by visavis-cli."""

import json
import resource
import stat
import subprocess
import unittest

from lines import answer, call, sentence
from procs import CLI, cli, folder
from tap import main

TOTALS = ('added', 'changed', 'known', 'self', 'no_address', 'faults')


def card (name, *addresses):
    return '\r\n'.join (['BEGIN:VCARD', 'VERSION:4.0', f'FN:{name}', *(f'IMPP:visavis:{address}' for address in addresses), 'END:VCARD', ''])


class Cards (unittest.TestCase):
    def setUp (self):
        self.home = self.enterContext (folder ())

    def write (self, *cards):
        path = self.home / 'people.vcf'
        path.write_text (''.join (cards), encoding='utf-8', newline='')
        return path

    def id_of (self, who):
        with cli (self.home / who, 'identity', media=None) as program:
            program.wait (0)
            return program.wait_event ('identity')['id']

    def people (self, who):
        with cli (self.home / who, 'people', media=None) as program:
            program.wait (0)
            return {e['name']: (e['id'], e['address'], e['trust']) for e in program.named ('person')}

    def run_plain (self, who, *words, status=0, stdin=None):
        """stdout and stderr, as a person sees them."""
        run = subprocess.run ([CLI, '--profile', self.home / who, 'people', *words], input=stdin, capture_output=True, text=True, check=False)
        self.assertEqual (run.returncode, status, run.stderr)
        return run.stdout, run.stderr

    def bring (self, who, *cards, totals, status=0):
        """What came of each card; the totals are as told, and 0 else."""
        with cli (self.home / who, 'people', 'import', self.write (*cards), media=None) as program:
            program.wait (status)
            told = program.wait_event ('import')
            self.assertEqual ({key: told[key] for key in TOTALS}, {**dict.fromkeys (TOTALS, 0), **totals})
            return [(e['name'], e['outcome'], e['line']) for e in program.named ('imported')]

    def test_who_is_in_it (self):
        """Somebody new is added with their key, who is known gets addresses and keeps name and key, and oneself is left out; the rest is told."""
        me, anna = self.id_of ('a'), self.id_of ('b')
        self.run_plain ('a', 'add', 'Annie', f'visavis:{anna}@192.0.2.1')
        results = self.bring ('a', card ('Anna', f'{anna}@192.0.2.1', f'{anna}@192.0.2.2'), card ('Me', me), card ('Grand-mère', 'mere.example:7700'),
                              card ('Carl'), card ('Dora', 'not here'), status=1,
                              totals={'added': 1, 'changed': 1, 'self': 1, 'no_address': 1, 'faults': 1})
        self.assertEqual (results, [('Annie', 'changed', 1), ('Me', 'self', 7), ('Grand-mère', 'added', 12), ('Carl', 'no-address', 17), ('Dora', 'fault', 24)])
        self.assertEqual (self.people ('a'), {'Annie': (anna, '192.0.2.1:7667', 'unknown'), 'Grand-mère': (None, 'mere.example:7700', 'unknown')})
        self.bring ('a', card ('Anna', f'{anna}@192.0.2.2'), card ('Grand-mère', 'mere.example:7700'), totals={'known': 2})

    def test_words (self):
        """A person reads a line for each card and the total; what is wrong goes to standard error with its line, and the status is 1."""
        text = card ('Anna', 'anna.example') + card ('Carl') + card ('Dora', 'not here')
        said, complaint = self.run_plain ('a', 'import', '-', stdin=text, status=1)
        self.assertEqual (said.splitlines (), ['Anna: added', 'Carl: no Visavis address', '1 person added, 1 without a Visavis address, 1 with a fault.'])
        self.assertEqual (complaint, 'Line 13, Dora: “visavis:not here” is not an address. '
                                     'Write visavis:HOST, visavis:HOST:PORT or visavis:ID@HOST.\n')
        said, complaint = self.run_plain ('a', 'import', '-', stdin=card ('anna', 'anna.example'))
        self.assertEqual ((said, complaint), ('Anna: known already\n0 people added, 1 known already.\n', ''))

    def test_names_of_terminals (self):
        """What a file calls somebody does nothing to a terminal."""
        said, complaint = self.run_plain ('a', 'import', '-', status=1,
                                          stdin=card ('\x1b[31mAnna\x07', 'nowhere at all') + card ('\x1b[2JBob', 'bob.example') + card ('\x1b[2JCarl'))
        self.assertNotIn ('\x1b', said + complaint)
        self.assertIn ('Bob', said)
        self.assertIn ('Carl', said)

    def test_to_another_home (self):
        """What is exported makes the same people in another home, and changes nothing in its own; the file is the user's alone, and replaces none."""
        anna = self.id_of ('b')
        for name, address in (('Berg, Anna; the elder', f'visavis:{anna}@[2001:db8::1]:7700'), ('Bob', 'bob.example'), ('Éa\\n', '192.0.2.9:1')):
            self.run_plain ('a', 'add', name, address)
        before, file = self.people ('a'), self.home / 'people.vcf'
        self.assertEqual (self.run_plain ('a', 'export', file), ('3 people exported.\n', ''))
        self.assertEqual (stat.S_IMODE (file.stat ().st_mode), 0o600)
        text = file.read_bytes ()
        self.assertIn ('is there already', self.run_plain ('a', 'export', file, status=1)[1])
        self.assertEqual (file.read_bytes (), text)
        self.assertEqual (self.run_plain ('a', 'export', '-'), (text.decode ().replace ('\r\n', '\n'), '3 people exported.\n'))
        with cli (self.home / 'a', 'people', 'import', file, media=None) as program:
            program.wait (0)
            self.assertEqual (program.wait_event ('import')['known'], 3)
        self.assertEqual (self.people ('a'), before)
        with cli (self.home / 'c', 'people', 'import', file, media=None) as program:
            program.wait (0)
            self.assertEqual (program.wait_event ('import')['added'], 3)
        self.assertEqual (self.people ('c'), before)

    def test_told (self):
        """How many were written is told to programs, too, beside the cards; and that there is nobody: then nothing is written."""
        file = self.home / 'people.vcf'
        for path in (file, '-'):
            self.assertEqual (self.run_plain ('a', 'export', path, status=1), ('', 'There is nobody to export.\n'))
        self.assertFalse (file.exists ())
        self.run_plain ('a', 'add', 'Bob', 'bob.example')
        with cli (self.home / 'a', 'people', 'export', file, media=None) as program:
            program.wait (0)
            self.assertEqual (program.wait_event ('export')['people'], 1)
        said, told = self.run_plain ('a', 'export', '-', '--json')
        self.assertEqual (said, file.read_text (encoding='utf-8'))
        self.assertEqual (json.loads (told)['people'], 1)
        self.run_plain ('a', 'block', 'Bob')
        self.assertEqual (self.run_plain ('a', 'export', '-', status=1), ('', 'There is nobody to export.\n'))

    def test_no_room (self):
        """What could not be written whole is not there: a part of the people would look like all of them."""
        self.bring ('a', *(card (f'Person {number}', f'p{number}.example') for number in range (2000)), totals={'added': 2000})
        file = self.home / 'part.vcf'
        run = subprocess.run ([CLI, '--profile', self.home / 'a', 'people', 'export', file], capture_output=True, text=True, check=False, restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit (resource.RLIMIT_FSIZE, (100000, 100000)))
        self.assertEqual (run.returncode, 1)
        self.assertIn ('File too large', run.stderr)
        self.assertFalse (file.exists ())

    def test_call (self):
        """W7: Who was imported is called by name, and only the key from the file is talked to: another one is status 6."""
        with answer (self.home / 'b', '--anyone', '--calls', '1') as callee:
            self.bring ('a', card ('Anna', f'{callee.id}@{callee.address}'), card ('Eve', f'{self.id_of ("e")}@{callee.address}'), totals={'added': 2})
            with call (self.home / 'a', 'Eve', '--duration', '0.1') as caller:
                caller.wait (6)
            with call (self.home / 'a', 'Anna', '--duration', '0.1') as caller:
                caller.wait (0)
            callee.wait (0)

    def test_nonsense (self):
        """What is no such file is refused in one sentence and changes nothing; what is no such command is wrong usage."""
        (self.home / 'empty').touch ()
        (self.home / 'wide').write_text (card ('Anna', 'anna.example'), encoding='utf-16')
        for path, word in ((self.home / 'nothing', 'No such file'), (self.home, 'directory'), (self.home / 'empty', 'no card'), ('/dev/zero', '32 MiB'),
                           (self.home / 'wide', 'UTF-8')):
            with cli (self.home / 'a', 'people', 'import', path, media=None) as program:
                program.wait (1)
                self.assertIn (word, sentence (program))
                self.assertEqual (program.events, [])
        self.assertEqual (self.people ('a'), {})
        self.run_plain ('b', 'add', 'Bob', 'bob.example')
        for command, path in (('import', 'nowhere:people.vcf'), ('import', 'anna.example:7667'), ('export', 'visavis:anna.example')):
            self.assertEqual (self.run_plain ('b', command, path, status=1),
                              ('', f'“{path}” is not a file that can be reached from here. Give the path of one.\n'))
        self.assertEqual (self.run_plain ('a', 'import', 'Visavis:anna.example', status=2),
                          ('', '“Visavis:anna.example” is an address: give a file of vCards. '
                               'One person is added by: visavis-cli people add NAME ADDRESS\n'))
        for words in (['import'], ['import', 'a', 'b'], ['export'], ['export', 'a', 'b']):
            self.run_plain ('a', *words, status=2)
        self.assertIn ('No such file', self.run_plain ('b', 'export', self.home / 'no/where', status=1)[1])


if __name__ == '__main__':
    main ()
