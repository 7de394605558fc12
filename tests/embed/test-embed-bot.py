# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of a bot: it answers, plays a file, keeps what it is told, and tells the totals at goodbye."""

import array
import contextlib
import json
import math
import unittest

import procs
from hues import apart, hue_of
from libraries import run
from sound import level_db, test_tone
from tap import main
from xvfb import need

BOT = procs.BUILD / 'widgets/examples/bot'
SIZE = 640, 360  # of the pictures that it keeps
FRAME = SIZE[0] * SIZE[1] * 3 // 2


def hue (frame):
    """Of a picture in I420."""
    plane = SIZE[0] * SIZE[1] // 4
    u, v = (sum (frame[at:at + plane]) / plane - 128 for at in (4 * plane, 5 * plane))
    return math.degrees (math.atan2 (v, u)) % 360


class Bot (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('gst-launch-1.0')
        stack = contextlib.ExitStack ()
        cls.addClassCleanup (stack.close)
        cls.home = stack.enter_context (procs.folder ())
        cls.film = cls.home / 'film.webm'
        run ('gst-launch-1.0', '-q', 'webmmux', 'name=mux', '!', 'filesink', f'location={cls.film}',
             'videotestsrc', 'num-buffers=30', '!', 'video/x-raw,width=320,height=240,framerate=15/1', '!', 'vp8enc', 'deadline=1', '!', 'mux.',
             'audiotestsrc', 'num-buffers=94', '!', 'opusenc', '!', 'mux.')

    @contextlib.contextmanager
    def bot (self):
        """The program, the address where it is called, and its folder."""
        with procs.folder () as folder, procs.Process ([BOT, folder / 'bot', self.film, folder, '127.0.0.1:0'], env={'DBUS_SESSION_BUS_ADDRESS': None}) as bot:
            yield bot, bot.wait_line ('visavis:'), folder

    def decode (self, path):
        """Pictures, one by one, and the sound of what it has kept."""
        pictures, sound = (self.home / f'{path.stem}.{name}' for name in ('pictures', 'sound'))
        run ('gst-launch-1.0', '-q', 'filesrc', f'location={path}', '!', 'matroskademux', 'name=demux',
             'demux.video_0', '!', 'queue', '!', 'vp8dec', '!', 'videoconvert', '!', 'video/x-raw,format=I420', '!', 'filesink', f'location={pictures}',
             'demux.audio_0', '!', 'queue', '!', 'opusdec', '!', 'audioconvert', '!', 'audioresample', '!',
             'audio/x-raw,format=S16LE,channels=1,rate=48000', '!', 'filesink', f'location={sound}')
        data = pictures.read_bytes ()
        samples = array.array ('h')
        samples.frombytes (sound.read_bytes ())
        return [data[at:at + FRAME] for at in range (0, len (data), FRAME)], samples

    def test_visit (self):
        """The caller sees and hears the file, and is told the totals at goodbye; in the recording are their picture and tone."""
        with self.bot () as (bot, address, folder):
            with procs.cli (self.home / 'caller', 'call', address, '--duration', '4') as caller:
                played = caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 10 and stats['audio_in']['level_db'] > -40)
                self.assertEqual (played['video_in']['width'] * 3, played['video_in']['height'] * 4)
                ended = caller.wait_event ('ended')
                caller.wait (0)
            self.assertTrue (ended['graceful'])
            totals = json.loads (ended['data'])
            [kept] = folder.glob ('*.webm')
            self.assertEqual (bot.wait_line (str (kept)), f'{kept} {ended["data"]}')
            self.assertEqual (totals['recorded'], kept.stat ().st_size)
            self.assertGreaterEqual (totals['seconds'], 2)
            self.assertGreater (totals['pictures'], 20)
            self.assertGreater (totals['received'], 100 * totals['pictures'])
            self.assertGreater (totals['sent'], 1000)

            with procs.cli (self.home / 'caller', 'identity') as caller:
                identity = caller.wait_event ('identity')['id']
            pictures, sound = self.decode (kept)
            self.assertGreater (len (pictures), totals['pictures'] // 2)
            self.assertLess (apart (hue (pictures[len (pictures) // 2]), hue_of (identity)), 20)
            self.assertGreater (level_db (sound), -40)
            self.assertGreater (test_tone (sound)[0], 0.8)
            self.assertEqual ([line for line in bot.complaints () if not line.startswith (('visavis:', str (folder)))], [])

    def test_leaves (self):
        """Ended in the middle of a call, it says goodbye, and what it has kept is whole; so it is after a caller who broke off."""
        with self.bot () as (bot, address, folder):
            with procs.cli (self.home / 'caller', 'call', address) as caller:
                caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 10)
                caller.kill ()
                bot.wait_line ('.webm {"seconds"')
            with procs.cli (self.home / 'caller', 'call', address) as caller:
                caller.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 10)
                bot.stop (status=0)
                self.assertTrue (caller.wait_event ('ended', reason='remote')['graceful'])
            kept = list (folder.glob ('*.webm'))
            self.assertEqual (len (kept), 2)
            for path in kept:
                pictures, sound = self.decode (path)
                self.assertGreater (len (pictures), 5)
                self.assertGreater (level_db (sound), -40)


if __name__ == '__main__':
    main ()
