# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every UDP packet that leaves a computer of the lab, as tcpdump saw it."""

import contextlib
import shutil
import socket
import struct
import unittest

from procs import Process, wait_until

COOKIE = 0x2112A442       # RFC 8489, 5
END = b'the capture ends here'
NOWHERE = '192.0.2.1', 9   # RFC 5737, 3; RFC 863
XOR_PEER_ADDRESS = 0x0012  # RFC 8656, 14


class Capture:
    """A context manager; `packets ()` after the block: (source, destination, payload) of what left by `interface`, IPv4."""

    def __init__ (self, namespace, path, interface='eth0'):
        if shutil.which ('tcpdump') is None:
            raise unittest.SkipTest ('tcpdump is not installed')
        self.namespace = namespace
        self.path = path
        self.stack = contextlib.ExitStack ()
        # What the kernel still gathers when tcpdump ends is lost, up to a second of it: so it gathers nothing.
        self.process = self.stack.enter_context (Process (
            ['tcpdump', '-n', '-U', '--immediate-mode', '-Q', 'out', '-i', interface, '-w', path, 'udp'], netns=namespace, cwd=path.parent))
        self.process.wait_line ('listening on')

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        with self.stack, self.namespace.socket () as marker:
            marker.sendto (END, NOWHERE)
            wait_until (lambda: END in self.path.read_bytes (), 'the end of ' + self.path.name)

    def packets (self):
        data = self.path.read_bytes ()
        assert struct.unpack ('<I', data[:4])[0] == 0xa1b2c3d4, 'a pcap file of this computer'
        at, found = 24, []
        while at + 16 <= len (data):
            length = struct.unpack ('<I', data[at + 8:at + 12])[0]
            frame = data[at + 16:at + 16 + length]
            at += 16 + length
            if frame[12:14] == b'\x08\x00' and len (frame) >= 42:
                header = 14 + 4 * (frame[14] & 15)
                found.append ((socket.inet_ntoa (frame[26:30]), socket.inet_ntoa (frame[30:34]), frame[header + 8:]))
        assert found.pop ()[2] == END
        return found


def peers_of (payload):
    """The peers' addresses (IPv4) that a STUN message to a relay names."""
    if len (payload) < 20 or payload[0] > 3 or struct.unpack ('!I', payload[4:8])[0] != COOKIE:
        return []
    at, found = 20, []
    while at + 4 <= len (payload):
        kind, length = struct.unpack ('!HH', payload[at:at + 4])
        if kind == XOR_PEER_ADDRESS and length == 8:
            found.append (socket.inet_ntoa (struct.pack ('!I', struct.unpack ('!I', payload[at + 8:at + 12])[0] ^ COOKIE)))
        at += 4 + (length + 3 & ~3)
    return found
