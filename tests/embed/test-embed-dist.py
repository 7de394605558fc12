# SPDX-License-Identifier: LGPL-2.1-or-later
"""The release archive: it is made of what git has, it builds by itself, and what it installs works where it was told to be."""

import os
import tarfile
import unittest

import procs
from libraries import BUILD, run
from tap import main
from xvfb import need


class Release (unittest.TestCase):
    def test_archive (self):
        """From the archive alone: set up for a prefix, built, installed; the installed command makes a call to itself."""
        need ('meson', 'git')
        if not (procs.SOURCE / '.git').exists ():
            self.skipTest ('this source is no checkout: meson dist has nothing to make an archive of')
        archives = BUILD / 'meson-dist'
        before = set (archives.glob ('*.tar.xz'))
        run ('meson', 'dist', '-C', BUILD, '--no-tests', '--allow-dirty', '--formats', 'xztar')
        [archive] = sorted (archives.glob ('*.tar.xz'), key=os.path.getmtime)[-1:]
        if archive not in before:
            self.addCleanup (archive.unlink)
            self.addCleanup (archive.with_name (archive.name + '.sha256sum').unlink)
        with procs.folder () as home:
            with tarfile.open (archive) as tar:
                tar.extractall (home)
            [source] = home.iterdir ()
            self.assertFalse ((source / 'build').exists ())
            prefix = home / 'prefix'
            run ('meson', 'setup', '-Ddevelopment=false', f'--prefix={prefix}', source / 'build', source)
            run ('ninja', '-C', source / 'build')
            run ('meson', 'install', '-C', source / 'build', '--no-rebuild', '--quiet')
            [library] = prefix.rglob ('libvisavis-1.so')
            env = {'LD_LIBRARY_PATH': str (library.parent)}
            command = prefix / 'bin/visavis-cli'
            self.assertIn (run (command, '--version', **env).split ()[-1], archive.name)
            with procs.Process ([command, '--profile', home / 'profile', '--json', '--media', 'test', 'call', '', '--duration', '1'],
                                env={**env, 'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_RUNTIME_DIR': None}) as call:
                call.wait (0)
                call.wait_event ('ended', graceful=True)


if __name__ == '__main__':
    main ()
