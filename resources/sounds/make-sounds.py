#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes ring.wav, waiting.wav and ringback.wav beside itself. All begin and end in silence, so that they loop without a click.

ring: two voices that answer each other, three soft struck notes rising, then the same a third higher; then a rest.
waiting: somebody else calls in the middle of a call: the ring's first two notes, once and softly.
ringback: what the caller hears while it rings over there: a low, slowly swelling tone and a long rest."""

import array
import math
import pathlib
import wave

RATE = 24000


def note (samples, at, pitch, length, loud, partials):
    """A struck note: each partial (ratio, share, speed of decay) is a sine that fades; the first 12 ms swell."""
    first = int (at * RATE)
    for n in range (int (length * RATE)):
        t = n / RATE
        swell = min (1.0, t / 0.012)
        end = min (1.0, (length - t) / 0.08)
        value = sum (share * math.exp (-decay * t) * math.sin (2 * math.pi * pitch * ratio * t) for ratio, share, decay in partials)
        samples[first + n] += loud * (0.5 - 0.5 * math.cos (math.pi * swell)) * end * value


def echo (samples, delay, share):
    gap = int (delay * RATE)
    for n in range (gap, len (samples)):
        samples[n] += share * samples[n - gap]


def save (name, samples, peak):
    top = max (abs (value) for value in samples)
    fade = int (0.15 * RATE)
    frames = array.array ('h')
    for n, value in enumerate (samples):
        rest = min (1.0, (len (samples) - 1 - n) / fade)
        frames.append (round (32767 * peak * value / top * rest))
    with wave.open (str (pathlib.Path (__file__).parent / name), 'wb') as out:
        out.setparams ((1, 2, RATE, 0, 'NONE', ''))
        out.writeframes (frames.tobytes ())


def ring ():
    wood = [(1.0, 1.0, 4.5), (2.0, 0.22, 7.0), (3.93, 0.10, 16.0)]
    samples = [0.0] * int (3.2 * RATE)
    for at, pitch, loud in ((0.00, 392.00, 0.60), (0.16, 523.25, 0.75), (0.32, 659.26, 0.90),
                            (0.85, 493.88, 0.65), (1.01, 659.26, 0.80), (1.17, 783.99, 1.00)):
        note (samples, at, pitch, 1.2, loud, wood)
    echo (samples, 0.21, 0.18)
    save ('ring.wav', samples, 0.5)


def waiting ():
    wood = [(1.0, 1.0, 6.0), (2.0, 0.15, 9.0)]
    samples = [0.0] * int (0.9 * RATE)
    for at, pitch, loud in ((0.00, 392.00, 0.8), (0.16, 523.25, 1.0)):
        note (samples, at, pitch, 0.6, loud, wood)
    save ('waiting.wav', samples, 0.15)


def ringback ():
    samples = [0.0] * int (4.0 * RATE)
    length = 1.2
    for n in range (int (length * RATE)):
        t = n / RATE
        swell = 0.5 - 0.5 * math.cos (2 * math.pi * t / length)
        samples[n] = swell * (math.sin (2 * math.pi * 392.0 * t) + 0.3 * math.sin (2 * math.pi * 587.33 * t))
    save ('ringback.wav', samples, 0.2)


if __name__ == '__main__':
    ring ()
    waiting ()
    ringback ()
