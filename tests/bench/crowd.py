# SPDX-License-Identifier: LGPL-2.1-or-later
"""A profile as it is after years: people with pictures, and a history of calls, texts and files."""

import base64
import hashlib
import random
import sqlite3
import struct
import zlib

from procs import cli

FIRST = ('Anna', 'Karim', 'Jo', 'Ines', 'Malik', 'Zoë', 'Père', 'Lotte', 'Sven', 'Yuki')
LAST = ('Berg', 'Nadir', 'van den Berg', 'Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Costa', 'Ivanova', 'Brandt')
SIDE = 128  # pixels of a picture
YEARS_MS = 5 * 365 * 24 * 3600 * 1000


def identity (number):
    """An id as of a key, with its check digits."""
    digits = base64.b32encode (hashlib.sha256 (b'%d' % number).digest ()).decode ().lower ().rstrip ('=')
    check = hashlib.sha256 (b'visavis-id' + digits.encode ()).digest ()
    return digits + base64.b32encode (check).decode ().lower ()[:4]


def picture (chance):
    """A PNG of slowly changing colours."""
    colour = [chance.randrange (256) for _ in range (3)]
    rows = b''.join (b'\0' + bytes (value for x in range (SIDE) for value in (x + colour[0] & 255, y + colour[1] & 255, colour[2]))
                     for y in range (SIDE))

    def chunk (kind, data):
        return struct.pack ('>I', len (data)) + kind + data + struct.pack ('>I', zlib.crc32 (kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk (b'IHDR', struct.pack ('>2I5B', SIDE, SIDE, 8, 2, 0, 0, 0))
            + chunk (b'IDAT', zlib.compress (rows)) + chunk (b'IEND', b''))


def entry (chance, people, now_ms):
    """A row of the history: a third are calls, most of the rest are texts."""
    kind = chance.choice ((0, 0, 1, 1, 1, 2))
    number = chance.randrange (people)
    incoming = chance.randrange (2)
    missed = int (kind == 0 and incoming and chance.randrange (5) == 0)
    return (kind, now_ms - chance.randrange (YEARS_MS), incoming, number + 1, identity (number), name_of (number), f'192.0.2.{number % 250}:7667',
            0 if missed or kind else chance.randrange (3600000), missed, int (chance.randrange (200) != 0 or not missed),
            None if kind == 0 else 'picture.jpeg' if kind == 2 else 'See you tomorrow at the usual place? ' * chance.randrange (1, 4),
            chance.randrange (1 << 22) if kind == 2 else 0)


def name_of (number):
    return f'{FIRST[number % 10]} {LAST[number // 10 % 10]} {number // 100 or ""}'.strip ()


def fill (profile, people=200, rows=5000, now_ms=1700000000000):
    """Makes the profile, if it is not there, and puts so many people and rows into it."""
    chance = random.Random (people + rows)
    with cli (profile, 'people') as program:
        program.wait (0)
    with sqlite3.connect (profile / 'people.sqlite') as base:
        base.executemany ('INSERT INTO people (number, name, id, trust, last_seen, favourite, picture_version) VALUES (?, ?, ?, ?, ?, ?, ?)',
                          [(n + 1, name_of (n), identity (n), n % 2, now_ms // 1000 - n, int (n % 20 == 0), int (n % 3 == 0)) for n in range (people)])
        base.executemany ('INSERT INTO addresses VALUES (?, 0, ?)', [(n + 1, f'192.0.2.{n % 250}:7667') for n in range (people)])
        base.executemany ('INSERT INTO pictures VALUES (?, ?)', [(n + 1, picture (chance)) for n in range (0, people, 3)])
        base.executemany ('INSERT INTO history (kind, time, incoming, person, id, name, address, duration, missed, seen, text, size)'
                          ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [entry (chance, people, now_ms) for _ in range (rows)])
    base.close ()
