# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run over a bad line comes to, from each picture that came out and from what the line tells ten times a second. Pure: lists in, figures out.
Times are milliseconds of monotonic time, rates kbit/s. What cannot be is refused (Nonsense): a figure of it would be one of nothing."""

import math
from dataclasses import dataclass

from figures import percentile

# A freeze by https://www.w3.org/TR/webrtc-stats/ (freezeCount): a gap of at least three usual ones, and of 150 ms more than a usual one.
USUAL_OF = 30
FREEZE_TIMES, FREEZE_MORE = 3, 150
MAX_AGE = 60_000
MAX_SIDE = 16_384
# Rates that come and go are judged over so long.
SMOOTH = 500


class Nonsense (ValueError):
    pass


def need (holds, what):
    if not holds:
        raise Nonsense (what)


def number (value, what, least, most):
    """A number in the range, which NaN is in none: what a program of another maker tells is looked at before it is counted."""
    need (isinstance (value, (int, float)) and not isinstance (value, bool), f'{what} is {value!r}')
    need (least <= value <= most, f'{what} is {value}, not {least} to {most}')
    return value


@dataclass (frozen=True)
class Picture:
    """t: when it came out; n: its number, -1 if it could not be read; age: since it was drawn, -1: not known; psnr: dB, -1: not known."""
    t: float
    n: int
    age: float
    psnr: float
    w: int
    h: int


def read_pictures (told):
    """The pictures that a peer told of, in the order in which they came out."""
    pictures = []
    for one in told:
        need (isinstance (one, dict) and {'t', 'n', 'age', 'psnr', 'w', 'h'} <= one.keys (), f'no picture: {one!r}')
        picture = Picture (number (one['t'], 'the time', 0, 2 ** 53), number (one['n'], 'the number', -1, 65_535), number (one['age'], 'the age', -1, MAX_AGE),
                           number (one['psnr'], 'the likeness', -1, 100), number (one['w'], 'the width', 1, MAX_SIDE), number (one['h'], 'the height', 1, MAX_SIDE))
        need (not pictures or picture.t >= pictures[-1].t, 'a picture came before the one before it')
        pictures.append (picture)
    return pictures


def freezes (times, begin, end):
    """(when it began, how long it took) of each, as far as they lie between begin and end. What goes on at the end has not ended: it counts so far."""
    need (begin < end, 'nothing lasts less than no time')
    need (all (a <= b for a, b in zip (times, times[1:])), 'pictures out of order')
    found, gaps = [], []
    inner = [time for time in times if time < end]
    for before, after in zip (inner, inner[1:] + [end]):
        gap = after - before
        usual = sum (gaps[-USUAL_OF:]) / len (gaps[-USUAL_OF:]) if gaps else 0
        if usual and gap >= max (FREEZE_TIMES * usual, usual + FREEZE_MORE) and after > begin:
            found.append ((max (before, begin), after - max (before, begin)))
        gaps.append (gap)
    if not inner:
        found.append ((begin, end - begin))
    return found


def seen (pictures, begin, end):
    """The figures of what one side sees in that time."""
    inside = [picture for picture in pictures if begin <= picture.t < end]
    still = freezes ([picture.t for picture in pictures], begin, end)
    ages = [picture.age for picture in inside if picture.age >= 0]
    like = [picture.psnr for picture in inside if picture.psnr >= 0]
    readable = [picture.n for picture in inside if picture.n >= 0]
    figures = {'fps': len (inside) * 1000 / (end - begin), 'freezes': len (still), 'frozen': 100 * sum (length for _, length in still) / (end - begin),
               'longest': max ((length for _, length in still), default=0), 'unreadable': len (inside) - len (readable),
               # numbers run from 0 to 65535 and over
               'backward': sum ((b - a) % 65536 > 32768 for a, b in zip (readable, readable[1:]))}
    if ages:
        figures |= {'p50': percentile (ages, 0.5), 'p95': percentile (ages, 0.95)}
    if like:
        figures |= {'psnr': percentile (like, 0.5), 'psnr_low': percentile (like, 0.05)}
    if inside:
        figures['height'] = percentile ([picture.h for picture in inside], 0.5)
    return figures


def sharpened (pictures, begin, end):
    """Seconds from the first picture of all until one is as sharp as half of those between begin and end are, or nearly: 1 dB less."""
    settled = [picture for picture in pictures if begin <= picture.t < end and picture.psnr >= 0]
    if not settled:
        return {}
    enough = percentile ([picture.psnr for picture in settled], 0.5) - 1
    lines = percentile ([picture.h for picture in settled], 0.5)
    return {'sharp': next ((picture.t for picture in pictures if picture.psnr >= enough and picture.h >= lines), end) / 1000 - pictures[0].t / 1000}


@dataclass (frozen=True)
class Sample:
    """What the line told: capacity now (0: any), bytes that came to it and left it since it began, ms that what came then waited for its turn."""
    t: float
    capacity: float
    came: int
    left: int
    waiting: float


def read_samples (samples):
    need (len (samples) >= 2, 'a line that told nothing')
    for sample in samples:
        number (sample.t, 'the time', 0, 2 ** 53)
        number (sample.capacity, 'the capacity', 0, 10_000_000)
        number (sample.waiting, 'the wait', 0, MAX_AGE)
        number (sample.left, 'what left', 0, sample.came)
    for a, b in zip (samples, samples[1:]):
        need (a.t < b.t and a.came <= b.came and a.left <= b.left, 'a line that runs backward')
    return samples


def rates (samples, which):
    """(when, kbit/s until then) between each two; `which`: came or left."""
    return [(b.t, (getattr (b, which) - getattr (a, which)) * 8 / (b.t - a.t)) for a, b in zip (samples, samples[1:])]


def carried (samples, begin, end):
    """The figures of the line in one direction in that time: mean rate through it and to it, share of the capacity that was
    used, wait at the bottleneck."""
    inside = [sample for sample in samples if begin <= sample.t <= end]
    need (len (inside) >= 2, 'a line that told nothing in that time')
    lasted = inside[-1].t - inside[0].t
    bits = (inside[-1].left - inside[0].left) * 8
    figures = {'kbps': bits / lasted, 'sent': (inside[-1].came - inside[0].came) * 8 / lasted}
    if all (sample.capacity > 0 for sample in inside):
        waits = [sample.waiting for sample in inside]
        room = sum (a.capacity * (b.t - a.t) for a, b in zip (inside, inside[1:]))
        figures |= {'use': 100 * bits / room, 'queue50': percentile (waits, 0.5), 'queue95': percentile (waits, 0.95)}
    return figures


def smoothed (samples, which, at):
    """The rate over the last SMOOTH ms until then, or over as little more as there are samples for."""
    before = [sample for sample in samples if sample.t <= at - SMOOTH] or samples[:1]
    last = [sample for sample in samples if sample.t <= at][-1]
    return (getattr (last, which) - getattr (before[-1], which)) * 8 / max (last.t - before[-1].t, 1)


def after_fall (samples, at, until):
    """Capacity falls at that time: seconds until no more is sent than fits, and the longest wait from 4 s after on."""
    later = [sample for sample in samples if at < sample.t <= until]
    below = next ((sample.t for sample in later if sample.t >= at + SMOOTH and smoothed (samples, 'came', sample.t) <= sample.capacity), None)
    waits = [sample.waiting for sample in later if sample.t >= at + 4000]
    figures = {'fitted': (below - at) / 1000 if below is not None else (until - at) / 1000}
    if waits:
        figures['wait_after'] = max (waits)
    return figures


def after_rise (samples, at, until, before):
    """Capacity rises at that time: seconds until 80 % of what it had `before` (kbit/s) is had again."""
    back = next ((sample.t for sample in samples if at + SMOOTH <= sample.t <= until and smoothed (samples, 'left', sample.t) >= 0.8 * before), None)
    return {'back': (back - at) / 1000 if back is not None else (until - at) / 1000}


def turns (samples, begin, end):
    """Falls to less than half and rises to more than double in that time, as (when, ratio)."""
    found = []
    for a, b in zip (samples, samples[1:]):
        if a.capacity and b.capacity and begin <= b.t < end and not 0.5 <= b.capacity / a.capacity <= 2:
            found.append ((b.t, b.capacity / a.capacity))
    return found


def recovered (samples, begin, end):
    """The worst of the falls and rises in that time."""
    figures, changes = {}, turns (samples, begin, end)
    for (at, ratio), until in zip (changes, [when for when, _ in changes[1:]] + [end]):
        if until - at < 2 * SMOOTH:
            continue
        if ratio < 1:
            figures = worst (figures, after_fall (samples, at, until))
        else:
            fall = next ((when for when, other in reversed (changes) if when < at and other < 1), None)
            before = [sample for sample in samples if fall is not None and fall - 4000 <= sample.t <= fall]
            if len (before) >= 2:
                figures = worst (figures, after_rise (samples, at, until, (before[-1].left - before[0].left) * 8 / (before[-1].t - before[0].t)))
    return figures


def worst (one, other):
    return {name: max (one.get (name, 0), other.get (name, 0)) for name in one.keys () | other.keys ()}


def shares (rates_of_flows):
    """The largest mean rate of flows that share a line by the smallest: 1 is fair."""
    need (len (rates_of_flows) >= 2 and all (0 <= rate < math.inf for rate in rates_of_flows), 'nothing is shared')
    return max (rates_of_flows) / max (min (rates_of_flows), 0.001)
