# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cells of the laboratory's table: home × home, what theory says of them, and a call in each."""

import contextlib
import dataclasses
import signal
import statistics
import unittest

from broker import Broker, missing
from homes import BROKER, BROKER6
from impairment import Impairment
from lab import PORT, Call, turn_server
from netns import KINDS, Lab
from procs import Gone, folder

DIRECT, RELAYED, IMPOSSIBLE = 'direct', 'relayed', 'impossible'
# What the program says where it cannot work: its exit statuses for "unreachable" and "picture and sound failed".
TOLD = (4, 7)
NAMES = {'tcp443': 'TCP 443', 'blocked': 'no UDP'}
FAMILIES = {(4,): 'IPv4', (6,): 'IPv6', (4, 6): 'IPv4+IPv6'}
NO_UDP = ('blocked', 'tcp443')
# Long enough that a better path, should there be one, has taken over.
SETTLES_S = 1
BROKER_PORT = 1883


@dataclasses.dataclass (frozen=True)
class Cell:
    """relays: each home has a relay set up, which it reaches as its router allows (UDP, TCP, TCP 443); else only STUN. broker: no home lets anybody in, and
    they find each other on a broker, by ids alone; else B's router lets signalling through. second: both homes have two uplinks, and go by the second."""

    a: str
    b: str
    relays: bool = True
    families: tuple = (4,)
    relay_only: bool = False
    broker: bool = False
    second: bool = False

    @property
    def servers (self):
        media = 'relay only' if self.relay_only else 'STUN, relay' if self.relays else 'STUN'
        return media + (', broker' if self.broker else '') + (', second uplink' if self.second else '')

    @property
    def name (self):
        return f'{NAMES.get (self.a, self.a)} × {NAMES.get (self.b, self.b)}, {FAMILIES[self.families]}, {self.servers}'

    def expected (self):
        """What there is by theory, for somebody who speaks ICE over UDP: TCP carries nothing but the way to a relay."""
        direct = not self.relay_only and self.a not in NO_UDP and self.b not in NO_UDP
        if direct and 6 not in self.families:
            # a port that the other side cannot foresee is let in only where anything is, or by the home that has such ports itself
            pair = {self.a, self.b}
            direct = 'open' in pair or pair == {'cone'}
        if direct:
            return DIRECT
        return RELAYED if self.relays else IMPOSSIBLE

    def words (self, kind, turn):
        """What the owner of such a home would set up."""
        words = []
        if self.broker:
            host = BROKER if 4 in self.families else f'[{BROKER6}]'
            words = ['--no-direct', '--broker', f'mqtt://{host}:{443 if kind == "tcp443" else BROKER_PORT}']
        if not self.relays:
            return [*words, '--stun', turn.stun]
        url = {'blocked': turn.tcp, 'tcp443': turn.tcp443}.get (kind, turn.url)
        return [*words, '--turn', url] + (['--relay-only'] if self.relay_only else ['--stun', turn.stun])


# Neither can be reached from outside: what most homes are.
BY_BROKER = [(kind, kind) for kind in KINDS if kind != 'open'] + [('cone', 'symmetric'), ('open', 'tcp443')]


def all_cells ():
    cells = [Cell (a, b, relays) for relays in (True, False) for a in KINDS for b in KINDS]
    cells += [Cell (kind, kind, relay_only=True) for kind in KINDS]
    cells += [Cell (a, b, families=(6,)) for a, b in (('open', 'open'), ('cone', 'cone'), ('blocked', 'open'), ('tcp443', 'blocked'))]
    cells += [Cell (a, b, relays=False, families=(6,)) for a, b in (('cone', 'cone'), ('blocked', 'open'))]
    cells += [Cell (kind, kind, relays=False, families=(4, 6)) for kind in ('cone', 'symmetric')]
    cells += [Cell (a, b, broker=True) for a, b in BY_BROKER]
    cells += [Cell ('symmetric', 'blocked', relays=False, broker=True), Cell ('cone', 'cone', families=(6,), broker=True)]
    cells += [Cell (a, b, second=True) for a, b in (('cone', 'cone'), ('symmetric', 'symmetric'), ('open', 'blocked'), ('tcp443', 'cone'))]
    return cells


@dataclasses.dataclass
class Run:
    """One call. found: DIRECT, RELAYED, IMPOSSIBLE (nothing, and both were told so in a sentence) or why it was none of these."""

    found: str
    connect_ms: float = None
    frame_ms: float = None
    first: str = None
    said: str = ''
    after_s: float = None
    transcript: str = ''


def kind_of (path):
    return RELAYED if path['relayed'] else DIRECT


def sentence (program):
    return ' '.join (line for _, source, line in program.log if source == 'err' and line)


def told (call):
    """What both said, without the figures of each second."""
    return '\n'.join (line for line in call.told ().splitlines () if '"event":"stats"' not in line)


