# SPDX-License-Identifier: LGPL-2.1-or-later
"""How calls end: signals, killed programs, gave-up callers, in each state. Nobody hangs, and everybody is told what was."""

import signal
import subprocess
import unittest

from leaving import LEAVE_LIMIT, leave, leave_often, redial
from lines import answer, call, is_active, listener, sentence, states, until
from procs import CLI, LIMIT, PATIENCE, folder
from tap import main


def ringing (home, *words):
    callee = answer (home / 'b', '--ask', '--calls', '1', stdin=True)
    caller = call (home / 'a', callee.address, *words)
    caller.wait_event ('state', state='ringing')
    return callee, caller


def deferred (home, *words):
    """The request is there, and nothing has rung."""
    callee = answer (home / 'b', '--defer', '--calls', '1')
    caller = call (home / 'a', callee.address, *words)
    callee.wait_event ('request')
    return callee, caller


def connecting (home, *words):
    """As soon as the call was accepted; the path may be there already."""
    callee = answer (home / 'b', '--anyone', '--calls', '1')
    caller = call (home / 'a', callee.address, *words)
    caller.wait_event ('state', predicate=lambda e: e['state'] in ('connecting', 'active'))
    return callee, caller


def active (home, *words):
    callee = answer (home / 'b', '--anyone', '--calls', '1')
    caller = call (home / 'a', callee.address, *words)
    is_active (callee)
    is_active (caller)
    return callee, caller


SITUATIONS = (deferred, ringing, connecting, active)


class Killed (unittest.TestCase):
    def survivor (self, program, reasons, statuses):
        """It is told within the limit, and ends by itself."""
        code = program.wait ()
        end = program.wait_event ('ended')
        self.assertIn (end['reason'], reasons, program.transcript ())
        self.assertFalse (end['graceful'])
        self.assertIn (code, statuses, program.transcript ())
        self.assertEqual (len (program.named ('ended')), 1)
        sentence (program)

    def test_callee_killed (self):
        """N7, W17: The called program is killed: the caller is told of a reset, status 5."""
        for situation in SITUATIONS:
            with self.subTest (situation=situation.__name__), folder () as home:
                callee, caller = situation (home)
                with callee, caller:
                    callee.kill ()
                    self.survivor (caller, ('reset', 'timeout'), (5,))

    def test_caller_killed (self):
        """N7, W17: The caller is killed: the called program is told of a reset and does not go on ringing."""
        for situation in SITUATIONS:
            with self.subTest (situation=situation.__name__), folder () as home:
                callee, caller = situation (home)
                with callee, caller:
                    caller.kill ()
                    self.survivor (callee, ('reset', 'timeout'), (5,))

    def test_killed_while_dialling (self):
        """Whoever is dialled goes away before a word was said: the caller ends at once, and knows no more than that."""
        with folder () as home, listener () as (server, port), call (home, f'127.0.0.1:{port}') as caller:
            server.settimeout (LIMIT)
            connection, _ = server.accept ()
            caller.wait_event ('state', state='dialling')
            connection.close ()
            server.close ()
            self.assertIn (caller.wait (timeout=10), (1, 4, 5))
            sentence (caller)


