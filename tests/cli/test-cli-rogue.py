# SPDX-License-Identifier: LGPL-2.1-or-later
"""Peers that misbehave: the program survives each, tells a person in a sentence, shows and sends nothing, and takes the next good call."""

import contextlib
import json
import re
import socket
import threading
import unittest

from lines import answer, call, is_active, sentence, until
from procs import BUILD, LIMIT, Process, folder
from tap import main

ROGUE = BUILD / 'tests/unit/signal/rogue-peer'
MODES = ('plain', 'http', 'garbage', 'tls12', 'no-cert', 'other-alpn', 'huge-frame', 'deep-json', 'bad-utf8',
         'unknown-type', 'wrong-order', 'silent', 'no-hello')


def setUpModule ():
    if not ROGUE.exists ():
        raise unittest.SkipTest ('tests/unit/signal/rogue-peer was not built')


class Rogue (Process):
    """A misbehaving peer. In script mode it says what it is told, and its messages can be read as they come."""

    def __init__ (self, mode, connect=None):
        where = ['--connect', connect] if connect else ['--listen', '127.0.0.1:0']
        super ().__init__ ([ROGUE, '--limit', '40', *where, mode], name=f'rogue {mode}', stdin=True)
        self.read_messages = 0
        if connect is None:
            self.port = int (until (lambda: self.lines (), 'the port of the rogue')[0])
            self.address = f'127.0.0.1:{self.port}'

    def lines (self):
        with self.change:
            return [line for _, source, line in self.log if source == 'out']

    def messages (self):
        """The messages that have come and were not read yet; hellos and pings are no concern of ours."""
        lines = [json.loads (line) for line in self.lines () if line.startswith ('{')]
        new, self.read_messages = lines[self.read_messages:], len (lines)
        return [m for m in new if m.get ('type') not in (None, 'hello', 'ping', 'pong')]

    def wait_message (self, kind):
        return until (lambda: next ((m for m in self.messages () if m['type'] == kind), None), f'a message {kind}')

    def say (self, message):
        with contextlib.suppress (OSError):
            self.write_line (json.dumps ({k: v for k, v in message.items () if k != 'seq'}))


