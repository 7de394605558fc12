# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench of bad lines (tests/bench/run --network) measures what there is: a line that is dead for a while is one freeze of that length, an untouched
picture is like the original, and what cannot be is refused."""

import dataclasses
import math
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import badline
import measures
import network
import plot
import scenarios
from measures import Nonsense, Sample
from procs import BUILD, SOURCE, folder
from tap import main

FRAME = 1000 / 30
DEAD_FROM, DEAD_FOR, LASTS = 4, 1.5, 8
# The line is dead for so long; then a picture comes that builds on none that was lost, within a moment.
DEAD = scenarios.Scenario ('dead', 'dead for a while', LASTS, {'delay': 10, 'rate': 5000, 'queue': '1000ms'}, ((DEAD_FROM, {'loss': 100}), (DEAD_FROM + DEAD_FOR, {'loss': 0})),
                           back=((DEAD_FROM, {'loss': 0}),), one_way=True, figures_from=2)


def picture (**fields):
    return {'t': 1000.0, 'n': 1, 'age': 20.0, 'psnr': 40.0, 'w': 1280, 'h': 720} | fields


def steady (begin, seconds):
    return [begin + n * FRAME for n in range (int (seconds * 30))]


def line (seconds, capacity=lambda second: 1000, rate=lambda second: 500, waiting=0):
    """Samples ten times a second: what comes leaves, as far as the capacity allows."""
    samples, came, left = [], 0, 0
    for n in range (seconds * 10 + 1):
        samples.append (Sample (n * 100.0, capacity (n / 10), int (came), int (left), waiting))
        came += rate (n / 10) * 100 / 8
        left += min (rate (n / 10), capacity (n / 10)) * 100 / 8
    return samples


class Measures (unittest.TestCase):
    def test_freezes (self):
        """Gaps are freezes by W3C's rule: three usual ones at least and 150 ms more than one; what never went on counts until the end."""
        times = steady (0, 2)
        self.assertEqual (measures.freezes (times, 0, times[-1] + 1), [])
        # 170 ms after pictures of 33 ms are none, 190 ms are one
        for gap, count in ((170, 0), (190, 1), (1000, 1)):
            found = measures.freezes (times + steady (times[-1] + gap, 2), 0, times[-1] + gap + 1999)
            self.assertEqual (len (found), count, gap)
            if count:
                self.assertAlmostEqual (found[0][1], gap, delta=0.01)
        self.assertEqual (len (measures.freezes (times, 0, 5000)), 1)
        self.assertEqual (measures.freezes ([], 0, 5000), [(0, 5000)])
        # five pictures a second are slow, and no freeze
        self.assertEqual (measures.freezes ([n * 200.0 for n in range (20)], 0, 3900), [])

    def test_seen (self):
        """Pictures a second, latency, likeness, and pictures that are older than the one before."""
        told = [picture (t=1000 + n * FRAME, n=(65530 + n) % 65536, age=20 + n % 10) for n in range (60)]
        figures = measures.seen (measures.read_pictures (told), 1000, 3000)
        self.assertAlmostEqual (figures['fps'], 30)
        self.assertEqual ((figures['p50'], figures['p95'], figures['psnr'], figures['backward'], figures['freezes']), (24, 29, 40, 0, 0))
        told[30]['n'] = told[10]['n']
        self.assertEqual (measures.seen (measures.read_pictures (told), 1000, 3000)['backward'], 1)

    def test_sharpened (self):
        """A picture that begins dull is sharp once it is as it will be, and as large; one that never gets there is told as long as it was looked at."""
        told = [picture (t=1000 + n * FRAME, psnr=20 + min (n, 20), h=360 if n < 30 else 720) for n in range (150)]
        self.assertAlmostEqual (measures.sharpened (measures.read_pictures (told), 4000, 6000)['sharp'], 1)
        for one in told:
            one['h'] = 720
        self.assertAlmostEqual (measures.sharpened (measures.read_pictures (told), 4000, 6000)['sharp'], 19 * FRAME / 1000)
        self.assertEqual (measures.sharpened ([], 4000, 6000), {})

    def test_line (self):
        """Rate, use and recovery of a line whose capacity falls to a tenth and comes back."""
        figures = measures.carried (line (10), 0, 10_000)
        self.assertAlmostEqual (figures['kbps'], 500, delta=1)
        self.assertAlmostEqual (figures['use'], 50, delta=0.1)
        samples = line (40, capacity=lambda s: 300 if 10 <= s < 25 else 3000, rate=lambda s: 2000 if s < 11.5 or s >= 31 else 250, waiting=120)
        found = measures.recovered (samples, 0, 40_000)
        self.assertAlmostEqual (found['fitted'], 2, delta=0.3)
        self.assertAlmostEqual (found['back'], 6.4, delta=0.3)
        self.assertEqual (found['wait_after'], 120)
        # what never fits is told as long as it was looked at
        self.assertAlmostEqual (measures.recovered (line (20, lambda s: 300 if s >= 10 else 3000, lambda s: 2000), 0, 20_000)['fitted'], 10, delta=0.2)
        self.assertAlmostEqual (measures.shares ([300, 200]), 1.5)

    def test_nonsense (self):
        """Figures are not made of what cannot be: a browser's word is looked at before it counts."""
        for wrong in ({'t': math.nan}, {'t': math.inf}, {'t': -1}, {'n': 70_000}, {'n': 'x'}, {'age': 1e9}, {'age': None}, {'psnr': 1e3}, {'psnr': True}, {'w': 0}, {'h': 1e6}, {'t': 'now'}):
            with self.subTest (wrong=wrong), self.assertRaises (Nonsense):
                measures.read_pictures ([picture (**wrong)])
        for wrong in ([picture (t=2), picture (t=1)], [{'t': 1}], ['picture'], [None]):
            with self.subTest (wrong=wrong), self.assertRaises (Nonsense):
                measures.read_pictures (wrong)
        for samples in ([], line (0), line (2)[::-1], [*line (1), Sample (1200, 1000, 0, 0, 0)], [Sample (0, 1, 0, 0, 0), Sample (1, 1, 5, 9, 0)], [Sample (0, math.nan, 0, 0, 0)] * 2):
            with self.subTest (samples=samples[:2]), self.assertRaises (Nonsense):
                measures.read_samples (samples)
        for call in (lambda: measures.freezes ([2, 1], 0, 9), lambda: measures.freezes ([], 5, 5), lambda: measures.carried (line (2), 9000, 9001), lambda: measures.shares ([1]),
                     lambda: measures.shares ([math.nan, 1])):
            with self.assertRaises (Nonsense):
                call ()


