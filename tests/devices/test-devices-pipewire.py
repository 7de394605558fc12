# SPDX-License-Identifier: LGPL-2.1-or-later
"""A camera, a microphone and a speaker of PipeWire: what they show and say arrives, and what arrives is played."""

import contextlib
import unittest

from lines import answer, call, until
from procs import cli, folder
from room import NOTHING, Person, Recorder, Room, bars_off
from talks import Talks, devices
from tap import main


class PipeWire (Talks, unittest.TestCase):
    @staticmethod
    @contextlib.contextmanager
    def room ():
        """A room in which the camera shows bars of colour."""
        with Room () as room, room.camera ('smpte', description='Window Camera') as camera:
            room.window_camera = camera
            yield room

    def test_listed (self):
        """Camera, microphone and speaker are listed once each, though two servers tell of them; the default ones first."""
        with folder () as home, self.room () as room, cli (home, 'devices', media=None, env=room.env) as program:
            program.wait (0)
            found = devices (program)
            for device in (('camera', 'Window Camera'), ('microphone', 'Microphone'), ('speaker', 'Speaker')):
                self.assertEqual (found.count (device), 1, found)
            self.assertEqual (len (found), len (set (found)), found)
            for kind, name in (('microphone', 'Microphone'), ('speaker', 'Speaker')):
                self.assertEqual ([n for k, n in found if k == kind][0], name, found)
            self.assertFalse ([name for kind, name in found if 'monitor' in name.lower ()], found)

    def test_seen_and_heard (self):
        """What the camera shows and what is said into the microphone is what the other program gets."""
        with folder () as home, self.room () as room:
            recorder = self.say_to_recorder (room, home)
            off = [round (bars_off (picture)) for picture in recorder.pictures ()]
            print (f'bars of colour, off by at most {off} of 255')
            self.assertGreaterEqual (len (off), 3)
            # The first may be of an encoder that has just begun.
            self.assertLess (max (off[1:]), 48)
            self.assert_heard (room, recorder)

    def test_camera_unplugged (self):
        """W18: The camera goes in the middle of a call: the other side keeps the sound, and the call goes on."""
        with folder () as home, self.room () as room, \
             answer (home / 'b', '--anyone', '--calls', '1', media='test', env=NOTHING) as callee, \
             call (home / 'a', callee.address, media='auto', env=room.env) as caller:
            callee.wait_event ('first-frame')
            callee.wait_event ('first-sound')
            room.window_camera.kill ()
            until (lambda: room.names () == [], 'the camera is gone')
            mark = callee.mark ()
            callee.wait_event ('stats', lambda stats: stats['video_in']['fps'] == 0, since=mark)
            callee.wait_event ('stats', lambda stats: stats['audio_in']['kbps'] > 5, since=callee.mark ())
            self.assertEqual (caller.named ('ended'), [])
            caller.stop (status=0)
            callee.wait (0)

    def test_two_calls_one_camera (self):
        """Two calls at the same time share the one camera and the one microphone."""
        with folder () as home, self.room () as room, \
             answer (home / 'b', '--anyone', '--calls', '2', media='auto', env=room.env) as callee:
            with call (home / 'a', callee.address, media='none', env=NOTHING) as one, \
                 call (home / 'c', callee.address, media='none', env=NOTHING) as other:
                for program in (one, other):
                    program.wait_event ('first-frame')
                    program.wait_event ('first-sound')
                self.assertEqual (room.recording (), 1)
                one.stop (status=0)
                # It stays open for the one who is still there.
                other.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 5, since=other.mark ())
                other.stop (status=0)
            callee.wait (0)

    def test_camera_later (self):
        """W18: A camera that is plugged in during a call is offered and seen; it goes, and another one comes."""
        with folder () as home, Room () as room, \
             answer (home / 'b', '--anyone', '--calls', '1', media='test', env=NOTHING) as callee, \
             call (home / 'a', callee.address, media='auto', env=room.env) as caller:
            callee.wait_event ('first-sound')
            self.assertEqual (callee.named ('first-frame'), [])
            for number in range (2):
                with room.camera ('smpte', description=f'Camera {number}') as camera:
                    mark = callee.mark ()
                    callee.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 5, since=mark)
                    camera.kill ()
                mark = callee.mark ()
                callee.wait_event ('stats', lambda stats: stats['video_in']['fps'] == 0, since=mark)
            self.assertEqual (caller.named ('ended'), [])
            caller.stop (status=0)
            callee.wait (0)

    def test_camera_changes (self):
        """W19: Another camera is chosen in a call: the other side sees what that one shows, without a stop between the two."""
        with folder () as home, self.room () as room, room.camera ('blue', description='Door Camera', width=320, height=240), \
             Recorder (home) as recorder, Person (home, recorder.address, env=room.env) as person:
            person.do ('camera', 'Window Camera')
            recorder.wait_event ('frame')
            room.listen (3)
            person.do ('camera', 'Door Camera')
            room.listen (4)
            person.do ('hang-up')
            person.wait (0)
            recorder.wait_event ('ended')
            recorder.stop ()
            pictures = recorder.pictures ()
            blue = [red < 40 and green < 40 and blue > 200 for red, green, blue in
                    (picture.mean (0.1, 0.1, 0.9, 0.5) for picture in pictures)]
            print (blue, [(picture.width, picture.height) for picture in pictures])
            self.assertEqual (blue, sorted (blue))
            self.assertEqual ((blue[0], blue[-1]), (False, True))
            # one picture a second is kept: a second without any shows as one that is missing
            self.assertGreaterEqual (len (pictures), 6)


if __name__ == '__main__':
    main ()
