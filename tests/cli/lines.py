# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two programs on one line: what the tests of visavis-cli share."""

import contextlib
import os
import socket
import time

from procs import LIMIT, Gone, cli

LOOPBACK = '127.0.0.1:0'
# States in which a call is on its way; over are ended and failed.
OVER = ('ended', 'failed')


def answer (profile, *words, listen=LOOPBACK, **options):
    """A program that waits for calls; with its address as .address and its id as .id."""
    program = cli (profile, '--listen', listen, 'answer', *words, name='answer', **options)
    event = program.wait_event ('listening')
    program.address, program.id = event['address'], event['id']
    return program


def call (profile, address, *words, **options):
    return cli (profile, 'call', address, *words, name='call', **options)


def is_active (program, **more):
    return program.wait_event ('state', state='active', **more)


def until (condition, what, timeout=None):
    """Waits for a thing of the system that sends no event."""
    deadline = time.monotonic () + (LIMIT if timeout is None else timeout)
    while not (result := condition ()):
        if time.monotonic () > deadline:
            raise Gone (f'never: {what}')
        time.sleep (0.02)
    return result


def states (program, value=None):
    return [e['state'] for e in program.named ('state') if value in (None, e['value'])]


def sentence (program):
    """What the program told people when it failed: exactly one line of stderr, that is a sentence."""
    lines = [line for _, source, line in program.log if source == 'err' and line]
    assert len (lines) == 1, f'not one sentence\n{program.transcript ()}'
    assert lines[0][0].isupper () or lines[0][0] in '“-', lines[0]
    assert lines[0][-1] in '.?', lines[0]
    return lines[0]


def port_of (address):
    return int (address.rsplit (':', 1)[1])


@contextlib.contextmanager
def listener (family=socket.AF_INET, host='127.0.0.1'):
    """A port that is open, where nobody says anything."""
    with socket.socket (family) as server:
        server.bind ((host, 0))
        server.listen (512)
        yield server, server.getsockname ()[1]


def descriptors (pid):
    """What a process has open, for people who look for a leak."""
    links = []
    for number in os.listdir (f'/proc/{pid}/fd'):
        with contextlib.suppress (OSError):
            links.append (os.readlink (f'/proc/{pid}/fd/{number}'))
    return sorted (links)


def udp_sockets (pid):
    """The UDP sockets that a process has open."""
    inodes = set ()
    for table in ('udp', 'udp6'):
        with open (f'/proc/{pid}/net/{table}', encoding='ascii') as rows:
            inodes.update (row.split ()[9] for row in list (rows)[1:])
    return {inode for inode in socket_inodes (pid) if inode in inodes}


def socket_inodes (pid):
    for number in os.listdir (f'/proc/{pid}/fd'):
        with contextlib.suppress (OSError):
            target = os.readlink (f'/proc/{pid}/fd/{number}')
            if target.startswith ('socket:['):
                yield target[8:-1]
