# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man pages are sound, and tell all that the programs know: options, commands, events, variables."""

import os
import re
import shutil
import subprocess
import unittest

import tree
from tap import main

PAGES = tree.SOURCE / 'resources/man'
PROGRAMS = {'visavis': 'app/visavis', 'visavis-cli': 'app/cli/visavis-cli'}
OPTION = re.compile (r'(?<![\w-])--[a-z][\w-]*')
# At the start of a line of help: `  -p, --profile=DIR`, `  --stun URL, --turn URL`.
HELP = re.compile (r'(?m)^  (?:-\w, )?(--[a-z][\w-]*)(?:.*?, (--[a-z][\w-]*))?')
EVENT = re.compile (r'(?:events_write|write_data|write_ms) \([\w>-]+, "([a-z-]+)"')


def ask (name, *words):
    done = subprocess.run ([tree.BUILD / PROGRAMS[name], *words], capture_output=True, text=True, check=False,
                           env={**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''})
    if done.returncode != 0:
        raise AssertionError (f'{name} {words}: {done.stderr}')
    return done.stdout


def options_in (help_text):
    return {option for found in HELP.findall (help_text) for option in found if option}


def commands ():
    text = ask ('visavis-cli', '--help')
    return re.findall (r'(?m)^  ([a-z-]+) ', text.partition ('Commands:')[2].partition ('Options:')[0])


def words_of (name):
    """A page's text, without what roff needs to see that a hyphen is one."""
    text = (PAGES / f'{name}.1').read_text ()
    return re.sub (r'\\f[BIRP]|\\&', '', text).replace (r'\-', '-').replace (r'\(dq', '"').replace (r'\(aq', "'")


def section (name, title):
    return re.search (rf'(?ms)^\.SH {title}$(.*?)(?:^\.SH |\Z)', words_of (name)).group (1)


class Pages (unittest.TestCase):
    def run_tool (self, *command):
        if shutil.which (command[0]) is None:
            self.skipTest (f'{command[0]} is not installed')
        done = subprocess.run ([str (word) for word in command], capture_output=True, text=True, check=False,
                               env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '100', 'MAN_KEEP_FORMATTING': ''})
        self.assertEqual ((done.returncode, done.stderr), (0, ''), command)
        return done.stdout

    def test_man_reads_them (self):
        """man shows each page without a warning, and its words come out."""
        for name in PROGRAMS:
            with self.subTest (page=name):
                self.assertIn ('EXAMPLES', self.run_tool ('man', '--warnings', '-l', '-P', 'cat', PAGES / f'{name}.1'))

    def test_mandoc_reads_them (self):
        """mandoc, which other systems use, has nothing against them."""
        for name in PROGRAMS:
            with self.subTest (page=name):
                self.assertEqual (self.run_tool ('mandoc', '-Tlint', '-Wwarning', PAGES / f'{name}.1'), '')

    def test_options (self):
        """Each option that a program's help tells is in its page as an entry, and the page tells of no other."""
        told = {'visavis': options_in (ask ('visavis', '--help-all')), 'visavis-cli': options_in (ask ('visavis-cli', '--help'))}
        for command in commands ():
            told['visavis-cli'] |= options_in (ask ('visavis-cli', command, '--help'))
        self.assertGreater (len (told['visavis']), 5)
        self.assertGreater (len (told['visavis-cli']), 25)
        for name, options in told.items ():
            with self.subTest (page=name):
                entries = re.findall (r'(?m)^\.TP\n(.*)$', words_of (name))
                self.assertEqual ({option for line in entries for option in OPTION.findall (line)}, options)
                self.assertLessEqual (set (OPTION.findall (words_of (name))), options)

    def test_commands (self):
        """Each command of visavis-cli is an entry, and there is no other."""
        found = re.findall (r'(?m)^\.TP\n\.BI?R? "?([a-z-]+)', section ('visavis-cli', 'COMMANDS'))
        self.assertEqual (sorted (set (found)), sorted (commands ()))

    def test_events (self):
        """Each event that the programs write as JSON is told, and no other."""
        written = {name for path in tree.texts () if path.suffix == '.c' and path.parts[0] == 'app'
                   for name in EVENT.findall (tree.read (path))}
        self.assertGreater (len (written), 12)
        entries = re.findall (r'(?m)^\.TP\n\.BR? (.*)$', section ('visavis-cli', 'EVENTS'))
        self.assertEqual ({word for line in entries for word in re.findall (r'[a-z-]+', line)}, written)

    def test_variables (self):
        """Each variable of ours that the programs read, or set for others, is told."""
        used = {name for path in tree.texts () if path.suffix == '.c' and path.parts[0] == 'app'
                for name in re.findall (r'"(VISAVIS_[A-Z_]+)"', tree.read (path))}
        told = {name for page in PROGRAMS for name in re.findall (r'VISAVIS_[A-Z_]+', section (page, 'ENVIRONMENT'))}
        self.assertEqual (told, used)

    def test_examples (self):
        """The examples are lines that the programs accept: with --help at their end they give help, not a complaint."""
        for name in PROGRAMS:
            for line in re.findall (r'(?ms)^\.EX\n(.*?)^\.EE', section (name, 'EXAMPLES')):
                for words in line.strip ().splitlines ():
                    if not words.startswith ('visavis'):
                        continue
                    with self.subTest (line=words):
                        program, _, rest = words.partition (' ')
                        done = subprocess.run (['sh', '-c', f'"$0" {rest} --help', str (tree.BUILD / PROGRAMS[program])],
                                               capture_output=True, text=True, check=False)
                        self.assertEqual ((done.returncode, done.stderr), (0, ''))

    def test_exit_status (self):
        """Every exit status is told."""
        told = set (re.findall (r'(?m)^\.TP\n\.B (\d)$', section ('visavis-cli', 'EXIT STATUS')))
        header = tree.read ('app/cli/vav-cli-status.h')
        self.assertEqual (told, set (re.findall (r'(?m)^  VAV_CLI_\w+ = (\d),$', header)))


if __name__ == '__main__':
    main ()
