# SPDX-License-Identifier: LGPL-2.1-or-later
"""A computer without camera, microphone, speaker and without any server for them."""

import glob
import unittest

from lines import answer, call, is_active
from procs import cli, folder
from room import NOTHING
from tap import main


class NoDevices (unittest.TestCase):
    def setUp (self):
        if glob.glob ('/dev/snd/pcm*') or glob.glob ('/dev/video*'):
            self.skipTest ('this computer has a sound card or a camera')

    def test_list (self):
        """Listing devices where there is none gives no device and is no failure."""
        with folder () as home:
            with cli (home, 'devices', media=None, env=NOTHING) as program:
                program.wait (0)
                self.assertEqual (program.log, [], program.transcript ())
            with cli (home, 'devices', media=None, json_lines=False, env=NOTHING) as program:
                program.wait (0)
                self.assertEqual ([line for _, source, line in program.log if source == 'err'], [])
                self.assertTrue (all (line.endswith ('.') for _, _, line in program.log), program.transcript ())

    def test_call (self):
        """W18: Neither of the two has a device: the call is connected, nothing comes, and it ends gracefully."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1', media='auto', env=NOTHING) as callee, \
             call (home / 'a', callee.address, media='auto', env=NOTHING) as caller:
            is_active (callee)
            is_active (caller)
            mark = caller.mark ()
            caller.wait_event ('stats', since=mark)
            caller.stop (status=0)
            callee.wait (0)
            for program in (caller, callee):
                self.assertEqual (program.named ('first-frame') + program.named ('first-sound'), [], program.transcript ())

    def test_sees_and_hears (self):
        """W18: Who has no devices still gets picture and sound of somebody who has."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1', media='test', env=NOTHING) as callee, \
             call (home / 'a', callee.address, media='auto', env=NOTHING) as caller:
            caller.wait_event ('first-frame')
            caller.wait_event ('first-sound')
            caller.stop (status=0)
            callee.wait (0)


if __name__ == '__main__':
    main ()
