# SPDX-License-Identifier: LGPL-2.1-or-later
"""In a sandbox the camera comes by the desktop's portal, which asks the person. The portal and PipeWire are real; the sandbox is made of the same tool that
Flatpak's is (bubblewrap): no camera in /dev, no way to PipeWire, and the file by which the portal and the program know that it is one."""

import contextlib
import os
import unittest
from pathlib import Path

import cameras
import xvfb
from lines import answer
from procs import CLI, Process, folder
from tap import main

APP = 'org.visavis.Visavis'
INFO = f'[Application]\nname={APP}\n\n[Instance]\ninstance-id=1\n'


def box (info):
    """The whole system, under a root that has the file."""
    words = ['bwrap', '--tmpfs', '/']
    for path in sorted (Path ('/').iterdir ()):
        if path.is_symlink ():
            words += ['--symlink', os.readlink (path), str (path)]
        elif path.is_dir () and path.name not in ('dev', 'proc'):
            words += ['--bind', str (path), str (path)]
    return words + ['--dev', '/dev', '--proc', '/proc', '--ro-bind', str (info), '/.flatpak-info', '--']


class Portal (unittest.TestCase):
    @contextlib.contextmanager
    def call (self, says):
        """Somebody in a sandbox, with the desktop's camera, calls somebody who tells what arrives."""
        xvfb.need ('bwrap')
        with folder () as home, cameras.Desktop (says) as desktop, desktop.camera ('smpte'), \
             answer (home / 'b', '--accept', '--anyone') as other:
            (home / 'info').write_text (INFO)
            argv = box (home / 'info') + [CLI, '--profile', home / 'a', '--json', '--media', 'auto', 'call', other.address]
            with Process (argv, env={**desktop.env, 'PIPEWIRE_REMOTE': 'nowhere'}, name='call') as program:
                desktop.keeper.wait_line (f'asked {APP}')
                yield program, other
                other.stop ()  # a signal to the sandbox would not reach who is in there
                program.wait (0)

    def test_allowed (self):
        """A4: The person says yes to this program, and the other side sees the camera."""
        with self.call ('yes') as (_, other):
            # of the camera's shape: how large it is on a busy computer is not what this shows
            other.wait_event ('stats', lambda e: e['video_in']['width'] * 3 == e['video_in']['height'] * 4 and e['video_in']['frames'] >= 20)

    def test_refused (self):
        """A4, W18: The person says no: no picture leaves, and the call goes on."""
        with self.call ('no') as (program, other):
            for _ in range (3):
                self.assertEqual (other.wait_event ('stats', since=other.mark ())['video_in']['frames'], 0)
            self.assertEqual (program.named ('ended'), [])


if __name__ == '__main__':
    main ()
