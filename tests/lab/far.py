# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people far from each other: how long each step of a call takes, and how many round trips that is.

    with Far ('open', 500) as far:
        far.cold ()     a stranger calls, and is let in at once
        far.rang ()     somebody known calls, it rings, and after a while the person accepts
"""

import contextlib
import time

from impairment import Impairment
from lab import PORT, Call, turn_server
from netns import Lab
from procs import cli, folder

# What a call tells of on its way: name of the event, what it must hold, and whether it counts from the dialling or from the accepting.
STEPS = {
    'dial → accept': ('callee', 'state', {'state': 'connecting'}),
    'dial → path': ('caller', 'path', {}),
    'dial → active': ('caller', 'state', {'state': 'active'}),
    'dial → first frame': ('caller', 'first-frame', {}),
    'dial → path, callee': ('callee', 'path', {}),
    'dial → first frame, callee': ('callee', 'first-frame', {}),
}


def when (event):
    return event['mono_ns'] / 1e6


def accepted_at (callee, since=0):
    return when (callee.wait_event ('state', state='connecting', since=since))


def fit (points):
    """The straight line through (x, y) with the least squares: its slope and where it begins."""
    xs, ys = zip (*points)
    x_mean, y_mean = sum (xs) / len (xs), sum (ys) / len (ys)
    slope = sum ((x - x_mean) * (y - y_mean) for x, y in points) / sum ((x - x_mean) ** 2 for x in xs)
    return slope, y_mean - slope * x_mean


class Far (contextlib.ExitStack):
    """Two homes of one kind (netns.KINDS) with STUN, and a line between home A and all others that takes `rtt` ms there and back."""

    def __init__ (self, kind, rtt, **line):
        super ().__init__ ()
        self.kind, self.rtt, self.line = kind, rtt, line
        self.strangers = 0
        self.lines = []

    def __enter__ (self):
        with contextlib.ExitStack () as stack:
            lab = stack.enter_context (Lab ())
            self.home = stack.enter_context (folder ())
            self.net = lab.two_homes (self.kind, self.kind)
            self.address = self.net.home_b.let_in (PORT)
            self.words = ['--stun', stack.enter_context (turn_server (self.net)).stun]
            if self.rtt or self.line:
                # beyond A's router, and before whatever is in the public network
                self.lines = [stack.enter_context (Impairment (self.net.public, match, chain=chain, delay=self.rtt / 2, **self.line))
                              for match, chain in (('-i east', 'PREROUTING'), ('-o east', 'POSTROUTING'))]
            self.enter_context (stack.pop_all ())
        return self

    def move (self, rtt):
        """The line takes so long from now on."""
        self.rtt = rtt
        for line in self.lines:
            line.set (delay=rtt / 2)

    def hush (self, on):
        """Nothing passes by the line, or as before."""
        for line in self.lines:
            line.set (loss=100 if on else self.line.get ('loss', 0))

    def profile (self):
        """A profile of somebody whom nobody knows, made before anything is measured."""
        self.strangers += 1
        profile = self.home / f'{self.strangers}'
        profile.mkdir ()
        for name in 'ab':
            with cli (profile / name, 'identity') as program:
                program.wait (0)
        return profile

    @contextlib.contextmanager
    def call (self):
        """A call of strangers, in which both see a picture; it is over after the block."""
        with Call (self.profile (), self.net.host_a, self.net.host_b, self.address, words=self.words, duration=600) as call:
            for program in call.both:
                program.wait_event ('first-frame')
            yield call
            call.caller.stop ()
            call.finish ()

    def cold (self):
        """The steps of one call in ms, and the call itself, which is over."""
        with self.call () as call:
            pass
        dialled = when (call.caller.named ('state')[0])
        found = {name: when (getattr (call, side).wait_event (event, **fields)) - dialled for name, (side, event, fields) in STEPS.items ()}
        for name in ('first frame', 'first frame, callee'):
            found[f'accept → {name}'] = found[f'dial → {name}'] - found['dial → accept']
        return found, call

    def known (self):
        """A profile in which the two know each other: they have talked once."""
        with self.call () as call:
            pass
        return call.home

    def rang (self, profile):
        """From accepting to the first frame at both ends, in ms, after it rang for as long as a path takes and a little longer."""
        with cli (profile / 'b', *self.words, '--listen', f'0.0.0.0:{PORT}', 'answer', '--ask', '--calls', '1',
                  netns=self.net.host_b, name='callee', stdin=True) as callee:
            callee.wait_event ('listening')
            with cli (profile / 'a', *self.words, 'call', self.address, netns=self.net.host_a, name='caller') as caller:
                for program in (caller, callee):
                    program.wait_event ('path')
                time.sleep (0.7 + 3 * self.rtt / 1000)  # people are slow
                callee.write_line ('accept')
                accepted = accepted_at (callee)
                frames = {f'accept → first frame, {program.name}': when (program.wait_event ('first-frame')) - accepted for program in (caller, callee)}
                caller.stop (status=0)
                callee.wait (0)
        return frames, (caller, callee)
