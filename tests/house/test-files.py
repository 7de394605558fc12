# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds for each file of the project: licence, length, no trace of the computer it was written on, sound scripts."""

import ast
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

import tree
from tap import main

LESSER = 'SPDX-License-Identifier: LGPL-2.1-or-later'
GENERAL = 'SPDX-License-Identifier: GPL-3.0-or-later'
SOURCES = {'.c', '.h', '.py', '.sh', '.build', '.css', '.xml', '.ui', '.in', '.svg'}
LONGEST_FILE = 600
LONG_FUNCTION = 40
# A function of the project's style: its name begins a line, and its braces stand in the first column.
FUNCTION = re.compile (r'^[a-z_0-9]+ \([^;{]*\)\n\{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
# A place in somebody's home, or in the folder where the project was worked on. Put together so as not to find itself.
PLACES = re.compile (r'(?<![\w.*~-])/(?:' + '|'.join (('home/[a-z]', 'root/[a-z.]', 'work/[a-z]', 'Users/[a-z]')) + ')')


class Files (unittest.TestCase):
    def test_licence (self):
        """Each source file begins with its licence: GPL for the program, LGPL for all else."""
        wrong = []
        for path in tree.texts ():
            scripts = path.name == 'run'
            if path.suffix not in SOURCES and not scripts:
                continue
            head = '\n'.join (tree.read (path).splitlines ()[:3])
            wanted = GENERAL if path.parts[0] == 'app' else LESSER
            if wanted not in head:
                wrong.append (f'{path}: {wanted} is missing')
        self.assertEqual (wrong, [], '\n' + '\n'.join (wrong))

    def test_licence_texts (self):
        """The texts of both licences are there."""
        self.assertIn ('GNU LESSER GENERAL PUBLIC LICENSE', tree.read ('COPYING.LGPL-2.1'))
        self.assertIn ('Version 3, 29 June 2007', tree.read ('COPYING.GPL-3'))

    def test_length (self):
        """No source file is a heap of everything: at most 600 lines."""
        lengths = {path: len (tree.read (path).splitlines ()) for path in tree.texts () if path.suffix in ('.c', '.h', '.py', '.sh', '.ui', '.css')}
        wrong = [f'{path}: {length} lines' for path, length in lengths.items () if length > LONGEST_FILE]
        self.assertEqual (wrong, [], '\n' + '\n'.join (wrong))

    def test_functions (self):
        """Nine functions in ten are under 40 lines."""
        long = []
        count = 0
        for path in tree.texts ():
            if path.suffix != '.c' or path.parts[0] == 'tests':
                continue
            for found in FUNCTION.finditer (tree.read (path)):
                count += 1
                if found.group (1).count ('\n') >= LONG_FUNCTION:
                    long.append (f'{path}: {found.group (0).splitlines ()[0]} has {found.group (1).count (chr (10))} lines')
        self.assertLessEqual (len (long) * 10, count, '\n' + '\n'.join (long))

    def test_no_place_of_one_computer (self):
        """No file tells of a home or work folder of the computer it was written on."""
        wrong = []
        for path in tree.texts ():
            for number, line in enumerate (tree.read (path).splitlines (), 1):
                if PLACES.search (line):
                    wrong.append (f'{path}:{number}: {line.strip ()}')
        self.assertEqual (wrong, [], '\n' + '\n'.join (wrong))

    def test_top_level (self):
        """Nothing stands at the top but what belongs there."""
        expected = {'app', 'widgets', 'net', 'resources', 'po', 'tests', 'meson.build', 'meson_options.txt', 'README.md', 'NEWS'}
        found = {path.parts[0] for path in tree.tracked ()}
        odd = {name for name in found if name not in expected and not name.startswith (('.', 'COPYING'))}
        self.assertEqual (odd, set ())

    def test_shell (self):
        """Shell scripts can be read by their shell."""
        scripts = tree.shell_scripts ()
        self.assertGreaterEqual (len (scripts), 3)
        for path in scripts:
            with self.subTest (path=str (path)):
                done = subprocess.run (['bash', '-n', str (tree.SOURCE / path)], capture_output=True, text=True, check=False)
                self.assertEqual ((done.returncode, done.stderr), (0, ''))

    @unittest.skipUnless (shutil.which ('shellcheck'), 'shellcheck is not installed')
    def test_shell_lint (self):
        """shellcheck finds nothing in shell scripts. What two of them share by sourcing (SC2034, SC2154) it does not see."""
        for path in tree.shell_scripts ():
            with self.subTest (path=str (path)):
                done = subprocess.run (['shellcheck', '--shell=bash', '--severity=warning', '--exclude=SC2034,SC2154', str (path)], cwd=tree.SOURCE,
                                       capture_output=True, text=True, check=False)
                self.assertEqual ((done.returncode, done.stdout), (0, ''))

    def test_python (self):
        """Python files can be read by Python."""
        for path in tree.texts ():
            if path.suffix == '.py':
                with self.subTest (path=str (path)):
                    ast.parse (tree.read (path), str (path))

    def test_xml (self):
        """XML files are well formed."""
        for path in tree.texts ():
            if path.suffix in ('.xml', '.ui', '.svg') or path.name.endswith ('.xml.in'):
                with self.subTest (path=str (path)):
                    xml.etree.ElementTree.fromstring (tree.read (path))

    def test_readme (self):
        """The README names the two commands and shows a picture that is there."""
        text = tree.read ('README.md')
        self.assertIn ('./app/run', text)
        self.assertIn ('./tests/run', text)
        pictures = re.findall (r'!\[[^\]]*\]\(([^)]+)\)', text)
        self.assertTrue (pictures, 'no picture')
        for picture in pictures:
            self.assertTrue ((tree.SOURCE / picture).is_file (), f'{picture} is not there')


if __name__ == '__main__':
    main ()
