# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two commands: what they ask of a computer, and how tests are counted. Real shell, real dpkg; apt and sudo are stood in for, so
that nothing is installed."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

import tree
from procs import folder
from tap import main

TALLY = tree.SOURCE / 'tests/lib/tally.py'
LIBRARY = tree.SOURCE / 'app/lib.sh'


def shell (code, path='', source=None, build=None, **env):
    """Runs bash code that has sourced app/lib.sh, not on a terminal; `path` goes first on PATH."""
    where = f'source_dir={json.dumps (str (source or tree.SOURCE))}\nbuild_dir={json.dumps (str (build or tree.BUILD))}\n'
    return subprocess.run (['bash', '-u', '-c', f'{where}. {json.dumps (str (LIBRARY))}\n{code}'], capture_output=True, text=True,
                           stdin=subprocess.DEVNULL, check=False,
                           env={**os.environ, 'LC_ALL': 'C.UTF-8', 'PATH': f'{path}:{os.environ["PATH"]}', **env})


def stand_in (where, name, code):
    program = where / name
    program.write_text (f'#!/bin/sh\necho "{name} $*" >> "{where}/calls"\n{code}\n')
    program.chmod (0o755)


def calls (where):
    path = where / 'calls'
    return path.read_text ().splitlines () if path.exists () else []


@unittest.skipUnless (Path ('/usr/bin/dpkg-query').exists (), 'this system has no dpkg')
class Packages (unittest.TestCase):
    def test_nothing_missing_asks_nobody (self):
        """When all is there apt is not called at all, and nothing is said."""
        with folder () as home:
            stand_in (home, 'apt-get', 'exit 1')
            stand_in (home, 'sudo', 'exit 1')
            done = shell ('ensure_debian_packages bash dpkg coreutils', home)
            self.assertEqual ((done.returncode, done.stdout, done.stderr), (0, '', ''))
            self.assertEqual (calls (home), [])

    def test_missing_are_found (self):
        """Only what is not installed is missing, also among packages that nobody has heard of."""
        done = shell ('find_missing bash no-such-package dpkg; echo "${missing[*]}"')
        self.assertEqual (done.stdout, 'no-such-package\n')

    def test_says_what_and_how_much (self):
        """What is to be installed and its size are told before; nothing that is there is ever removed for it."""
        with folder () as home:
            stand_in (home, 'apt-get', '''case "$*" in
*--assume-no*) echo "1 upgraded, 12 newly installed, 0 to remove and 5 not upgraded."
echo "Need to get 34.5 MB/40 MB of archives."
echo "After this operation, 120 MB of additional disk space will be used."; exit 1;;
esac''')
            stand_in (home, 'sudo', 'shift_n () { [ "$1" = -n ] && shift; exec "$@"; }; shift_n "$@"')
            done = shell ('ensure_debian_packages bash no-such-package', home)
            self.assertEqual (done.returncode, 0, done.stderr)
            self.assertIn ('no-such-package', done.stdout)
            self.assertNotIn ('bash', done.stdout)
            self.assertIn ('34.5 MB', done.stdout)
            self.assertIn ('120 MB', done.stdout)
            self.assertIn ('12 newly installed', done.stdout)
            installs = [line for line in calls (home) if line.startswith ('apt-get')]
            self.assertTrue (all ('--no-remove' in line for line in installs if ' install ' in line), installs)
            self.assertNotIn ('apt-get -q update', installs)

    def test_offline (self):
        """Without a network there is a sentence and exit status 1."""
        with folder () as home:
            stand_in (home, 'apt-get', 'echo "E: Unable to locate package no-such-package" >&2; exit 100')
            stand_in (home, 'sudo', 'true')
            done = shell ('ensure_debian_packages no-such-package', home)
            self.assertEqual (done.returncode, 1)
            self.assertIn ('offline', done.stderr)
            self.assertIn ('E: Unable to locate package no-such-package', done.stderr)

    def test_not_permitted (self):
        """Who may not install is told what an administrator has to type."""
        with folder () as home:
            stand_in (home, 'apt-get', 'echo "0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded."')
            stand_in (home, 'sudo', 'exit 1')
            stand_in (home, 'id', 'echo 1000')
            done = shell ('ensure_debian_packages no-such-package', home)
            self.assertEqual (done.returncode, 1)
            self.assertIn ('apt-get install --no-install-recommends no-such-package', done.stderr)
            self.assertFalse ([line for line in calls (home) if ' --yes' in line])


