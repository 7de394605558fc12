# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts of programs until something is to be seen, on a virtual screen whose pixels are a file; and what a call with windows costs."""

import contextlib
import mmap
import os
import re
import struct
import subprocess
import time

from crowd import fill
from figures import memory_mb, processor_s
from hand import Hand
from lines import answer
from procs import APP, BUILD, LIMIT, Gone, Process, Report, folder
from xvfb import Display, need

WIDTH, HEIGHT = 1280, 800
# Places inside of a window of the usual size that stands in the corner.
SPOTS = [(x, y) for x in (150, 400, 650) for y in (150, 330, 500)]
# In that window: the entry for an address, and where in it the words stand that go as soon as one types.
ENTRY = (120, 128)
WORDS = [(x, y) for x in range (60, 150) for y in range (120, 136)]
PEOPLE, ROWS = 200, 5000


class Screen:
    """An X server; `env` for programs; `lit ()` is true once a program has painted on it."""

    def __init__ (self):
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        need ('Xvfb')
        try:
            self.home = self.stack.enter_context (folder ())
            (self.home / 'run').mkdir (mode=0o700)
            server = self.stack.enter_context (Process (
                ['Xvfb', '-displayfd', '1', '-screen', '0', f'{WIDTH}x{HEIGHT}x24', '-nolisten', 'tcp', '-noreset', '-fbdir', self.home]))
            number = int (Display.first_line (server))
            file = self.stack.enter_context ((self.home / 'Xvfb_screen0').open ('rb'))
            self.pixels = self.stack.enter_context (mmap.mmap (file.fileno (), 0, prot=mmap.PROT_READ))
            # XWD: the header's size, and further on the number of colours in a table before the pixels.
            fields = struct.unpack ('>25I', self.pixels[:100])
            self.begin, self.stride = fields[0] + 12 * fields[19], fields[12]
            self.hand = Hand (f':{number}')
            self.stack.callback (self.hand.close)
        except BaseException:
            self.stack.close ()
            raise
        self.env = {'DISPLAY': f':{number}', 'WAYLAND_DISPLAY': None, 'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'none',
                    'XDG_RUNTIME_DIR': str (self.home / 'run'), 'DBUS_SESSION_BUS_ADDRESS': None, 'GSETTINGS_BACKEND': 'memory',
                    'XDG_CONFIG_HOME': str (self.home / 'config'), 'XDG_CACHE_HOME': str (self.home / 'cache')}
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def lit (self):
        return any (any (self.pixels[at:at + 3]) for at in (self.begin + y * self.stride + 4 * x for x, y in SPOTS))

    def xdotool (self, *words):
        need ('xdotool')
        return subprocess.run (['xdotool', *map (str, words)], env={**os.environ, 'DISPLAY': self.env['DISPLAY']}, check=True, timeout=LIMIT, capture_output=True, text=True).stdout

    def typed (self):
        """Whether the entry's words made room for a letter."""
        return len ({self.pixels[at:at + 3] for at in (self.begin + y * self.stride + 4 * x for x, y in WORDS)}) == 1

    def until (self, condition, program=None, what='the screen to change'):
        deadline = time.monotonic () + LIMIT
        while not condition ():
            if time.monotonic () > deadline or (program is not None and not program.running):
                raise Gone (f'Waited in vain for {what}.\n{program.transcript () if program is not None else ""}')
            time.sleep (0.001)


def start (screen, argv):
    """From exec to the first painted window, to a letter that was typed there at once, both in ms, and the processor time up to the window, in s."""
    begun = time.monotonic ()
    with Process (argv, env=screen.env) as program:
        screen.until (screen.lit, program, 'a window')
        painted = time.monotonic () - begun
        cost = processor_s (program.pid)
        screen.hand.click (*ENTRY)
        screen.hand.key ('a')
        screen.until (screen.typed, program, 'a letter in the entry')
        usable = time.monotonic () - begun
    screen.until (lambda: not screen.lit (), what='a dark screen')
    return painted * 1000, usable * 1000, cost


