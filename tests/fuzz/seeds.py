# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a fuzzer begins with, from text that people can read: seeds.py STAMP FOLDER FILE.hex…. Lines with # are remarks."""

import sys
from pathlib import Path


def main ():
    stamp, folder, *files = map (Path, sys.argv[1:])
    folder.mkdir (exist_ok=True)
    for file in files:
        lines = [line for line in file.read_text (encoding='utf-8').splitlines () if not line.startswith ('#')]
        (folder / file.stem).write_bytes (bytes.fromhex (''.join (lines)))
    stamp.touch ()


if __name__ == '__main__':
    main ()
