# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two homes behind routers of each kind, with visavis-cli in both, and a table of what came of their calls."""

import argparse
import os
import sys
import time
import unittest

import cells
from netns import KINDS

COLUMNS = ('home A × home B, network, servers', 'by theory', 'found', 'path', 'first frame')
WIDTHS = (56, 11, 11, 9, 12)


def read_words ():
    parser = argparse.ArgumentParser (prog='tests/lab/run', description=__doc__, epilog='''Kinds of homes: open (a public address), cone
        (one outer port for all peers, port-restricted), symmetric (another port for every peer), no UDP, TCP 443 (nothing but that passes
        outward). By IPv6 no router translates: cone and symmetric are there the same, a router that lets in only what was asked for. Broker: neither home
        lets anybody in, and they find each other on mosquitto. Path: from accepting to a path at both ends, first frame: to a picture at both ends, medians in milliseconds. The exit
        status is 1 if a cell came out otherwise than by theory.''')
    parser.add_argument ('--runs', type=int, default=3, metavar='N', help='calls in each cell where one is possible (3)')
    parser.add_argument ('--only', action='append', default=[], metavar='TEXT',
                         help='only cells whose line in --list holds TEXT; may be given again, then all must be held')
    parser.add_argument ('--rtt', type=float, default=0, metavar='MS', help='the round trip between home A and all others (0)')
    parser.add_argument ('--loss', type=float, default=0, metavar='PERCENT', help='how much of what A sends and gets is lost on the way (0)')
    parser.add_argument ('--list', action='store_true', help='names the cells with what theory says, and runs none')
    parser.add_argument ('--transcripts', action='store_true', help='shows what both programs said in cells that came out otherwise')
    words = parser.parse_args ()
    if words.runs < 1:
        parser.error ('--runs takes a number of at least 1')
    return words


def row (fields):
    print ('  '.join (str (field).ljust (width) for field, width in zip (fields, WIDTHS)).rstrip (), flush=True)


def figure (value):
    return '' if value is None else f'{value:.0f} ms'


def tell (result, transcripts):
    """A row, and below it what the program said, or how the runs differed."""
    cell = result.cell
    row ((cell.name, cell.expected (), result.found if result.came else '≠', figure (result.median ('connect_ms')), figure (result.median ('frame_ms'))))
    if not result.came:
        print (f'    came out otherwise: {result.found}')
    for run in result.runs[:1]:
        if run.after_s is not None:
            print (f'    told after {run.after_s:.1f} s: {run.said}')
        if run.first not in (None, run.found):
            print (f'    at first {run.first}')
    if transcripts and not result.came:
        wrong = next (run for run in result.runs if run.found != cell.expected ())
        print (wrong.transcript)
    sys.stdout.flush ()


def tell_square (results):
    """The plain cells once more, as a square: who calls from above to below, whom from left to right."""
    plain = {(result.cell.a, result.cell.b): result for result in results if result.cell == cells.Cell (result.cell.a, result.cell.b)}
    if len (plain) < len (KINDS) ** 2:
        return
    print ('\n' + 'A calls B'.ljust (12) + ''.join (cells.NAMES.get (kind, kind).ljust (16) for kind in KINDS).rstrip ())
    for a in KINDS:
        fields = [f"{result.found} {figure (result.median ('connect_ms'))}" if result.came else '≠' for result in (plain[a, b] for b in KINDS)]
        print (cells.NAMES.get (a, a).ljust (12) + ''.join (field.ljust (16) for field in fields).rstrip ())
    print ()


def main ():
    words = read_words ()
    chosen = [cell for cell in cells.all_cells () if all (text in f'{cell.name}: {cell.expected ()}' for text in words.only)]
    if words.list:
        print ('\n'.join (f'{cell.name}: {cell.expected ()}' for cell in chosen))
        return 0
    if not chosen:
        print ('No cell has such a name; --list names them.', file=sys.stderr)
        return 2
    begun = time.monotonic ()
    row (COLUMNS)
    results = []
    for cell in chosen:
        results.append (cells.run_cell (cell, words.runs, words.rtt, words.loss))
        tell (results[-1], words.transcripts)
    tell_square (results)
    otherwise = [result for result in results if not result.came]
    print (f'{len (results)} cells in {time.monotonic () - begun:.0f} s (load {os.getloadavg ()[0]:.1f}), '
           f'{len (results) - len (otherwise)} as by theory, {len (otherwise)} otherwise')
    return 1 if otherwise else 0


if __name__ == '__main__':
    try:
        sys.exit (main ())
    except unittest.SkipTest as reason:
        print (f'Skipped: {reason}.')
        sys.exit (77)
    except KeyboardInterrupt:
        sys.exit (130)