def measure_starts (table, runs, home):
    """A profile of nobody and one of many years, in turns with a bare window."""
    profiles = (('nobody', home / 'w'), (f'{PEOPLE} people, {ROWS} entries', home / 'years'))
    bare, ours = [], {name: [] for name, _ in profiles}
    for name, profile in profiles:
        profile.mkdir (mode=0o700)
        (profile / 'settings.ini').write_text ('[org/visavis/Visavis]\nfirst-start-done=true\n', encoding='utf-8')
    fill (profiles[1][1], PEOPLE, ROWS)
    with Screen () as screen:
        for number in range (runs + 1):
            for name, profile in profiles:
                ours[name].append (start (screen, [APP, '--profile', profile, '--listen', '127.0.0.1:0', '--media', 'test']))
                bare.append (start (screen, [BUILD / 'tests/bench/bare-window']))
            if number == 0:  # the first time reads the disk
                bare.clear ()
                for times in ours.values ():
                    times.clear ()
    table.add ('exec → window', 'bare libadwaita window', [times[0] for times in bare], 'ms')
    table.add ('exec → a letter typed there', 'bare libadwaita window', [times[1] for times in bare], 'ms')
    table.add ('processor up to there', 'bare libadwaita window', [1000 * times[2] for times in bare], 'ms')
    for number, (name, times) in enumerate (ours.items ()):
        pairs = list (zip (times, bare[number::len (ours)]))
        table.add ('exec → window', name, [one[0] for one in times], 'ms')
        table.add ('exec → window : bare', name, [one[0] / other[0] for one, other in pairs], '×')
        table.add ('exec → a letter typed there', name, [one[1] for one in times], 'ms')
        table.add ('exec → letter : bare', name, [one[1] / other[1] for one, other in pairs], '×')
        table.add ('processor up to the window', name, [1000 * one[2] for one in times], 'ms')


def per_second (report, window, seconds):
    """Cores that the window takes, each second of a call that goes on."""
    for _ in range (2):
        report.wait_event ('stats', since=report.mark ())
    cores = []
    for _ in range (seconds):
        before = time.monotonic (), processor_s (window.pid)
        report.wait_event ('stats', since=report.mark ())
        cores.append ((processor_s (window.pid) - before[1]) / (time.monotonic () - before[0]))
    return cores


def measure_window_call (table, home, seconds=5):
    """A window calls: what the one process with a display takes, seen and minimised, beside one without."""
    with Screen () as screen, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
         Report (home / 'report') as report, \
         Process ([APP, '--profile', home / 'w', '--media', 'test', '--report', report.path, callee.address], env=screen.env) as window:
        report.wait_event ('first-frame')
        seen = per_second (report, window, seconds)
        plain = per_second (report, callee, seconds)
        memory = memory_mb (window.pid)
        screen.xdotool ('windowunmap', screen.xdotool ('search', '--onlyvisible', '--pid', window.pid).split ()[0])
        hidden = per_second (report, window, seconds)
        table.add ('processor of a window in a call', 'seen, one process', seen, 'cores')
        table.add ('processor of a window in a call', 'minimised', hidden, 'cores')
        table.add ('processor of a window in a call', 'the other side, no display', plain, 'cores')
        table.add ('processor of two windows', 'twice that of one', [2 * cores for cores in seen], 'cores')
        table.add ('memory of a window in a call (RSS)', 'one process', [memory], 'MB')
        window.stop ()


def measure_moves (table, runs):
    """A call that goes from one view to another: the longest time between two pictures in ten moves, by the program that also tests it."""
    pauses = {}
    with Display (manager=False) as display:
        for _ in range (runs):
            with Process ([BUILD / 'tests/widgets/test-widgets-moves', '-p', '/widgets/moves/pause'], env=display.env) as program:
                program.wait ()
                for _, _, line in program.log:
                    found = re.search ('longest time between two pictures, ([^:]*): (?:shown )?([0-9.]+) ms', line)
                    if found:
                        pauses.setdefault (found[1], []).append (float (found[2]))
    for how, values in pauses.items ():
        table.add ('longest pause as a call moves', how, values, 'ms')


def measure (table, runs, home):
    if not APP.exists ():
        table.note ('Not measured: the window. The program is not built.')
        return
    measure_starts (table, runs, home)
    measure_window_call (table, home)
    if (BUILD / 'tests/widgets/test-widgets-moves').exists ():
        measure_moves (table, min (runs, 3))
