# SPDX-License-Identifier: LGPL-2.1-or-later
"""The list of promises is whole, tests name only rows that are in it, and what a run told is put together rightly."""

import ast
import json
import os
import re
import subprocess
import sys
import unittest

import promises
import tree
from procs import folder
from tap import main

TALLY = tree.SOURCE / 'tests/lib/tally.py'
SUMMARY = re.compile (r'g_test_summary \(\s*"((?:[^"\\]|\\.)*)"')
# What looks like a row at the beginning of a sentence: wider than what counts as one, so that slips are found.
ALIKE = re.compile (r'^\W*([WNRA] ?\d+)\b')


def sayings ():
    """What each test says first of itself, with its place."""
    for path in tree.texts ():
        if path.parts[0] != 'tests':
            continue
        if path.suffix == '.c':
            for found in SUMMARY.finditer (tree.read (path)):
                yield path, found.group (1)
        elif path.suffix == '.py':
            for node in ast.walk (ast.parse (tree.read (path))):
                if isinstance (node, ast.FunctionDef) and node.name.startswith ('test_') and ast.get_docstring (node):
                    yield path, ast.get_docstring (node)


class Promises (unittest.TestCase):
    def test_list_is_whole (self):
        """Every row is in the list, once, in order, with a sentence."""
        wanted = [f'{kind}{number}' for kind, last in (('W', 23), ('N', 13), ('R', 10), ('A', 11)) for number in range (1, last + 1)]
        lines = [line for line in tree.read ('tests/promises.txt').splitlines () if ALIKE.match (line)]
        self.assertEqual ([line.split ()[0] for line in lines], wanted)
        for row, words in promises.read_list ().items ():
            self.assertTrue (words.endswith ('.') and words[0].isupper (), row)

    def test_tests_name_rows_that_exist (self):
        """A test that begins with a row says it as the table reads it, and the row is in the list."""
        known = promises.read_list ()
        wrong = []
        named = 0
        for path, words in sayings ():
            rows = promises.rows_of (words)
            named += bool (rows)
            if ALIKE.match (words) and not rows:
                wrong.append (f'{path}: not as in "W13, N11: …": {words[:60]}')
            wrong += [f'{path}: no promise {row}: {words[:60]}' for row in rows if row not in known]
        self.assertEqual (wrong, [], '\n' + '\n'.join (wrong))
        self.assertGreater (named, 5)

    def test_glib_says_it_so (self):
        """What a test in C says of itself comes out where the table looks for it, tied to that test."""
        done = subprocess.run ([str (tree.BUILD / 'tests/loop/test-call'), '--tap', '-p', '/loop/call/bad-address'],
                               stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        with folder () as home:
            log = home / 'testlog.json'
            log.write_text (json.dumps ({'name': 'loop-call', 'result': 'OK', 'stdout': done.stdout, 'returncode': 0}))
            told = self.tally (log)
        self.assertIn ('loop-call: /loop/call/bad-address', told['W7'][1])
        self.assertEqual (told['W7'][0], 'passed')

    @staticmethod
    def tally (log):
        """Row to its state and the lines of its tests; '' to the whole text."""
        done = subprocess.run ([sys.executable, '-I', str (TALLY), str (log), '0', 'promises'], capture_output=True, text=True, check=False,
                               env={**os.environ, 'PYTHONIOENCODING': 'utf-8'})
        told, row = {'': (done.stdout, done.returncode)}, None
        for line in done.stdout.splitlines ():
            found = re.match (r'^  ([A-Z]\d+) +(passed|[A-Z]+(?: OFF)?) ', line)
            if found:
                row = found.group (1)
                told[row] = (found.group (2), [])
            elif row and line.startswith ('       '):
                told[row][1].append (line.strip ())
            else:
                row = None
        return told

    def test_states (self):
        """A row is shown only if all tests that name it passed: not by a skipped one, one that broke off, or none."""
        output = '\n'.join ((
            '1..8', '# /a/one summary: W1, W2: both', 'ok 1 /a/one', '# /a/two summary: W2: this one', 'not ok 2 /a/two',
            '# /a/three summary: W3: later', 'ok 3 /a/three # SKIP no camera', '# /a/four summary: no row', 'ok 4 /a/four',
            'ok 5 Class.test_five - W4, A1: in Python', 'not ok 6 Class.test_six - W5: fails', 'ok 7 Class.test_seven - W6: not yet # TODO soon',
            'ok 8 Class.test_eight - W99: of the future', '# /a/nine summary: W7: crashes', 'Bail out!'))
        with folder () as home:
            log = home / 'testlog.json'
            log.write_text (json.dumps ({'name': 'x', 'result': 'FAIL', 'stdout': output, 'returncode': 1}))
            told = self.tally (log)
        wanted = {'W1': 'passed', 'W2': 'FAILED', 'W3': 'SKIPPED', 'W4': 'passed', 'W5': 'FAILED', 'W6': 'SKIPPED', 'W7': 'BROKE OFF',
                  'W8': 'MISSING', 'A1': 'passed'}
        self.assertEqual ({row: told[row][0] for row in wanted}, wanted)
        self.assertNotIn ('A2', told)
        self.assertEqual (told['W2'][1], ['x: /a/one', 'x: /a/two (failed)'])
        text, status = told['']
        self.assertEqual (status, 1)
        self.assertIn ('2 of 46 promises are shown', text)
        self.assertIn ('promise W99: there is none, but x: Class.test_eight names it', text)
        # two tests failed; two rows were skipped, one is in no list, and of the 46 seven have a test that came to an end or broke off
        self.assertEqual (text.splitlines ()[-1], f'5 passed, {2 + 2 + 1 + 46 - 7} failed, 1 skipped')


if __name__ == '__main__':
    main ()
