# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts of programs until something is to be seen, on a virtual screen whose pixels are a file; and what a call with windows costs."""

import contextlib
import mmap
import re
import struct
import time

from figures import memory_mb, processor_s
from lines import answer
from procs import APP, BUILD, LIMIT, Gone, Process, Report, folder
from xvfb import Display, need

WIDTH, HEIGHT = 1280, 800
# Places inside of a window of the usual size that stands in the corner.
SPOTS = [(x, y) for x in (150, 400, 650) for y in (150, 330, 500)]


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

    def until (self, lit, program):
        deadline = time.monotonic () + LIMIT
        while self.lit () != lit:
            if time.monotonic () > deadline or (lit and not program.running):
                raise Gone (f'The screen stays {"dark" if lit else "lit"}.\n{program.transcript ()}')
            time.sleep (0.001)


def start (screen, argv):
    """Milliseconds from exec to the first painted window."""
    begun = time.monotonic ()
    with Process (argv, env=screen.env) as program:
        screen.until (True, program)
        taken = 1000 * (time.monotonic () - begun)
    screen.until (False, program)
    return taken


def measure_starts (table, runs, home):
    ours, bare = [], []
    (home / 'w').mkdir (mode=0o700)
    (home / 'w/settings.ini').write_text ('[org/visavis/Visavis]\nfirst-start-done=true\n', encoding='utf-8')
    with Screen () as screen:
        commands = (([APP, '--profile', home / 'w', '--listen', '127.0.0.1:0', '--media', 'test'], ours),
                    ([BUILD / 'tests/bench/bare-window'], bare))
        for argv, _ in commands:
            start (screen, argv)  # the first time reads the disk
        for _ in range (runs):
            for argv, times in commands:
                times.append (start (screen, argv))
    table.add ('exec → window', 'visavis', ours, 'ms')
    table.add ('exec → window', 'bare libadwaita window', bare, 'ms')
    table.add ('exec → window, ratio', 'visavis : bare', [a / b for a, b in zip (ours, bare)], '×')


def measure_window_call (table, home, seconds=5):
    """A window calls: what the one process with a display takes."""
    with Screen () as screen, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
         Report (home / 'report') as report, \
         Process ([APP, '--profile', home / 'w', '--media', 'test', '--report', report.path, callee.address], env=screen.env) as window:
        report.wait_event ('first-frame')
        for _ in range (2):
            report.wait_event ('stats', since=report.mark ())
        cores = []
        for _ in range (seconds):
            before = time.monotonic (), processor_s (window.pid)
            report.wait_event ('stats', since=report.mark ())
            cores.append (2 * (processor_s (window.pid) - before[1]) / (time.monotonic () - before[0]))
        table.add ('processor of two windows', 'twice that of one', cores, 'cores')
        table.add ('memory of a window in a call (RSS)', 'one process', [memory_mb (window.pid)], 'MB')
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
