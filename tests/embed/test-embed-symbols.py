# SPDX-License-Identifier: LGPL-2.1-or-later
"""What each library shows to the linker: what its public headers declare, under the version in which it came, and nothing else."""

import unittest

from libraries import BOTH, BUILD, SOURCE, run
from tap import main

def exported (library):
    """Symbol → version, as the linker made it."""
    found = {}
    for line in run ('nm', '-D', '--defined-only', library.built).splitlines ():
        kind, symbol = line.split ()[1:]
        if kind != 'A':
            name, _, version = symbol.partition ('@@')
            found[name] = version
    return found


def declared (library):
    flags = run ('pkg-config', '--cflags', 'gtk4', 'gstreamer-video-1.0').split ()
    text = run ('cc', '-E', '-P', '-x', 'c', f'-I{SOURCE}', f'-I{BUILD}', *flags, '-include', library.header, '/dev/null')
    return set (library.prefix.findall (text))


class Symbols (unittest.TestCase):
    maxDiff = None

    def test_headers (self):
        """Each function of the public headers is in the list, and nothing is in the list that no header declares."""
        for library in BOTH:
            with self.subTest (library=str (library)):
                self.assertGreater (len (declared (library)), 50)
                self.assertEqual (sorted (declared (library)), sorted (library.written ()))

    def test_exported (self):
        """The library exports what is in the list, under that version; nothing of its insides can be linked to."""
        for library in BOTH:
            with self.subTest (library=str (library)):
                self.assertEqual (exported (library), library.written ())

    def test_soname (self):
        """Both have a name with a version in it, and the one for GTK uses the other instead of holding a copy."""
        for library in BOTH:
            dynamic = run ('readelf', '-d', '--wide', library.built)
            self.assertIn (f'soname: [lib{library}.so.0]', dynamic)
        self.assertIn ('Shared library: [libvisavis-1.so.0]', dynamic)


if __name__ == '__main__':
    main ()