class Scenarios (unittest.TestCase):
    def test_data (self):
        """Each line has a name of its own, events within its time, and aims that there are figures for."""
        plans = scenarios.all_scenarios ()
        self.assertEqual (len ({plan.name for plan in plans}), len (plans))
        for plan in plans:
            with self.subTest (plan=plan.name):
                self.assertTrue (0 < plan.figures_from < plan.seconds <= 120)
                self.assertTrue (all (0 <= at < plan.seconds for at, _ in plan.steps + plan.back))
                self.assertTrue (all (flow.begins < plan.seconds for flow in plan.flows))
                self.assertLessEqual (set (plan.aims), {*network.COLUMNS, *network.SPECIAL})
        whole = {plan.name: plan for plan in scenarios.all_scenarios (whole=True)}
        self.assertEqual ([(at, settings['rate']) for at, settings in whole['5.1'].steps], [(0, 1000), (40, 2500), (60, 600), (80, 1000)])
        self.assertEqual (whole['5.8'].shorter (0.5).flows[0].pauses, ((20, 30),))

    def test_help (self):
        """The command's help tells of all its words, and a line that is not there is said."""
        for words, status, wanted in (('--help',), 0, ('--only', '--runs', '--chromium', '--plots', '--whole', '--list', 'W3C')), (('--list',), 0, ('5.8', 'loss-30', 'wifi')), \
                (('--only', 'no-such-line'), 2, ('--list',)), (('--runs', '0'), 2, ('--runs',)):
            done = subprocess.run ([SOURCE / 'tests/bench/run', '--network', *words] if '--help' in words else [sys.executable, SOURCE / 'tests/bench/network.py', *words],
                                   capture_output=True, text=True, check=False)
            self.assertEqual (done.returncode, status, done.stderr)
            for word in wanted:
                self.assertIn (word, done.stdout + done.stderr)


class Runner (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        if not (BUILD / 'tests/bench/watch').exists ():
            raise unittest.SkipTest ('the bench is not built')
        cls.run_of_it = badline.Run (DEAD).go ()

    def test_dead (self):
        """A line that drops everything for a while is a freeze of that length, and the call is there after it."""
        run = self.run_of_it
        self.assertTrue (run.lived)
        begin = run.begin + 1000 * DEAD_FROM
        times = [picture.t for picture in run.calls[0].pictures ()[0]]
        still = [(at, length) for at, length in measures.freezes (times, run.begin, run.end) if at <= begin + 1000 and at + length >= begin + 500]
        self.assertEqual (len (still), 1, still)
        self.assertGreaterEqual (still[0][0], begin - 1000, 'it began before')
        self.assertGreaterEqual (still[0][1], 1000 * DEAD_FOR - 200)
        self.assertLess (still[0][1], 1000 * (LASTS - DEAD_FROM), 'it never went on')
        self.assertEqual (network.figures_of (run)['longest'], max (length for _, length in measures.freezes (times, run.begin + 2000, run.end)))

    def test_figures (self):
        """On the way there pictures are like the original, their age is that of the line at least, and all that was received had come to the line."""
        run = self.run_of_it
        figures = network.figures_of (run)
        self.assertGreater (figures['psnr'], 30)
        self.assertLess (figures['psnr'], 60, 'grain costs something')
        self.assertGreaterEqual (min (picture.age for picture in run.calls[0].pictures ()[0] if picture.age >= 0), 10)
        self.assertTrue (0 < figures['use'] < 100)
        self.assertEqual (figures['backward'], 0)
        self.assertEqual (run.calls[0].pictures ()[1], [], 'the called side was to send nothing')
        received = run.received[0][-1][1] - run.received[0][0][1]
        self.assertAlmostEqual (received / (run.there[-1].left - run.there[0].left), 1, delta=0.1)

    def test_plot (self):
        """The run is drawn: well-formed, with the capacity and a red band for the freeze."""
        run = self.run_of_it
        with folder () as place:
            path = plot.write (place, run, 'visavis', 1, network.sentence (network.figures_of (run)))
            text = path.read_text ()
        xml.etree.ElementTree.fromstring (text)
        for word in ('capacity', 'received', 'latency', 'frozen\u00a0%', f'fill="{plot.RED}"'):
            self.assertIn (word, text)

    def test_aims (self):
        """An aim that was missed is named, and one that was not is not."""
        self.assertEqual (network.missed ({'fps': 20, 'frozen': 0.5}, {'fps': (27, None), 'frozen': (None, 1), 'use': (70, None)}), ['fps < 27', 'used %: not known'])
        self.assertIn ('as aimed', network.remarks ({'fps': 30}, dataclasses.replace (DEAD, aims={'fps': (27, None)}).aims))


if __name__ == '__main__':
    main ()
