# SPDX-License-Identifier: LGPL-2.1-or-later
"""A room with a camera, a microphone and a speaker, and how to tell whether a picture or a sound is the one that was shown or said.

Samples are 16 bit, one channel, 48 kHz."""

import array
import math
import sys
import wave

from procs import BUILD, Gone, Process
from sound import RATE, Cameras, Sound

SENTENCE = 'Good morning Anna. Can you hear me well? Here the sun shines, and I can see you.'
# The environment of a program that is to find no server of sound or pictures.
NOTHING = {'XDG_RUNTIME_DIR': None, 'PIPEWIRE_RUNTIME_DIR': '/nonexistent', 'PULSE_SERVER': 'unix:/nonexistent/pulse'}
# Steps of a loudness envelope.
STEP = RATE // 50


class Room (Sound, Cameras):
    """PipeWire with both: Sound's speaker and microphone, and cameras by camera()."""

    def __init__ (self):
        super ().__init__ (kind='pipewire')

    def kill_servers (self):
        for process in (self.server, self.manager, self.pipewire):
            process.kill ()


class PulseRoom (Sound):
    """PulseAudio's speaker and microphone, no camera."""

    def __init__ (self):
        super ().__init__ (kind='pulseaudio')

    def kill_servers (self):
        self.server.kill ()


def own_endian (samples):
    if sys.byteorder == 'big':
        samples.byteswap ()
    return samples


def read_wave (path):
    """Samples of a WAV file at 48 kHz, one channel; another rate is brought to it by repeating (enough for loudness)."""
    with wave.open (str (path)) as file:
        channels, width, rate, count = file.getparams ()[:4]
        assert width == 2, width
        samples = own_endian (array.array ('h', file.readframes (count)))[::channels]
    if rate == RATE:
        return samples
    return array.array ('h', (samples[n * rate // RATE] for n in range (len (samples) * RATE // rate)))


def envelope (samples):
    """Loudness in steps of 20 ms, as square roots of the mean squares."""
    return [math.sqrt (sum (value * value for value in samples[at:at + STEP]) / STEP)
            for at in range (0, len (samples) - STEP + 1, STEP)]


def correlation (one, other):
    mean_one, mean_other = sum (one) / len (one), sum (other) / len (other)
    both = sum ((a - mean_one) * (b - mean_other) for a, b in zip (one, other))
    power = sum ((a - mean_one) ** 2 for a in one) * sum ((b - mean_other) ** 2 for b in other)
    return both / math.sqrt (power) if power > 0 else 0.0


def smooth (values):
    """Means over 100 ms: what a codec or a server's buffer does to single steps says nothing about words."""
    return [sum (values[max (0, at - 2):at + 3]) / len (values[max (0, at - 2):at + 3]) for at in range (len (values))]


def best_place (pattern, whole, begin, end):
    """Where in whole, from step begin up to end, the pattern is found best: how well, and the step."""
    return max ((correlation (pattern, whole[at:at + len (pattern)]), at)
                for at in range (max (0, begin), min (len (whole) - len (pattern), end) + 1))


def likeness (said, heard):
    """How well the loudness of what was said is found again somewhere in what was heard: 1 for the same, about 0 for other sound.
    Gives that, and where it begins in seconds. A second at a time may come a little sooner or later than the whole: buffers stretch."""
    pattern, whole = smooth (envelope (said)), smooth (envelope (heard))
    whole += [0.0] * max (0, len (pattern) - len (whole))
    _, place = best_place (pattern, whole, 0, len (whole))
    slack = 8
    whole = [0.0] * slack + whole + [0.0] * slack
    pieces = [(at, pattern[at:at + 50]) for at in range (0, len (pattern) - 49, 50)]
    alike = [best_place (piece, whole, place + at, place + at + 2 * slack)[0] for at, piece in pieces]
    return sum (alike) / len (alike), place * STEP / RATE


class Picture:
    """A picture as PPM (P6)."""

    def __init__ (self, path):
        self.path = path
        data = path.read_bytes ()
        magic, width, height, top, _ = data.split (maxsplit=4)
        assert (magic, top) == (b'P6', b'255'), data[:20]
        self.width, self.height = int (width), int (height)
        self.pixels = data[len (data) - 3 * self.width * self.height:]

    def mean (self, left, upper, right, lower):
        """Mean colour of a part, whose edges are told as shares of the picture's."""
        columns = range (int (left * self.width), int (right * self.width))
        rows = range (int (upper * self.height), int (lower * self.height), 4)
        spots = [3 * (y * self.width + x) for y in rows for x in columns]
        return tuple (sum (self.pixels[spot + channel] for spot in spots) / len (spots) for channel in range (3))


# The upper part of videotestsrc's smpte: bars from left to right.
BARS = ((255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255))


def bars_off (picture):
    """How far the colours of SMPTE bars are off, in the worst channel of the worst bar (0 to 255); the edges are left out."""
    worst = 0.0
    for number, colour in enumerate (BARS):
        mean = picture.mean ((number + 0.25) / 7, 0.1, (number + 0.75) / 7, 0.5)
        worst = max (worst, *(abs (a - b) for a, b in zip (mean, colour)))
    return worst


class Person (Process):
    """tests/devices/person: calls an address and does at the desk what one tells it."""

    def __init__ (self, home, address, media='auto', env=None):
        super ().__init__ ([BUILD / 'tests/devices/person', home / 'person', media, address], name='person', stdin=True,
                           env={'DBUS_SESSION_BUS_ADDRESS': None, **(env or NOTHING)})

    def do (self, command, *values):
        """Gives a command, and waits until it was taken."""
        mark = self.mark ()
        try:
            self.write_line (' '.join ((command,) + values))
        except BrokenPipeError:
            raise Gone (f'{self.name} left with {self.child.wait ()}\n{self.transcript ()}') from None
        self.wait_event ('done', since=mark)


class Recorder (Process):
    """tests/devices/recorder, without devices of its own: takes a call, keeps what comes in. `pictures()` and `sound()` once it is over."""

    def __init__ (self, home, media='none'):
        self.folder = home / 'recorded'
        self.folder.mkdir ()
        super ().__init__ ([BUILD / 'tests/devices/recorder', home / 'recorder', media, self.folder], name='recorder',
                           env={'DBUS_SESSION_BUS_ADDRESS': None, **NOTHING})
        self.address = self.wait_event ('listening')['address']

    def pictures (self):
        return [Picture (path) for path in sorted (self.folder.glob ('*.ppm'))]

    def sound (self):
        return read_wave (self.folder / 'sound.wav')

