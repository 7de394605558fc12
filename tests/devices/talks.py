# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds with any server of sound: mixed into a test case whose `room()` gives one."""

from lines import answer, call, is_active, until
from procs import folder
from sound import MOUTH
from room import NOTHING, SENTENCE, Recorder, likeness, read_wave, test_tone

OTHER_SENTENCE = 'Is it raining? No. Then let us go out, quickly, before the others come back home from their work tonight.'
# The same loudness over time, through microphone, codec and network: 0.9 and more is usual, another sentence stays below 0.5.
ALIKE = 0.75


def devices (program):
    """(kind, name) of each, in their order."""
    return [(event['kind'], event['name']) for event in program.named ('device')]


class Talks:
    def assert_heard (self, room, recorder):
        heard = recorder.sound ()
        alike, begin = likeness (read_wave (room.speech (SENTENCE)), heard)
        other, _ = likeness (read_wave (room.speech (OTHER_SENTENCE)), heard)
        print (f'loudness as it was spoken: {alike:.2f}, from second {begin:.1f} on; as another sentence: {other:.2f}')
        self.assertGreater (alike, ALIKE)
        self.assertLess (other, alike - 0.15)

    def say_to_recorder (self, room, home):
        """A call from the room in which the sentence is said; gives the recorder when all is over."""
        with Recorder (home) as recorder, \
             call (home / 'a', recorder.address, media='auto', env=room.env) as caller:
            recorder.wait_event ('active')
            is_active (caller)
            recorder.wait_event ('sound')
            self.assertEqual (room.recording (), 1)
            # A large buffer: a player that is late must not stutter.
            room.run (['paplay', '--latency-msec=500', f'--device={MOUTH}', room.speech (SENTENCE)])
            caller.stop (status=0)
            recorder.wait (0)
            self.assertEqual (recorder.wait_event ('ended')['graceful'], 'yes')
            until (lambda: room.recording () == 0, 'the microphone is given back')
            return recorder

    def test_played (self):
        """What the other side says comes out of the speaker."""
        with folder () as home, self.room () as room, \
             answer (home / 'b', '--anyone', '--calls', '1', media='auto', env=room.env) as callee, \
             call (home / 'a', callee.address, media='test', env=NOTHING) as caller:
            callee.wait_event ('first-sound')
            share, pitch = test_tone (room.listen (2))
            print (f'{pitch} Hz: {100 * share:.0f} % of the power of what the speaker plays')
            self.assertGreater (share, 0.5)
            caller.stop (status=0)
            callee.wait (0)

    def test_server_dies (self):
        """The server of sound and pictures dies in the middle of a call: the call goes on with what is left."""
        with folder () as home, self.room () as room, \
             answer (home / 'b', '--anyone', '--calls', '1', media='test', env=NOTHING) as callee, \
             call (home / 'a', callee.address, media='auto', env=room.env) as caller:
            caller.wait_event ('first-frame')
            caller.wait_event ('first-sound')
            callee.wait_event ('first-sound')
            room.kill_servers ()
            frames = caller.wait_event ('stats', since=caller.mark ())['video_in']['frames']
            for program in (caller, callee):
                mark = program.mark ()
                for _ in range (3):
                    program.wait_event ('stats', since=mark)
                    mark = program.mark ()
            caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > frames + 30)
            self.assertEqual ([p.named ('ended') for p in (caller, callee)], [[], []])
            caller.stop (status=0)
            callee.wait (0)
