# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many connections to one listener that take and give nothing: flood.py KIND,… HOST PORT N SOURCE PEM. SOURCE: an address to come from, or a network, of which
each connection has an address of its own. PEM: the identity that a kind with TLS shows.

It prints `coming` when it begins, and `standing` when N have done what their kind does or were put out. Whoever is put out comes back 1 s later. Each line on stdin is answered with
how many stand now, and how often one was put out. Ends with stdin."""

import asyncio
import contextlib
import ipaddress
import json
import ssl
import struct
import sys

AGAIN_S = 1
HELLO = {'seq': 1, 'type': 'hello', 'version': 1, 'agent': 'flood', 'features': []}


def frame (message):
    body = json.dumps (message).encode ()
    return struct.pack ('!I', len (body)) + body


def tls_context (pem):
    context = ssl.SSLContext (ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols (['visavis/1'])
    context.load_cert_chain (pem)
    return context


def client_hello (context):
    """The first flight of a handshake, as it goes over the wire."""
    out = ssl.MemoryBIO ()
    with contextlib.suppress (ssl.SSLWantReadError):
        context.wrap_bio (ssl.MemoryBIO (), out).do_handshake ()
    return out.read ()


# What each kind says: whether in TLS, all at once, and then a byte each second (or nothing more).
def kinds (context):
    hello = client_hello (context)
    return {
        'tcp': (False, b'', b''),
        'hello': (False, hello, b''),
        'bytes': (False, b'', hello),
        'tls': (True, b'', b''),
        'length': (True, struct.pack ('!I', 200000), b''),
        'request': (True, frame (HELLO) + struct.pack ('!I', 200000), b''),
        'drip': (True, frame (HELLO), frame ({'seq': 2, 'type': 'request', 'call': 32 * 'a'})),
    }


class Flood:
    def __init__ (self, words, host, port, number, source, pem):
        self.host, self.port, self.number = host, int (port), int (number)
        self.network = ipaddress.ip_network (source)
        self.context = tls_context (pem)
        known = kinds (self.context)
        self.kinds = [known[word] for word in words.split (',')]
        self.begun, self.standing, self.out, self.n_tried = 0, 0, 0, 0
        self.all_tried = asyncio.Event ()

    def next_source (self):
        """Far apart in IPv6, where a whole /64 is one source."""
        self.begun += 1
        step = 2 ** 64 if self.network.version == 6 and self.network.prefixlen < 64 else 1
        return str (self.network[self.begun * step % self.network.num_addresses + (2 if step > 1 else 0)])

    async def stand (self, kind):
        """One connection, until it is put out."""
        in_tls, at_once, slowly = kind
        tls = {'ssl': self.context, 'server_hostname': ''} if in_tls else {}
        reader, writer = await asyncio.open_connection (self.host, self.port, local_addr=(self.next_source (), 0), **tls)
        try:
            self.standing += 1
            writer.write (at_once)
            self.tried ()
            for i in range (len (slowly)):
                writer.write (slowly[i:i + 1])
                await asyncio.sleep (1)
            while await reader.read (4096):
                pass
        finally:
            self.standing -= 1
            writer.transport.abort ()

    def tried (self):
        self.n_tried += 1
        if self.n_tried >= self.number:
            self.all_tried.set ()

    async def one (self, kind):
        while True:
            with contextlib.suppress (OSError):
                await self.stand (kind)
            self.out += 1
            self.tried ()
            await asyncio.sleep (AGAIN_S)

    async def run (self):
        print ('coming', flush=True)
        ones = [asyncio.create_task (self.one (self.kinds[i % len (self.kinds)])) for i in range (self.number)]
        await self.all_tried.wait ()
        print ('standing', flush=True)
        loop = asyncio.get_running_loop ()
        while await loop.run_in_executor (None, sys.stdin.readline):
            print (self.standing, self.out, flush=True)
        for one in ones:
            one.cancel ()
        await asyncio.gather (*ones, return_exceptions=True)


if __name__ == '__main__':
    asyncio.run (Flood (*sys.argv[1:]).run ())
