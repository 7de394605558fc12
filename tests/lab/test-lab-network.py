# SPDX-License-Identifier: LGPL-2.1-or-later
"""The laboratory itself: each kind of router does what its name says, so that what the others find can be believed."""

import contextlib
import socket
import unittest

from netns import KINDS, Lab
from tap import main

FIRST, SECOND = ('203.0.113.9', 5000), ('198.51.100.9', 5000)
NO_UDP = ('blocked', 'tcp443')


def nothing_came (place):
    place.setblocking (False)
    try:
        place.recv (100)
    except BlockingIOError:
        return True
    finally:
        place.settimeout (30)
    return False


class Place (contextlib.ExitStack):
    """Two homes, two servers in the public network, and a socket of A's that speaks to them."""

    def __init__ (self, kind='cone', **options):
        super ().__init__ ()
        self.net = self.enter_context (Lab ()).two_homes (kind, 'cone', **options)
        self.servers = [self.enter_context (self.net.public.socket (address=address)) for address in (FIRST, SECOND)]
        self.web = self.enter_context (self.net.public.socket (socket.SOCK_STREAM, ('203.0.113.9', 443)))
        self.web.listen ()
        self.a = self.enter_context (self.net.host_a.socket (address=('', 4000)))

    def seen (self, number=0):
        """As whom a server sees A's socket."""
        self.a.sendto (b'hello', (FIRST, SECOND)[number])
        return self.servers[number].recvfrom (100)[1]

    def fence (self):
        """A round trip by TCP to port 443: what was sent before has arrived, or never will."""
        with self.net.host_a.socket (socket.SOCK_STREAM) as stream:
            stream.connect (('203.0.113.9', 443))
            self.web.accept ()[0].close ()
            self.assert_end (stream)

    @staticmethod
    def assert_end (stream):
        if stream.recv (1):
            raise AssertionError ('not the end of the stream')


class Kinds (unittest.TestCase):
    def test_translation (self):
        """Open keeps the address, a cone keeps one port for all peers, symmetric takes another for each."""
        for kind in set (KINDS) - set (NO_UDP):
            with self.subTest (kind=kind), Place (kind) as place:
                uplink = place.net.home_a.uplinks[0]
                one, other = place.seen (0), place.seen (1)
                self.assertEqual ((one[0], other[0]), (uplink.outside, uplink.outside))
                self.assertEqual (uplink.outside == uplink.inside, kind == 'open')
                self.assertEqual (one[1] == other[1], kind != 'symmetric')

    def test_filter (self):
        """Whom one has sent to may answer; a stranger gets in where it is open, and nowhere else."""
        for kind in set (KINDS) - set (NO_UDP):
            with self.subTest (kind=kind), Place (kind) as place:
                seen = place.seen (0)
                place.servers[1].sendto (b'stranger', seen)
                place.servers[0].sendto (b'answer', seen)
                words = {place.a.recv (100)}
                place.fence ()
                with contextlib.suppress (BlockingIOError):
                    place.a.setblocking (False)
                    words.add (place.a.recv (100))
                self.assertEqual (words, {b'answer', b'stranger'} if kind == 'open' else {b'answer'})

    def test_no_udp (self):
        """Where UDP is blocked TCP passes; where only TCP 443 is open, no other port."""
        for kind in NO_UDP:
            with self.subTest (kind=kind), Place (kind) as place:
                place.a.sendto (b'hello', FIRST)
                place.fence ()
                self.assertTrue (nothing_came (place.servers[0]))
                with place.net.public.socket (socket.SOCK_STREAM, ('203.0.113.9', 80)) as other, place.net.host_a.socket (socket.SOCK_STREAM) as stream:
                    other.listen ()
                    stream.settimeout (1 if kind == 'tcp443' else 30)
                    self.assertEqual (stream.connect_ex (('203.0.113.9', 80)) == 0, kind == 'blocked')

    def test_let_in (self):
        """A port that B's owner opened is reached from A, by both families, whatever the kinds."""
        for family, port, kind in ((4, 443, 'tcp443'), (6, 443, 'tcp443'), (4, 7667, 'cone'), (6, 7667, 'symmetric')):
            with self.subTest (family=family, port=port), Lab () as lab:
                net = lab.two_homes (kind, 'blocked', families=(family,))
                wanted = socket.AF_INET6 if family == 6 else socket.AF_INET
                with net.host_b.socket (socket.SOCK_STREAM, ('', 7667), wanted) as listener, net.host_a.socket (socket.SOCK_STREAM, family=wanted) as stream:
                    listener.listen ()
                    host, port = net.home_b.let_in (port, 7667).rsplit (':', 1)
                    stream.connect ((host.strip ('[]'), int (port)))


class Changes (unittest.TestCase):
    def test_rebind (self):
        """After the router forgot its table the same socket is seen at another port, and the old one leads nowhere."""
        with Place () as place:
            before = place.seen ()
            place.net.home_a.uplinks[0].rebind ()
            place.servers[0].sendto (b'old', before)
            after = place.seen ()
            self.assertNotEqual (before[1], after[1])
            place.servers[0].sendto (b'new', after)
            self.assertEqual (place.a.recv (100), b'new')

    def test_uplinks (self):
        """The default route goes by the other uplink when told to, and by itself when the cable is pulled; plugged in, it comes back."""
        with Place (uplinks=2) as place:
            home = place.net.home_a
            first, second = (uplink.outside for uplink in home.uplinks)
            seen = [place.seen ()[0]]
            home.use (1)
            seen.append (place.seen ()[0])
            home.use (0)
            seen.append (place.seen ()[0])
            home.uplinks[0].unplug ()
            seen.append (place.seen ()[0])
            home.uplinks[0].plug ()
            seen.append (place.seen ()[0])
            self.assertEqual (seen, [first, second, first, second, first])

    def test_cut (self):
        """A line that was cut carries nothing, and carries again when it was mended."""
        with Place () as place:
            place.seen ()
            place.net.home_a.uplinks[0].cut ()
            place.a.sendto (b'lost', FIRST)
            place.net.home_a.uplinks[0].mend ()
            place.a.sendto (b'found', FIRST)
            self.assertEqual (place.servers[0].recv (100), b'found')

    def test_both_families (self):
        """IPv6 beside IPv4, and a broker's own host that both homes reach by either."""
        for families in ((4,), (6,), (4, 6)):
            with self.subTest (families=families), Lab () as lab:
                net = lab.two_homes ('symmetric', 'cone', families=families)
                broker = net.add_broker ()
                for family, address in ((4, '192.0.2.130'), (6, '2001:db8:b0::2')):
                    if family in families:
                        kind = socket.AF_INET6 if family == 6 else socket.AF_INET
                        with broker.socket (address=('', 1883), family=kind) as server:
                            for host in (net.host_a, net.host_b):
                                with host.socket (family=kind) as one:
                                    one.sendto (b'hello', (address, 1883))
                                    self.assertEqual (server.recv (100), b'hello')


if __name__ == '__main__':
    main ()
