# SPDX-License-Identifier: LGPL-2.1-or-later
"""A microphone and a speaker of PulseAudio alone, without PipeWire and without a camera."""

import unittest

from procs import cli, folder
from room import PulseRoom
from talks import Talks, devices
from tap import main


class PulseAudio (Talks, unittest.TestCase):
    @staticmethod
    def room ():
        return PulseRoom ()

    def test_listed (self):
        """Microphone and speaker are listed once each, the default ones first; there is no camera, and a sink's monitor is no microphone."""
        with folder () as home, self.room () as room, cli (home, 'devices', media=None, env=room.env) as program:
            program.wait (0)
            found = devices (program)
            for kind, name in (('microphone', 'Microphone'), ('speaker', 'Speaker')):
                self.assertEqual ([n for k, n in found if k == kind][:1], [name], found)
                self.assertEqual (found.count ((kind, name)), 1, found)
            self.assertFalse ([name for kind, name in found if 'monitor' in name.lower ()], found)

    def test_heard (self):
        """What is said into the microphone is what the other program gets; the missing camera is no obstacle."""
        with folder () as home, self.room () as room:
            recorder = self.say_to_recorder (room, home)
            self.assertEqual (recorder.pictures (), [])
            self.assert_heard (room, recorder)


if __name__ == '__main__':
    main ()
