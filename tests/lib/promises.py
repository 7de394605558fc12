# SPDX-License-Identifier: LGPL-2.1-or-later
"""The promises, and the tests that show them.

A test names its rows by beginning what it says of itself with them: `W13, N11: one sentence on what it shows`. In TAP that is a
comment of GLib's before the verdict (`# /path summary: W13, N11: …`), or the title after the name (`ok 1 Class.test - W13, N11: …`).
A row is shown when at least one test names it and every test that does has passed."""

import re
from pathlib import Path

LIST = Path (__file__).resolve ().parents[1] / 'promises.txt'
REQUIRED = 'WNR'
ROWS = re.compile (r'^((?:[A-Z]\d+)(?:, ?[A-Z]\d+)*): ')
SUMMARY = re.compile (r'^# (/\S+) summary: (.*)$')
TITLE = re.compile (r'^(\S+) - (.*)$')
PASSED, FAILED, SKIPPED, CUT = 'passed', 'failed', 'skipped', 'broke off'
SHOWN, MISSING = 'passed', 'MISSING'


def rows_of (text):
    """The rows that a sentence begins with, such as ['W13', 'N11']."""
    found = ROWS.match (text)
    return re.findall (r'[A-Z]\d+', found.group (1)) if found else []


def read_list (path=LIST):
    """Row to sentence, in the order of the list."""
    lines = [line for line in path.read_text (encoding='utf-8').splitlines () if line.strip () and not line.startswith ('#')]
    return {row: words.strip () for row, words in (line.split (None, 1) for line in lines)}


class Reader:
    """Ties rows to verdicts while the lines of one TAP output go by: verdict() for each test's line, comment() for each other one."""

    def __init__ (self):
        self.waiting = {}
        self.verdicts = []

    def comment (self, line):
        found = SUMMARY.match (line)
        if found and rows_of (found.group (2)):
            self.waiting[found.group (1)] = rows_of (found.group (2))

    def verdict (self, title, verdict):
        found = TITLE.match (title)
        rows = self.waiting.pop (title, []) or (rows_of (found.group (2)) if found else [])
        self.verdicts += [(row, found.group (1) if found else title, verdict) for row in rows]

    def end (self):
        """A test that said what it shows and came to no verdict has broken off."""
        self.verdicts += [(row, path, CUT) for path, rows in self.waiting.items () for row in rows]
        return self.verdicts


class Table:
    def __init__ (self, promises):
        self.promises = promises
        self.tests = {}

    def add (self, program, verdicts):
        for row, test, verdict in verdicts:
            self.tests.setdefault (row, []).append ((f'{program}: {test}', verdict))

    def state (self, row):
        verdicts = [verdict for _, verdict in self.tests.get (row, [])]
        for worst in (CUT, FAILED, SKIPPED):
            if worst in verdicts:
                return worst.upper ()
        return SHOWN if verdicts else MISSING

    def required (self):
        return [row for row in self.promises if row[0] in REQUIRED]

    def short (self):
        """What is wrong though no test failed: required rows that no test shows, or that one skipped; rows that are in no list."""
        reasons = {MISSING: 'no test shows it', SKIPPED.upper (): 'a test that shows it was skipped'}
        wrong = [f'promise {row}: {reasons[self.state (row)]}' for row in self.required () if self.state (row) in reasons]
        return wrong + [f'promise {row}: there is none, but {tests[0][0]} names it'
                        for row, tests in self.tests.items () if row not in self.promises]

    def lines (self):
        for row, words in self.promises.items ():
            if row[0] not in REQUIRED and row not in self.tests:
                continue
            yield f'{row:<4} {self.state (row):<9}  {words}'
            for test, verdict in self.tests.get (row, []):
                yield f'                  {test}' + ('' if verdict == PASSED else f' ({verdict})')
        shown = sum (self.state (row) == SHOWN for row in self.required ())
        yield f'{shown} of {len (self.required ())} promises are shown by tests.'
