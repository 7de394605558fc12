# SPDX-License-Identifier: LGPL-2.1-or-later
"""A thousand connections to somebody's port that take a place and give nothing: somebody who knows them still gets through."""

import contextlib
import os
import select
import socket
import sys
import types
import unittest
from pathlib import Path

from lines import until
from netns import Lab
from procs import CLI, LIMIT, PATIENCE, Process, cli, folder
from tap import main

FLOOD = Path (__file__).with_name ('flood.py')
N = 1000
# All that the program may have, as a desktop gives it out.
DESCRIPTORS = 1024
# What the promise says; beside other tests only a generous bound is held to.
PROMISE_S = 2
LIMIT_S = PROMISE_S if os.environ.get ('VISAVIS_TEST_ALL') else 10 * PATIENCE
MEMORY_KB = 64 * 1024

PORT = 7667
# OTHER: the friend's as well, but the host knows nobody there.
HOST, FRIEND, OTHER = '10.9.0.1', '10.9.0.2', '10.9.0.3'
CROWDED, CROWDED6 = '10.10.0.1', '2001:db8:10::1'
# One source, and networks of many (of IPv6 a /64 is one).
ONE, MANY = '10.64.0.7/32', '10.64.0.0/16'
ONE6, MANY6 = '2001:db8:64:7::/64', '2001:db8:64::/48'

# See flood.py.
SILENT, ENCRYPTED = ('tcp', 'hello', 'bytes'), ('tls', 'length', 'request', 'drip')

# What the program lets stand, as its headers tell it: of one source; of all, with half of its descriptors; those that it has just put out go within 2 s.
OF_ONE, OF_ALL, LEAVING = 64, DESCRIPTORS // 2, 160


def flooded_net (lab):
    """The host on two cables: a friend's, and one from which whole networks call."""
    net = types.SimpleNamespace (host=lab.namespace ('host'), friend=lab.namespace ('friend'), crowd=lab.namespace ('crowd'))
    lab.link (net.host, 'eth0', HOST + '/24', net.friend, 'eth0', FRIEND + '/24')
    lab.link (net.host, 'eth1', ['10.10.0.1/24', '2001:db8:10::1/64'], net.crowd, 'eth0', ['10.10.0.2/24', '2001:db8:10::2/64'])
    net.host.ip (f'route add {MANY} via 10.10.0.2')
    net.host.ip (f'-6 route add {MANY6} via 2001:db8:10::2')
    net.crowd.ip (f'route add local {MANY} dev lo')
    net.crowd.ip (f'-6 route add local {MANY6} dev lo')
    net.crowd.run ('sysctl', '-qw', 'net.ipv6.ip_nonlocal_bind=1')
    return net


def memory_kb (pid):
    with open (f'/proc/{pid}/status', encoding='ascii') as lines:
        return int (next (line.split ()[1] for line in lines if line.startswith ('VmRSS')))


class Host (Process):
    """Who is called: the real program, with no more descriptors than a desktop gives, and what it had before the crowd came."""

    def __init__ (self, home, net):
        super ().__init__ (['prlimit', f'--nofile={DESCRIPTORS}', '--', CLI, '--profile', home / 'host', '--json', '--media', 'none',
                            'answer', '--anyone'],
                           env={'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_RUNTIME_DIR': None}, netns=net.host, name='host')

    def weigh (self):
        self.had = self.descriptors ()
        self.weight = memory_kb (self.pid)


def call_host (home, net, *words):
    """A friend's call."""
    return cli (home / 'friend', *words, 'call', HOST, '--duration', '0.1', netns=net.friend, media='none', name='friend')