class Building (unittest.TestCase):
    PROJECT = "project('x', 'c')\ncustom_target('t', output: 't.txt', command: ['touch', '@OUTPUT@'], build_by_default: true)\n"

    def setUp (self):
        self.home = self.enterContext (folder ())
        self.source = self.home / 'a place'
        self.source.mkdir ()
        (self.source / 'meson.build').write_text (self.PROJECT)
        self.build = self.source / 'build'

    def both (self, source=None):
        source = source or self.source
        return shell ('set_up_build; build', source=source, build=source / 'build')

    def test_second_time_is_silent (self):
        """In a path with spaces it is set up and built; the second time nothing is done and nothing said."""
        first = self.both ()
        self.assertEqual (first.returncode, 0, first.stderr)
        self.assertTrue ((self.build / 't.txt').exists ())
        second = self.both ()
        self.assertEqual ((second.returncode, second.stdout, second.stderr), (0, '', ''))

    def test_moved_or_broken (self):
        """A build folder that was moved with its source, or was left half-made, is made anew; what else lies in it stays."""
        self.assertEqual (self.both ().returncode, 0)
        (self.build / 'demo.png').write_text ('kept')
        moved = self.home / 'elsewhere'
        self.source.rename (moved)
        for damage in (None, 'build.ninja', 'meson-private/coredata.dat'):
            with self.subTest (damage=damage):
                if damage:
                    (moved / 'build' / damage).unlink ()
                done = self.both (moved)
                self.assertEqual (done.returncode, 0, done.stderr)
                self.assertIn ('Setting up', done.stdout)
                self.assertEqual ((moved / 'build/demo.png').read_text (), 'kept')

    def test_failure_says_why (self):
        """A build that fails shows the reason and ends with 1."""
        (self.source / 'meson.build').write_text (self.PROJECT.replace ("'touch'", "'sh', '-c', 'echo the reason; exit 1'"))
        done = self.both ()
        self.assertEqual (done.returncode, 1)
        self.assertIn ('the reason', done.stderr)
        self.assertIn ('build failed', done.stderr)


