# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two homes and a public network between them, where servers run.

    net = lab.two_homes ('cone', 'symmetric', families=(4, 6), uplinks=2)

    host A eth0 – lan router A wan – east                     west – wan router B lan – eth0 host B
           eth1 – lan router A2 wan – east2   public network   west2 – wan router B2 lan – eth1
                                              broker – eth0 the broker's place

The kinds of routers are netns.KINDS. Each uplink is a router of its own; the default route goes by the first until told otherwise."""

import ipaddress

# Where servers in the public network listen, and the address of the broker's own host.
SERVER, SERVER6 = '203.0.113.9', '2001:db8:5::9'
BROKER, BROKER6 = '192.0.2.130', '2001:db8:b0::2'

# By side, an uplink each: outer IPv4 network, network at home, the same where the host has a public address, the part that tells
# its IPv6 networks apart, and the public end's name.
PLAN = {
    'a': [('203.0.113.0/24', '10.1.0.0/24', '192.0.2.0/28', 'a0', 'east'), ('198.18.1.0/24', '10.1.1.0/24', '192.0.2.16/28', 'a1', 'east2')],
    'b': [('198.51.100.0/24', '10.2.0.0/24', '192.0.2.32/28', 'b1', 'west'), ('198.18.2.0/24', '10.2.1.0/24', '192.0.2.48/28', 'b2', 'west2')],
}


def place (network, number):
    """An address with its length in a network."""
    network = ipaddress.ip_network (network)
    return f'{network[number]}/{network.prefixlen}'


def bare (address):
    return address.split ('/')[0]


def no_dad (namespace):
    """Nobody else has these IPv6 addresses: no second of waiting to find that out."""
    namespace.run ('sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0')


class Uplink:
    """One way out of a home. `interface`: the host's; `router`; `inside` and `inside6`: the host's addresses; `outside`: what others
    see of it by IPv4 (the host's own where the home is open)."""

    def __init__ (self, net, host, side, number, kind, families):
        self.net, self.host, self.kind, self.families, self.number = net, host, kind, families, number
        outer, home, public, part, self.public_end = PLAN[side][number]
        self.interface = f'eth{number}'
        self.home = public if kind == 'open' else home
        self.inside, self.gateway = bare (place (self.home, 2)), bare (place (self.home, 1))
        self.wan, self.wan_gateway = bare (place (outer, 1)), bare (place (outer, 9))
        self.outside = self.inside if kind == 'open' else self.wan
        self.home6, self.outer6 = f'2001:db8:{part}::/64', f'2001:db8:f:{part}::/64'
        self.inside6, self.gateway6 = bare (place (self.home6, 2)), bare (place (self.home6, 1))
        self.outer, self.rebound = outer, 0

    def addresses (self, network, network6, number):
        return [place (one, number) for family, one in ((4, network), (6, network6)) if family in self.families]

    def lay (self, lab, label):
        self.router = lab.namespace (label)
        no_dad (self.router)
        lab.link (self.router, 'wan', self.addresses (self.outer, self.outer6, 1),
                  self.net.public, self.public_end, self.addresses (self.outer, self.outer6, 9))
        lab.link (self.host, self.interface, self.addresses (self.home, self.home6, 2),
                  self.router, 'lan', self.addresses (self.home, self.home6, 1))
        if 4 in self.families:
            self.router.route_by (self.wan_gateway)
            if self.kind == 'open':
                self.net.public.ip (f'route replace {self.home} via {self.wan}')
        if 6 in self.families:
            self.router.ip ('-6 route replace default via ' + bare (place (self.outer6, 9)))
            self.net.public.ip (f'-6 route replace {self.home6} via ' + bare (place (self.outer6, 1)))
        self.router.be_router ('wan', self.kind, self.families)
        self.route (100 * (self.number + 1))

    def gateways (self):
        return [(family, gateway) for family, gateway in ((4, self.gateway), (6, self.gateway6)) if family in self.families]

    def route (self, metric):
        for family, gateway in self.gateways ():
            self.host.ip (f'-{family} route replace default via {gateway} dev {self.interface} metric {metric}')

    def unroute (self, metric):
        for family, gateway in self.gateways ():
            self.host.ip (f'-{family} route del default via {gateway} dev {self.interface} metric {metric}')

    def unplug (self):
        """The cable is pulled: the carrier goes, and with it, as a network manager sees to, the addresses and routes."""
        self.router.ip ('link set lan down')
        self.host.ip (f'address flush dev {self.interface} scope global')
        self.host.ip (f'route flush dev {self.interface}')

    def plug (self):
        """The cable is put in again: the same addresses, the same routes as at first."""
        self.router.ip ('link set lan up')
        if 6 in self.families:
            self.router.ip (f'address replace {place (self.home6, 1)} dev lan nodad')
        for address in self.addresses (self.home, self.home6, 2):
            self.host.ip (f'address replace {address} dev {self.interface}' + (' nodad' if ':' in address else ''))
        self.route (100 * (self.number + 1))

    def cut (self):
        """The line beyond the router is dead: nothing passes, and nobody is told."""
        for family in self.families:
            self.router.iptables ('-I FORWARD -j DROP', family)

    def mend (self):
        for family in self.families:
            self.router.iptables ('-D FORWARD -j DROP', family)

    def rebind (self, protocols=('udp',)):
        """The router forgets what it translated, and takes other outer ports from now on."""
        self.rebound += 1
        self.router.rebind ('wan', 20000 + 256 * self.rebound, protocols)


class Home:
    """`host` and its `uplinks`; `address` is what others dial once its router lets a port through (listen_on)."""

    def __init__ (self, net, lab, side, kind, families, uplinks):
        self.kind, self.families = kind, families
        self.host = lab.namespace ('h' + side)
        no_dad (self.host)
        self.uplinks = [Uplink (net, self.host, side, number, kind, families) for number in range (uplinks)]
        for uplink in self.uplinks:
            uplink.lay (lab, f'r{side}{uplink.number or ""}')
        self.host.address = self.uplinks[0].inside if 4 in families else self.uplinks[0].inside6
        self.used = self.uplinks[0]

    def use (self, number):
        """The default route goes by that uplink now; the other one stays up."""
        if self.used is not self.uplinks[0]:
            self.used.unroute (50)
        self.used = self.uplinks[number]
        if number > 0:
            self.used.route (50)

    def let_in (self, port, to=None, number=0):
        """The router lets TCP connections to `port` through to the host's port `to`, as its owner set it up. Gives the address to dial:
        by IPv4 where there is any."""
        uplink = self.uplinks[number]
        to = to or port
        if 4 in self.families:
            uplink.router.forward_port ('wan', port, f'{uplink.inside}:{to}')
        if 6 in self.families:
            # nothing to translate where the port stays the same, so that it is not known by that
            uplink.router.iptables (f'-A FORWARD -i wan -p tcp -d {uplink.inside6} --dport {to} -j ACCEPT', 6)
            if to != port:
                uplink.router.forward_port ('wan', port, f'[{uplink.inside6}]:{to}', family=6)
        return f'{uplink.outside}:{port}' if 4 in self.families else f'[{uplink.inside6}]:{port}'


class Network:
    """home_a, home_b, public, broker. Shorter names for the common case: host_a, host_b, router_a, router_b (of the first uplinks)."""

    def __init__ (self, lab, kind_a, kind_b, families=(4,), uplinks=1):
        self.lab, self.families = lab, families
        self.public = lab.namespace ('pub')
        no_dad (self.public)
        self.public.forward_packets ()
        self.home_a = Home (self, lab, 'a', kind_a, families, uplinks)
        self.home_b = Home (self, lab, 'b', kind_b, families, uplinks)
        self.host_a, self.host_b = self.home_a.host, self.home_b.host
        self.router_a, self.router_b = self.home_a.uplinks[0].router, self.home_b.uplinks[0].router
        self.server = SERVER if 4 in families else SERVER6
        if 6 in families:
            self.public.ip (f'address add {SERVER6}/128 dev lo')
        self.end_private ()

    def end_private (self):
        """Private addresses end here; without a way to them a TURN server takes the kernel's error for its client's end."""
        for family, network in ((4, PLAN['a'][0][0]), (6, f"2001:db8:f:{PLAN['a'][0][3]}::/64")):
            if family in self.families:
                nobody = bare (place (network, 254))
                self.public.ip (f'neighbour replace {nobody} lladdr 02:00:00:00:00:fe nud permanent dev east')
                self.public.ip (f'-{family} route replace default via {nobody}')

    def servers (self):
        """The addresses at which a server in the public network listens."""
        return [address for family, address in ((4, SERVER), (6, SERVER6)) if family in self.families]

    def add_broker (self):
        """A host of its own for a broker: a namespace that homes reach at BROKER and BROKER6, and that one can cut off by taking its
        interface eth0 down."""
        broker = self.lab.namespace ('brk')
        no_dad (broker)
        ours = [f'{address}/{length}' for family, address, length in ((4, BROKER, 30), (6, BROKER6, 64)) if family in self.families]
        theirs = [place (ipaddress.ip_interface (address).network, 1) for address in ours]
        self.lab.link (broker, 'eth0', ours, self.public, 'broker', theirs)
        for address in theirs:
            broker.ip (f"-{6 if ':' in address else 4} route replace default via {bare (address)}")
        return broker
