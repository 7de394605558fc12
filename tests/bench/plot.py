# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run over a bad line as a picture (SVG): what the line could carry and what it carried, how long things took, how many pictures came and how good
they were, over one time. Freezes are red from top to bottom."""

import html
import math
import textwrap

import measures

WIDTH, LEFT, RIGHT = 1100, 78, 170
TOP, PANEL, GAP, BOTTOM = 96, 150, 34, 46
COLOURS = ('#1a5fb4', '#c64600', '#26a269', '#813d9c', '#986a44')
GREY, RED, DARK = '#9a9996', '#e01b24', '#241f31'
SLOT = 500  # ms of a point of a rate, and of pictures a second
STEPS = (1, 2, 5)


def nice (most):
    """The distance of about five lines of a grid up to there."""
    rough = max (most, 1e-6) / 5
    power = 10 ** math.floor (math.log10 (rough))
    return next ((step * power for step in STEPS if step * power >= rough), 10 * power)


class Panel:
    """One of the pictures under each other: draws in its own units."""

    def __init__ (self, drawing, title, unit, most, least=0):
        self.drawing, self.least = drawing, least
        self.top = TOP + len (drawing.panels) * (PANEL + GAP)
        step = nice (most - least)
        self.most = least + math.ceil ((most - least) / step - 1e-9) * step
        self.legend = []
        drawing.panels.append (self)
        drawing.text (LEFT, self.top - 8, f'{title}, {unit}', size=13, weight='bold')
        level = least
        while level <= self.most + 1e-6:
            drawing.line (LEFT, self.y (level), WIDTH - RIGHT, self.y (level), '#deddda')
            drawing.text (LEFT - 8, self.y (level) + 4, f'{level:g}', anchor='end')
            level += step

    def y (self, value):
        share = (min (max (value, self.least), self.most) - self.least) / max (self.most - self.least, 1e-9)
        return self.top + PANEL * (1 - share)

    def points (self, points):
        return ' '.join (f'{self.drawing.x (t):.1f},{self.y (value):.1f}' for t, value in points)

    def curve (self, name, points, colour, width=1.8, dash=''):
        if len (points) >= 2:
            self.drawing.add (f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}" points="{self.points (points)}"/>')
            self.entry (name, colour, dash)

    def area (self, name, points, colour, opacity=0.35):
        if len (points) >= 2:
            low = f'{self.drawing.x (points[0][0]):.1f},{self.y (self.least):.1f}', f'{self.drawing.x (points[-1][0]):.1f},{self.y (self.least):.1f}'
            self.drawing.add (f'<polygon fill="{colour}" fill-opacity="{opacity}" points="{low[0]} {self.points (points)} {low[1]}"/>')
            self.entry (name, colour, wide=True)

    def dots (self, name, points, colour):
        path = ''.join (f'M{self.drawing.x (t):.1f} {self.y (value):.1f}h1.6' for t, value in points)
        if path:
            self.drawing.add (f'<path stroke="{colour}" stroke-width="1.6" d="{path}"/>')
            self.entry (name, colour, wide=True)

    def entry (self, name, colour, dash='', wide=False):
        y = self.top + 12 + 18 * len (self.legend)
        self.legend.append (name)
        self.drawing.line (WIDTH - RIGHT + 12, y, WIDTH - RIGHT + 34, y, colour, 8 if wide else 2.2, dash)
        self.drawing.text (WIDTH - RIGHT + 40, y + 4, name)


class Drawing:
    """From begin to end, in ms."""

    def __init__ (self, title, below, begin, end):
        self.begin, self.end, self.parts, self.panels = begin, end, [], []
        self.text (LEFT, 24, title, size=17, weight='bold')
        for number, line in enumerate (textwrap.wrap (below, 150)):
            self.text (LEFT, 46 + 18 * number, line, size=12)

    def x (self, t):
        """Where that time is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (t - self.begin) / max (self.end - self.begin, 1)

    def add (self, part):
        self.parts.append (part)

    def line (self, x1, y1, x2, y2, colour, width=1, dash=''):
        self.add (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>')

    def text (self, x, y, text, size=11, anchor='start', weight='normal'):
        self.add (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{DARK}">{html.escape (text)}</text>')

    def bottom (self):
        return TOP + len (self.panels) * (PANEL + GAP) - GAP

    def band (self, begin, end):
        """Behind everything that comes later."""
        x = self.x (max (begin, self.begin))
        self.parts.insert (0, f'<rect x="{x:.1f}" y="{TOP}" width="{max (self.x (min (end, self.end)) - x, 1.5):.1f}" height="{self.bottom () - TOP}" fill="{RED}" fill-opacity="0.16"/>')

    def seconds (self):
        step = nice ((self.end - self.begin) / 1000 / 2)
        at = 0.0
        while at * 1000 <= self.end - self.begin:
            x = self.x (self.begin + at * 1000)
            self.line (x, self.bottom (), x, self.bottom () + 5, DARK)
            self.text (x, self.bottom () + 18, f'{at:g}', anchor='middle')
            at += step
        self.text ((LEFT + WIDTH - RIGHT) / 2, self.bottom () + 36, 'seconds; red: the picture stands still', anchor='middle')

    def svg (self):
        self.seconds ()
        height = self.bottom () + BOTTOM
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">\n'
                f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + '\n'.join (self.parts) + '\n</svg>\n')


def slots (begin, end):
    return [begin + number * SLOT for number in range (int ((end - begin) // SLOT))]


def per_slot (values, begin, end):
    """(t, value) gathered by slot: (middle of the slot, list of values)."""
    found = {at: [] for at in slots (begin, end)}
    for t, value in values:
        at = begin + (t - begin) // SLOT * SLOT
        if at in found:
            found[at].append (value)
    return [(at + SLOT / 2, inside) for at, inside in found.items ()]


def rate_points (samples, begin, end):
    """Of (t, bytes so far): the mean rate in each slot."""
    points, edge = [], None
    for t, count in samples:
        if edge is None:
            edge = t, count
        elif t - edge[0] >= SLOT - 20:
            points.append (((t + edge[0]) / 2, (count - edge[1]) * 8 / (t - edge[0])))
            edge = t, count
    return [point for point in points if begin <= point[0] <= end]


def capacity_points (samples):
    points = []
    for a, b in zip (samples, samples[1:]):
        points += [(a.t, a.capacity), (b.t, a.capacity)]
    return points


def draw_rates (drawing, run):
    names = ['received'] if len (run.received) == 1 else [f'call {number + 1} received' for number in range (len (run.received))]
    curves = [rate_points ([(sample[0], sample[1]) for sample in samples], run.begin, run.end) for samples in run.received]
    came = rate_points ([(sample.t, sample.came) for sample in run.there], run.begin, run.end)
    targets = [[(stats['t'], stats['target']) for stats in call.stats ()[0] if stats['target'] > 0 and run.begin <= stats['t'] <= run.end] for call in run.calls]
    capacities = [sample.capacity for sample in run.there]
    most = max ([value for curve in [*curves, *targets] for _, value in curve] + ([max (capacities)] if min (capacities) > 0 else []), default=1)
    # who floods the line is seen to do so, and hides nothing else
    most = max (most, min (2 * most, max ((value for _, value in came), default=0)))
    panel = Panel (drawing, 'Rate', 'kbit/s', max (most, 1))
    if min (capacities) > 0:
        panel.area ('capacity', capacity_points (run.there), GREY)
    panel.curve ('came to the line', came, '#77767b', 1, '2 2')
    for number, (name, curve, target) in enumerate (zip (names, curves, targets)):
        panel.curve (name, curve, COLOURS[number % len (COLOURS)], 2.2)
        panel.curve ('target' if len (names) == 1 else f'call {number + 1} target', target, COLOURS[number % len (COLOURS)], 1.2, '6 3')


def draw_times (drawing, run, seen):
    ages = [[(picture.t, picture.age) for picture in pictures if picture.age >= 0] for pictures in seen]
    waits = [(sample.t, sample.waiting) for sample in run.there]
    rest = sorted (value for one in ages for _, value in one) or [1]
    # one picture that came after a long freeze does not flatten all others
    panel = Panel (drawing, 'Latency of each picture, and wait at the bottleneck', 'ms', max (1.15 * rest[int (0.98 * (len (rest) - 1))], *(value for _, value in waits), 50))
    if any (sample.capacity for sample in run.there):
        panel.area ('queue', waits, COLOURS[1], 0.5)
    for number, one in enumerate (ages):
        panel.dots ('latency' if len (ages) == 1 else f'call {number + 1}', one, COLOURS[number % len (COLOURS)])


def draw_pictures (drawing, run, seen):
    panel = Panel (drawing, 'Pictures a second', 'fps', 30)
    for number, pictures in enumerate (seen):
        counted = [(at, len (inside) * 1000 / SLOT) for at, inside in per_slot ([(picture.t, 1) for picture in pictures], run.begin, run.end)]
        panel.curve ('fps' if len (seen) == 1 else f'call {number + 1}', counted, COLOURS[number % len (COLOURS)])
    panel = Panel (drawing, 'Likeness to the original (PSNR)', 'dB', 65, 15)
    for number, pictures in enumerate (seen):
        panel.dots ('each picture' if len (seen) == 1 else f'call {number + 1}', [(picture.t, picture.psnr) for picture in pictures if picture.psnr >= 0],
                    COLOURS[number % len (COLOURS)])


def draw (run, who, below):
    """The SVG of one run, the way there."""
    drawing = Drawing (f'{run.scenario.title} – {who}', below, run.begin, run.end)
    seen = [[picture for picture in call.pictures ()[0] if run.begin <= picture.t <= run.end] for call in run.calls]
    draw_rates (drawing, run)
    draw_times (drawing, run, seen)
    draw_pictures (drawing, run, seen)
    for number, pictures in enumerate (seen):
        begin = run.begin + 1000 * run.scenario.flows[number].begins
        for at, length in measures.freezes ([picture.t for picture in pictures], begin, run.end) if begin < run.end else []:
            drawing.band (at, at + length)
    return drawing.svg ()


def write (folder, run, who, number, below):
    folder.mkdir (parents=True, exist_ok=True)
    path = folder / f'{run.scenario.name}-{who.lower ()}-{number}.svg'
    path.write_text (draw (run, who, below), encoding='utf-8')
    return path
