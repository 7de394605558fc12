# SPDX-License-Identifier: LGPL-2.1-or-later
"""The smallest programs that embed the view, in each language; run in the build folder, as the README says."""

import os
import subprocess
import unittest

import procs
from desk import Picture, apart, hue_of, wait_until
from tap import main
from xvfb import Display, need

SIZE = 640, 480
FOLDER = procs.SOURCE / 'widgets/examples'
FOLDERS = f'{procs.BUILD / "net"}:{procs.BUILD / "widgets"}'
ENV = {'PKG_CONFIG_PATH': str (procs.BUILD / 'meson-uninstalled'), 'LD_LIBRARY_PATH': FOLDERS, 'GI_TYPELIB_PATH': FOLDERS}


def run (*words, **env):
    done = subprocess.run ([str (word) for word in words], env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError (f'{words[0]}: status {done.returncode}\n{done.stdout}\n{done.stderr}')


class Small (unittest.TestCase):
    def short (self, name, most):
        """All lines counted."""
        lines = (FOLDER / name).read_text (encoding='utf-8').splitlines ()
        self.assertLessEqual (len (lines), most)
        self.assertLessEqual (max (len (line) for line in lines), 120)

    def introspected (self):
        if not (procs.BUILD / 'widgets/VavGtk-1.typelib').exists ():
            self.skipTest ('built without introspection')

    def calls (self, *argv):
        """It calls, is seen there, shows what comes; closed, it says goodbye, and complains of nothing."""
        with procs.folder () as home, Display () as display, \
             procs.cli (home, '--listen', '127.0.0.1:0', 'answer', '--anyone') as answer:
            event = answer.wait_event ('listening')
            with procs.Process ([*argv, event['address'], 'test'], env={**display.env, **ENV}) as program:
                window = wait_until (lambda: display.windows (program.pid), 'its window')[-1]
                display.place (window, 0, 0, *SIZE)
                answer.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 30)

                def shown ():
                    path = home / 'screen.ppm'
                    display.run (['import', '-window', 'root', '-depth', 8, path])
                    hue = Picture (path).hue ((SIZE[0] // 4, SIZE[1] // 4, SIZE[0] // 3, SIZE[1] // 3))
                    return hue is not None and apart (hue, hue_of (event['id'])) < 20
                wait_until (shown, 'the picture of the other side')

                display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
                wait_until (lambda: window not in display.windows (program.pid), 'the window to close')
                self.assertEqual (program.wait (), 0, program.transcript ())
                ended = answer.wait_event ('ended')
                self.assertEqual ((ended['graceful'], ended['reason']), (True, 'remote'))
                bad = [line for line in program.complaints () if 'session bus' not in line]
                self.assertEqual (bad, [], program.transcript ())

    def test_c (self):
        """W21, W1: in C, at most 25 lines."""
        self.short ('small.c', 25)
        self.calls (procs.BUILD / 'widgets/examples/small')

    def test_python (self):
        """W21, W1: in Python, at most 15 lines."""
        self.introspected ()
        self.short ('small.py', 15)
        self.calls ('/usr/bin/python3', FOLDER / 'small.py')

    def test_vala (self):
        """W1: in Vala."""
        need ('valac')
        if not (procs.BUILD / 'widgets/visavis-gtk-1.vapi').exists ():
            self.skipTest ('built without Vala bindings')
        with procs.folder () as home:
            folders = (f'--vapidir={procs.BUILD / name}' for name in ('net', 'widgets'))
            run ('valac', *folders, '--pkg=visavis-gtk-1', FOLDER / 'small.vala', '-o', home / 'small', '-X', '-w', **ENV)
            self.calls (home / 'small')

    def test_javascript (self):
        """W1: in JavaScript (GJS)."""
        self.introspected ()
        need ('gjs')
        self.calls ('gjs', '-m', FOLDER / 'small.js')


if __name__ == '__main__':
    main ()
