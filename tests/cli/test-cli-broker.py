# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that are set up by a broker (mosquitto), by visavis-cli."""

import base64
import concurrent.futures
import contextlib
import hashlib
import pathlib
import signal
import socket
import time
import unittest
from urllib.parse import quote

from broker import Broker, make_certificate, missing
from hostile_broker import HostileBroker, packet
from lines import sentence, until
from procs import LIMIT, Gone, cli, folder
from tap import main


def identity (profile):
    with cli (profile, 'identity') as program:
        program.wait (0)
        return program.wait_event ('identity')['id']


def fingerprint (certificate):
    lines = certificate.read_text ().split ('-----BEGIN CERTIFICATE-----')[1].split ('-----END')[0]
    return hashlib.sha256 (base64.b64decode (lines)).hexdigest ()


def answer (profile, url, *words, media='none'):
    program = cli (profile, '--broker', url, '--no-direct', 'answer', '--anyone', '--calls', '1', *words, media=media)
    return program


def call (profile, url, who, *words, media='none'):
    return cli (profile, '--broker', url, '--no-direct', 'call', f'visavis:{who}', *words, media=media)


class Case (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        if missing ():
            raise unittest.SkipTest (missing ())


class Calls (Case):
    def test_whole (self):
        """N3, N6, W20, A9: Two who share a broker and know nothing of where the other is: data, text, file, sound, picture and goodbye, as over TCP."""
        with folder () as home, Broker (home) as broker:
            (home / 'gift').write_bytes (bytes (range (256)) * 4000)
            with answer (home / 'b', broker.url, '--data', 'come in', '--bye-data', 'bye b', '--save', home / 'saved', media='test') as callee:
                told = callee.wait_event ('listening')
                self.assertEqual (told['address'], 'visavis:' + told['id'])
                with call (home / 'a', broker.url, told['id'], '--data', 'knock', '--bye-data', 'bye a', '--text', 'hello',
                           '--file', home / 'gift', '--duration', '2', media='test') as caller:
                    self.assertEqual (callee.wait_event ('request')['data'], 'knock')
                    for program in (caller, callee):
                        program.wait_event ('first-frame')
                        program.wait_event ('first-sound')
                    caller.wait (0)
                    callee.wait (0)
                self.assertEqual (caller.wait_event ('answer-data')['data'], 'come in')
                self.assertEqual (callee.wait_event ('text')['text'], 'hello')
                self.assertEqual (callee.wait_event ('closing')['data'], 'bye a')
                self.assertEqual (caller.wait_event ('ended')['data'], 'bye b')
                self.assertTrue (caller.wait_event ('ended')['graceful'] and callee.wait_event ('ended')['graceful'])
                self.assertEqual ((home / 'saved/gift').read_bytes (), (home / 'gift').read_bytes ())

    def test_side_by_side (self):
        """With a host that is not the right one, and one where nobody is, the broker's answer wins; with one where they are, either does."""
        with folder () as home, Broker (home) as broker, \
             cli (home / 'b', '--broker', broker.url, '--listen', '127.0.0.1:0', 'answer', '--anyone', '--calls', '2', media='none') as callee:
            direct = callee.wait_event ('listening', lambda e: not e['address'].startswith ('visavis:'))
            callee.wait_event ('listening', lambda e: e['address'].startswith ('visavis:'))
            for place in ('127.0.0.1:1', direct['address']):
                with cli (home / 'a', '--broker', broker.url, 'call', f'visavis:{direct["id"]}@{place}', '--duration', '0.1', media='none') as caller:
                    caller.wait (0)
            callee.wait (0)

    def test_nobody (self):
        """Of somebody who is not there the caller hears so in words, soon, with status 4."""
        with folder () as home, Broker (home) as broker:
            who = identity (home / 'b')
            begun = time.monotonic ()
            with call (home / 'a', broker.url, who) as caller:
                caller.wait (4)
                self.assertIn ('not connected to the meeting server', sentence (caller))
            self.assertLess (time.monotonic () - begun, 12)

    def test_host_only (self):
        """Without a key nobody can be asked for by a broker: said, not tried."""
        with folder () as home, Broker (home) as broker, \
             cli (home / 'a', '--broker', broker.url, '--no-direct', 'call', '127.0.0.1:7', media='none') as caller:
            caller.wait (4)
            self.assertIn ('whose key is known', sentence (caller))


class Doors (Case):
    def test_password (self):
        """A broker that wants a password gets it; with a wrong one, or none, the call fails in words, with status 4, and the password is nowhere to be read."""
        with folder () as home, Broker (home, users={'anna': 'se:cr@t'}) as broker:
            right = broker.url.replace ('//', '//anna:se%3Acr%40t@')
            wrong = broker.url.replace ('//', '//anna:guessed@')
            with answer (home / 'b', right) as callee:
                who = callee.wait_event ('listening')['id']
                with call (home / 'a', wrong, who) as caller:
                    caller.wait (4)
                    self.assertIn ('user name and password', sentence (caller))
                    self.assertNotIn ('guessed', caller.transcript ())
                with call (home / 'a', broker.url, who) as caller:
                    caller.wait (4)
                    self.assertIn ('wants a user name and a password', sentence (caller))
                with call (home / 'a', right, who, '--duration', '0.1') as caller:
                    caller.wait (0)
                callee.wait (0)

    def test_certificate (self):
        """TLS to the broker: a certificate that nobody vouches for is refused before a word is said; one that is named, or whose maker is, is taken."""
        with folder () as home:
            ours, other = make_certificate (home, 'ours'), make_certificate (home, 'other')
            with Broker (home, tls=ours) as broker:
                good = [f'{broker.tls_url}?ca={ours[0]}', f'{broker.tls_url}?sha256={fingerprint (ours[0])}']
                bad = [broker.tls_url, f'{broker.tls_url}?ca={other[0]}', f'{broker.tls_url}?sha256={fingerprint (other[0])}']
                with answer (home / 'b', good[0]) as callee:
                    who = callee.wait_event ('listening')['id']
                    for url in bad:
                        with call (home / 'a', url, who) as caller:
                            caller.wait (4)
                            self.assertIn ('certificate is not trusted', sentence (caller))
                    with call (home / 'a', good[1], who, '--duration', '0.1') as caller:
                        caller.wait (0)
                    callee.wait (0)

    def test_urls (self):
        """What is no address of a broker is told before anything begins, without repeating a password."""
        with folder () as home:
            for url in ('http://x', 'mqtt://', 'mqtt://x:70000', 'mqtt://u:pass-word@x/path', 'mqtts://x?sha256=12', 'mqtt://x?ca=f', 'x' * 5000):
                with cli (home / 'a', '--broker', url, 'call', '127.0.0.1:1', media='none') as program:
                    program.wait (2)
                    self.assertIn ('address of a meeting server', sentence (program))
                    self.assertNotIn ('pass-word', program.transcript ())

    def test_invitation (self):
        """A9: A household's invitation stands for its servers as it is, and a card that names some; a link that names none is told so, without repeating a password."""
        with folder () as home, Broker (home, users={'anna': 'se:cr@t'}) as broker:
            url = broker.url.replace ('//', '//anna:se%3Acr%40t@')
            turn = 'turn://a:b@127.0.0.1:9'
            link = f'visavis:?broker={quote (url)}&stun={quote ("stun://127.0.0.1:9")}&turn={quote (turn)}'
            with answer (home / 'b', link) as callee:
                who = callee.wait_event ('listening')['id']
                card = link.replace (':?', f':{who}?').replace ('visavis:', 'Visavis:')
                with cli (home / 'a', '--relay-only', '--broker', card, '--no-direct', 'call', f'visavis:{who}', media='none') as caller:
                    self.assertEqual (callee.wait_event ('request')['id'], identity (home / 'a'))
                    caller.send_signal (signal.SIGINT)
                    caller.wait ()
            for words in ('visavis:', f'visavis:{who}', f'visavis:?turn={quote (turn.replace ("a:b", "a:pass-word"))}', 'visavis:?broker=http://x'):
                with cli (home / 'a', '--broker', words, 'call', '127.0.0.1:1', media='none') as program:
                    program.wait (2)
                    self.assertIn ('This link names no meeting server', sentence (program))
                    self.assertNotIn ('pass-word', program.transcript ())

    def test_small_packets (self):
        """A broker that takes only small messages carries no call: said at once to who calls and to who waits, with what it takes."""
        self.check_useless ('max_packet_size 2000', 'takes no message above 2000 bytes')

    def test_unconfirmed (self):
        """A9: A broker that confirms nothing (its Maximum QoS is 0) carries no call, and is no silent trap: said to who calls and to who waits."""
        self.check_useless ('max_qos 0', 'confirms no messages')

    def check_useless (self, line, words):
        with folder () as home, Broker (home, more=[line]) as broker, answer (home / 'b', broker.url) as callee:
            callee.wait_line (words)
            self.assertIn (words, callee.wait_event ('broker')['trouble'])
            with call (home / 'a', broker.url, identity (home / 'c')) as caller:
                caller.wait (4)
                self.assertIn (words, sentence (caller))
            self.assertEqual (callee.named ('listening'), [])
            sentence (callee)


class Away (unittest.TestCase):
    def test_trouble (self):
        """Who waits for calls with --json is told on stderr and by an event that the broker has gone; and by events that it is back."""
        with folder () as home, HostileBroker () as broker, answer (home / 'b', broker.url) as callee:
            callee.wait_event ('listening')
            mark = callee.mark ()
            broker.hang_up ()
            callee.wait_line ('The connection to the meeting server at')
            callee.wait_event ('listening', since=mark)
            self.assertIn ('broke', sentence (callee))
            told = callee.named ('broker')
            self.assertEqual ([(one['connected'], 'trouble' in one) for one in told], [(True, False), (False, True), (True, False)])
            self.assertIn ('broke', told[1]['trouble'])

    def test_said_once (self):
        """Who waits for a broker that breaks off each time reads so once, not with each try."""
        with folder () as home, socket.create_server (('127.0.0.1', 0)) as door, \
             cli (home / 'b', '--broker', f'mqtt://127.0.0.1:{door.getsockname ()[1]}', '--no-direct', 'answer', media='none', json_lines=False) as callee:
            door.settimeout (LIMIT)
            for _ in range (3):
                door.accept ()[0].close ()
            told = [line for _, _, line in list (callee.log) if 'meeting server at' in line]
            self.assertEqual (len (told), 1, callee.transcript ())


class Breaks (Case):
    def test_broker_dies (self):
        """The broker is killed in a call: pictures go on as before. It comes back: who takes calls is reachable in 30 s, and the call says goodbye."""
        with folder () as home, Broker (home) as broker, answer (home / 'b', broker.url, media='test') as callee, \
             answer (home / 'c', broker.url) as idle:
            idle.wait_event ('listening')
            who = callee.wait_event ('listening')['id']
            with call (home / 'a', broker.url, who, media='test') as caller:
                for program in (caller, callee):
                    program.wait_event ('first-frame')
                broker.kill ()
                marks = {program: program.mark () for program in (caller, callee)}
                for program, mark in marks.items ():
                    frames = 0
                    for _ in range (4):
                        stats = program.wait_event ('stats', lambda stats, seen=frames: stats['video_in']['frames'] > seen + 5, since=mark)
                        mark = program.events.index (stats) + 1
                        frames = stats['video_in']['frames']
                    self.assertEqual (program.named ('state', state='reconnecting'), [])
                begun = time.monotonic ()
                mark = idle.mark ()
                broker.start ()
                idle.wait_event ('listening', since=mark)
                # two of each: who dialled can be found by the broker as well, for as long as the call lasts
                until (lambda: broker.told ('/in/', '(QoS') + broker.told ('/re/', '(QoS') == 6, 'all three are back')
                self.assertLess (time.monotonic () - begun, 30)
                # what one said before the other was back is said again within two seconds, as long as who leaves waits for an answer
                sent = broker.told ('Sending PUBLISH')
                with contextlib.suppress (Gone):
                    until (lambda: broker.told ('Sending PUBLISH') > sent + 1, 'what waited was said again', 5)
                caller.send_signal (signal.SIGINT)
                caller.wait (0)
                callee.wait (0)


def inbox (who):
    """As vav-topics.h promises."""
    name = base64.b32encode (hashlib.sha256 (b'visavis inbox' + who.encode ()).digest ()[:20])
    return b'visavis/1/in/' + name.lower ()


def memory (program):
    """The most that it ever had, in bytes."""
    status = pathlib.Path (f'/proc/{program.pid}/status').read_text ()
    return int (status.split ('VmHWM:')[1].split ()[0]) << 10


class Hostile (unittest.TestCase):
    """A broker of the test's own that does what it likes: it can only deny."""

    def attempt (self, home, broker, statuses, *words):
        """A call from a to b, with c beside them. Whatever the broker does: c hears nothing, b at most one request and from a, and nobody crashes."""
        ours = identity (home / 'a')
        with answer (home / 'b', broker.url) as callee, answer (home / 'c', broker.url) as other:
            who = callee.wait_event ('listening')['id']
            wrong = other.wait_event ('listening')['id']
            if 'to c' in words:
                broker.redirect[inbox (who)] = inbox (wrong)
            with call (home / 'a', broker.url, who, '--duration', '0.1') as caller:
                status = caller.wait (timeout=90)
                self.assertIn (status, statuses, caller.transcript ())
            self.assertEqual (other.named ('request'), [], other.transcript ())
            self.assertLessEqual ({e['id'] for e in callee.named ('request')}, {ours})
            self.assertLessEqual (len (callee.named ('request')), 1, callee.transcript ())
            if status == 0:
                self.assertEqual (len (callee.named ('request')), 1)
            self.assertTrue (other.running, other.transcript ())
            return status

    def test_bearable (self):
        """What loses, repeats, delays and reorders a part of all frames is overcome: the call is made. Its goodbye may be lost with the program that said it."""
        with folder () as home, HostileBroker (1, drop=0.05, repeat=0.3, delay=0.2) as broker:
            self.attempt (home, broker, {0, 5})

    def try_anything (self, seed):
        with folder () as home, \
             HostileBroker (seed, drop=0.1, repeat=0.2, delay=0.2, swap=0.1, cut=0.1, flip=0.1, invent=0.3) as broker:
            self.attempt (home, broker, {0, 1, 4, 5, 6, 7})

    def test_anything (self):
        """What also swaps, truncates, changes and invents makes no call to the wrong person, no second request, and crashes nobody."""
        with concurrent.futures.ThreadPoolExecutor () as pool:  # a call that is denied is mostly waiting
            for attempt in [pool.submit (self.try_anything, seed) for seed in range (4)]:
                attempt.result ()

    def test_packets (self):
        """A9: A broker that says what none says to such a client loses that connection, and gets nothing else: no crash and no memory; the next one serves."""
        # 256 MB in one packet, a property that there is none of, half of a QoS 2
        huge = b'\x30\xff\xff\xff\x7f' + bytes (1 << 26)
        no_property = packet (0x30, b'\0\1a\2\x7f\0')
        half = packet (0x34, b'\0\1a\0\1\0')
        with contextlib.ExitStack () as stack:
            home = stack.enter_context (folder ())
            brokers = [stack.enter_context (HostileBroker ()) for _ in range (3)]
            callees = [stack.enter_context (answer (home / str (n), broker.url)) for n, broker in enumerate (brokers)]
            told = [callee.wait_event ('listening') for callee in callees]
            before = [(callee.mark (), memory (callee)) for callee in callees]
            for broker, data in zip (brokers, (huge, no_property, half)):
                broker.say (data)
            for broker, callee, (mark, _) in zip (brokers, callees, before):
                callee.wait_event ('listening', since=mark)
                self.assertEqual (len (broker.clients), 2, 'it has connected again')
            for callee, (_, size) in zip (callees, before):
                self.assertLess (memory (callee) - size, 32 << 20)
            with call (home / 'a', brokers[0].url, told[0]['id'], '--duration', '0.1') as caller:
                caller.wait (0)

    def test_wrong_person (self):
        """Mail that is brought to somebody else's inbox gets the caller status 6, and that person no request."""
        with folder () as home, HostileBroker () as broker:
            self.attempt (home, broker, {6}, 'to c')

    def test_replay (self):
        """A9: A whole call that is brought once more makes no second request."""
        with folder () as home, HostileBroker () as broker, \
             cli (home / 'b', '--broker', broker.url, '--no-direct', 'answer', '--anyone', '--calls', '2', media='none') as callee:
            who = callee.wait_event ('listening')['id']
            with call (home / 'a', broker.url, who, '--duration', '0.1') as caller:
                caller.wait (0)
            callee.wait_event ('ended')
            for item in list (broker.carried):
                broker.deliver (*item)
            with call (home / 'c', broker.url, who, '--duration', '0.1') as caller:
                caller.wait (0)
            callee.wait (0)
            self.assertEqual ([e['id'] for e in callee.named ('request')], [identity (home / 'a'), identity (home / 'c')])


if __name__ == '__main__':
    main ()
