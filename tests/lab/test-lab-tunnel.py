# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tunnel (VPN) becomes the way out of a computer during a call, and ends."""

import unittest

from lab import Call, turn_server
from moving import LASTS, REPETITIONS, MovingTest, tearDownModule
from netns import Lab
from procs import folder
from tap import main

OURS, THEIRS = '198.18.9.2', '198.18.9.1'


class Tunnel:
    """From a host to the public network, which takes nothing by it that is not from the tunnel's own address. As with many such programs nothing leaves the
    host by another way from now on; sockets that exist go by the interface of their address else, whatever the routes say."""

    def __init__ (self, lab, net, host):
        self.host, self.public = host, net.public
        host.iptables ('-I OUTPUT -o eth0 -j DROP')
        lab.link (host, 'tun0', OURS + '/30', net.public, 'vpn', THEIRS + '/30')
        self.public.iptables (f'-A FORWARD -i vpn ! -s {OURS} -j DROP')
        host.route_by (THEIRS, metric=10)

    def end (self):
        self.public.iptables (f'-D FORWARD -i vpn ! -s {OURS} -j DROP')
        self.host.iptables ('-D OUTPUT -o eth0 -j DROP')
        self.host.ip ('link del tun0')


class Moving (MovingTest):
    def check_goes_by (self, call, address, mark_pairs):
        gaps = []
        for program, mark in mark_pairs:
            program.wait_event ('path', lambda path: address in path['local'] + path['remote'], since=mark)
            gaps.append (program.wait_event ('network', since=mark)['gap_ms'] / 1000)
        self.check_same_call (call)
        return gaps

    def check_tunnel (self, kind, side):
        up, down = [], []
        with Lab () as lab, folder () as home:
            net = lab.two_homes (kind, kind)
            moving = getattr (net, 'home_' + side)
            address = net.home_b.let_in (7667)
            with turn_server (net) as turn, Call (home, net.host_a, net.host_b, address, words=['--stun', turn.stun],
                                                  caller_words=['--listen', '0.0.0.0:7668'], duration=LASTS) as call:
                net.home_a.let_in (7668)
                self.wait_active (call)
                for _ in range (REPETITIONS):
                    marks = [(program, program.mark ()) for program in call.both]
                    tunnel = Tunnel (lab, net, moving.host)
                    up += self.check_goes_by (call, OURS, marks)
                    marks = [(program, program.mark ()) for program in call.both]
                    tunnel.end ()
                    down += self.check_goes_by (call, moving.uplinks[0].outside, marks)
                self.end_well (call)
        who = 'caller' if side == 'a' else 'callee'
        self.assert_figure (f"tunnel up at the {who}'s: gap", up, 3, 6)
        self.assert_figure (f"tunnel down at the {who}'s: gap", down, 3, 6)

    def test_caller (self):
        """A3, N7: The caller's computer goes by a tunnel from now on, and then without again: the same call, on another path each time."""
        self.check_tunnel ('cone', 'a')

    def test_callee (self):
        """A3, N7: The same at the called side."""
        self.check_tunnel ('open', 'b')


if __name__ == '__main__':
    main ()
