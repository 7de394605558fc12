# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what `meson test` logged: each subtest of a TAP test, one for any other test. Tells why tests were skipped and how
they failed; the last line is the total. Arguments: testlog.json, meson's exit status, and `promises` for the table of what was shown."""

import json
import os
import re
import sys

sys.path.insert (0, os.path.dirname (os.path.abspath (__file__)))  # python3 -I leaves it out
sys.dont_write_bytecode = True
import promises

LINE = re.compile (r'^(not )?ok\b\s*(\d+)?\s*-?\s*(.*)$')
DIRECTIVE = re.compile (r'^(.*?)\s*#\s*(SKIP|TODO)\S*\s*(.*)$', re.IGNORECASE)
TAIL = 40
WIDTH = 400
SHOWN = 3  # failures of one program that are not at its end


class Count:
    def __init__ (self):
        self.passed = self.failed = self.skipped = 0
        self.skips = {}
        self.failures = []
        self.table = promises.Table (promises.read_list ())

    def skip (self, reason, name):
        self.skipped += 1
        self.skips.setdefault (reason or 'no reason given', []).append (name)


def last_words (output, errors):
    """Of a program that broke off: which part it was, as far as that is known, and what it said last; as the end of a sentence."""
    begun = done = said = ''
    for line in output.splitlines ():
        found = LINE.match (line)
        words = line.split ()
        if found:
            done, begun = found.group (3).split (' ')[0], ''
        elif words[:1] == ['#'] and words[2:3] == ['summary:']:
            begun = words[1]
        elif line.startswith ('Bail out!'):
            said = line
    for line in errors.splitlines ():
        if line.startswith ('=== '):
            begun = line[4:]
        elif line.strip () and not said.startswith ('Bail out!'):
            said = line.strip ()
    where = f'begun last: {begun}' if begun else f'done last: {done}' if done else ''
    return ''.join (f'; {part}' for part in (where, f'said last: {said}' if said else '') if part)[:WIDTH]


def read_tap (test, entry, count):
    """Counts the lines of one TAP output; gives whether it was TAP at all."""
    output = entry.get ('stdout') or ''
    plan = None
    seen = failed = 0
    reader = promises.Reader ()
    for line in output.splitlines ():
        bail = re.match (r'^1\.\.(\d+)(?:\s*#\s*SKIP\S*\s*(.*))?', line, re.IGNORECASE)
        if bail:
            plan = int (bail.group (1))
            if plan == 0:
                count.skip (bail.group (2), test)
            continue
        found = LINE.match (line)
        if not found:
            reader.comment (line)
            continue
        seen += 1
        words = DIRECTIVE.match (found.group (3))
        title = (words.group (1) if words else found.group (3)).strip ()
        name = f'{test}: {title or found.group (2) or ""}'
        directive = words.group (2).upper () if words else ''
        if directive == 'SKIP':
            count.skip (words.group (3), name)
            reader.verdict (title, promises.SKIPPED)
        elif found.group (1) and directive != 'TODO':
            failed += 1
            count.failed += 1
            count.failures.append (name)
            reader.verdict (title, promises.FAILED)
        else:
            count.passed += 1
            # what is still to do is no proof, though it fails nothing
            reader.verdict (title, promises.SKIPPED if directive else promises.PASSED)
    count.table.add (test, reader.end ())
    if plan is None and seen == 0:
        return False, failed
    if plan is not None and seen < plan:
        count.failed += 1
        failed += 1
        count.failures.append (f"{test}: only {seen} of its {plan} parts were run{last_words (output, entry.get ('stderr') or '')}")
    return True, failed


def read_test (entry, count, tails):
    name = entry['name'].split (' / ')[-1]
    result = entry.get ('result', '')
    output = entry.get ('stdout') or ''
    was_tap, failed = read_tap (name, entry, count) if entry.get ('protocol', 'tap') == 'tap' else (False, 0)
    bad = result in ('FAIL', 'TIMEOUT', 'ERROR', 'INTERRUPT', 'UNEXPECTEDPASS')
    if not was_tap and not bad:
        if result == 'SKIP':
            reason = (output.strip () or (entry.get ('stderr') or '').strip ()).splitlines ()
            count.skip (reason[-1] if reason else '', name)
        else:
            count.passed += 1
    elif bad and not failed:
        count.failed += 1
        words = {'TIMEOUT': f"took longer than its limit ({entry.get ('duration', 0):.0f} s)",
                 'ERROR': 'broke off', 'INTERRUPT': 'was interrupted'}.get (result, 'failed')
        count.failures.append (f"{name}: {words} (exit status {entry.get ('returncode')})")
    if bad:
        tails.append ((name, output, entry.get ('stderr') or ''))


def print_lines (lines):
    print ('\n'.join (line if len (line) <= WIDTH else line[:WIDTH] + '…' for line in lines))


def tail (title, text):
    """The end, and what comes before each failure that the end does not show."""
    lines = text.rstrip ().splitlines ()
    end = max (0, len (lines) - TAIL)
    failed = [at for at, line in enumerate (lines[:end], 1) if line.startswith ('not ok')]
    for at in failed[:SHOWN]:
        print (f'--- {title} (to line {at} of {len (lines)})')
        print_lines (lines[max (0, at - TAIL):at])
    if lines:
        print (f'--- {title}' + (f' (the last {TAIL} of {len (lines)} lines)' if end else ''))
        print_lines (lines[end:])


def tell_promises (count):
    print ('Promises:')
    for line in count.table.lines ():
        print (f'  {line}')
    short = count.table.short ()
    count.failed += len (short)
    count.failures += short


def main (path, status, what=''):
    count = Count ()
    tails = []
    entries = []
    try:
        with open (path, encoding='utf-8', errors='replace') as log:
            entries = [json.loads (line) for line in log if line.strip ()]
    except (OSError, ValueError) as error:
        count.failed += 1
        count.failures.append (f'the tests could not be run ({error})')
    if not entries and count.failed == 0:
        count.failed += 1
        count.failures.append ('no test was run')
    for entry in entries:
        read_test (entry, count, tails)
    if int (status) != 0 and count.failed == 0:
        count.failed += 1
        count.failures.append (f'meson test ended with status {status}')
    print ()
    for name, output, errors in tails:
        tail (f'{name}: output', output)
        tail (f'{name}: errors', errors)
    if count.skips:
        print ('Skipped (a skipped test shows no promise):')
        for reason, names in sorted (count.skips.items ()):
            print (f'  {reason}')
            for name in names:
                print (f'    {name}')
    if what == 'promises':
        tell_promises (count)
    if count.failures:
        print ('Failed:')
        for name in count.failures:
            print (f'  {name}')
    print (f'{count.passed} passed, {count.failed} failed, {count.skipped} skipped')
    return 1 if count.failed else 0


sys.exit (main (*sys.argv[1:4]))