class Counting (unittest.TestCase):
    def tally (self, entries, status=0):
        with folder () as home:
            log = home / 'testlog.json'
            log.write_text (''.join (json.dumps (entry) + '\n' for entry in entries))
            return subprocess.run ([sys.executable, str (TALLY), str (log), str (status)], capture_output=True, text=True, check=False)

    def test_parts_are_counted (self):
        """Each part of a TAP test counts; skips are told with their reasons; the last line is the total."""
        done = self.tally ([
            {'name': 'one', 'result': 'OK', 'stdout': 'TAP version 13\n1..3\nok 1 a\nok 2 b # SKIP no camera\nok 3 c\n', 'returncode': 0},
            {'name': 'two', 'result': 'OK', 'stdout': '# random seed\nok 1 /x/y\nok 2 /x/z # SKIP \n1..2\n', 'returncode': 0},
            {'name': 'three', 'result': 'OK', 'stdout': '', 'returncode': 0},
            {'name': 'four', 'result': 'SKIP', 'stdout': '1..0 # SKIP needs root\n', 'returncode': 0}])
        self.assertEqual (done.stdout.splitlines ()[-1], '4 passed, 0 failed, 3 skipped')
        self.assertIn ('  no camera\n    one: b', done.stdout)
        self.assertIn ('needs root', done.stdout)
        self.assertEqual (done.returncode, 0)

    def test_failures_are_counted (self):
        """Whatever goes wrong is a failure: a part, a crash, a time limit, parts that never ran, meson itself."""
        done = self.tally ([
            {'name': 'one', 'result': 'FAIL', 'stdout': '1..2\nnot ok 1 a\nok 2 b\n', 'stderr': 'why it failed\n', 'returncode': 1},
            {'name': 'two', 'result': 'ERROR', 'stdout': '1..3\nok 1 a\n', 'returncode': -11},
            {'name': 'three', 'result': 'TIMEOUT', 'stdout': '', 'returncode': -15, 'duration': 30}], 1)
        self.assertEqual (done.stdout.splitlines ()[-1], '2 passed, 3 failed, 0 skipped')
        self.assertIn ('why it failed', done.stdout)
        self.assertEqual (done.returncode, 1)
        self.assertEqual (self.tally ([], 1).stdout.splitlines ()[-1], '0 passed, 1 failed, 0 skipped')

    def test_breaking_off_is_told (self):
        """Of a program that broke off the total says where, as far as it is known, and what it said last: some see nothing else."""
        told = self.tally ([
            {'name': 'one', 'result': 'ERROR', 'stdout': '1..3\n# /a summary: W1: this\nok 1 /a\n# /b summary: that\n', 'stderr': 'oh\n\n', 'returncode': -6},
            {'name': 'two', 'result': 'ERROR', 'stdout': '1..2\nok 1 /c\nBail out! no\n', 'stderr': '**\nno\n', 'returncode': -6},
            {'name': 'three', 'result': 'TIMEOUT', 'stdout': '1..2\nok 1 X.a - this\n', 'stderr': '=== X.a\n=== X.b\n', 'returncode': -15},
            {'name': 'four', 'result': 'ERROR', 'stdout': '1..2\n', 'returncode': -11}], 1).stdout.split ('Failed:\n')[1].splitlines ()
        self.assertEqual (told, [
            '  one: only 1 of its 3 parts were run; begun last: /b; said last: oh',
            '  two: only 1 of its 2 parts were run; done last: /c; said last: Bail out! no',
            '  three: only 1 of its 2 parts were run; begun last: X.b',
            '  four: only 0 of its 2 parts were run',
            '3 passed, 4 failed, 0 skipped'])

    def test_failures_can_be_told (self):
        """Of a program that failed one sees its end, and what comes before each part that failed before that, in lines that can be read."""
        lines = [f'# {number}' for number in range (300)]
        lines[100] = 'not ok 1 a'
        lines[299] = '# ' + 'x' * 5000
        done = self.tally ([{'name': 'one', 'result': 'FAIL', 'stdout': '\n'.join (['1..1', *lines]), 'stderr': '', 'returncode': 1}])
        for shown in ('# 99\nnot ok 1 a\n', '# 298\n'):
            self.assertIn (shown, done.stdout)
        for hidden in ('# 10\n', '# 200\n'):
            self.assertNotIn (hidden, done.stdout)
        self.assertLess (max (len (line) for line in done.stdout.splitlines ()), 500)

    FAILING = '''import unittest
import procs
from tap import main

SAYS = 'import json, time; [print (json.dumps ({"event": f"e{i}"}), flush=True) for i in range (99)]; '

class Failing (unittest.TestCase):
    def test_it (self):
        with procs.Process (['python3', '-c', SAYS + 'exit (5)'], name='one') as one, \\
                procs.Process (['python3', '-c', SAYS + 'time.sleep (99)'], name='other') as other:
            other.wait_event ('e98')
            one.wait (0)

main ()
'''

    def test_failure_in_short (self):
        """The last lines before a part that failed tell where, why, how each program stood and the last that each said."""
        with folder () as home:
            (home / 'failing.py').write_text (self.FAILING)
            done = subprocess.run ([sys.executable, home / 'failing.py'], capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines ()
        self.assertTrue (lines[-1].startswith ('not ok 1 '), done.stdout)
        short = lines[lines.index ('# In short:'):]
        self.assertIn ('Gone: exit status 5, not 0 (failing.py:', short[1])
        for said in ('# one left with status 5', '# other still ran'):
            self.assertIn (said, short)
        self.assertEqual (sum ('{"event": "e98"}' in line for line in short), 2, done.stdout)
        self.assertLess (len (short), 40)


if __name__ == '__main__':
    main ()