def talk (call):
    """Until both have seen and heard the other, and a little longer; or until nothing can come of it."""
    with contextlib.suppress (Gone):
        first = [program.wait_event (name) for program in call.both for name in ('first-frame', 'first-sound')]
        call.caller.wait_event ('stats', lambda stats: stats['mono_ns'] >= max (event['mono_ns'] for event in first) + SETTLES_S * 1e9)
        call.caller.send_signal (signal.SIGINT)


def judge (call):
    """What came of a call that is over."""
    caller, callee = call.both
    if caller.wait (timeout=60) != 0 and not callee.named ('state'):
        return Run (found='B was never told of the call', said=sentence (caller), transcript=told (call))
    statuses = [program.wait (timeout=60) for program in call.both]
    paths = [program.named ('path') for program in call.both]
    run = Run (found=f'exit statuses {statuses}', transcript=told (call))
    accepted = callee.named ('state', state='connecting') or caller.named ('state', state='connecting')
    if statuses == [0, 0] and all (paths) and call.seen_and_heard ():
        found = {kind_of (path[-1]) for path in paths}
        run.found = found.pop () if len (found) == 1 else 'one side direct, one relayed'
        run.first = RELAYED if any (path[0]['relayed'] for path in paths) else DIRECT
        run.connect_ms = (max (path[0]['mono_ns'] for path in paths) - accepted[0]['mono_ns']) / 1e6
        run.frame_ms = max (program.named ('first-frame')[0]['mono_ns'] for program in call.both) / 1e6 - accepted[0]['mono_ns'] / 1e6
    elif all (status in TOLD for status in statuses) and not any (program.named ('first-frame') for program in call.both):
        run.said = sentence (caller) if sentence (caller) == sentence (callee) else f'{sentence (caller)} / {sentence (callee)}'
        run.found = IMPOSSIBLE if sentence (caller) and sentence (callee) else 'ended without a word'
        began = (accepted or caller.named ('state'))[0]['mono_ns']
        run.after_s = (max (program.named ('ended')[0]['mono_ns'] for program in call.both) - began) / 1e9
    return run


@dataclasses.dataclass
class Result:
    """All runs of a cell."""

    cell: Cell
    runs: list

    @property
    def found (self):
        found = list (dict.fromkeys (run.found for run in self.runs))
        return found[0] if len (found) == 1 else ', '.join (f'{sum (run.found == one for run in self.runs)} × {one}' for one in found)

    @property
    def came (self):
        return self.found == self.cell.expected ()

    def median (self, name):
        values = [getattr (run, name) for run in self.runs if getattr (run, name) is not None]
        return statistics.median (values) if values else None

    @property
    def said (self):
        return next ((run.said for run in self.runs if run.said), '')


def far_away (stack, net, rtt, loss):
    """Home A lies so far from all others: half the round trip each way, and so many per cent lost each way."""
    for way in ('-i wan', '-o wan'):
        stack.enter_context (Impairment (net.router_a, way, families=net.families, delay=rtt / 2, loss=loss))


def start_broker (net, home):
    """mosquitto on a host of its own, where it is reached by port 443, too."""
    if missing ():
        raise unittest.SkipTest (missing ())
    host, family = (BROKER, 4) if 4 in net.families else (BROKER6, 6)
    place = net.add_broker ()
    place.iptables (f'-t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports {BROKER_PORT}', family)
    return Broker (home, host=host, port=BROKER_PORT, netns=place)


def lay_out (cell, lab):
    """The network, and B's address where it has one."""
    net = lab.two_homes (cell.a, cell.b, cell.families, uplinks=2 if cell.second else 1)
    if cell.second:
        net.home_a.use (1)
        net.home_b.use (1)
    address = None if cell.broker else net.home_b.let_in (443 if cell.a == 'tcp443' else PORT, PORT, number=int (cell.second))
    return net, address


def run_cell (cell, count=1, rtt=0, loss=0):
    """Lays the network out and calls `count` times in it (once where nothing can come of it)."""
    runs = []
    with Lab () as lab, folder () as home:
        net, address = lay_out (cell, lab)
        with turn_server (net) as turn, contextlib.ExitStack () as stack:
            if cell.broker:
                stack.enter_context (start_broker (net, home))
            if rtt or loss:
                far_away (stack, net, rtt, loss)
            for _ in range (count if cell.expected () != IMPOSSIBLE else 1):
                runs.append (run_once (cell, net, turn, home, address))
    return Result (cell, runs)


def run_once (cell, net, turn, home, address):
    listen = f'0.0.0.0:{PORT}' if 4 in cell.families else f'[::]:{PORT}'
    with Call (home, net.host_a, net.host_b, address, caller_words=cell.words (cell.a, turn), callee_words=cell.words (cell.b, turn),
               listen=listen) as call:
        try:
            talk (call)
            return judge (call)
        except Gone as error:
            return Run (found='no end within a minute', transcript=f'{error}\n\nBoth sides:\n{told (call)}')
