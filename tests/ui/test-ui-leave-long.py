# SPDX-License-Identifier: LGPL-2.1-or-later
"""Leaving in a call, as often as it is promised."""

import unittest

from leaving import leave_often
from tap import main


class Leave (unittest.TestCase):
    def test_leave (self):
        """R4: the window closed or Ctrl+Q in a call, a hundred times of a hundred: a graceful end there, gone within 3 s here."""
        leave_often (self, 100)


if __name__ == '__main__':
    main ()
