# SPDX-License-Identifier: LGPL-2.1-or-later
"""All words that people see can be translated, and are: nothing is missing, doubtful or broken in any language that we ship."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import procs
import tree
from tap import main

PO = tree.SOURCE / 'po'
MARKED = re.compile (r'(?<![\w"])(?:_|N_|C_|NC_|ngettext|g_dngettext) \("|translatable="(?:yes|true)"')
KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3', 'ngettext:1,2')


def files_to_translate ():
    return [line.strip () for line in (PO / 'POTFILES').read_text ().splitlines () if line.strip () and not line.startswith ('#')]


def languages ():
    return [word for line in (PO / 'LINGUAS').read_text ().splitlines () if not line.startswith ('#') for word in line.split ()]


class Translations (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        for program in ('xgettext', 'msgmerge', 'msgfmt'):
            if shutil.which (program) is None:
                raise unittest.SkipTest (f'{program} is not installed')
        cls.folder = tempfile.TemporaryDirectory ()
        cls.addClassCleanup (cls.folder.cleanup)
        cls.pot = Path (cls.folder.name) / 'visavis.pot'
        command = ['xgettext', '--from-code=UTF-8', '--add-comments=Translators', f'--output={cls.pot}', f'--directory={tree.SOURCE}',
                   *(f'--keyword={word}' for word in KEYWORDS), *files_to_translate ()]
        done = subprocess.run (command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError (done.stderr)

    def test_all_files_are_listed (self):
        """Each file with words for people is in po/POTFILES, and each one there is a file."""
        listed = files_to_translate ()
        for name in listed:
            self.assertTrue ((tree.SOURCE / name).is_file (), f'{name} is not there')
        missing = [path.as_posix () for path in tree.texts ()
                   if path.suffix in ('.c', '.h', '.ui') and path.parts[0] in ('net', 'widgets', 'app', 'resources')
                   and MARKED.search (tree.read (path)) and path.as_posix () not in listed]
        self.assertEqual (missing, [])

    def test_languages_are_complete (self):
        """No sentence is left in English, and none is a guess."""
        self.assertIn ('fr', languages ())
        for language in languages ():
            with self.subTest (language=language):
                merged = Path (self.folder.name) / f'{language}.po'
                subprocess.run (['msgmerge', '--quiet', f'--output-file={merged}', PO / f'{language}.po', self.pot], check=True)
                done = subprocess.run (['msgfmt', '--check', '--statistics', '--output-file=/dev/null', merged],
                                       capture_output=True, text=True, env={'PATH': '/usr/bin:/bin', 'LC_ALL': 'C'}, check=False)
                self.assertEqual (done.returncode, 0, done.stderr)
                self.assertRegex (done.stderr, r'^\d+ translated messages?\.\s*$', done.stderr + self.left_of (merged))

    @staticmethod
    def left_of (merged):
        """The sentences that are missing or doubtful, one a line."""
        found = ''
        for what in ('--untranslated', '--only-fuzzy'):
            done = subprocess.run (['msgattrib', '--no-obsolete', what, '--no-wrap', merged], capture_output=True, text=True, check=False)
            found += '\n'.join (re.findall (r'^msgid ".+"', done.stdout, re.MULTILINE)) + '\n'
        return found

    def test_programs_find_them (self):
        """They are built where a program that runs from the build folder looks for them."""
        for language in languages ():
            self.assertTrue ((tree.BUILD / f'po/{language}/LC_MESSAGES/visavis.mo').is_file ())

    def test_programs_speak (self):
        """A program that runs from the build folder speaks French, also where the system has no French locale."""
        env = {'PATH': '/usr/bin:/bin', 'LC_ALL': procs.LOCALE, 'LOCPATH': os.environ.get ('LOCPATH', ''), 'LANGUAGE': 'fr', 'HOME': self.folder.name}
        for program in ('app/cli/visavis-cli', 'app/visavis'):
            with self.subTest (program=program):
                done = subprocess.run ([tree.BUILD / program, '--help'], capture_output=True, text=True, env=env, check=False)
                self.assertEqual (done.returncode, 0, done.stderr)
                self.assertRegex (done.stdout, 'ace à face|directement')


if __name__ == '__main__':
    main ()
