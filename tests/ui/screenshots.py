#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a picture of each page and dialog of the program, in its looks, into a folder: ./tests/ui/screenshots.py FOLDER [SCENE[-LOOK]]…
The program must have been built, and what tests need be installed (./tests/run does both)."""

import sys
import time
from pathlib import Path

HERE = Path (__file__).resolve ().parent
sys.path[:0] = [str (HERE), str (HERE.parent / 'lib')]

import procs  # noqa: E402
import scenes  # noqa: E402
from stage import desk  # noqa: E402


def wanted (words):
    for name, (_, looks) in scenes.SCENES.items ():
        for look in looks:
            title = f'{name}-{look}' if look else name
            if not words or title in words or name in words:
                yield name, look, title


def settle (stage, path):
    """What slides or fades in has come to rest when two pictures are alike; where a film is shown they never are, so not for long, but until controls that nobody
    uses are gone."""
    last = None
    for _ in range (14):
        stage.arrange ()
        stage.picture (path)
        data = path.read_bytes ()
        if data == last:
            break
        last = data
        time.sleep (0.15)


def finish (stage, path):
    """Round corners, as a desktop draws them; and as small as may be."""
    size = stage.desk.display.run (['identify', '-format', '%w,%h', path]).split (',')
    right, bottom = (int (number) - 1 for number in size)
    mask = ['(', '-size', 'x'.join (size), 'xc:none', '-fill', 'white', '-draw', f'roundrectangle 0,0,{right},{bottom},12,12', ')']
    stage.desk.display.run (['convert', path, '-alpha', 'set', *mask, '-compose', 'DstIn', '-composite', '-strip', '-define', 'png:compression-level=9', path])


def main ():
    if len (sys.argv) < 2 or sys.argv[1].startswith ('-'):
        sys.exit (__doc__)
    folder = Path (sys.argv[1])
    folder.mkdir (parents=True, exist_ok=True)
    failed = []
    with desk (composited=True) as there:
        for name, look, title in wanted (sys.argv[2:]):
            path = folder / f'{title}.png'
            try:
                with scenes.played (there, name, look) as stage:
                    settle (stage, path)
                    finish (stage, path)
                print (path, flush=True)
            except procs.Gone as error:
                failed.append (title)
                print (f'{title}: {str (error).splitlines ()[0]}', file=sys.stderr, flush=True)
    sys.exit (1 if failed else 0)


if __name__ == '__main__':
    main ()