class Flooded (unittest.TestCase):
    def get_through (self, home, net, host, what):
        """The friend calls; how long it takes until the host knows of it."""
        mark = host.mark ()
        with call_host (home, net) as friend:
            begun = friend.wait_event ('state', state='dialling')
            told = host.wait_event ('request', since=mark)
            seconds = (told['mono_ns'] - begun['mono_ns']) / 1e9
            print (f'{what}: {seconds:.2f} s from dialling to the request', flush=True)
            self.assertLess (seconds, LIMIT_S, friend.transcript ())
            friend.wait (0)
        until (lambda: len (host.named ('ended')) == len (host.named ('request')), 'the end of the call')

    @contextlib.contextmanager
    def flooded (self):
        with Lab () as lab, folder () as home, contextlib.ExitStack () as stack:
            net = flooded_net (lab)
            host = stack.enter_context (Host (home, net))
            host.wait_event ('listening')
            with cli (home / 'crowd', 'identity') as identity:
                identity.wait (0)
            self.get_through (home, net, host, 'nobody else')
            host.weigh ()
            yield home, net, host

    def flood (self, place, kinds, source, most, least=OF_ONE - 8):
        """A thousand of these kinds stand, the friend gets through; of what they took there is between least and most, and in the end nothing."""
        home, net, host = place
        words = ','.join (kinds)
        with Process ([sys.executable, FLOOD, words, CROWDED6 if ':' in source else CROWDED, PORT, N, source, home / 'crowd/identity.pem'],
                      netns=net.crowd, stdin=True, name='crowd') as crowd:
            crowd.wait_line ('standing')
            self.get_through (home, net, host, f'{N} × {words} from {source}')
            taken = host.descriptors () - host.had
            more = memory_kb (host.pid) - host.weight
            print (f'{taken} descriptors and {more} kB more', flush=True)
            self.assertTrue (least <= taken <= most, host.transcript ())
            self.assertLess (more, MEMORY_KB)
            crowd.close_stdin ()
            crowd.wait (0)
        until (lambda: host.descriptors () <= host.had, f'all descriptors back after {words}')


class Flood (Flooded):
    def test_many_sources (self):
        """N12: A thousand connections, each from an address of its own, that say nothing, begin TLS and stop, send a byte a second, end TLS and say no hello,
        announce a message that never comes, send a request a byte at a time: a friend's call gets through among them, memory and descriptors
        are bounded, and afterwards given back."""
        with self.flooded () as place:
            for kinds in (*((kind,) for kind in SILENT), ENCRYPTED):
                with self.subTest (kinds=kinds):
                    self.flood (place, kinds, MANY, OF_ALL + LEAVING)

    def test_one_source (self):
        """N12: The same from one address, and from one /64 of IPv6: these take each other's places, far fewer than many sources have."""
        with self.flooded () as place:
            self.flood (place, SILENT + ENCRYPTED, ONE, OF_ONE + LEAVING)
            self.flood (place, ('tcp',), ONE6, OF_ONE + 8)
            self.flood (place, ('tcp',), MANY6, OF_ALL + 8, OF_ALL - 8)

    def test_our_people (self):
        """A crowd from many addresses puts out whoever waits longest, but not somebody at an address where one of our people can be called."""
        with Lab () as lab, folder () as home:
            net = flooded_net (lab)
            net.friend.ip (f'address add {OTHER}/24 dev eth0')
            with Host (home, net) as host:
                host.wait_event ('listening')
                with call_host (home, net, '--listen', f'{FRIEND}:{PORT}') as friend:
                    friend.wait (0)
                host.stop ()
            with cli (home / 'crowd', 'identity') as identity:
                identity.wait (0)
            with Host (home, net) as host, contextlib.ExitStack () as stack:
                host.wait_event ('listening')
                crowd = stack.enter_context (Process ([sys.executable, FLOOD, 'tcp', CROWDED, PORT, N, MANY, home / 'crowd/identity.pem'],
                                                      netns=net.crowd, stdin=True, name='crowd'))
                # the two come when the crowd does: by their time limit, 5 s after, the first would go first
                crowd.wait_line ('coming')
                waiting = [stack.enter_context (net.friend.socket (socket.SOCK_STREAM, (address, 0))) for address in (FRIEND, OTHER)]
                for one in waiting:
                    one.connect ((HOST, PORT))
                out, _, _ = select.select (waiting, [], [], LIMIT)
                self.assertEqual ([one.getsockname ()[0] for one in out], [OTHER])


class Each (Flooded):
    def test_each_kind (self):
        """N12: A thousand of each kind alone, from many addresses and from one: a friend's call gets through within 2 s."""
        with self.flooded () as place:
            for kind in SILENT + ENCRYPTED:
                for source, most in ((MANY, OF_ALL), (ONE, OF_ONE)):
                    with self.subTest (kind=kind, source=source):
                        self.flood (place, (kind,), source, most + LEAVING)


if __name__ == '__main__':
    main ()
