# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who wants to be reached by a relay only shows nobody else where they are."""

import re
import unittest

from capture import NOWHERE, Capture, peers_of
from lab import OUTER_A, OUTER_B, PORT, SERVER, STUN, Call, Count, check_call, host_of, turn_server, two_nats, wait_given_back
from netns import Lab
from procs import folder
from tap import main

ADDRESS = f'{OUTER_B}:{PORT}'


class RelayOnly (unittest.TestCase):
    def watch_between (self, net):
        """What the public network sees between the two homes, apart from signalling."""
        return [Count (net.public, f'-p udp -s {one} -d {other}') for one, other in ((OUTER_A, OUTER_B), (OUTER_B, OUTER_A))] \
            + [Count (net.public, f'-p tcp -s {OUTER_A} -d {OUTER_B} ! --dport {PORT}'),
               Count (net.public, f'-p tcp -s {OUTER_B} -d {OUTER_A} ! --sport {PORT}')]

    def assert_none (self, counts, call):
        for count in counts:
            self.assertEqual (count.packets (), 0, f'{count.namespace.label}: {count.words}\n{call.told ()}')

    def test_both (self):
        """Both by relay only, where straight would work: from neither home goes a packet to anywhere but signalling and the relay."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            # Mangle's FORWARD sees the addresses inside for what goes out, and after translation for what comes in.
            strays = [Count (net.router_a, f'-i lan -p udp ! -d {SERVER}'), Count (net.router_a, f'-i lan -p tcp ! -d {OUTER_B}'),
                      Count (net.router_b, f'-i lan -p udp ! -d {SERVER}'), Count (net.router_b, f'-i lan -p tcp ! --sport {PORT}'),
                      *self.watch_between (net)]
            signalling = Count (net.router_a, f'-i lan -p tcp -d {OUTER_B} --dport {PORT}')
            relayed = [Count (router, f'-i lan -p udp -d {SERVER} --dport {STUN}') for router in (net.router_a, net.router_b)]
            with turn_server (net) as turn:
                with Call (home, net.host_a, net.host_b, ADDRESS,
                           words=['--stun', turn.stun, '--turn', turn.url, '--relay-only']) as call:
                    check_call (self, call, 'both by relay only', relayed=True)
                    for path in call.paths ():
                        self.assertEqual ((host_of (path['local']), host_of (path['remote'])), (SERVER, SERVER), call.told ())
                    self.assert_none (strays, call)
                    # The counters count.
                    self.assertGreater (signalling.packets (), 5)
                    for count in relayed:
                        self.assertGreater (count.packets (), 100)
                wait_given_back (turn)

    def test_captured (self):
        """A3: All that each computer sends by UDP in a call by relay only, captured: to the relay alone, and the relay is asked for no other
        address than the other's at the relay; so neither was told of one at home or at a router."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            hosts = net.host_a, net.host_b
            counts = [Count (host, f'-o eth0 -p udp ! -d {NOWHERE[0]}', chain='OUTPUT') for host in hosts]
            captures = [Capture (host, home / f'{host.label}.pcap') for host in hosts]
            with captures[0], captures[1], turn_server (net) as turn:
                with Call (home, net.host_a, net.host_b, ADDRESS,
                           words=['--stun', turn.stun, '--turn', turn.url, '--relay-only']) as call:
                    check_call (self, call, 'captured', relayed=True)
            for capture, count in zip (captures, counts):
                packets = capture.packets ()
                self.assertEqual (len (packets), count.packets ())
                self.assertEqual ({destination for _, destination, _ in packets}, {SERVER})
                self.assertEqual ({peer for _, _, payload in packets for peer in peers_of (payload)}, {SERVER})

    def test_one (self):
        """If one side insists, the other's willingness to go straight changes nothing: no media between the two homes."""
        for side in ('caller', 'callee'):
            with self.subTest (side=side), Lab () as lab, folder () as home:
                net = two_nats (lab)
                strays = self.watch_between (net)
                with turn_server (net) as turn:
                    with Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun, '--turn', turn.url],
                               **{side + '_words': ['--relay-only']}) as call:
                        check_call (self, call, f'the {side} by relay only', relayed=True)
                        self.assert_none (strays, call)
                    wait_given_back (turn)

    def test_no_relay (self):
        """Relay only with a relay that is not there is no way round: the call ends, and nothing went straight."""
        with Lab () as lab, folder () as home:
            net = two_nats (lab)
            strays = self.watch_between (net)
            with turn_server (net) as turn, \
                 Call (home, net.host_a, net.host_b, ADDRESS, words=['--stun', turn.stun],
                       caller_words=['--relay-only', '--turn', re.sub (r':\d+$', ':9', turn.url)]) as call:
                self.assertNotEqual (call.caller.wait (timeout=60), 0, call.told ())
                call.callee.wait (timeout=60)
                self.assertEqual ([p.named ('path') for p in call.both], [[], []], call.told ())
                self.assert_none (strays[:1], call)


if __name__ == '__main__':
    main ()
