# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cells of the laboratory's table (tests/lab/run): what theory promises comes. The whole table with VISAVIS_TEST_ALL set."""

import os
import unittest

import table
from cells import DIRECT, IMPOSSIBLE, RELAYED, Cell, all_cells, run_cell
from tap import main


class Table (unittest.TestCase):
    def check (self, cell, found):
        self.assertEqual (cell.expected (), found)
        result = run_cell (cell)
        table.tell (result, transcripts=True)
        self.assertEqual (result.found, found, cell.name)

    def test_direct (self):
        """A3: Cone to cone goes straight, though both have a relay."""
        self.check (Cell ('cone', 'cone'), DIRECT)

    def test_relayed (self):
        """A3: Symmetric to symmetric goes by a relay."""
        self.check (Cell ('symmetric', 'symmetric'), RELAYED)

    def test_no_udp (self):
        """A3: Where no UDP passes the relay is reached by TCP, and the other side need not know."""
        self.check (Cell ('blocked', 'open'), RELAYED)

    def test_443 (self):
        """A3: Where nothing passes but TCP 443 a relay that listens there suffices, by IPv6 as well."""
        self.check (Cell ('tcp443', 'tcp443', families=(6,)), RELAYED)


@unittest.skipUnless (os.environ.get ('VISAVIS_TEST_ALL'), 'takes ten minutes: ./tests/run --long')
class Whole (unittest.TestCase):
    def check (self, expected):
        for cell in all_cells ():
            if cell.expected () == expected:
                with self.subTest (cell=cell.name):
                    result = run_cell (cell)
                    table.tell (result, transcripts=True)
                    self.assertEqual (result.found, expected)

    def test_direct (self):
        """A3: In each cell where a direct path can be there is one."""
        self.check (DIRECT)

    def test_relayed (self):
        """A3: In each cell where only a relay can help it does."""
        self.check (RELAYED)

    def test_impossible (self):
        """A3: In each cell where nothing can be done both are told so, in a sentence."""
        self.check (IMPOSSIBLE)


if __name__ == '__main__':
    main ()
