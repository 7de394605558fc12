# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hundreds of people in the local network, who are none."""

from nearby import Neighbours
from tap import main


class Flood (Neighbours):
    def test_five_hundred (self):
        """Of 500 people at one computer 8 are listed, of nonsense nothing, and an honest one elsewhere still is found."""
        self.check_flood (500)


if __name__ == '__main__':
    main ()
