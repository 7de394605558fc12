# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a test program on a display of its own: under-display.py PROGRAM [ARGUMENT…]. Its output and exit status are the program's."""

import os
import subprocess
import sys
import unittest

import xvfb


def main ():
    try:
        with xvfb.Display (manager=False) as display:
            environment = {key: value for key, value in {**os.environ, **display.env}.items () if value is not None}
            return subprocess.run (sys.argv[1:], env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    except unittest.SkipTest as reason:
        print (f'1..0 # SKIP {reason}')
        return 0


if __name__ == '__main__':
    sys.exit (main ())
