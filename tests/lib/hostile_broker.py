# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small MQTT 5 broker that does what it likes with what it is given, by a seed.

    with HostileBroker (seed, drop=0.1, flip=0.05) as broker:
        call (…, '--broker', broker.url)

Chances, of each publish: drop, repeat, delay (by up to 0.3 s, which also reorders), swap (to somebody else's topic), cut, flip (a bit), invent (something of
its own beside it, or an old one again). `redirect`: {topic: topic}, always. What is to be kept it keeps, and gives to who subscribes.
`greeting`: properties that it greets with. While `deaf` it answers nothing and carries nothing."""

import contextlib
import random
import socket
import threading

MISCHIEF = ('drop', 'repeat', 'delay', 'swap', 'cut', 'flip', 'invent')


def length (number):
    out = bytearray ()
    while True:
        number, digit = divmod (number, 128)
        out.append (digit | (128 if number else 0))
        if not number:
            return bytes (out)


def packet (first, body):
    return bytes ([first]) + length (len (body)) + body


def publish (topic, payload, retained=False):
    return packet (0x31 if retained else 0x30, len (topic).to_bytes (2, 'big') + topic + b'\0' + payload)


class Client:
    def __init__ (self, broker, connection):
        self.broker, self.connection = broker, connection
        self.lock = threading.Lock ()
        self.topics = set ()
        self.file = connection.makefile ('rb')

    def send (self, data):
        with contextlib.suppress (OSError), self.lock:
            self.connection.sendall (data)

    def read_length (self):
        number = shift = 0
        while True:
            digit = self.file.read (1)[0]
            number |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                return number

    def run (self):
        with contextlib.suppress (OSError, IndexError, ValueError):
            while True:
                first = self.file.read (1)[0]
                self.take (first, self.file.read (self.read_length ()))
        self.topics = set ()

    def take (self, first, body):
        kind = first >> 4
        if self.broker.deaf:
            return
        if kind == 1:
            self.send (packet (0x20, b'\0\0' + length (len (self.broker.greeting)) + self.broker.greeting))
        elif kind == 8:
            size = int.from_bytes (body[3:5], 'big')
            self.topics.add (body[5:5 + size])
            self.send (packet (0x90, body[:2] + b'\0\1'))
            if kept := self.broker.kept.get (body[5:5 + size]):
                self.send (publish (body[5:5 + size], kept, retained=True))
        elif kind == 10:
            self.topics.discard (body[5:])
            self.send (packet (0xb0, body[:2] + b'\0\0'))
        elif kind == 12:
            self.send (packet (0xd0, b''))
        elif kind == 3:
            self.take_publish (first, body)

    def take_publish (self, first, body):
        size = int.from_bytes (body[:2], 'big')
        topic, at = body[2:2 + size], 2 + size
        if first & 6:
            self.send (packet (0x40, body[at:at + 2]))
            at += 2
        payload = body[at + 1 + body[at]:]
        if first & 1:
            self.broker.kept[topic] = payload
        self.broker.carry (topic, payload)


class HostileBroker:
    def __init__ (self, seed=0, redirect=None, greeting=b'', **chances):
        assert set (chances) <= set (MISCHIEF), chances
        self.greeting, self.deaf = greeting, False
        self.random = random.Random (seed)
        self.chances, self.redirect = chances, redirect or {}
        self.clients, self.carried, self.kept = [], [], {}
        self.lock = threading.Lock ()
        self.listener = socket.create_server (('127.0.0.1', 0))
        self.url = f'mqtt://127.0.0.1:{self.listener.getsockname ()[1]}'

    def run (self):
        with contextlib.suppress (OSError):
            while True:
                client = Client (self, self.listener.accept ()[0])
                self.clients.append (client)  # before it is answered: who hears from us is in the list
                threading.Thread (target=client.run, daemon=True).start ()

    def deliver (self, topic, payload):
        for client in list (self.clients):
            if topic in client.topics:
                client.send (publish (topic, payload))

    def say (self, data):
        """To everybody who is connected, whatever it is."""
        for client in list (self.clients):
            threading.Thread (target=client.send, args=(data,), daemon=True).start ()

    def hang_up (self):
        for client in list (self.clients):
            with contextlib.suppress (OSError):
                client.connection.shutdown (socket.SHUT_RDWR)

    def chance (self, what):
        return self.random.random () < self.chances.get (what, 0)

    def carry (self, topic, payload):
        topic = self.redirect.get (topic, topic)
        with self.lock:
            self.carried.append ((topic, payload))
            if self.chance ('drop'):
                return
            if self.chance ('cut'):
                payload = payload[:self.random.randrange (len (payload) + 1)]
            if self.chance ('flip') and payload:
                at = self.random.randrange (len (payload))
                payload = payload[:at] + bytes ([payload[at] ^ 1 << self.random.randrange (8)]) + payload[at + 1:]
            if self.chance ('swap'):
                topic = self.random.choice (sorted ({t for c in list (self.clients) for t in c.topics}) or [topic])
            sent = [(topic, payload)] * (2 if self.chance ('repeat') else 1)
            if self.chance ('invent'):
                old = self.random.choice (self.carried)
                sent.append ((topic, self.random.choice ([old[1], self.random.randbytes (self.random.randrange (200)),
                                                          payload[:28] + self.random.randbytes (40)])))
            delay = self.random.random () * 0.3 if self.chance ('delay') else 0
        for item in sent:
            if delay:
                threading.Timer (delay, self.deliver, item).start ()
            else:
                self.deliver (*item)

    def __enter__ (self):
        threading.Thread (target=self.run, daemon=True).start ()
        return self

    def __exit__ (self, *error):
        self.listener.close ()
        self.hang_up ()
