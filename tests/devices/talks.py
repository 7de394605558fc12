# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds with any server of sound: mixed into a test case whose `room()` gives one."""

from lines import answer, call, is_active, until
from procs import folder
from sound import MICROPHONE, MOUTH, RATE, SPEAKER, level_db, test_tone, tone_share
from room import NOTHING, SENTENCE, Person, Recorder, likeness, read_wave

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

    def test_volume_and_speaker (self):
        """W19: In a call the other side gets softer by the third power of the volume, is muted, and moves to another speaker."""
        with folder () as home, self.room () as room:
            room.load ('module-null-sink', 'sink_name=headset', 'sink_properties=device.description=Headset', f'rate={RATE}')
            with Recorder (home, media='test') as recorder, Person (home, recorder.address, env=room.env) as person:
                person.wait_event ('sound')
                full = level_db (room.listen (2)[RATE:])
                person.do ('volume', '0.5')
                half = level_db (room.listen (2)[RATE:])
                person.do ('muted', '1')
                mute = level_db (room.listen (2)[RATE:])
                person.do ('muted', '0')
                person.do ('volume', '1')
                person.do ('speaker', 'Headset')
                until (lambda: level_db (room.listen (0.5, 'headset.monitor')) > -40, 'the other speaker plays')
                left = level_db (room.listen (0.5))
                print (f'at 1: {full:.0f} dB, at 0.5: {half:.0f}, muted: {mute:.0f}, after the move: {left:.0f}')
                self.assertAlmostEqual (full - half, 18, delta=3)
                self.assertLess (mute, -80)
                self.assertLess (left, -80)
                person.do ('hang-up')
                person.wait (0)

    def microphones (self, room):
        """Two microphones into which different tones go; gives the module of the other one, and what plays the tones."""
        room.load ('module-null-sink', 'sink_name=other-mouth', 'sink_properties=device.description=OtherMouth', f'rate={RATE}')
        module = room.load ('module-remap-source', 'master=other-mouth.monitor', 'source_name=other',
                            'source_properties=device.description=Other')
        for pitch, sink in ((400, MOUTH), (900, 'other-mouth')):
            room.spawn (['paplay', '--latency-msec=500', f'--device={sink}', room.tone (pitch, seconds=60)], name='tone')
        return module

    def test_microphone_changes (self):
        """W19, W18: In a call another microphone is chosen; when it is pulled out the first one takes its place."""
        with folder () as home, self.room () as room:
            module = self.microphones (room)
            with Recorder (home) as recorder, Person (home, recorder.address, env=room.env) as person:
                person.do ('processing', '0')
                recorder.wait_event ('sound')
                room.listen (2)
                person.do ('microphone', 'Other')
                room.listen (3)
                room.run (['pactl', 'unload-module', module])
                room.listen (4)
                person.do ('hang-up')
                person.wait (0)
                recorder.wait_event ('ended')
                recorder.stop ()
                heard = recorder.sound ()
            step = RATE // 10
            said = []
            for at in range (0, len (heard) - step + 1, step):
                piece = heard[at:at + step]
                said += [pitch for pitch in (400, 900) if tone_share (piece, pitch) > 0.7 and level_db (piece) > -40]
            print (said)
            changes = [pitch for at, pitch in enumerate (said) if at == 0 or said[at - 1] != pitch]
            self.assertEqual (changes, [400, 900, 400])
            self.assertGreater (said.count (900), 15)

    def test_microphone_later (self):
        """W18: A call without a microphone works; one that is plugged in during the call is offered, and heard by the other side."""
        with folder () as home, self.room () as room:
            room.run (['pactl', 'unload-module', 'module-remap-source'])
            until (lambda: MICROPHONE not in room.sources (), 'the microphone is gone')
            with answer (home / 'b', '--anyone', '--calls', '1', media='test', env=NOTHING) as callee, \
                 call (home / 'a', callee.address, media='auto', env=room.env) as caller:
                caller.wait_event ('first-sound')
                callee.wait_event ('stats', since=callee.mark ())
                self.assertEqual (callee.named ('first-sound'), [])
                room.load ('module-remap-source', f'master={MOUTH}.monitor', f'source_name={MICROPHONE}',
                           'source_properties=device.description=Microphone')
                callee.wait_event ('first-sound')
                callee.wait_event ('stats', lambda stats: stats['audio_in']['kbps'] > 5)
                caller.stop (status=0)
                callee.wait (0)
