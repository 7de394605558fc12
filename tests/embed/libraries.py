# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two libraries: where they are built, what they declare, and what is installed of them."""

import os
import re
import shlex
import subprocess

from procs import BUILD, SOURCE

NODE = re.compile (r'^(\w+) \{$(.*?)^\}', re.MULTILINE | re.DOTALL)


class Library:
    """One of the two. `folder`: of its sources, and of where it is built."""

    def __init__ (self, name, folder, header, namespace, prefix, others=''):
        self.name = name
        self.folder = folder
        self.header = header
        self.built = BUILD / folder / f'lib{name}.so'
        self.map = SOURCE / folder / f'{name}.map'
        self.gir = BUILD / folder / f'{namespace}-1.gir'
        self.api = SOURCE / folder / f'{name}.api'
        self.prefix = re.compile (rf'\b({prefix}_{others}\w+) ?\(')

    def __str__ (self):
        return self.name

    def written (self):
        """Symbol → version, by the .map file."""
        found = {}
        for node, body in NODE.findall (self.map.read_text (encoding='utf-8')):
            for symbol in re.findall (r'^  (\w+);$', body.split ('local:')[0], re.MULTILINE):
                found[symbol] = node
        return found


VAV = Library ('visavis-1', 'net', 'net/visavis.h', 'Vav', 'vav', '(?!gtk_)')
GTK = Library ('visavis-gtk-1', 'widgets', 'widgets/visavis-gtk.h', 'VavGtk', 'vav_gtk')
BOTH = (VAV, GTK)


def run (*words, **env):
    """What a command writes to stdout. That it fails, fails the test, with all that it said."""
    done = subprocess.run ([str (word) for word in words], capture_output=True, text=True, check=False, env={**os.environ, **env})
    if done.returncode != 0:
        raise AssertionError (f'{shlex.join (map (str, words))}: status {done.returncode}\n{done.stdout}\n{done.stderr}')
    return done.stdout


class Installed:
    """All that `meson install` puts into a prefix, in a folder of the test's, with the prefix moved there in the .pc files."""

    def __init__ (self, home):
        run ('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', home)
        for pc in home.rglob ('*.pc'):
            text = pc.read_text (encoding='utf-8')
            pc.write_text (re.sub ('^prefix=', f'prefix={str (home).replace (" ", chr (92) + " ")}', text, flags=re.MULTILINE), encoding='utf-8')
        self.libraries = pc.parents[1]
        [header] = home.rglob ('visavis.h')
        self.include = header.parents[2]
        [self.program] = home.rglob ('bin/visavis')
        self.share = self.program.parents[1] / 'share'  # lib/x86_64-linux-gnu is deeper than lib64
        self.env = {'PKG_CONFIG_PATH': str (pc.parent), 'LD_LIBRARY_PATH': str (self.libraries)}

    def flags (self, *words):
        return shlex.split (run ('pkg-config', *words, **self.env))

    def headers (self, library):
        """As a program includes them."""
        top = self.include / library.name
        return sorted (str (path.relative_to (top)) for path in top.rglob ('*.h'))
