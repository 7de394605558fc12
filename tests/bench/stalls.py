# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long the window's main loop looks at no event, through a day of calls: measured in the program itself, by a library that is preloaded (stalls.c).

Keys and events alone, wherever that can be: what looks for a button asks GTK for the whole tree of the window, and its answer takes 65 ms with 200 people.
Where it has to be looked for, that is a part of its own (LOOKING), which does not count."""

import os
import sys
import time

from crowd import fill
from procs import BUILD, SOURCE, Report, cli, folder, preload

sys.path.insert (0, str (SOURCE / 'tests/ui'))

from desk import Desk, wait_until  # noqa: E402

LIBRARY = BUILD / 'tests/bench/libstalls.so'
LOOKING = 'looking'
APP = 'org.visavis.Visavis'
PATH = '/org/visavis/Visavis'


class Day:
    """Anna's window, and what she does with it; `parts`: when each began."""

    def __init__ (self, desk, home):
        self.desk = desk
        self.home = home
        self.parts = []
        self.path = home / 'stalls.jsonl'
        env = {'LD_PRELOAD': preload (LIBRARY, home), 'VISAVIS_BENCH_STALLS': self.path, 'HOME': home, 'G_DEBUG': None}
        self.begin ('start')
        self.anna = desk.person ('Anna Berg', env=env, prepare=fill)

    def begin (self, name):
        self.parts.append ((time.monotonic_ns (), name))

    def settle (self, seconds=1):
        """Until the program has told its figures so many times."""
        for _ in range (seconds):
            self.anna.report.wait_event ('stats', since=self.anna.report.mark ())

    def karim (self, *words, **options):
        profile = self.home / 'karim'
        profile.mkdir (exist_ok=True)
        return cli (profile, *words, name='Karim', **options)

    def dialled (self):
        with self.karim ('--listen', '127.0.0.1:0', 'answer', '--anyone', '--save', self.home, stdin=True) as karim:
            address = karim.wait_event ('listening')['address']
            self.begin ('dial')
            self.anna.key ('ctrl+n')
            self.desk.display.type (address)
            self.desk.display.key ('Return')
            self.anna.report.wait_event ('first-frame')
            self.settle ()
            self.begin ('picture')
            self.settle (3)
            self.begin ('resize')
            for size in ((700, 500), (360, 640), (900, 600), (1000, 680)):
                self.anna.resize (*size)
            self.settle ()
            self.begin ('devices')
            self.anna.key ('d')
            self.settle (2)
            self.anna.key ('Escape')
            self.settle ()
            self.begin ('chat')
            self.anna.key ('c')
            self.settle ()
            self.desk.display.type ('Can you hear me?')
            self.desk.display.key ('Return')
            karim.wait_event ('text')
            self.settle ()
            self.begin ('hang up')
            self.anna.key ('ctrl+h')
            self.anna.ended ()
            time.sleep (0.5)  # what follows the end belongs to it

    def called (self):
        mark = self.anna.report.mark ()
        (self.home / 'paper.bin').write_bytes (os.urandom (8 << 20))
        self.begin ('ring')
        with self.karim ('call', self.anna.address, '--text', 'Here it is', '--file', self.home / 'paper.bin') as karim:
            karim.wait_event ('state', state='ringing')
            time.sleep (1)  # it rings
            self.begin ('accept')
            self.anna.key ('ctrl+shift+Return')
            self.anna.report.wait_event ('first-frame', since=mark)
            self.settle ()
            self.begin ('file')
            self.anna.key ('c')
            self.settle ()
            self.begin (LOOKING)
            x, y, width, height = self.anna.wait_rests (self.anna.wait_for ('Accept file', 'push button'))
            self.settle ()
            self.begin ('file')
            self.desk.display.run (['xdotool', 'mousemove', x + width // 2, y + height // 2, 'click', 1])
            karim.wait_event ('file', state='done')
            self.settle ()
            self.begin ('hold')
            self.anna.key ('Escape')
            self.anna.key ('h')
            self.settle ()
            self.anna.key ('h')
            self.settle ()
            self.begin ('hung up')
            karim.stop ()
            self.anna.ended (since=mark)
            time.sleep (0.5)

    def told (self):
        """name of the part, the stall: of all parts, in order."""
        with Report (self.path) as report:
            pass
        for stall in report.named ('stall'):
            begun = stall['mono_ns'] - stall['ms'] * 1e6
            names = [name for when, name in self.parts if when <= begun]
            yield (names[-1] if names else self.parts[0][1]), stall


def live (home):
    """A day, and what stalled in it."""
    with Desk () as desk:
        day = Day (desk, home)
        try:
            day.begin (LOOKING)
            wait_until (lambda: day.anna.find ('Name or address to call', 'text'), 'the window')
            day.dialled ()
            day.called ()
        finally:
            day.anna.close ()
        return list (day.told ())


def own (stall):
    """What the program is to answer for: without GTK's frames, and without the processor that others had."""
    return max (0, stall['ms'] - stall['draw_ms'] - stall['idle_ms'])


def measure (table, home):
    day = [(part, stall) for part, stall in live (home) if part != LOOKING]
    for name in dict.fromkeys (name for name, _ in day):
        stalls = [stall for part, stall in day if part == name]
        table.add ('main loop, longest, own', name, [max (own (stall) for stall in stalls)], 'ms')
    for what, key in (('GTK’s frame', 'draw_ms'), ('no processor', 'idle_ms'), ('all together', 'ms')):
        table.add (f'main loop, longest: {what}', 'the whole day', [max (stall[key] for _, stall in day)], 'ms')
