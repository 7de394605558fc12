# SPDX-License-Identifier: LGPL-2.1-or-later
"""Leaving in a call."""

import unittest

from leaving import leave_often
from tap import main


class Leave (unittest.TestCase):
    def test_leave (self):
        """R4: the window closed or Ctrl+Q in a call, five times: the other side sees a graceful end, and the process is gone within 3 s."""
        leave_often (self, 5)


if __name__ == '__main__':
    main ()
