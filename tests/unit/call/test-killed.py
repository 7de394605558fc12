# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 at 50 random moments while a profile is written: nothing that was said to be kept is lost, and nothing is damaged."""

import os
import pathlib
import random
import sqlite3
import subprocess
import tempfile
import unittest

from tap import main

SCRIBE = os.environ['VISAVIS_SCRIBE']
KILLS = 50
LONGEST_LIFE = 60  # reports


def write_and_kill (profile, mark, n_reports):
    """What the scribe reported until it was killed, after so many reports."""
    with subprocess.Popen ([SCRIBE, profile, mark], stdout=subprocess.PIPE) as scribe:
        said = [scribe.stdout.readline () for _ in range (n_reports)]
        scribe.kill ()
        said += scribe.stdout.readlines ()
        assert scribe.wait () == -9, scribe.returncode
    # the last may be cut off in the middle
    return [line.decode ().strip ().split (' ', 1) for line in said if line.endswith (b'\n')]


class Killed (unittest.TestCase):
    def test_kills (self):
        """After each kill the file opens, passes its check, and holds all that was reported; the key is the same."""
        seed = random.randrange (2 ** 32)
        dice = random.Random (seed)
        people, texts, ids = set (), set (), set ()
        with tempfile.TemporaryDirectory (prefix='visavis-killed-') as folder:
            for i in range (KILLS):
                for kind, what in write_and_kill (folder, str (i), dice.randint (1, LONGEST_LIFE)):
                    {'id': ids, 'person': people, 'text': texts}[kind].add (what)
                with self.subTest (kill=i, seed=seed):
                    with sqlite3.connect (pathlib.Path (folder) / 'people.sqlite') as db:
                        self.assertEqual (db.execute ('PRAGMA integrity_check').fetchall (), [('ok',)])
                        self.assertEqual (people - {name for name, in db.execute ('SELECT name FROM people')}, set ())
                        self.assertEqual (texts - {text for text, in db.execute ('SELECT text FROM history')}, set ())
                    db.close ()
                    self.assertEqual (len (ids), 1)
            self.assertEqual (list (pathlib.Path (folder).glob ('people-damaged-*')), [])
        self.assertGreater (len (people), KILLS)
        self.assertGreater (len (texts), KILLS)


if __name__ == '__main__':
    main ()
