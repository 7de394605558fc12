# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed, and a program of somebody else that is built with it, by pkg-config alone."""

import contextlib
import re
import shutil
import unittest

import procs
from libraries import BOTH, GTK, VAV, Installed, run
from tap import main
from xvfb import Display, need

SMALL = procs.SOURCE / 'widgets/examples/small.c'


class Prefix (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('meson', 'pkg-config', 'cc')
        cls.stack = contextlib.ExitStack ()
        cls.addClassCleanup (cls.stack.close)
        cls.home = cls.stack.enter_context (procs.folder ())
        cls.all = Installed (cls.home / 'a prefix')

    def test_headers (self):
        """What the one header of each library includes is installed; private headers are not."""
        for library in BOTH:
            named = set ()
            new = {library.header}
            while new:
                named |= new
                texts = [(self.all.include / library.name / name).read_text (encoding='utf-8') for name in new]
                folder = library.header.split ('/')[0]
                new = {name for text in texts for name in re.findall (rf'^#include "({folder}/[^"]+)"', text, re.MULTILINE)} - named
            self.assertEqual (sorted (named), self.all.headers (library))

    def test_each_header (self):
        """Each header can be included first, with no other flags than those of pkg-config; C++ reads it, too."""
        for library in BOTH:
            flags = ['-fsyntax-only', '-Wall', '-Werror', '-Wno-deprecated-declarations', *self.all.flags ('--cflags', library.name)]
            for name in self.all.headers (library):
                with self.subTest (header=name):
                    run ('cc', '-x', 'c', *flags, '-include', name, '/dev/null')
            if shutil.which ('c++'):
                run ('c++', '-x', 'c++', *flags, '-include', library.header, '/dev/null')

    def test_words (self):
        """pkg-config tells the project's version, and of the library without GTK no GTK."""
        version = run (self.all.program.with_name ('visavis-cli'), '--version', **self.all.env).split ()[-1]
        for library in BOTH:
            self.assertEqual (self.all.flags ('--modversion', library.name), [version])
        self.assertFalse ([flag for flag in self.all.flags ('--cflags', '--libs', VAV.name) if 'gtk' in flag])

    def test_call (self):
        """W21: the smallest program, built outside the project with what is installed, calls the installed visavis-cli and is seen there."""
        need ('Xvfb')
        program = self.home / 'small'
        run ('cc', '-Wall', '-Werror', SMALL, '-o', program, *self.all.flags ('--cflags', '--libs', GTK.name))
        with contextlib.ExitStack () as stack:
            display = stack.enter_context (Display ())
            profile = stack.enter_context (procs.folder ())
            answer = stack.enter_context (procs.Process (
                [self.all.program.with_name ('visavis-cli'), '--profile', profile, '--json', '--media', 'test', '--listen', '127.0.0.1:0', 'answer', '--anyone'],
                env={**self.all.env, 'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_RUNTIME_DIR': None}))
            address = answer.wait_event ('listening')['address']
            stack.enter_context (procs.Process ([program, address, 'test'], env={**display.env, **self.all.env}))
            answer.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30)


if __name__ == '__main__':
    main ()
