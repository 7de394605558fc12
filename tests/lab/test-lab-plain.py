# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks without translation: one cable, IPv6 alone across a router, and a computer that has no network at all."""

import types
import unittest

from lab import Call, check_call, host_of
from netns import Lab
from procs import cli, folder
from tap import main


def ipv6_net (lab):
    """host_a 2001:db8:a::2 – router – 2001:db8:b::2 host_b, and not one IPv4 address."""
    net = types.SimpleNamespace (host_a=lab.namespace ('a6'), router=lab.namespace ('r6'), host_b=lab.namespace ('b6'))
    for namespace in vars (net).values ():
        # Nobody else has these addresses: no second of waiting to find that out.
        namespace.run ('sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0')
    for host, name in ((net.host_a, 'a'), (net.host_b, 'b')):
        lab.link (host, 'eth0', None, net.router, 'to-' + name, None)
        host.ip (f'address add 2001:db8:{name}::2/64 dev eth0 nodad')
        net.router.ip (f'address add 2001:db8:{name}::1/64 dev to-{name} nodad')
        host.ip (f'-6 route replace default via 2001:db8:{name}::1')
    net.router.run ('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1')
    return net


class Plain (unittest.TestCase):
    def test_one_cable (self):
        """Two computers on one cable, no router, no server: straight."""
        with Lab () as lab, folder () as home:
            net = lab.two_hosts ()
            with Call (home, net.host_a, net.host_b, '10.9.0.2') as call:
                check_call (self, call, 'one cable', relayed=False)
                self.assertEqual ([host_of (path['remote']) for path in call.paths ()], ['10.9.0.2', '10.9.0.1'])

    def test_media_ports (self):
        """N12, A3: Who says by which UDP ports picture and sound may go has sockets at these only, and the call goes by them."""
        with Lab () as lab, folder () as home:
            net = lab.two_hosts ()
            with Call (home, net.host_a, net.host_b, '10.9.0.2', words=['--media-ports', '50000-50015']) as call:
                for program in call.both:
                    program.wait_event ('first-frame')
                for host in call.hosts:
                    ports = [int (line.split ()[3].rpartition (':')[2]) for line in host.run ('ss', '-Huan').splitlines ()]
                    self.assertTrue (ports and all (50000 <= port <= 50015 for port in ports), ports)
                check_call (self, call, 'ports of our choice', relayed=False)
                for path in call.paths ():
                    self.assertIn (int (path['local'].rpartition (':')[2]), range (50000, 50016))

    def test_cable_pulled (self):
        """N7, W17: The cable is pulled in a call: no goodbye is heard, each side is told of the loss once, and it was not graceful."""
        with Lab () as lab, folder () as home:
            net = lab.two_hosts ()
            with Call (home, net.host_a, net.host_b, '10.9.0.2', duration=120) as call:
                for program in call.both:
                    program.wait_event ('first-frame')
                net.host_a.ip ('link set eth0 down')
                for program in call.both:
                    program.wait (5, timeout=60)
                    self.assertEqual ([(e['graceful'], e['reason']) for e in program.named ('ended')], [(False, 'reset')], call.told ())
                    self.assertEqual (program.named ('closing'), [])

    def test_ipv6_only (self):
        """IPv6 alone, across a router: signalling and media both."""
        with Lab () as lab, folder () as home:
            net = ipv6_net (lab)
            with Call (home, net.host_a, net.host_b, '[2001:db8:b::2]:7667', listen='[::]:7667') as call:
                check_call (self, call, 'IPv6 only', relayed=False)
                self.assertEqual ([host_of (path['remote']) for path in call.paths ()], ['2001:db8:b::2', '2001:db8:a::2'])

    def test_no_network (self):
        """A computer without any network can call itself."""
        with Lab () as lab, folder () as home:
            alone = lab.namespace ('lo')
            with cli (home, 'call', '', netns=alone, name='alone') as program:
                first = program.wait_event ('first-frame')
                program.wait_event ('first-frame', lambda event: event['value'] != first['value'])
                program.stop (status=0)
                for event in program.named ('ended'):
                    self.assertTrue (event['graceful'])

    def test_unplugged (self):
        """Calling somebody from a computer without a network fails at once with a sentence: status 4."""
        with Lab () as lab, folder () as home:
            alone = lab.namespace ('lo')
            for address in ('192.0.2.7', '[2001:db8::7]:7667', 'somebody.invalid'):
                with self.subTest (address=address), cli (home, 'call', address, netns=alone, name='alone') as program:
                    program.wait (4)
                    self.assertEqual (program.wait_event ('ended')['reason'], 'unreachable')


if __name__ == '__main__':
    main ()
