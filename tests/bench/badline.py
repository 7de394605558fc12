# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls over a bad line, as a scenario (scenarios.py) tells: each call between two hosts of its own, all of them over one router, where the line is.

    host a0 – east0 ┐        ┌ west0 – host b0
    host a1 – east1 ┴ router ┴ west1 – host b1

The way there (from a to b) and the way back are two lines of their own; what belongs to the line alone goes over it, and nobody else's packets."""

import contextlib
import random
import socket
import threading
import time

from impairment import Impairment
from measures import Sample, read_pictures, read_samples
from netns import Lab
from procs import BUILD, LIMIT, Gone, Process

TICK = 0.1  # s between two looks at the line
PORT = 7667
PATIENT = 10  # s for the first picture of a call that is up
PIECE = bytes (16 * 1024)
CUBIC = socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'cubic'  # RFC 9438: what most computers have, whatever this one does


def now_ms ():
    return time.monotonic_ns () / 1e6


def ways (number):
    return f'10.{10 + number}.0', f'10.{60 + number}.0'


class Hosts:
    """The two hosts of one call (or of a TCP flow) and their cables to the router. `delay`: of its own, each way, before the line."""

    def __init__ (self, lab, router, number, delay, stack):
        self.a, self.b = lab.namespace (f'a{number}'), lab.namespace (f'b{number}')
        there, back = ways (number)
        lab.link (self.a, 'eth0', f'{there}.2/24', router, f'east{number}', f'{there}.1/24')
        lab.link (self.b, 'eth0', f'{back}.2/24', router, f'west{number}', f'{back}.1/24')
        self.a.route_by (f'{there}.1')
        self.b.route_by (f'{back}.1')
        if delay:
            for side in ('east', 'west'):
                stack.enter_context (Impairment (router, f'-i {side}{number}', chain='PREROUTING', delay=delay))


class OurCall:
    """A call of tests/bench/watch between two hosts."""

    name = 'visavis'

    def __init__ (self, hosts, one_way):
        self.hosts, self.one_way = hosts, one_way
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        words = ['receive'] if self.one_way else []
        with contextlib.ExitStack () as stack:
            env = {'DBUS_SESSION_BUS_ADDRESS': None}
            self.callee = stack.enter_context (Process ([BUILD / 'tests/bench/watch', 'listen', f'0.0.0.0:{PORT}', *words], env=env, netns=self.hosts.b, name='callee', stdin=True))
            self.callee.wait_event ('listening')
            self.caller = stack.enter_context (Process ([BUILD / 'tests/bench/watch', 'call', f'{self.hosts.b.address}:{PORT}'], env=env, netns=self.hosts.a, name='caller', stdin=True))
            self.stack = stack.pop_all ()
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def wait_begun (self):
        """The call is up, and whoever is sent a picture has seen one, if any comes in a while: over some lines none ever does."""
        for program in (self.callee, self.caller):
            program.wait_event ('state', state='active', timeout=2 * LIMIT)
        for program in (self.callee,) if self.one_way else (self.callee, self.caller):
            with contextlib.suppress (Gone):
                program.wait_event ('picture', timeout=PATIENT)

    def pause (self):
        self.caller.write_line ('pause')

    def resume (self):
        self.caller.write_line ('resume')

    def finish (self):
        """Both are over; whether they lived until then."""
        lived = self.caller.running and self.callee.running
        for program in (self.caller, self.callee):
            if program.running:
                program.stop ()
        return lived

    def pictures (self):
        """What came out there, at b, and back, at a."""
        return read_pictures (self.callee.named ('picture')), read_pictures (self.caller.named ('picture'))

    def stats (self):
        """What the two told each second: the caller, who sends the way there, then the callee."""
        return self.caller.named ('stats'), self.callee.named ('stats')

    def concealed (self, begin, end):
        """The share of the sound that was made up in that time, in per cent: there, back. Packets are of 20 ms."""
        return [made_up (told, begin, end) for told in reversed (self.stats ())]

    def pids (self):
        return [self.callee.pid, self.caller.pid]


class NoCall:
    """Of a scenario without flows: what others send has the line for itself."""

    name = 'nobody'


def made_up (told, begin, end):
    inside = [stats for stats in told if begin <= stats['t'] <= end]
    if len (inside) < 2:
        return None
    return 100 * 20 * (inside[-1]['concealed'] - inside[0]['concealed']) / (inside[-1]['t'] - inside[0]['t'])


