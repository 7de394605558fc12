# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of a call on this computer, as medians of several runs, beside the figures that the design wants to beat."""

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
import unittest

import chromium
import distance
import screen
import stalls
from figures import Table, memory_mb, processor_s
from lines import answer, call
from procs import BUILD, CLI, Gone, Process, cli, folder

# The first second of a call is its beginning; what comes after is the call.
SETTLE = 1


def redial (home, address, calls, seconds):
    return Process ([BUILD / 'tests/bench/redial', home / 'warm', address, calls, seconds], name='redial',
                    env={'DBUS_SESSION_BUS_ADDRESS': None})


def measure_warm (table, runs, home):
    """Calls from a process that has called before to one that was called before."""
    with answer (home / 'b', '--anyone', '--calls', str (runs + 1)) as callee, \
         redial (home, callee.address, runs + 1, 1) as caller:
        caller.wait (timeout=60 + 10 * runs)
        dials = [event['mono_ns'] for event in caller.named ('dial')][1:]
        at_callee = [event['mono_ns'] for event in callee.named ('first-frame')][1:]
        table.add ('dial → first frame, warm', 'caller', [event['ms'] for event in caller.named ('first-frame')][1:], 'ms')
        table.add ('dial → first frame, warm', 'callee', [(seen - dialled) / 1e6 for seen, dialled in zip (at_callee, dials)], 'ms')
        table.add ('dial → first sound, warm', 'caller', [event['ms'] for event in caller.named ('first-sound')][1:], 'ms')


def measure_fresh (table, runs, home):
    """The first call of a process."""
    first = []
    with answer (home / 'b', '--anyone', '--calls', str (runs)) as callee:
        for _ in range (runs):
            with call (home / 'a', callee.address, '--duration', '0.5') as caller:
                caller.wait (0)
                first.append (caller.wait_event ('first-frame')['ms'])
    table.add ('dial → first frame, new process', 'caller', first, 'ms')


def measure_accept (table, runs, home):
    """Somebody known rings; after a while the person accepts."""
    with answer (home / 'b', '--anyone', '--calls', '1') as callee, \
         call (home / 'a', callee.address, '--duration', '0.5') as caller:
        caller.wait (0)
    at_callee, at_caller = [], []
    with answer (home / 'b', '--ask', '--calls', str (runs), stdin=True) as callee:
        for _ in range (runs):
            mark = callee.mark ()
            with call (home / 'a', callee.address) as caller:
                caller.wait_event ('state', state='ringing')
                time.sleep (0.7)  # people are slow
                callee.write_line ('accept')
                begun = callee.wait_event ('state', state='connecting', since=mark)['mono_ns']
                seen = callee.wait_event ('first-frame', since=mark)
                at_callee.append (seen['ms'])
                at_caller.append ((caller.wait_event ('first-frame')['mono_ns'] - begun) / 1e6)
                caller.stop (status=0)
    table.add ('accept → first frame, known person', 'caller', at_caller, 'ms')
    table.add ('accept → first frame, known person', 'callee', at_callee, 'ms')


def steady (program):
    """What it told once a second, without the beginning."""
    return program.named ('stats')[SETTLE:]


def measure_call (table, runs, home, seconds):
    """A call that lasts: latency, pictures, processor, memory."""
    latency, fps, cores, memory, kbps = [], [], [], [], []
    for _ in range (runs):
        with answer (home / 'b', '--anyone', '--calls', '1') as callee, call (home / 'a', callee.address) as caller:
            both = (caller, callee)
            for program in both:
                program.wait_event ('first-frame')
            for _ in range (SETTLE):
                caller.wait_event ('stats', since=caller.mark ())
            before = time.monotonic (), [processor_s (program.pid) for program in both]
            for _ in range (seconds):
                caller.wait_event ('stats', since=caller.mark ())
            after = time.monotonic (), [processor_s (program.pid) for program in both]
            memory += [memory_mb (program.pid) for program in both]
            caller.stop (status=0)
            callee.wait (0)
            cores.append ((sum (after[1]) - sum (before[1])) / (after[0] - before[0]))
            for program in both:
                told = [stats['video_in'] for stats in steady (program)]
                latency += [video['latency_ms'] for video in told if video['latency_ms'] >= 0]
                fps += [video['fps'] for video in told]
                kbps += [video['kbps'] for video in told]
                size = f"{told[-1]['width']} × {told[-1]['height']}"
    table.add ('picture latency in the programs', 'seconds’ medians', latency, 'ms')
    table.add (f'pictures, {size}', 'each side', fps, 'fps')
    table.add ('picture rate', 'each side', kbps, 'kbit/s')
    table.add ('processor, no display', 'both processes', cores, 'cores')
    table.add ('memory in a call (RSS)', 'each process', memory, 'MB')


def measure_start (table, runs, home):
    """From exec to an open door."""
    first, again = [], []
    for number in range (runs):
        for profile, times in ((home / f'new{number}', first), (home / 'b', again)):
            begun = time.monotonic_ns ()
            with cli (profile, '--listen', '127.0.0.1:0', 'answer') as program:
                times.append ((program.wait_event ('listening')['mono_ns'] - begun) / 1e6)
                program.stop ()
    table.add ('exec → listening', 'known profile', again, 'ms')
    table.add ('exec → listening', 'new profile: makes its key', first, 'ms')


