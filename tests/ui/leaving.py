# SPDX-License-Identifier: LGPL-2.1-or-later
"""The window closed in a call, again and again."""

import time

import procs
from desk import wait_until
from xvfb import Display

WAYS = ('alt+F4', 'ctrl+q')


def leave_once (test, display, profile, answer, key):
    """One start, one call, one end: the other side is told goodbye, and the process is gone in time."""
    mark = answer.mark ()
    report_path = profile / 'report.jsonl'
    report_path.unlink (missing_ok=True)
    argv = [procs.APP, '--profile', profile, '--media', 'test', '--listen', '127.0.0.1:0', '--report', report_path, answer.address]
    with procs.Report (report_path) as report, procs.Process (argv, env=display.env) as program:
        report.wait_event ('first-frame')
        answer.wait_event ('first-frame', since=mark)
        window = wait_until (lambda: display.windows (program.pid), 'the window')[-1]
        display.run (['xdotool', 'windowactivate', '--sync', window])
        begun = time.monotonic ()
        display.key (key)
        test.assertEqual (program.wait (), 0)
        took = time.monotonic () - begun
        ended = answer.wait_event ('ended', since=mark)
        test.assertTrue (ended['graceful'], answer.transcript ())
        test.assertEqual (ended['reason'], 'remote')
        test.assertTrue (report.wait_event ('ended')['graceful'])
        test.assertEqual (program.complaints (), [], program.transcript ())
    return took


def leave_often (test, times):
    with procs.folder () as home, Display () as display, \
         procs.cli (home / 'answer', '--listen', '127.0.0.1:0', 'answer', '--anyone') as answer:
        (home / 'program').mkdir ()
        (home / 'program/settings.ini').write_text ('[org/visavis/Visavis]\nrun-in-background=false\n')
        answer.address = answer.wait_event ('listening')['address']
        took = [leave_once (test, display, home / 'program', answer, WAYS[i % len (WAYS)]) for i in range (times)]
        test.assertLess (max (took), 3 * procs.PATIENCE)
        return took
