# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program in Flatpak's sandbox: built, installed from its bundle and run, in folders of its own.

    box = Box ()
    box.build ()
    with box.run (home, '--command=visavis-cli', words=['--json', 'call', address], env=display.env) as program: ..."""

import os
import subprocess
import time
from pathlib import Path

import procs
import xvfb

APP = 'org.visavis.Visavis'
PUBLISH = procs.SOURCE / 'resources/flatpak/publish'


class Box:
    name = APP

    def __init__ (self):
        xvfb.need ('flatpak', 'flatpak-builder')
        self.folder = Path (os.environ['VISAVIS_FLATPAK'])
        self.runtime = self.folder / 'runtime'
        self.made = self.folder / 'made'
        self.branch = next (line.split ("'")[1] for line in (procs.SOURCE / f'resources/{APP}.yml').read_text ().splitlines ()
                            if line.startswith ('runtime-version:'))
        self.env = {**os.environ, 'FLATPAK_USER_DIR': str (self.folder / 'user'), 'HOME': str (self.folder / 'home'),
                    'XDG_RUNTIME_DIR': str (self.folder / 'run'), 'GIT_CONFIG_GLOBAL': '/dev/null'}
        self.env.pop ('XDG_DATA_HOME', None)
        for name, mode in (('home', 0o755), ('run', 0o700), ('pictures', 0o755)):
            (self.folder / name).mkdir (mode=mode, exist_ok=True)
        self.seconds = {}

    def call (self, *words, limit=3600):
        begun = time.monotonic ()
        done = subprocess.run ([str (word) for word in words], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, timeout=limit, check=False)
        assert done.returncode == 0, f'{words} left with {done.returncode}:\n{done.stdout[-4000:]}'
        self.seconds[words[1]] = time.monotonic () - begun
        return done.stdout

    def flatpak (self, verb, *words):
        return self.call ('flatpak', verb, '--user', *words)

    def build (self):
        """The runtimes that stand in, then the program by the command that publishes it, and from its bundle onto this computer."""
        self.flatpak ('remote-add', '--if-not-exists', '--no-gpg-verify', 'standin', f'file://{self.runtime / "repo"}')
        names = [f'org.gnome.{name}//{self.branch}' for name in ('Platform', 'Sdk')]
        self.flatpak ('install', '--noninteractive', '--or-update', 'standin', *names)
        known = self.folder / 'standin.flatpakrepo'
        known.write_text (f'[Flatpak Repo]\nTitle=standin\nUrl=file://{self.runtime / "repo"}\n')
        self.call (PUBLISH, '--runtime-repo', f'file://{known}', self.made, '--', '--user', '--disable-rofiles-fuse', '--ccache', '--jobs=2',
                   f'--extra-sources={self.runtime / "sources"}')
        if APP in self.flatpak ('list', '--columns=application'):
            self.flatpak ('uninstall', '--noninteractive', APP)
        begun = time.monotonic ()
        self.flatpak ('install', '--noninteractive', '--bundle', self.made / 'Visavis.flatpak')
        self.seconds['bundle'] = time.monotonic () - begun

    def need_installed (self):
        """For tests that are run alone."""
        if APP not in self.flatpak ('list', '--columns=application'):
            self.build ()

    def size (self):
        """Bytes of the bundle, and of what is installed."""
        tree = Path (self.flatpak ('info', '--show-location', APP).strip ()) / 'files'
        return (self.made / 'Visavis.flatpak').stat ().st_size, sum (path.lstat ().st_size for path in tree.rglob ('*') if not path.is_dir ())

    def libraries (self):
        """Names and bytes of those that are installed beside the program."""
        tree = Path (self.flatpak ('info', '--show-location', APP).strip ()) / 'files/lib'
        return sorted ((path.name.partition ('.so')[0], path.stat ().st_size) for path in tree.glob ('*.so*') if not path.is_symlink ())

    def run (self, home, *options, words=(), env=None, **rest):
        """home: the person's, in which ~/.var/app is the program's. It has none of the tests' own locales (procs.LOCALE)."""
        env = {**(env or {}), 'LC_ALL': 'C.UTF-8', 'FLATPAK_USER_DIR': self.env['FLATPAK_USER_DIR'], 'HOME': str (home), 'XDG_DATA_HOME': None}
        return procs.Process (['flatpak', 'run', '--user', *options, APP, *words], env=env, **rest)

    def kill (self, env):
        """As the desktop does it: a signal to `flatpak run` would not reach who is in there."""
        environment = {name: value for name, value in {**os.environ, **env}.items () if value is not None}
        subprocess.run (['flatpak', 'kill', APP], env=environment, stdin=subprocess.DEVNULL, check=True)

    def cli (self, home, *words, options=(), **rest):
        return self.run (home, '--command=visavis-cli', *options, words=['--json', *words], **rest)