class AsCallee (unittest.TestCase):
    def test_survives (self):
        """Each kind of wrong caller is turned away, none becomes a request; a good caller gets through after all of them."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2') as callee, contextlib.ExitStack () as stack:
            with call (home / 'a', callee.address, '--duration', '0.1') as first:
                first.wait (0)
            until (lambda: callee.named ('ended'), 'the end')
            rogues = [stack.enter_context (Rogue (mode, callee.address)) for mode in MODES]
            for rogue in rogues:
                with self.subTest (mode=rogue.name):
                    rogue.wait (0)
                    self.assertTrue (callee.running)
            self.assertEqual (len (callee.named ('request')), 1)
            with call (home / 'a', callee.address, '--duration', '0.1') as last:
                last.wait (0)
            callee.wait (0)


class AsCaller (unittest.TestCase):
    def test_told (self):
        """W7: Whatever answers the call: a sentence, a status, and no media."""
        statuses = {'silent': (4,), 'no-hello': (4,), 'unknown-type': (5,)}
        with folder () as home, contextlib.ExitStack () as stack:
            pairs = []
            for mode in MODES:
                rogue = stack.enter_context (Rogue (mode))
                pairs.append ((mode, stack.enter_context (call (home / 'a', rogue.address, media='none'))))
            for mode, caller in pairs:
                with self.subTest (mode=mode):
                    self.assertIn (caller.wait (), statuses.get (mode, (1,)), caller.transcript ())
                    sentence (caller)
                    end = caller.wait_event ('ended')
                    self.assertFalse (end['graceful'])
                    self.assertTrue (end['error'])
                    self.assertEqual (caller.named ('first-frame'), [])


def real_request (home):
    """What a good caller asks."""
    with Rogue ('script') as rogue, call (home, rogue.address) as caller:
        request = rogue.wait_message ('request')
        caller.stop ()
        return request


class WrongOrder (unittest.TestCase):
    def test_messages (self):
        """Messages of the wrong role or in the wrong state end that call as nonsense, and nothing else."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True) as callee:
            request = real_request (home / 'a')
            one = {'call': request['call']}
            wrong = [{'type': 'accept', **one, 'description': request['description']}, {'type': 'ringing', **one},
                     {'type': 'reject', 'reason': 'busy', **one}, request, {'type': 'closing', **one},
                     {'type': 'closed', **one}, {'type': 'flows', 'send': ['audio'], **one},
                     {'type': 'withdraw', 'call': 'f' * 32}]
            for message in wrong:
                with self.subTest (message=message['type']), Rogue ('script', callee.address) as rogue:
                    mark = callee.mark ()
                    rogue.say (request)
                    value = callee.wait_event ('request', since=mark)['value']
                    rogue.say (message)
                    end = callee.wait_event ('ended', value=value)
                    self.assertEqual (end['reason'], 'protocol')
                    self.assertFalse (end['graceful'])
                    rogue.close_stdin ()
                    rogue.wait (0)
            with call (home / 'a', callee.address, '--duration', '0.1') as caller:
                caller.wait_event ('state', state='ringing')
                callee.write_line ('accept')
                caller.wait (0)

    def test_reset_and_silence (self):
        """N7, N11: A caller that resets, or closes without a goodbye, while it rings: reset; a withdrawal is a withdrawal."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True) as callee:
            request = real_request (home / 'a')
            for line, reason in (('!reset', 'reset'), ('!eof', 'reset'), ('!bye', 'reset'),
                                 (json.dumps ({'type': 'withdraw', 'call': request['call']}), 'withdrawn')):
                with self.subTest (line=line), Rogue ('script', callee.address) as rogue:
                    mark = callee.mark ()
                    rogue.say (request)
                    value = callee.wait_event ('request', since=mark)['value']
                    rogue.wait_message ('ringing')
                    rogue.write_line (line)
                    self.assertEqual (callee.wait_event ('ended', value=value)['reason'], reason)

    def test_nobody_is_dialled (self):
        """A stranger who is cut off while it rings is waited for; where they say that they listen nobody is dialled before somebody here said yes."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True) as callee, socket.create_server (('127.0.0.1', 0)) as door:
            request = real_request (home / 'a') | {'port': door.getsockname ()[1]}
            with Rogue ('script', callee.address) as rogue:
                rogue.say (request)
                value = callee.wait_event ('request')['value']
                rogue.wait_message ('ringing')
                rogue.write_line ('!reset')
                self.assertEqual (callee.wait_event ('ended', value=value)['reason'], 'reset')
            door.setblocking (False)
            with self.assertRaises (BlockingIOError):
                door.accept ()


class Relay:
    """Stands between a caller and a called program, each of which believes that it is the other, and may change what they say."""

    def __init__ (self, callee, change):
        self.server = Rogue ('script')
        self.client = Rogue ('script', callee.address)
        self.address = self.server.address
        self.change = change
        self.over = threading.Event ()
        self.thread = threading.Thread (target=self.run, daemon=True)
        self.thread.start ()

    def run (self):
        while not self.over.is_set ():
            for source, target in ((self.server, self.client), (self.client, self.server)):
                for message in source.messages ():
                    if 'description' in message:
                        self.change (message)
                    target.say (message)
                if not source.running or any ('"rogue":"end"' in line for line in source.lines ()):
                    with contextlib.suppress (OSError):
                        target.write_line ('!eof')
            self.over.wait (0.01)

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.over.set ()
        self.thread.join (LIMIT)
        self.server.__exit__ (*error)
        self.client.__exit__ (*error)


