# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people behind routers, and what one can see of their calls from outside."""

import contextlib
import re
import time
from signal import SIGINT

import netns
from procs import LIMIT, Gone, cli

PORT = 7667
LASTS = 300  # seconds of a call: longer than any test of it
# As netns.Lab.two_nats() lays them out.
HOME_A, HOME_B = '10.1.0.2', '10.2.0.2'
OUTER_A, OUTER_B = '203.0.113.1', '198.51.100.1'
SERVER = '203.0.113.9'
STUN = 3478


def host_of (address):
    return address.rsplit (':', 1)[0].strip ('[]')


def two_nats (lab, symmetric=False):
    """Both at home behind a router; B's router lets signalling through to B, as its owner set it up."""
    net = lab.two_nats (symmetric)
    net.router_b.forward_port ('wan', PORT, f'{HOME_B}:{PORT}')
    return net


@contextlib.contextmanager
def turn_server (net, **options):
    """coturn in the public network. It can tell at its end whether everybody gave back what they took."""
    with netns.Turn (net.public, *net.servers (), **options) as turn:
        yield turn


def allocations (turn):
    """Which allocations the server made, and which of them it has deleted."""
    log = turn.process.transcript ()
    return (set (re.findall (r'session (\d+): new, realm', log)), set (re.findall (r'session (\d+): delete: realm', log)))


def wait_given_back (turn):
    """All allocations are gone, long before they would have run out (10 minutes). Gives how many there were."""
    deadline = time.monotonic () + LIMIT
    while True:
        made, deleted = allocations (turn)
        if made and made <= deleted:
            return len (made)
        if not made or time.monotonic () > deadline:
            raise Gone (f'{len (made)} relay allocations were made, {len (made - deleted)} are still there\n'
                        + turn.process.transcript ())
        time.sleep (0.05)


class Count:
    """Counts packets that pass a router and match, by the kernel. `words`: a match as iptables knows it."""

    def __init__ (self, namespace, words, chain='FORWARD'):
        self.namespace = namespace
        self.chain = chain
        self.words = words
        namespace.iptables (f'-t mangle -A {chain} {words}')
        rules = namespace.iptables (f'-t mangle -S {chain}').splitlines ()
        self.number = sum (line.startswith ('-A') for line in rules)

    def packets (self):
        listing = self.namespace.iptables (f'-t mangle -L {self.chain} {self.number} -v -n -x')
        return int (listing.split ()[0])


class Call:
    """B answers, A calls. `caller` and `callee` are the programs, both over when the call is; `begin` before. address None: B listens on no port and is
    called by the broker that the words tell of. ask: it rings at B until the test writes `accept` to it."""

    def __init__ (self, home, host_a, host_b, address, *, words=(), caller_words=(), callee_words=(), duration=LASTS,
                  listen=f'0.0.0.0:{PORT}', ask=False):
        self.stack = contextlib.ExitStack ()
        self.home = home
        self.hosts = host_a, host_b
        self.address = address
        self.listen = listen
        self.caller_words = [*words, *caller_words]
        self.callee_words = [*words, *callee_words]
        self.duration = duration
        self.ask = ask

    def __enter__ (self):
        host_a, host_b = self.hosts
        where = ['--listen', self.listen] if self.address else ['--no-direct']
        try:
            self.callee = self.stack.enter_context (
                cli (self.home / 'b', *self.callee_words, *where, 'answer', '--ask' if self.ask else '--anyone', '--calls', '1',
                     netns=host_b, stdin=self.ask, name='callee'))
            told = self.callee.wait_event ('listening')
            address = self.address or 'visavis:' + told['id']
            self.caller = self.stack.enter_context (
                cli (self.home / 'a', *self.caller_words, 'call', address, '--duration', str (self.duration),
                     netns=host_a, name='caller'))
        except BaseException:
            self.stack.close ()
            raise
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    @property
    def both (self):
        return self.caller, self.callee

    def told (self):
        return self.caller.transcript () + '\n' + self.callee.transcript ()

    def wait (self, step):
        """Does the same with both programs; if that is in vain, what both said is told."""
        for program in self.both:
            try:
                step (program)
            except Gone as error:
                raise Gone (f'{error}\n\nBoth sides:\n{self.told ()}') from None

    def wait_seen (self, more=15):
        """Each side hears, and has seen more pictures than that."""
        self.wait (lambda program: program.wait_event ('first-sound'))
        self.wait (lambda program: program.wait_event ('stats', lambda stats: stats['video_in']['frames'] > more))

    def finish (self):
        """Both ended well by themselves."""
        self.wait (lambda program: program.wait (0))

    def paths (self):
        """The path that each side ended with."""
        return [program.named ('path')[-1] for program in self.both]

    def frames (self):
        """How many pictures had arrived at each side when it last said so."""
        return [max ((stats['video_in']['frames'] for stats in program.named ('stats')), default=0) for program in self.both]

    def seen_and_heard (self):
        """Each side got a first picture and a first sound."""
        return all (program.named (name) for program in self.both for name in ('first-frame', 'first-sound'))

    def report (self, title):
        """Figures for whoever reads the log; no test of them."""
        accepted = self.callee.wait_event ('state', state='connecting')['mono_ns']
        found = [program.named ('path')[0]['mono_ns'] for program in self.both]
        first = [program.named ('first-frame')[0]['ms'] for program in self.both]
        print (f'{title}: accept to path {(found[0] - accepted) / 1e6:.0f} ms (caller), {(found[1] - accepted) / 1e6:.0f} ms (callee);'
               f' first frame {first[0]:.0f} ms after dialling, {first[1]:.0f} ms after accepting; frames {self.frames ()}',
               flush=True)


def check_call (test, call, title, relayed=None):
    """A call that went well from end to end: pictures and sound at both ends, a goodbye, status 0."""
    call.wait_seen ()
    call.caller.send_signal (SIGINT)
    call.finish ()
    test.assertTrue (call.seen_and_heard (), call.told ())
    for program in call.both:
        test.assertTrue (program.wait_event ('ended')['graceful'])
    if relayed is not None:
        test.assertEqual ([path['relayed'] for path in call.paths ()], [relayed, relayed], call.told ())
    call.report (title)
