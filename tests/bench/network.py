# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls over bad lines, measured picture by picture, and if wanted Chromium's over the same lines in alternating runs. Nothing passes or fails: an aim
that is missed is named."""

import argparse
import os
import statistics
import sys
import time
import unittest
from pathlib import Path

import badline
import browser
import measures
import plot
import scenarios
from procs import BUILD, Gone

# Of several receivers or directions: the worst of these counts, of all others the mean.
WORST = ('longest', 'sharp', 'fitted', 'wait_after', 'back', 'shares')
# Figure: head of its column, decimals.
COLUMNS = {'fps': ('fps', 1), 'frozen': ('frozen %', 1), 'freezes': ('freezes', 0), 'longest': ('longest ms', 0), 'p50': ('p50 ms', 0), 'p95': ('p95 ms', 0),
           'psnr': ('PSNR dB', 1), 'psnr_low': ('p5 dB', 1), 'height': ('lines', 0), 'unreadable': ('broken', 0), 'concealed': ('sound made up %', 1), 'kbps': ('kbit/s', 0), 'sent': ('sent', 0),
           'use': ('used %', 0), 'queue95': ('queue p95 ms', 0)}
# Of some lines only; they stand behind the columns.
SPECIAL = {'sharp': ('sharp after', 's', 1), 'fitted': ('fits after', 's', 1), 'wait_after': ('queue from 4 s on ≤', 'ms', 0), 'back': ('80 % back after', 's', 1), 'shares': ('largest share : smallest', '×', 2),
           'ours': ('the call’s share of the line', '%', 0), 'backward': ('pictures that went back', '', 0)}
WIDE = 58


def merge (many):
    """One set of figures from those of several receivers."""
    found = {}
    for name in {name for one in many for name in one}:
        values = [one[name] for one in many if one.get (name) is not None]
        if values:
            found[name] = max (values) if name in WORST else sum (values) / len (values)
    return found


def rate_of (samples, begin, end, way=1):
    inside = [sample for sample in samples if begin <= sample[0] <= end]
    return (inside[-1][way] - inside[0][way]) * 8 / (inside[-1][0] - inside[0][0]) if len (inside) >= 2 else 0


def moving (run, number, begin, end):
    """The time from begin to end in which that call is there and is not paused: pieces of (from, to)."""
    flow = run.scenario.flows[number]
    begin = max (begin, run.begin + 1000 * (flow.begins + (2 if flow.begins else 0)))
    pieces = []
    for a, b in flow.pauses:
        pieces.append ((begin, run.begin + 1000 * a))
        begin = run.begin + 1000 * (b + 1)
    return [(a, b) for a, b in pieces + [(begin, end)] if b > a]


def figures_of (run):
    begin, end, plan = run.begin + 1000 * run.scenario.figures_from, run.end, run.scenario
    many = []
    for number, call in enumerate (run.calls):
        for piece in moving (run, number, begin, end):
            for pictures, concealed in list (zip (call.pictures (), call.concealed (*piece)))[:1 if plan.one_way else 2]:
                many.append (measures.seen (pictures, *piece) | measures.sharpened (pictures, *piece) | {'concealed': concealed})
    lines = [measures.carried (samples, begin, end) for samples in (run.there, run.back)[:1 if plan.one_way else 2]]
    found = merge (many) | merge (lines) | measures.recovered (run.there, run.begin, end)
    if len (plan.flows) > 1:
        since = max (begin, run.begin + 1000 * (max (flow.begins for flow in plan.flows) + 8))
        if since < end - 2000 and not any (flow.pauses for flow in plan.flows):
            found['shares'] = measures.shares ([rate_of (samples, since, end) for samples in run.received])
    if plan.tcp and plan.flows:
        ends = min ([one.ends for one in plan.tcp if one.ends is not None], default=plan.seconds)
        since, until = run.begin + 1000 * (max (min (one.begins for one in plan.tcp), plan.flows[0].begins) + 3), run.begin + 1000 * ends
        found['ours'] = 100 * rate_of (run.received[0], since, until) / run.there[0].capacity
    return found


def medians (of_runs):
    names = {name for one in of_runs for name in one}
    return {name: statistics.median ([one[name] for one in of_runs if name in one]) for name in names}


def missed (figures, aims):
    """The aims that were missed, in words."""
    words = []
    for name, (least, most) in (aims or {}).items ():
        value = figures.get (name)
        head = COLUMNS[name][0] if name in COLUMNS else SPECIAL[name][0]
        if value is None:
            words.append (f'{head}: not known')
        elif least is not None and value < least:
            words.append (f'{head} < {least}')
        elif most is not None and value > most:
            words.append (f'{head} > {most}')
    return words


def cell (name, figures):
    return f'{figures[name]:.{COLUMNS[name][1]}f}' if figures.get (name) is not None else '–'


def remarks (figures, aims=None):
    words = [f'{head} {figures[name]:.{decimals}f} {unit}'.rstrip () for name, (head, unit, decimals) in SPECIAL.items () if figures.get (name) or name in (aims or {})
             and name in figures]
    gone = missed (figures, aims)
    return '; '.join (words + (['MISSED: ' + ', '.join (gone)] if gone else ['as aimed'] if aims else []))


def sentence (figures):
    """What stands below the title of a plot."""
    words = [f'{COLUMNS[name][0]} {cell (name, figures)}' for name in ('fps', 'frozen', 'longest', 'p50', 'p95', 'psnr', 'kbps', 'use', 'queue95', 'concealed')
             if figures.get (name) is not None]
    # a figure is not broken off from its name
    return ' · '.join (word.replace (' ', '\u00a0') for word in words + remarks (figures).split ('; ') if word)


def ratio (ours, theirs):
    both = {name: ours[name] / theirs[name] for name in COLUMNS if ours.get (name) is not None and theirs.get (name)}
    return [f'{both[name]:.2f}' if name in both else '–' for name in COLUMNS]


class Report:
    """The table, a row or three at a time as they come."""

    def __init__ (self, out=sys.stdout):
        self.out = out
        self.widths = [max (len (head), 6) for head, _ in COLUMNS.values ()]
        self.row ('line', 'who', [head for head, _ in COLUMNS.values ()], '')

    def row (self, title, who, cells, rest):
        print ('  '.join ([title.ljust (WIDE), who.ljust (8), *(text.rjust (width) for text, width in zip (cells, self.widths)), rest]).rstrip (), file=self.out, flush=True)

    def add (self, plan, by_kind):
        """by_kind: name of the kind → its medians; ours is first."""
        title = plan.title
        for number, (who, figures) in enumerate (by_kind.items ()):
            self.row (title, who, [cell (name, figures) for name in COLUMNS], remarks (figures, plan.aims if number == 0 else None))
            title = ''
        if len (by_kind) == 2:
            self.row ('', 'ratio', ratio (*by_kind.values ()), '')


def measure (plan, kinds, options, report):
    """All runs of one scenario, the kinds in turn. Gives how many came to nothing."""
    if not plan.flows:
        kinds = [badline.NoCall]
    found, troubles = {kind.name: [] for kind in kinds}, []
    for number in range (options.runs):
        # who is first changes, so that what the computer does meanwhile is nobody's
        for kind in kinds if number % 2 == 0 else reversed (kinds):
            try:
                run = badline.Run (plan, kind, seed=number + 1).go ()
                figures = figures_of (run)
                found[kind.name].append (figures)
                plot.write (options.plots, run, kind.name, number + 1, sentence (figures))
                if not run.lived:
                    troubles.append (f'{kind.name}, run {number + 1}: a call did not live to the end.')
            except (Gone, measures.Nonsense) as trouble:
                troubles.append (f'{kind.name}, run {number + 1}: not measured. {str (trouble).splitlines ()[0]}')
                if options.transcripts:
                    print (trouble, file=sys.stderr)
    report.add (plan, {name: medians (runs) for name, runs in found.items () if runs})
    for trouble in troubles:
        print (f'    {trouble}', flush=True)
    return len (troubles)


def read_words (words=None):
    parser = argparse.ArgumentParser (prog='tests/bench/run --network', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog='''\
figures, the medians over the runs (of a call both ways: the mean of both ends):
  fps, frozen, freezes, longest   pictures that came out; time in freezes as W3C's webrtc-stats counts them, how many, the longest
  p50, p95      from the drawing of a picture to its coming out of the decoder, both ends by one clock
  PSNR, p5      luma against the original, which is drawn again from the number in the picture; what is smaller is scaled up, as a view does
  broken        pictures whose number cannot be read
  kbit/s, sent  of IP packets that came through the line, and that were sent to it, with what is sent again and all that others send
  used, queue   the share of the line's capacity; what a packet waits before the bottleneck

The scenarios are in tests/bench/scenarios.py. A plot of each run is written as SVG. Root is needed, for network namespaces.''')
    parser.add_argument ('--only', action='append', default=[], metavar='WORD', help='only lines with that word in their name or title; may be given again, for more lines')
    parser.add_argument ('--runs', type=int, default=3, metavar='N', help='of each line and program (default: 3)')
    parser.add_argument ('--chromium', action='store_true', help='calls of Chromium over the same lines, in turn with ours, beside them')
    parser.add_argument ('--plots', type=Path, default=BUILD / 'network-plots', metavar='FOLDER', help='where the plots go (default: network-plots in the build folder)')
    parser.add_argument ('--whole', action='store_true', help=f'the cases of RFC 8867 as long as written; else their times are {scenarios.SHORTER} of that')
    parser.add_argument ('--list', action='store_true', help='names the lines, and measures none')
    parser.add_argument ('--transcripts', action='store_true', help='shows what the programs said where a run came to nothing')
    options = parser.parse_args (words)
    if options.runs < 1:
        parser.error ('--runs takes a number of at least 1')
    return options


def chosen (options):
    return [plan for plan in scenarios.all_scenarios (options.whole)
            if not options.only or any (word in (plan.name, *plan.title.split ()) or word in plan.title for word in options.only)]


def main ():
    options = read_words ()
    plans = chosen (options)
    if options.list:
        print ('\n'.join (f'{plan.name.ljust (15)}{plan.title}, {plan.seconds:.0f} s' for plan in plans))
        return 0
    if not plans:
        print ('No line has such a name; --list names them.', file=sys.stderr)
        return 2
    if not Path (BUILD / 'tests/bench/watch').exists ():
        print ('Nothing is built yet. Please start tests/bench/run.', file=sys.stderr)
        return 1
    load = os.getloadavg ()[0]
    print (f'{options.runs} runs on {os.cpu_count ()} cores, load {load:.1f} at the beginning', flush=True)
    kinds = [badline.OurCall]
    if options.chromium:
        browser.program ()
        kinds.append (browser.ChromiumCall)
    begun, report = time.monotonic (), Report ()
    troubles = sum (measure (plan, kinds, options, report) for plan in plans)
    print (f'{len (plans)} lines in {time.monotonic () - begun:.0f} s, load {os.getloadavg ()[0]:.1f} at the end, {troubles} troubles')
    if max (load, os.getloadavg ()[0]) > 1.5 * (os.cpu_count () or 1):
        print ('Other programs were busy: pictures that came late or never are theirs too; only ratios within this run say something.')
    return 0


if __name__ == '__main__':
    try:
        sys.exit (main ())
    except unittest.SkipTest as reason:
        print (f'Skipped: {reason}.')
        sys.exit (77)
    except KeyboardInterrupt:
        sys.exit (130)
