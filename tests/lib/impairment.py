# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bad line in a laboratory network: what passes a place is delayed, lost, put out of order or slowed down (tests/lab/impair.c).

    with Impairment (net.router_a, '-i lan -p udp', delay=100, loss=5) as line:
        ...
        line.set (loss=0, rate=500, queue='200ms')
        line.stats ()['lost']

`match` is a match as iptables knows it, in mangle's `chain`: FORWARD of a router, one way or both, OUTPUT or INPUT of a host (what is held on its way
out of a host still fills the buffer of the socket that sent it).
The settings are explained in impair.c. One instance is one line: two directions of their own take two."""

import contextlib
import itertools
import unittest

import procs

PROGRAM = procs.BUILD / 'tests/lab/impair'
NUMBERS = itertools.count (1)


class Impairment:
    def __init__ (self, namespace, match='', *, chain='FORWARD', seed=1, families=(4,), **settings):
        if not PROGRAM.exists ():
            raise unittest.SkipTest ('it was built without libnetfilter-queue')
        self.namespace, self.match, self.chain, self.families = namespace, match, chain, families
        self.number = next (NUMBERS)
        self.seed, self.settings = seed, settings
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        with self.stack:
            self.process = self.stack.enter_context (procs.Process ([PROGRAM, self.number, self.seed], netns=self.namespace, stdin=True))
            self.process.wait_event ('ready')
            self.stack.callback (self.finish)
            if self.settings:
                self.set (**self.settings)
            for family in self.families:
                self.rule ('-A', family)
                self.stack.callback (self.rule, '-D', family)
            self.stack = self.stack.pop_all ()
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def rule (self, act, family):
        self.namespace.iptables (f'-t mangle {act} {self.chain} {self.match} -j NFQUEUE --queue-num {self.number} --queue-bypass', family)

    def finish (self):
        """All that is held goes."""
        self.process.close_stdin ()
        self.process.wait (0)

    def ask (self, line):
        """Says a line and gives the answer."""
        since = self.process.mark ()
        self.process.write_line (line)
        return self.process.wait_event (None, since=since)

    def set (self, **settings):
        answer = self.ask (' '.join (f'{name}={value}' for name, value in settings.items ()))
        if answer['event'] != 'set':
            raise ValueError (f'impair does not know {settings}')
        return answer

    def stats (self):
        """seen, seen_bytes, released, released_bytes, lost, overflowed, reordered, held, full (more were held than it can hold),
        latest_us (by how much it was late at worst), waiting_us (for its turn at the rate, what comes now)."""
        return self.ask ('stats')
