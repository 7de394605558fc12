# SPDX-License-Identifier: LGPL-2.1-or-later
"""Numbers of processes, and the table in which they are shown."""

import os
import statistics

# What a row is held against: today's best, then what we want.
TO_BEAT = {
    'dial → first frame, warm': ('Chromium 257–298 ms, webrtcbin 300–900', '≤ 150 ms'),
    'accept → first frame, known person': ('4 round trips', '≤ 1 RTT + 150 ms p95'),
    'dial → first frame': ('', '≤ 5 round trips + 300 ms'),
    'accept → first frame': ('WebRTC: 4 round trips', '≤ 1 round trip + 150 ms'),
    'picture latency in the programs': ('Chromium 31–53 ms, webrtcbin 225–374', '≤ Chromium; p95 ≤ 60 ms'),
    'processor, no display': ('Chromium about 0.8 cores, two 480p peers, with display', '≤ 0.6 of it, with display'),
    'processor of two windows': ('Chromium about 0.8 cores, two 480p peers', '≤ 0.6 of it'),
    'memory in a call (RSS)': ('Chromium 560–1040 MB', '≤ 250 MB'),
    'memory of a window in a call (RSS)': ('Chromium 560–1040 MB', '≤ 250 MB'),
    'told to leave in a call → gone': ('', '≤ 3 s'),
    'longest pause as a call moves': ('', '≤ 100 ms'),
    'exec → window : bare': ('', '≤ 1.4'),
    'exec → letter : bare': ('', '≤ 1.4'),
    'main loop, longest, own': ('', '≤ 50 ms'),
    'exec → window': ('GTK hello world 200–370 ms', '≤ 500 ms'),
}
HEADS = ('what', 'where', 'median', 'p95', 'least', 'most', 'unit', 'n', 'today’s best', 'ours is to be')


def processor_s (pid):
    """Processor time that a process has used, with all its threads, in seconds."""
    with open (f'/proc/{pid}/stat', encoding='utf-8') as stat:
        fields = stat.read ().rsplit (')', 1)[1].split ()
    return (int (fields[11]) + int (fields[12])) / os.sysconf ('SC_CLK_TCK')


def memory_mb (pid):
    with open (f'/proc/{pid}/status', encoding='utf-8') as status:
        return next (int (line.split ()[1]) for line in status if line.startswith ('VmRSS')) / 1024


def percentile (values, share):
    """The value that so large a share of the values does not exceed."""
    ordered = sorted (values)
    return ordered[min (len (ordered) - 1, max (0, -int (-share * len (ordered) // 1) - 1))]


def short (number):
    return f'{number:.0f}' if abs (number) >= 100 else f'{number:.1f}' if abs (number) >= 10 else f'{number:.2f}'


class Table:
    def __init__ (self):
        self.rows = []
        self.notes = []
        self.medians = {}

    def add (self, what, where, values, unit):
        if not values:
            self.note (f'Not measured: {what} ({where}). Nothing came.')
            return
        best, ours = TO_BEAT.get (what, ('', ''))
        figures = (statistics.median (values), percentile (values, 0.95), min (values), max (values))
        self.medians[what, where] = figures[0]
        self.rows.append ((what, where, *map (short, figures), unit, str (len (values)), best, ours))

    def add_ratio (self, what, ours, other, wanted, where='visavis : Chromium'):
        """A row with the ratio of two medians that were added before; none if one of them is missing."""
        if ours in self.medians and self.medians.get (other):
            self.rows.append ((what, where, short (self.medians[ours] / self.medians[other]), '', '', '', '×', '', '', wanted))

    def add_line (self, what, where, slope, rest):
        """A straight line by round trips: how many of them, and what there is beside them."""
        _, ours = TO_BEAT.get (what, ('', ''))
        self.rows.append ((what, where, f'{slope:.2f}', '', '', '', f'round trips + {rest:.0f} ms', '', '', ours))

    def note (self, text):
        self.notes.append (text)

    def show (self):
        widths = [max (len (row[n]) for row in [HEADS, *self.rows]) for n in range (len (HEADS))]
        for row in (HEADS, tuple ('─' * width for width in widths), *self.rows):
            cells = [cell.rjust (width) if 2 <= n <= 5 or n == 7 else cell.ljust (width)
                     for n, (cell, width) in enumerate (zip (row, widths))]
            print ('  '.join (cells).rstrip ())
        for text in self.notes:
            print (text)