def measure_leave (table, runs, home):
    """From being told to leave in a call to the end of the process; also while the other side holds the close."""
    took, held = [], []
    for words, times, many in ((), took, runs), (('--hold-close', '10000'), held, min (runs, 3)):
        for _ in range (many):
            with answer (home / 'b', '--anyone', *words) as callee, call (home / 'a', callee.address) as caller:
                caller.wait_event ('first-frame')
                begun = time.monotonic ()
                caller.stop (signal.SIGTERM)
                times.append (time.monotonic () - begun)
    table.add ('told to leave in a call → gone', 'caller', took, 's')
    table.add ('told to leave in a call → gone', 'the other side holds the close', held, 's')


def measure_pipe (table, runs):
    """Bytes through the media path, beside a data channel of bare webrtcbins: the ceiling of what it is made of."""
    pipe, bare = [], []
    for _ in range (min (runs, 3)):
        with Process ([BUILD / 'tests/bench/pipe', 64], name='pipe') as program:
            program.wait (timeout=120)
            pipe.append (program.named ('pipe')[0]['mbit'])
            bare.append (program.named ('bare')[0]['mbit'])
    table.add ('bytes through the media path', 'pipe', pipe, 'Mbit/s')
    table.add ('bytes through the media path', 'bare data channel', bare, 'Mbit/s')
    table.add_ratio ('bytes through the media path', ('bytes through the media path', 'pipe'),
                     ('bytes through the media path', 'bare data channel'), '≥ 0.9', where='pipe : bare')


def measure_file (table, runs, home):
    """A file over its own connection, beside plain TLS: the ceiling. In memory where there is a place for that, to leave the disk out of it."""
    place = '/dev/shm' if os.access ('/dev/shm', os.W_OK) else home
    sent, tls, cost = [], [], []
    for _ in range (min (runs, 5)):
        with tempfile.TemporaryDirectory (dir=place) as there, Process ([BUILD / 'tests/bench/file', there, 512], name='file') as program:
            program.wait (timeout=120)
            sent.append (program.named ('file')[0]['mbit'])
            cost.append (program.named ('file')[0]['cpu_s_per_gb'])
            tls.append (program.named ('tls')[0]['mbit'])
    table.add ('a file of 512 MiB', 'checked and saved', sent, 'Mbit/s')
    table.add ('processor for a file, both sides', 'checked and saved', cost, 's/GB')
    table.add ('a file of 512 MiB', 'plain TLS, from memory to nowhere', tls, 'Mbit/s')
    table.add_ratio ('a file of 512 MiB', ('a file of 512 MiB', 'checked and saved'),
                     ('a file of 512 MiB', 'plain TLS, from memory to nowhere'), '≥ 0.4', where='file : TLS')


def parts (options):
    """What is measured, in the table's order: name, function of table and folder."""
    yield 'calls from a warm process', lambda table, home: measure_warm (table, options.runs, home)
    yield 'first calls of processes', lambda table, home: measure_fresh (table, options.runs, home)
    yield 'accepting after ringing', lambda table, home: measure_accept (table, options.runs, home)
    yield 'calls that last', lambda table, home: measure_call (table, options.runs, home, options.seconds)
    yield 'round trips', lambda table, _home: distance.measure (table, min (options.runs, 5))
    yield 'bytes through the media path', lambda table, _home: measure_pipe (table, options.runs)
    yield 'a file', lambda table, home: measure_file (table, options.runs, home)
    yield 'starts', lambda table, home: measure_start (table, options.runs, home)
    yield 'leaving', lambda table, home: measure_leave (table, options.runs, home)
    yield 'the window', lambda table, home: screen.measure (table, options.runs, home)
    yield 'stalls of the main loop', lambda table, home: stalls.measure (table, home)
    if options.chromium:
        yield 'Chromium', lambda table, home: chromium.measure (table, options.runs, home, options.seconds)


def computer ():
    name = platform.processor () or platform.machine ()
    try:
        with open ('/proc/cpuinfo', encoding='utf-8') as info:
            name = next (line.split (':', 1)[1].strip () for line in info if line.startswith ('model name'))
    except (OSError, StopIteration):
        pass
    return f'{os.cpu_count ()} × {name}, load {os.getloadavg ()[0]:.1f} at the beginning'


def main ():
    options = argparse.ArgumentParser (prog='tests/bench/run', description=__doc__)
    options.add_argument ('--runs', type=int, default=7, metavar='N', help='of each measurement (default: 7)')
    options.add_argument ('--seconds', type=int, default=5, metavar='S', help='of a call that lasts (default: 5)')
    options.add_argument ('--chromium', action='store_true', help='a call of Chromium with itself in the same run')
    options.add_argument ('--only', action='append', metavar='WORD', help='only the parts with that word in their name; may be given again')
    options = options.parse_args ()
    options.runs, options.seconds = max (1, options.runs), max (2, options.seconds)
    if not CLI.exists ():
        sys.exit ('Nothing is built yet. Please start tests/bench/run.')

    table = Table ()
    print (f'{options.runs} runs on {computer ()}', flush=True)
    for name, measure in parts (options):
        if options.only and not any (word in name for word in options.only):
            continue
        if sys.stderr.isatty ():
            print (f'Measuring {name}…', file=sys.stderr, flush=True)
        with folder () as home:
            try:
                measure (table, home)
            except (Gone, unittest.SkipTest) as trouble:
                table.note (f'Not measured: {name}. {str (trouble).splitlines ()[0]}')
                if isinstance (trouble, Gone):
                    print (trouble, file=sys.stderr)
            except IndexError:
                table.note (f'Not measured: {name}. Nothing came.')
    table.show ()
    if os.getloadavg ()[0] > 1.5 * (os.cpu_count () or 1):
        print (f'The load is {os.getloadavg ()[0]:.1f} by now: other programs were busy, only ratios within this run say something.')


if __name__ == '__main__':
    main ()
