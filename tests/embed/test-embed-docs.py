# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tutorial's programs are run as they stand there, and its pages are made without a complaint."""

import contextlib
import re
import unittest

import procs
from libraries import BOTH, GTK, Installed, run
from tap import main
from xvfb import Display, need

TUTORIAL = procs.SOURCE / 'widgets/doc/ten-minutes.md'
ADDRESS = '127.0.0.1:7777'


class Tutorial (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('Xvfb', 'meson')
        stack = contextlib.ExitStack ()
        cls.addClassCleanup (stack.close)
        cls.home = stack.enter_context (procs.folder ())
        cls.all = Installed (cls.home / 'prefix')
        cls.display = stack.enter_context (Display ())
        cls.text = TUTORIAL.read_text (encoding='utf-8')

    def first (self, language):
        return re.search (rf'^```{language}\n(.*?)^```', self.text, re.MULTILINE | re.DOTALL)[1]

    def sees_call (self, argv, path, code):
        """The program of the tutorial calls whoever answers at the moment; its window closed, it says goodbye and leaves."""
        with procs.cli (self.home / path.suffix, '--listen', '127.0.0.1:0', 'answer', '--anyone') as answer:
            self.assertEqual (code.count (ADDRESS), 1)
            path.write_text (code.replace (ADDRESS, answer.wait_event ('listening')['address']), encoding='utf-8')
            if path.suffix == '.c':
                run ('cc', '-Wall', '-Werror', path, '-o', argv[0], *self.all.flags ('--cflags', '--libs', GTK.name))
            env = {**self.display.env, **self.all.env, 'GI_TYPELIB_PATH': self.all.libraries / 'girepository-1.0'}
            with procs.Process ([*argv, *([path] if path.suffix == '.py' else [])], env=env) as program:
                answer.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 10)
                window = self.display.run (['xdotool', 'search', '--sync', '--onlyvisible', '--pid', program.pid]).split ()[-1]
                self.display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
                program.wait (0)
                answer.wait_event ('ended', graceful=True, reason='remote')

    def test_c (self):
        """The program in C of the tutorial's second minute calls and says goodbye."""
        self.sees_call ([self.home / 'call'], self.home / 'call.c', self.first ('c'))

    def test_python (self):
        """W21: the program in Python of the tutorial's second minute calls, and has at most 15 lines."""
        code = self.first ('python')
        self.assertLessEqual (code.count ('\n'), 15)
        self.sees_call (['/usr/bin/python3'], self.home / 'call.py', code)

    def test_pages (self):
        """There is a page for each class, the tutorial stands beside them, and search finds what there is."""
        for library in BOTH:
            with self.subTest (library=str (library)):
                [index] = self.all.share.rglob (f'doc/{library}/index.html')
                names = {path.name for path in index.parent.iterdir ()}
                text = library.gir.read_text (encoding='utf-8')
                classes = re.findall (r'<class name="(\w+)"', text)
                self.assertGreater (len (classes), 5)
                self.assertEqual ({f'class.{name}.html' for name in classes} - names, set ())
                self.assertIn ('index.json', names)
        self.assertIn ('ten-minutes.html', names)


if __name__ == '__main__':
    main ()