class TcpFlow:
    """Sends over the same line from a host of its own, as scenarios.Tcp tells."""

    def __init__ (self, hosts, plan, number):
        self.hosts, self.plan, self.port = hosts, plan, 9000 + number
        self.chance = random.Random (number)  # the same in each run
        self.over = threading.Event ()
        self.open = []
        self.threads = []

    def start (self):
        self.server = self.hosts.b.socket (socket.SOCK_STREAM, ('0.0.0.0', self.port))
        self.server.setsockopt (*CUBIC)
        self.server.listen (64)
        for work in (self.take, self.send):
            self.threads.append (threading.Thread (target=self.quietly, args=(work,), daemon=True))
            self.threads[-1].start ()

    def quietly (self, work):
        with contextlib.suppress (OSError):
            work ()

    def take (self):
        while not self.over.is_set ():
            taker, _ = self.server.accept ()
            self.open.append (taker)
            threading.Thread (target=self.quietly, args=(lambda one=taker: self.drain (one),), daemon=True).start ()

    @staticmethod
    def drain (taker):
        with taker:
            while taker.recv (65536):
                pass

    def idle (self):
        if self.plan.idle > 0:
            self.over.wait (self.chance.expovariate (1 / self.plan.idle))

    def send (self):
        if self.plan.late:
            self.idle ()
        while not self.over.is_set ():
            together = [threading.Thread (target=self.quietly, args=(lambda size=size: self.send_one (size),), daemon=True) for size in self.sizes ()]
            for one in together:
                one.start ()
            for one in together:
                one.join ()
            self.over.wait (self.plan.rest)
            self.idle ()

    def sizes (self):
        return [self.chance.randint (*self.plan.size) if self.plan.size else 1 << 40 for _ in range (self.plan.connections)]

    def send_one (self, left):
        with self.hosts.a.socket (socket.SOCK_STREAM) as sender:
            self.open.append (sender)
            sender.setsockopt (*CUBIC)
            sender.connect ((self.hosts.b.address, self.port))
            while left > 0 and not self.over.is_set ():
                left -= sender.send (PIECE[:left])

    def stop (self):
        self.over.set ()
        for one in (*self.open, *([self.server] if hasattr (self, 'server') else [])):
            with contextlib.suppress (OSError):
                one.shutdown (2)
            one.close ()


def received_bytes (pid):
    """IP bytes that came to the host in which the process lives."""
    with open (f'/proc/{pid}/net/dev', encoding='ascii') as table:
        for line in table:
            name, _, fields = line.partition (':')
            if name.strip () == 'eth0':
                fields = fields.split ()
                return int (fields[0]) - 14 * int (fields[1])  # without Ethernet's heads
    return 0


class Run:
    """One run of a scenario. After go(): `begin` and `end` in ms, `there` and `back` (samples of the line), `calls`, `received` ((t, bytes there, bytes
    back) of each call), `lived`."""

    def __init__ (self, scenario, kind=OurCall, seed=1):
        self.scenario, self.kind, self.seed = scenario, kind, seed
        self.stack = contextlib.ExitStack ()
        self.calls, self.begun = [], []
        self.there, self.back, self.received = [], [], [[] for _ in scenario.flows]
        self.lived = True

    def lay (self):
        lab = self.stack.enter_context (Lab ())
        router = lab.namespace ('line')
        router.forward_packets ()
        self.hosts = [Hosts (lab, router, number, flow.delay, self.stack) for number, flow in enumerate (self.scenario.flows)]
        more = len (self.hosts)
        self.tcp = [TcpFlow (Hosts (lab, router, more + number, 0, self.stack), plan, number) for number, plan in enumerate (self.scenario.tcp)]
        for one in self.tcp:
            self.stack.callback (one.stop)
        first = [dict (self.scenario.line), dict (self.scenario.line)]
        for settings, steps in zip (first, (self.scenario.steps, self.scenario.back or self.scenario.steps)):
            settings |= dict (steps[0][1]) if steps and steps[0][0] == 0 else {}
        self.capacity = [settings.get ('rate', 0) for settings in first]
        self.lines = [self.stack.enter_context (Impairment (router, f'-i {side}+', chain='FORWARD', seed=self.seed + number, **first[number]))
                      for number, side in enumerate (('east', 'west'))]

    def events (self):
        """What happens after the beginning, in its order: (second, function, words)."""
        found = [(at, self.set_line, (0, settings)) for at, settings in self.scenario.steps if at > 0]
        found += [(at, self.set_line, (1, settings)) for at, settings in self.scenario.back or self.scenario.steps if at > 0]
        for number, flow in enumerate (self.scenario.flows):
            if flow.begins > 0:
                found.append ((flow.begins, self.start_call, (number,)))
            for begins, ends in flow.pauses:
                found += [(begins, lambda one: self.calls[one].pause (), (number,)), (ends, lambda one: self.calls[one].resume (), (number,))]
        for one in self.tcp:
            found.append ((one.plan.begins, one.start, ()))
            if one.plan.ends is not None:
                found.append ((one.plan.ends, one.stop, ()))
        return sorted (found, key=lambda event: event[0])

    def set_line (self, which, settings):
        self.lines[which].set (**settings)
        self.capacity[which] = settings.get ('rate', self.capacity[which])

    def start_call (self, number):
        self.calls.append (self.stack.enter_context (self.kind (self.hosts[number], self.scenario.one_way)))

    def look (self):
        for line, samples, capacity in zip (self.lines, (self.there, self.back), self.capacity):
            told = line.stats ()
            samples.append (Sample (now_ms (), capacity, told['seen_bytes'], told['released_bytes'], told['waiting_us'] / 1000))
        for call, samples in zip (self.calls, self.received):
            with contextlib.suppress (OSError):
                samples.append ((now_ms (), *(received_bytes (pid) for pid in call.pids ())))

    def go (self):
        with self.stack:
            self.lay ()
            for number, flow in enumerate (self.scenario.flows):
                if flow.begins == 0:
                    self.start_call (number)
            for call in self.calls:
                call.wait_begun ()
            begun = time.monotonic ()
            self.begin = now_ms ()
            coming = self.events ()
            while (passed := time.monotonic () - begun) < self.scenario.seconds:
                while coming and coming[0][0] <= passed:
                    _, act, words = coming.pop (0)
                    act (*words)
                self.look ()
                time.sleep (max (0, TICK - (time.monotonic () - begun) % TICK))
            self.end = now_ms ()
            for one in self.tcp:
                one.stop ()
            self.lived = all ([call.finish () for call in self.calls])
        read_samples (self.there)
        return self
