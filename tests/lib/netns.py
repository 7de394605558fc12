# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks of our own, in namespaces of the kernel: hosts, routers that translate addresses, a TURN server.

    with Lab () as lab:
        net = lab.two_nats ()
        with Process ([CLI, ...], netns=net.host_a) as program: ...

Needs root (skips otherwise, with the reason). Everything carries the test's process id in its name and goes with the block."""

import contextlib
import ctypes
import itertools
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import types
import unittest

import homes
import procs

LIBC = ctypes.CDLL (None, use_errno=True)
CLONE_NEWNET = 0x40000000
OWN_FILES = pathlib.Path ('/etc/netns')  # what `ip netns exec` puts in the place of files in /etc, by namespace
LOOPBACK_UP = 'link set lo up'

# What stands between a home and the others:
#   open       nothing: the host has a public address
#   cone       keeps one outer port for all peers, and lets in only whom one has sent to (a port-restricted cone)
#   symmetric  another outer port for every peer
#   blocked    a cone through which no UDP passes
#   tcp443     a cone through which only TCP to port 443 passes, outward
KINDS = ('open', 'cone', 'symmetric', 'blocked', 'tcp443')


def run (*words):
    done = subprocess.run ([str (word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError (f"{' '.join (map (str, words))}: {done.stderr.strip () or done.stdout.strip ()}")
    return done.stdout


def bracketed (address):
    return f'[{address}]' if ':' in address else address


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

    def iptables (self, words, family=4):
        return self.run ('ip6tables' if family == 6 else 'iptables', '-w', *words.split ())

    def route_by (self, gateway, metric=None):
        self.ip (f'route replace default via {gateway}' + ('' if metric is None else f' metric {metric}'))

    def forward_packets (self):
        self.run ('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1')

    def be_router (self, outside, kind='cone', families=(4,)):
        """Forwards, and (but for kind open) translates IPv4 addresses of what leaves by the interface `outside`; see KINDS.
        From outside nothing comes in that was not asked for. IPv6 is filtered alike and never translated."""
        self.forward_packets ()
        if kind != 'open' and 4 in families:
            self.iptables (f'-t nat -A POSTROUTING -o {outside} -j MASQUERADE' + (' --random-fully' if kind == 'symmetric' else ''))
        for family in families:
            self.filter (outside, kind, family)

    def filter (self, outside, kind, family):
        rules = ['-P INPUT DROP', '-P FORWARD DROP']
        if family == 6:
            rules.append ('-A INPUT -p ipv6-icmp -j ACCEPT')
        if kind == 'open':
            rules.append ('-A FORWARD -j ACCEPT')
        if kind == 'blocked':
            rules.append ('-A FORWARD -p udp -j DROP')
        rules.append (f'-A FORWARD ! -i {outside} ' + ('-p tcp --dport 443 ' if kind == 'tcp443' else '') + '-j ACCEPT')
        rules.append ('-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED,DNAT -j ACCEPT')
        for rule in rules:
            self.iptables (rule, family)

    def forward_port (self, outside, port, to, protocol='tcp', family=4):
        """What comes to `port` from outside goes to `to` (IP:PORT)."""
        self.iptables (f'-t nat -A PREROUTING -i {outside} -p {protocol} --dport {port} -j DNAT --to-destination {to}', family)

    def rebind (self, outside, first_port, protocols=('udp', 'tcp')):
        """What a router does that was restarted, or whose table ran over: it forgets all it translated, and from now on takes outer
        ports from first_port on (256 of them)."""
        if shutil.which ('conntrack') is None:
            raise unittest.SkipTest ('conntrack is not installed')
        for protocol in protocols:
            self.iptables (f'-t nat -I POSTROUTING -o {outside} -p {protocol} -j MASQUERADE --to-ports {first_port}-{first_port + 255}')
            # the status is 1 if there was nothing to forget
            subprocess.run (self.wrap (['conntrack', '-D', '-p', protocol]), capture_output=True, check=False)

    def socket (self, kind=socket.SOCK_DGRAM, address=None, family=socket.AF_INET):
        """A socket that lives in it, for use from here; bound to (HOST, PORT) if told to. It waits for LIMIT at most."""
        made = []

        def make ():
            with open (f'/run/netns/{self.name}', encoding='ascii') as place:
                if LIBC.setns (place.fileno (), CLONE_NEWNET) == 0:
                    made.append (socket.socket (family, kind))

        # a thread of its own: the others stay where they are
        thread = threading.Thread (target=make)
        thread.start ()
        thread.join ()
        if not made:
            raise RuntimeError (f'no socket in {self.name}')
        made[0].settimeout (procs.LIMIT)
        if address is not None:
            made[0].bind (address)
        return made[0]

    def know_hosts (self, hosts):
        """{name: address}: what programs that are started in it from now on find under these names."""
        self.own_file ('hosts', ''.join (f'{address} {name}\n' for name, address in {'localhost': '127.0.0.1', **hosts}.items ()))

    def ask_names_at (self, address):
        """Programs that are started in it from now on ask there for all other names."""
        self.own_file ('resolv.conf', f'nameserver {address}\n')

    def own_file (self, name, text):
        own = OWN_FILES / self.name
        own.mkdir (parents=True, exist_ok=True)
        (own / name).write_text (text)

    def remove (self):
        shutil.rmtree (OWN_FILES / self.name, ignore_errors=True)
        with contextlib.suppress (OSError):
            OWN_FILES.rmdir ()  # the last one
        with contextlib.suppress (RuntimeError):
            run ('ip', 'netns', 'del', self.name)


class NoNames:
    """A name server in a namespace that knows no name, and says so (RFC 1035, 4.1.1: RCODE 3). A context manager."""

    def __init__ (self, namespace, address):
        self.socket = namespace.socket (address=(address, 53))
        self.socket.settimeout (None)
        self.thread = threading.Thread (target=self.answer)
        self.thread.start ()

    def answer (self):
        while True:
            question, sender = self.socket.recvfrom (512)
            if not question:
                return
            self.socket.sendto (question[:2] + bytes ((0x81 | question[2] & 1, 0x83)) + question[4:], sender)

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.socket.sendto (b'', self.socket.getsockname ())
        self.thread.join ()
        self.socket.close ()


class Turn:
    """coturn in a namespace: `url` for --turn, `stun` for --stun, `tcp` and `tcp443` for --turn by TCP. A context manager. Further
    addresses: of the other family, say; their urls are url_of()."""

    def __init__ (self, namespace, address, *more, user='visavis', password='visavis', port=3478):
        if shutil.which ('turnserver') is None:
            raise unittest.SkipTest ('turnserver (coturn) is not installed')
        self.credentials = f'{user}:{password}'
        self.stun = f'stun://{bracketed (address)}:{port}'
        self.url = self.url_of (address, port)
        self.tcp = self.url_of (address, port, 'tcp')
        self.tcp443 = self.url_of (address, 443, 'tcp')
        self.stack = contextlib.ExitStack ()
        home = self.stack.enter_context (procs.folder ())
        for one in (address, *more):
            namespace.iptables (f'-t nat -A PREROUTING -d {one} -p tcp --dport 443 -j DNAT --to-destination {bracketed (one)}:{port}',
                                6 if ':' in one else 4)
        listening = [word for one in (address, *more) for word in ('-L', one)]
        self.start = lambda: self.run (
            ['turnserver', '-n', '--no-cli', '--no-tls', '--no-dtls', *listening, '-p', port, '-a', '-u', self.credentials,
             '-r', 'visavis', '--log-file', 'stdout', '--simple-log', '--new-log-timestamp', '--pidfile', home / 'pid',
             '--userdb', home / 'db', '--min-port', '40000', '--max-port', '40999', '--allow-loopback-peers', '--verbose',
             '--allocation-default-address-family', 'keep'], netns=namespace, cwd=home)
        self.start ()

    def run (self, argv, **options):
        self.process = self.stack.enter_context (procs.Process (argv, **options))
        self.process.wait_line ('Total General servers')

    def restart (self):
        """It is killed, and knows nothing of before when it is back."""
        self.process.kill ()
        self.start ()

    def url_of (self, address, port=3478, transport=None):
        return f'turn://{self.credentials}@{bracketed (address)}:{port}' + (f'?transport={transport}' if transport else '')

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
        """A cable between two, with addresses as 10.0.1.1/24 (None: none; a list: several)."""
        ends = ((one, one_name, one_address), (two, two_name, two_address))
        number = next (self.counter)
        temporary = [f'v{os.getpid () % 100000}x{number}{side}' for side in 'ab']
        run ('ip', 'link', 'add', temporary[0], 'type', 'veth', 'peer', 'name', temporary[1])
        for (namespace, name, address), interface in zip (ends, temporary):
            run ('ip', 'link', 'set', interface, 'netns', namespace.name, 'name', name)
            for one in [address] if isinstance (address, str) else address or ():
                namespace.ip (f'address add {one} dev {name}' + (' nodad' if ':' in one else ''))
                namespace.address = namespace.address or one.split ('/')[0]
            namespace.ip (f'link set {name} up')

    def two_hosts (self):
        """Two hosts on one cable."""
        a, b = self.namespace ('a'), self.namespace ('b')
        self.link (a, 'eth0', '10.9.0.1/24', b, 'eth0', '10.9.0.2/24')
        return types.SimpleNamespace (host_a=a, host_b=b)

    def two_homes (self, kind_a='cone', kind_b='cone', families=(4,), uplinks=1):
        """See homes.Network."""
        return homes.Network (self, kind_a, kind_b, families, uplinks)

    def two_nats (self, symmetric=False):
        """host_a 10.1.0.2 – router_a 203.0.113.1 – public 203.0.113.9/198.51.100.9 – router_b 198.51.100.1 – host_b 10.2.0.2.
        Each router has `lan` inside and `wan` outside; the public one is where servers run."""
        kind = 'symmetric' if symmetric else 'cone'
        return self.two_homes (kind, kind)
