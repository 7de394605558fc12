# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests on another Debian: its root is made once, and what runs in there sees the source folder and nothing else of this computer's files.

Real namespaces and chroot. mmdebstrap is stood in for by what packs a root of a shell and its libraries, so that nothing is fetched."""

import os
import re
import shlex
import shutil
import subprocess
import unittest
from pathlib import Path

import tree
from procs import folder
from tap import main

LIBRARIES = (tree.SOURCE / 'app/lib.sh', tree.SOURCE / 'tests/lib/platform.sh')
INSIDE = ('sh', 'env', 'cat', 'test', 'id')

STAND_IN = '''#!/bin/sh
echo "$*" >> '{home}/calls'
tar --create --directory '{home}/packed' . 2> /dev/null
exit {status}
'''


def may_enter ():
    """Whether namespaces may be made: not in every container."""
    more = [] if os.geteuid () == 0 else ['--map-root-user', '--map-auto']
    return subprocess.run (['unshare', '--mount', '--pid', '--fork', *more, 'mount', '-t', 'tmpfs', 'x', '/mnt'], capture_output=True,
                           check=False).returncode == 0


def pack_root (root):
    """Puts a few programs with the libraries that they need into a folder."""
    for name in ('dev', 'proc', 'sys', 'tmp', 'run', 'etc', 'bin'):
        (root / name).mkdir (parents=True)
    for name in INSIDE:
        program = shutil.which (name)
        shutil.copy (program, root / 'bin' / name)
        needed = subprocess.run (['ldd', program], capture_output=True, text=True, check=True).stdout
        for library in re.findall (r'(/\S+\.so\S*)', needed):
            place = root / library.lstrip ('/')
            place.parent.mkdir (parents=True, exist_ok=True)
            shutil.copy (library, place)
    (root / 'etc/here').write_text ('there\n')


@unittest.skipUnless (may_enter (), 'no namespaces may be made here')
class Platform (unittest.TestCase):
    def setUp (self):
        self.home = self.enterContext (folder ())
        self.source = self.home / 'a place'
        self.source.mkdir ()
        (self.source / 'ours').write_text ('ours\n')
        pack_root (self.home / 'packed')
        self.cache = self.home / 'a cache'
        self.roots = self.cache / 'visavis/platforms'
        self.make_by (0)

    def make_by (self, status):
        """`status` is what the stand-in for mmdebstrap ends with."""
        programs = self.home / 'programs'
        programs.mkdir (exist_ok=True)
        (programs / 'mmdebstrap').write_text (STAND_IN.format (home=self.home, status=status))
        (programs / 'mmdebstrap').chmod (0o755)

    def run_on (self, suite, code):
        """Runs code by the shell of that root, without a look at which packages are installed here."""
        where = f'source_dir={shlex.quote (str (self.source))}\n' + ''.join (f'. {shlex.quote (str (path))}\n' for path in LIBRARIES)
        return subprocess.run (['bash', '-u', '-c',
                                f'{where}ensure_packages () {{ :; }}\nrun_on_platform {suite} sh -c {shlex.quote (code)}'],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                               env={**os.environ, 'LC_ALL': 'C.UTF-8', 'XDG_CACHE_HOME': str (self.cache),
                                    'PATH': f'{self.home / "programs"}:{os.environ["PATH"]}'})

    def asked (self):
        path = self.home / 'calls'
        return path.read_text ().splitlines () if path.exists () else []

    def test_made_once_and_entered (self):
        """The second run takes the root of the first; the status of what ran is handed on; of this computer only the source is seen."""
        look = (f"id -u; cat /etc/here '{self.source}/ours'; echo $VISAVIS_TEST_PLATFORM; echo told > '{self.source}/told'; "
                f"test -e '{self.cache}' || test -e /usr/bin/python3 || exit 7")
        first = self.run_on ('trixie', look)
        self.assertEqual (first.returncode, 7, first.stdout + first.stderr)
        self.assertEqual (first.stdout.splitlines ()[-4:], ['0', 'there', 'ours', 'trixie'], first.stdout)
        self.assertIn ('Making a root of Debian trixie', first.stdout)
        self.assertEqual ((self.source / 'told').read_text (), 'told\n')
        # of what is no mount of its own nobody in there can unshare the mounts
        mounts = self.run_on ('trixie', 'while read id parent device root place rest; do test "$place" != / || echo a mount; done < /proc/self/mountinfo')
        self.assertEqual (mounts.stdout, 'a mount\n', mounts.stderr)
        second = self.run_on ('trixie', 'exit 0')
        self.assertEqual ((second.returncode, second.stdout), (0, ''), second.stderr)
        self.assertEqual (len (self.asked ()), 1, self.asked ())
        # a mirror of an older day is one, too
        self.assertIn ('Acquire::Check-Valid-Until "false"', self.asked ()[0])
        mounts = [line for line in Path ('/proc/self/mounts').read_text ().splitlines () if str (self.roots).replace (' ', '\\040') in line]
        self.assertEqual (mounts, [])

    def test_half_a_root_is_none (self):
        """When it cannot be made that is told, nothing of it is left, and the next run begins anew."""
        self.make_by (1)
        failed = self.run_on ('trixie', 'exit 0')
        self.assertEqual (failed.returncode, 1, failed.stdout)
        self.assertIn ('could not be made', failed.stderr)
        self.assertEqual (list (self.roots.iterdir ()), [])
        self.make_by (0)
        self.assertEqual (self.run_on ('trixie', 'exit 0').returncode, 0)

    def test_no_suite (self):
        """What is no name of a suite is refused: it would be part of a path."""
        for name in ('../x', "''", 'Trixie'):
            done = self.run_on (name, 'exit 0')
            self.assertEqual (done.returncode, 1, name)
            self.assertIn ('no Debian suite', done.stderr)
        self.assertEqual (self.asked (), [])


if __name__ == '__main__':
    main ()
