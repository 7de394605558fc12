# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks of our own, in namespaces of the kernel: hosts, routers that translate addresses, a TURN server.

    with Lab () as lab:
        net = lab.two_nats ()
        with Process ([CLI, ...], netns=net.host_a) as program: ...

Needs root (skips otherwise, with the reason). Everything carries the test's process id in its name and goes with the block."""

import contextlib
import itertools
import os
import shutil
import subprocess
import types
import unittest

import procs

LOOPBACK_UP = 'link set lo up'


def run (*words):
    done = subprocess.run ([str (word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError (f"{' '.join (map (str, words))}: {done.stderr.strip () or done.stdout.strip ()}")
    return done.stdout


class Namespace:
    """One host. `address` is the first address it was given."""

    def __init__ (self, label):
        self.label = label
        self.name = f'vav{os.getpid ()}-{label}'
        self.address = None
        run ('ip', 'netns', 'add', self.name)
        try:
            self.ip (LOOPBACK_UP)
        except RuntimeError:
            self.remove ()
            raise

    def wrap (self, argv):
        return ['ip', 'netns', 'exec', self.name] + list (argv)

    def run (self, *words):
        """Runs a command in it; gives its output; raises RuntimeError with its words when it fails."""
        return run (*self.wrap (words))

    def ip (self, words):
        return run ('ip', '-n', self.name, *words.split ())

    def iptables (self, words):
        return self.run ('iptables', '-w', *words.split ())

    def route_by (self, gateway):
        self.ip (f'route replace default via {gateway}')

    def be_router (self, outside, symmetric=False):
        """Forwards, and translates what leaves by the interface `outside`. Symmetric: another outer port for every peer.
        From outside nothing comes in that was not asked for."""
        self.run ('sysctl', '-qw', 'net.ipv4.ip_forward=1')
        self.iptables (f'-t nat -A POSTROUTING -o {outside} -j MASQUERADE' + (' --random-fully' if symmetric else ''))
        self.iptables ('-P INPUT DROP')
        self.iptables ('-P FORWARD DROP')
        self.iptables (f'-A FORWARD ! -i {outside} -j ACCEPT')
        self.iptables ('-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED,DNAT -j ACCEPT')

    def forward_port (self, outside, port, to, protocol='tcp'):
        """What comes to `port` from outside goes to `to` (IP:PORT)."""
        self.iptables (f'-t nat -A PREROUTING -i {outside} -p {protocol} --dport {port} -j DNAT --to-destination {to}')

    def remove (self):
        with contextlib.suppress (RuntimeError):
            run ('ip', 'netns', 'del', self.name)


class Turn:
    """coturn in a namespace: `url` for --turn, `stun` for --stun. A context manager."""

    def __init__ (self, namespace, address, user='visavis', password='visavis', port=3478):
        if shutil.which ('turnserver') is None:
            raise unittest.SkipTest ('turnserver (coturn) is not installed')
        self.stun = f'stun://{address}:{port}'
        self.url = f'turn://{user}:{password}@{address}:{port}'
        self.stack = contextlib.ExitStack ()
        home = self.stack.enter_context (procs.folder ())
        self.process = self.stack.enter_context (procs.Process (
            ['turnserver', '-n', '--no-cli', '--no-tls', '--no-dtls', '-L', address, '-p', port, '-a', '-u', f'{user}:{password}',
             '-r', 'visavis', '--log-file', 'stdout', '--simple-log', '--new-log-timestamp', '--pidfile', home / 'pid',
             '--userdb', home / 'db', '--min-port', '40000', '--max-port', '40999', '--allow-loopback-peers', '--verbose'],
            netns=namespace, cwd=home))
        self.process.wait_line ('Total General servers')

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.stack.close ()


class Lab:
    def __init__ (self):
        self.namespaces = []
        self.counter = itertools.count ()

    def __enter__ (self):
        for program in ('ip', 'iptables'):
            if shutil.which (program) is None:
                raise unittest.SkipTest (f'{program} is not installed')
        if os.geteuid () != 0:
            raise unittest.SkipTest ('network namespaces need root')
        try:
            self.namespace ('probe')
        except RuntimeError as error:
            raise unittest.SkipTest (f'network namespaces are not permitted here ({error})') from None
        return self

    def __exit__ (self, *error):
        for namespace in reversed (self.namespaces):
            namespace.remove ()

    def namespace (self, label):
        namespace = Namespace (label)
        self.namespaces.append (namespace)
        return namespace

    def link (self, one, one_name, one_address, two, two_name, two_address):
        """A cable between two, with addresses as 10.0.1.1/24 (None: none)."""
        ends = ((one, one_name, one_address), (two, two_name, two_address))
        number = next (self.counter)
        temporary = [f'v{os.getpid () % 100000}x{number}{side}' for side in 'ab']
        run ('ip', 'link', 'add', temporary[0], 'type', 'veth', 'peer', 'name', temporary[1])
        for (namespace, name, address), interface in zip (ends, temporary):
            run ('ip', 'link', 'set', interface, 'netns', namespace.name, 'name', name)
            if address:
                namespace.ip (f'address add {address} dev {name}')
                namespace.address = namespace.address or address.split ('/')[0]
            namespace.ip (f'link set {name} up')

    def two_hosts (self):
        """Two hosts on one cable."""
        a, b = self.namespace ('a'), self.namespace ('b')
        self.link (a, 'eth0', '10.9.0.1/24', b, 'eth0', '10.9.0.2/24')
        return types.SimpleNamespace (host_a=a, host_b=b)

    def two_nats (self, symmetric=False):
        """host_a 10.1.0.2 – router_a 203.0.113.1 – public 203.0.113.9/198.51.100.9 – router_b 198.51.100.1 – host_b 10.2.0.2.
        Each router has `lan` inside and `wan` outside; the public one is where servers run."""
        net = types.SimpleNamespace (**{name: self.namespace (label) for name, label in (
            ('host_a', 'ha'), ('router_a', 'ra'), ('public', 'pub'), ('router_b', 'rb'), ('host_b', 'hb'))})
        self.link (net.router_a, 'wan', '203.0.113.1/24', net.public, 'east', '203.0.113.9/24')
        self.link (net.router_b, 'wan', '198.51.100.1/24', net.public, 'west', '198.51.100.9/24')
        self.link (net.host_a, 'eth0', '10.1.0.2/24', net.router_a, 'lan', '10.1.0.1/24')
        self.link (net.host_b, 'eth0', '10.2.0.2/24', net.router_b, 'lan', '10.2.0.1/24')
        net.host_a.route_by ('10.1.0.1')
        net.host_b.route_by ('10.2.0.1')
        net.router_a.route_by ('203.0.113.9')
        net.router_b.route_by ('198.51.100.9')
        net.public.run ('sysctl', '-qw', 'net.ipv4.ip_forward=1')
        # Private addresses end here; without a way to them a TURN server takes the kernel's error for its client's end.
        net.public.ip ('neighbour replace 203.0.113.254 lladdr 02:00:00:00:00:fe nud permanent dev east')
        net.public.route_by ('203.0.113.254')
        net.router_a.be_router ('wan', symmetric)
        net.router_b.be_router ('wan', symmetric)
        return net
