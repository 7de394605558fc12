# SPDX-License-Identifier: LGPL-2.1-or-later
"""A microphone and a speaker of PulseAudio alone, without PipeWire and without a camera."""

import unittest

from procs import cli, folder
from room import SENTENCE, Person, PulseRoom, Recorder, likeness, read_wave
from sound import RATE, SPEAKER, level_db
from talks import ALIKE, OTHER_SENTENCE, Talks, devices
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

    def echo_of (self, room, home, processing):
        """A call in a room in which the microphone hears the speaker; the other side speaks, then the person in the room. Gives the loudness
        of what the other side gets back of itself in the best three seconds (a busy computer stutters), and how much the sound that then comes is what the person said."""
        home.mkdir ()
        with Recorder (home, media=room.speech (OTHER_SENTENCE)) as recorder, \
             Person (home, recorder.address, env=room.env) as person:
            person.do ('microphone', 'Near')
            person.do ('processing', processing)
            person.wait_event ('sound')
            recorder.wait_event ('sound')
            self.assertGreater (level_db (room.listen (12)), -40)
            person.do ('stop', 'audio-in')
            room.run (['paplay', '--latency-msec=500', f'--device={SPEAKER}', room.speech (SENTENCE)])
            person.do ('hang-up')
            person.wait (0)
            recorder.wait_event ('ended')
            recorder.stop ()
            heard = recorder.sound ()
        alike, _ = likeness (read_wave (room.speech (SENTENCE)), heard[10 * RATE:])
        return min (level_db (heard[at * RATE:(at + 3) * RATE]) for at in range (2, 8)), alike

    def test_echo (self):
        """W19: What the speaker plays into the microphone comes back at least 15 dB weaker than it would; what is said there passes."""
        with folder () as home, self.room () as room:
            room.load ('module-remap-source', f'master={SPEAKER}.monitor', 'source_name=near',
                       'source_properties=device.description=Near')
            loud, _ = self.echo_of (room, home / 'raw', '0')
            # the call is in real time: one that other programs made stutter says nothing
            for number in range (3):
                soft, alike = self.echo_of (room, home / f'processed-{number}', '1')
                if soft < loud - 15 and alike > ALIKE:
                    break
            print (f'the echo: {loud:.0f} dB as it is, {soft:.0f} dB processed; speech is alike by {alike:.2f}')
            self.assertGreater (loud, -45)
            self.assertLess (soft, loud - 15)
            self.assertGreater (alike, ALIKE)


if __name__ == '__main__':
    main ()