class Cut (unittest.TestCase):
    def test_signalling_cut (self):
        """N7, W17: In a call with pictures both ways the connection is reset, ends without close_notify, or with it but without a
        goodbye, on one side or the other: both are told of a reset, once, and nobody of a goodbye."""
        for line in ('!reset', '!eof', '!bye'):
            for side in ('server', 'client'):
                with self.subTest (line=line, side=side), folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
                     Relay (callee, lambda message: None) as relay, call (home / 'a', relay.address) as caller:
                    for program in (caller, callee):
                        is_active (program)
                        program.wait_event ('first-frame')
                    getattr (relay, side).write_line (line)
                    for program in (caller, callee):
                        program.wait (5)
                        self.assertEqual ([(e['reason'], e['graceful']) for e in program.named ('ended')], [('reset', False)])
                        self.assertEqual (program.named ('closing'), [])


FINGERPRINT = re.compile (r'a=fingerprint:sha-256 ([0-9A-Fa-f:]+)\r?\n')


def other (match):
    digits = match.group (1)
    return match.group (0).replace (digits, digits[::-1])


def wrong (sdp):
    return FINGERPRINT.sub (other, sdp)


def second (sdp):
    return FINGERPRINT.sub (lambda m: m.group (0) + other (m), sdp)


def sha1 (sdp):
    return FINGERPRINT.sub (lambda m: 'a=fingerprint:sha-1 ' + m.group (1)[:59] + '\r\n', sdp)


def missing (sdp):
    return FINGERPRINT.sub ('', sdp)


class Descriptions (unittest.TestCase):
    def changed (self, home, kinds, how):
        """A call whose description of these kinds of message is changed on its way; gives both programs, ended."""
        def change (message):
            if message['type'] in kinds:
                message['description'] = how (message['description'])
        with answer (home / 'b', '--anyone') as callee, Relay (callee, change) as relay, \
             call (home / 'a', relay.address) as caller:
            status = caller.wait ()
            return status, caller, callee

    def assert_nothing_shown (self, program):
        self.assertEqual (program.named ('first-frame'), [], program.transcript ())
        self.assertEqual (program.named ('first-sound'), [], program.transcript ())
        for stats in program.named ('stats'):
            self.assertEqual (stats['video_in']['frames'], 0)

    def test_unchanged (self):
        """The relay itself is no obstacle: the tests below would pass for nothing otherwise."""
        with folder () as home, answer (home / 'b', '--anyone') as callee, \
             Relay (callee, lambda message: None) as relay, call (home / 'a', relay.address) as caller:
            is_active (caller)
            is_active (callee)
            caller.wait_event ('first-frame')
            callee.wait_event ('first-frame')
            caller.stop ()

    def test_wrong_answer (self):
        """W7: The answer names another certificate than DTLS then shows: no byte of media is shown, the call fails as media, status 7."""
        with folder () as home:
            status, caller, callee = self.changed (home, ('ringing', 'accept'), wrong)
            self.assertEqual (status, 7, caller.transcript ())
            self.assertEqual (caller.wait_event ('ended')['reason'], 'media')
            sentence (caller)
            self.assert_nothing_shown (caller)
            self.assert_nothing_shown (callee)

    def test_wrong_offer (self):
        """The same for the offer: the called side holds its media back and ends the call."""
        with folder () as home:
            _, caller, callee = self.changed (home, ('request',), wrong)
            self.assert_nothing_shown (callee)
            self.assert_nothing_shown (caller)
            self.assertNotIn ('active', [e['state'] for e in callee.named ('state')])

    def test_malformed_answer (self):
        """A second, a SHA-1 and a missing fingerprint in the answer are nonsense: status 1, nothing shown."""
        for how in (second, sha1, missing):
            with self.subTest (how=how.__name__), folder () as home:
                status, caller, _ = self.changed (home, ('ringing', 'accept'), how)
                self.assertEqual (status, 1, caller.transcript ())
                self.assertEqual (caller.wait_event ('ended')['reason'], 'protocol')
                sentence (caller)
                self.assert_nothing_shown (caller)

    def test_malformed_offer (self):
        """The same in the offer: it does not even become a request."""
        for how in (second, sha1, missing):
            with self.subTest (how=how.__name__), folder () as home:
                status, caller, callee = self.changed (home, ('request',), how)
                self.assertNotEqual (status, 0)
                self.assertEqual (callee.named ('request'), [])
                self.assert_nothing_shown (caller)


if __name__ == '__main__':
    main ()
