# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many clients of one broker, as idle as people are: crowd.py HOST PORT USER PASSWORD N [tls]. Prints `idle` when all have subscribed to their inboxes, and
measures then, for each line `HOST PORT SECONDS` on stdin, how many messages of 3 kB a second go from a client there to inboxes here. Ends with stdin."""

import asyncio
import ssl
import struct
import sys

TEXT = bytes (3000)
WINDOW = 20  # messages on their way


def text (words):
    raw = words if isinstance (words, bytes) else words.encode ()
    return struct.pack ('!H', len (raw)) + raw


def packet (first, body):
    length, head = len (body), bytes ([first])
    while True:
        head += bytes ([length & 127 | (128 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + body


class Client:
    """MQTT 5 (OASIS), as far as this needs it."""

    async def connect (self, host, port, user, password, tls):
        context = None
        if tls:
            context = ssl.create_default_context ()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self.reader, self.writer = await asyncio.open_connection (host, port, ssl=context)
        self.writer.write (packet (0x10, text ('MQTT') + b'\x05\xc2\x02\x58\x00' + text ('') + text (user) + text (password)))
        await self.expect (0x20)

    async def expect (self, first):
        while True:
            head = (await self.reader.readexactly (1))[0]
            length, shift = 0, 0
            while True:
                byte = (await self.reader.readexactly (1))[0]
                length |= (byte & 127) << shift
                shift += 7
                if not byte & 128:
                    break
            body = await self.reader.readexactly (length)
            if head & 0xf0 == first:
                return body

    async def subscribe (self, topic):
        self.writer.write (packet (0x82, b'\x00\x01\x00' + text (topic) + b'\x00'))
        body = await self.expect (0x90)
        assert body[-1] < 0x80, body

    def publish (self, topic):
        self.writer.write (packet (0x30, text (topic) + b'\x00' + TEXT))


async def speed (inboxes, arguments, account, tls):
    host, port, seconds = arguments
    sender = Client ()
    await sender.connect (host, int (port), *account, tls)
    loop = asyncio.get_running_loop ()
    end = loop.time () + float (seconds)

    async def count (number):
        """One message is sent when one has come, so that nothing piles up."""
        n = 0
        while loop.time () < end:
            sender.publish (f'visavis/1/in/{number}')
            await inboxes[number].expect (0x30)
            n += 1
        return n

    begun = loop.time ()
    n = sum (await asyncio.gather (*(count (number) for number in range (min (WINDOW, len (inboxes))))))
    print ('rate', round (n / (loop.time () - begun)), flush=True)
    sender.writer.close ()


async def main ():
    host, port, user, password, number, *rest = sys.argv[1:]
    inboxes = []
    for i in range (int (number)):
        client = Client ()
        await client.connect (host, int (port), user, password, bool (rest))
        await client.subscribe (f'visavis/1/in/{i}')
        inboxes.append (client)
    print ('idle', len (inboxes), flush=True)
    while True:
        line = await asyncio.get_running_loop ().run_in_executor (None, sys.stdin.readline)
        if not line.strip ():
            return
        await speed (inboxes, line.split (), (user, password), bool (rest))


asyncio.run (main ())
