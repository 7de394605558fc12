# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files of the source tree, for the tests that look at all of them."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path (os.environ.get ('VISAVIS_SOURCE') or Path (__file__).resolve ().parents[2])
BUILD = Path (os.environ.get ('VISAVIS_BUILD') or SOURCE / 'build')
BINARY = {'.png', '.wav', '.ogg', '.jpg', '.webp'}


def walk ():
    for folder, folders, names in os.walk (SOURCE):
        folders[:] = [name for name in folders if name not in ('.git', '__pycache__') and not name.startswith ('build')]
        for name in names:
            if name == '.git':  # of a work tree that stands beside its repository
                continue
            yield (Path (folder) / name).relative_to (SOURCE)


def tracked ():
    """Paths from the top: what git knows, or all that is there where there is no git, or the checkout is another user's."""
    names = b''
    if (SOURCE / '.git').exists () and shutil.which ('git'):
        names = subprocess.run (['git', '-C', str (SOURCE), 'ls-files', '-z'], capture_output=True, check=False).stdout
    paths = [Path (os.fsdecode (name)) for name in names.split (b'\0') if name]
    return sorted (path for path in paths if (SOURCE / path).is_file ()) or sorted (walk ())


def read (path):
    return (SOURCE / path).read_text (encoding='utf-8')


def is_text (path):
    try:
        return path.suffix not in BINARY and '\0' not in read (path)
    except UnicodeDecodeError:
        return False  # such as what fuzzing found


def texts ():
    return [path for path in tracked () if is_text (path)]


def shell_scripts ():
    return [path for path in texts () if path.suffix in ('.sh', '.bash') or read (path).startswith (('#!/bin/bash', '#!/bin/sh', '#!/usr/bin/env bash'))]