class Interrupted (unittest.TestCase):
    def test_caller (self):
        """R3, N11: SIGINT in each state: the caller leaves soon; the other side sees a withdrawal, or a goodbye once connected."""
        for situation, status, reason in ((deferred, 1, 'withdrawn'), (ringing, 1, 'withdrawn'), (active, 0, 'remote')):
            with self.subTest (situation=situation.__name__), folder () as home:
                callee, caller = situation (home, '--bye-data', 'must run')
                with callee, caller:
                    caller.stop (status=status, timeout=4)
                    end = callee.wait_event ('ended')
                    self.assertEqual ((end['reason'], end['graceful']), (reason, status == 0))
                    self.assertEqual (end['data'], 'must run' if status == 0 else None)
                    callee.wait (0 if status == 0 else 1)

    def test_caller_while_connecting (self):
        """SIGINT just after the accept: whichever comes first, both sides end."""
        with folder () as home:
            callee, caller = connecting (home)
            with callee, caller:
                caller.stop (timeout=4)
                callee.wait ()
                self.assertEqual (len (callee.named ('ended')), 1)

    def test_caller_while_dialling (self):
        """R3: SIGINT while the other side keeps silent, and while a name is looked up."""
        with folder () as home, listener () as (_, port):
            with call (home, f'127.0.0.1:{port}') as caller:
                caller.wait_event ('state', state='dialling')
                caller.stop (status=1, timeout=4)
                self.assertEqual (caller.wait_event ('ended')['reason'], 'local')
            with call (home, 'nobody.invalid') as caller:
                caller.wait_event ('state')
                self.assertIn (caller.stop (timeout=4), (1, 4))

    def test_callee (self):
        """R4: SIGINT to the called program: a call in progress gets a goodbye, a ringing one is told that nobody is there."""
        for situation, status, reason in ((deferred, 4, 'unreachable'), (ringing, 4, 'unreachable'), (active, 0, 'remote')):
            with self.subTest (situation=situation.__name__), folder () as home:
                callee, caller = situation (home)
                with callee, caller:
                    callee.stop (status=0, timeout=4)
                    caller.wait (status)
                    self.assertEqual (caller.wait_event ('ended')['reason'], reason)

    def test_idle_callee (self):
        """SIGINT while nobody calls: status 0, at once."""
        with folder () as home, answer (home) as callee:
            callee.stop (status=0, timeout=3)

    def test_twice (self):
        """N7: The other side does not answer the goodbye (it is stopped): the second SIGINT cuts, status 5."""
        with folder () as home:
            callee, caller = active (home)
            with callee, caller:
                callee.send_signal (signal.SIGSTOP)
                caller.send_signal (signal.SIGINT)
                caller.wait_event ('goodbye-sent')
                caller.send_signal (signal.SIGINT)
                self.assertEqual (caller.wait (timeout=4), 5)
                self.assertFalse (caller.wait_event ('ended')['graceful'])
                callee.send_signal (signal.SIGCONT)
                callee.wait ()

    def test_leaves_in_time (self):
        """R4: Even if the goodbye is never answered the program leaves within the promised 3 s (and some air)."""
        with folder () as home:
            callee, caller = active (home)
            with callee, caller:
                callee.send_signal (signal.SIGSTOP)
                caller.stop (timeout=4)
                callee.send_signal (signal.SIGCONT)
                callee.wait ()

    def test_reader_gone (self):
        """Nobody reads the events any more, as when a pipe to head closes: the call ends gracefully."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee:
            argv = [CLI, '--profile', home / 'a', '--json', '--media', 'test', 'call', callee.address]
            with subprocess.Popen (argv, stdout=subprocess.PIPE) as caller:
                is_active (callee)
                caller.stdout.close ()
                self.assertEqual (caller.wait (LIMIT), 0)
            callee.wait (0)


class Leaving (unittest.TestCase):
    def test_often (self):
        """R4: Told to leave in a call by SIGTERM, SIGINT or SIGHUP, caller or called: the other side sees a graceful end, and the program goes in time."""
        with folder () as home:
            leave_often (home, 6)

    def test_with_media (self):
        """R4: The same while pictures and sound run."""
        with folder () as home:
            for caller_leaves in (True, False):
                leave (home, signal.SIGTERM, caller_leaves, media='test')

    def test_close_is_held (self):
        """R4: The other side holds the close for 10 s: it is cut after 2 s, the program goes in time, and says that it was no graceful end."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--calls', '1', '--hold-close', '10000', media='none') as callee, \
             call (home / 'a', callee.address, media='none') as caller:
            is_active (callee)
            is_active (caller)
            self.assertEqual (caller.stop (signal.SIGTERM, timeout=LEAVE_LIMIT), 5)
            told, said = caller.wait_event ('ended'), caller.wait_event ('goodbye-sent')
            self.assertFalse (told['graceful'])
            self.assertGreaterEqual ((told['mono_ns'] - said['mono_ns']) / 1e9, 1.9)
            self.assertEqual (len (caller.named ('ended')), 1)
            sentence (caller)
            callee.wait ()
            self.assertEqual (len (callee.named ('ended')), 1)


class Linger (unittest.TestCase):
    def test_abortive (self):
        """N5, N7: --linger 0 says no goodbye: both sides know that it was a reset."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1') as callee, \
             call (home / 'a', callee.address, '--linger', '0', '--duration', '0.5') as caller:
            caller.wait (5)
            callee.wait (5)
            self.assertEqual (callee.wait_event ('ended')['reason'], 'reset')
            self.assertEqual (caller.named ('goodbye-sent'), [])

    def test_limited (self):
        """N5: --linger N waits for the answer to the goodbye for so long, and no longer."""
        with folder () as home:
            callee, caller = active (home, '--linger', '300')
            with callee, caller:
                callee.send_signal (signal.SIGSTOP)
                caller.send_signal (signal.SIGINT)
                said = caller.wait_event ('goodbye-sent')['mono_ns']
                over = caller.wait_event ('ended')
                self.assertFalse (over['graceful'])
                self.assertLess ((over['mono_ns'] - said) / 1e9, 1.5 * PATIENCE)
                callee.send_signal (signal.SIGCONT)
                caller.wait (5)


class Again (unittest.TestCase):
    def test_redial (self):
        """R6: The same address again directly after the end works every time."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '5') as callee:
            for _ in range (5):
                with call (home / 'a', callee.address, '--duration', '0.05') as caller:
                    caller.wait (0)
            callee.wait (0)
            self.assertEqual (len ({e['value'] for e in callee.named ('ended')}), 5)
            self.assertNotIn ('failed', states (callee))
            until (lambda: not callee.running, 'its end')

    def test_redial_from_one_program (self):
        """R6: Twenty times the same person again, directly after the end, works every time."""
        with folder () as home:
            redial (self, home, 20)


if __name__ == '__main__':
    main ()
