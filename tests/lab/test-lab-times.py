# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long it takes from accepting to a path, for each kind of network. With a number: so many calls of each, and the median is judged."""

import statistics
import sys
import unittest

from lab import HOME_B, OUTER_B, PORT, Call, turn_server
from netns import Lab
from procs import folder
from tap import main

DIRECT_MS, RELAYED_MS = 100, 200
CALLS = int (sys.argv.pop ()) if sys.argv[-1].isdigit () else 1


def net_of (lab, kind_a, kind_b):
    """Two homes; each router: open (it only routes), cone (keeps a port for all peers) or symmetric."""
    net = lab.two_nats ()
    for router, kind, inside, outer in ((net.router_a, kind_a, '10.1.0.0/24', '203.0.113.1'),
                                        (net.router_b, kind_b, '10.2.0.0/24', '198.51.100.1')):
        if kind == 'symmetric':
            router.iptables ('-t nat -R POSTROUTING 1 -o wan -j MASQUERADE --random-fully')
        if kind == 'open':
            router.iptables ('-t nat -F POSTROUTING')
            router.iptables ('-P FORWARD ACCEPT')
            net.public.ip (f'route add {inside} via {outer}')
    net.router_b.forward_port ('wan', PORT, f'{HOME_B}:{PORT}')
    return net


class Times (unittest.TestCase):
    def measure (self, kind_a, kind_b, relayed, caller='turn', callee='turn'):
        """Accept → path, in ms, of one call; the slower side's."""
        with Lab () as lab, folder () as home:
            net = net_of (lab, kind_a, kind_b)
            with turn_server (net) as turn:
                words = {'stun': ['--stun', turn.stun], 'turn': ['--stun', turn.stun, '--turn', turn.url]}
                address = f"{HOME_B if kind_b == 'open' else OUTER_B}:{PORT}"
                with Call (home, net.host_a, net.host_b, address, duration=1, caller_words=words[caller],
                           callee_words=words[callee]) as call:
                    call.finish ()
                    self.assertEqual ([path['relayed'] for path in call.paths ()], [relayed, relayed], call.told ())
                    accepted = call.callee.wait_event ('state', state='connecting')['mono_ns']
                    return max (program.named ('path')[0]['mono_ns'] - accepted for program in call.both) / 1e6

    def check (self, kind_a, kind_b, relayed, **words):
        times = sorted (self.measure (kind_a, kind_b, relayed, **words) for _ in range (CALLS))
        print (f"{kind_a} – {kind_b}{''.join (f', {side} {has}' for side, has in words.items ())}: median {statistics.median (times):.0f} ms"
               f" of {CALLS} ({', '.join (f'{time:.0f}' for time in times)})", flush=True)
        # One figure of a busy computer is none.
        if CALLS >= 10:
            self.assertLessEqual (statistics.median (times), RELAYED_MS if relayed else DIRECT_MS, times)

    def test_direct (self):
        """A3: Where a direct path is possible it is found, with a relay at hand."""
        for kinds in (('open', 'open'), ('open', 'cone'), ('open', 'symmetric'), ('cone', 'open'), ('symmetric', 'open'), ('cone', 'cone')):
            with self.subTest (kinds=kinds):
                self.check (*kinds, relayed=False)

    def test_relayed (self):
        """A3: Where only a relay helps it is used."""
        for kinds in (('cone', 'symmetric'), ('symmetric', 'cone'), ('symmetric', 'symmetric')):
            with self.subTest (kinds=kinds):
                self.check (*kinds, relayed=True)

    def test_one_relay (self):
        """A3: Between symmetric routers one relay on either side suffices, and nobody waits for a check to be sent again."""
        self.check ('symmetric', 'symmetric', relayed=True, caller='turn', callee='stun')
        self.check ('symmetric', 'symmetric', relayed=True, caller='stun', callee='turn')


if __name__ == '__main__':
    main ()
