# SPDX-License-Identifier: LGPL-2.1-or-later
"""The passive side of an end: answer --hold-close and --on-closing, with commands of every kind."""

import base64
import signal
import unittest

from exchange import check
from lines import answer, call, is_active, sentence, until
from procs import PATIENCE, folder
from tap import main

BYTES = bytes (range (256)) * 256


def alive (pid):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        with open (f'/proc/{pid}/stat', encoding='utf-8') as stat:
            return stat.read ().rsplit (')', 1)[1].split ()[0] != 'Z'
    except FileNotFoundError:
        return False


def pid_in (path):
    return int (until (lambda: path.exists () and path.read_text ().endswith ('\n'), f'{path}') and path.read_text ())


class Closing (unittest.TestCase):
    def one (self, home, *words, said='17', identifier='Zoë', status=0):
        """One call whose caller hangs up: what the called program and the caller told."""
        with answer (home / 'b', '--anyone', '--calls', '1', *words, media='none') as callee, \
             call (home / 'a', callee.address, '--duration', '0.05', '--bye-data', said, '--identifier', identifier,
                   media='none') as caller:
            caller.wait (status)
            callee.wait (status)
            return callee, caller

    def answered (self, caller):
        return caller.wait_event ('closing')['data']


class EightSteps (unittest.TestCase):
    def test_grand_total (self):
        """N8, N9, N10, N6: Forty times a client says goodbye with a number, the server computes and answers with the grand total, each closes in its own
        time: the order holds in all, both orders of the server's own close occur, and the sum is right."""
        with folder () as home:
            check (self, home, 8, 5)


class Holding (Closing):
    def test_not_held (self):
        """N9: Without options the answer comes at once, with the data of --bye-data."""
        with folder () as home:
            callee, caller = self.one (home, '--bye-data', 'farewell')
            self.assertEqual (self.answered (caller), 'farewell')
            took = callee.wait_event ('goodbye-sent')['mono_ns'] - callee.wait_event ('closing')['mono_ns']
            self.assertLess (took / 1e9, 0.2 * PATIENCE)

    def test_held (self):
        """N8, N9: --hold-close takes its time before the goodbye, and again between the goodbye and the close."""
        with folder () as home:
            callee, caller = self.one (home, '--hold-close', '400', '--bye-data', 'farewell')
            told, said, closed = (callee.wait_event (name)['mono_ns'] for name in ('closing', 'goodbye-sent', 'closed'))
            self.assertGreaterEqual ((said - told) / 1e9, 0.39)
            self.assertGreaterEqual ((closed - said) / 1e9, 0.39)
            self.assertEqual (self.answered (caller), 'farewell')
            self.assertTrue (callee.wait_event ('ended')['graceful'])
            # the caller does not wait for the other side's close
            self.assertLess (caller.wait_event ('closed')['mono_ns'], closed)

    def test_only_when_needed (self):
        """R4: Whoever is told to leave holds nothing, and runs no command: the goodbye is said at once."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--hold-close', '5000', '--on-closing', f'touch {home}/ran', '--bye-data',
                     'farewell', media='none') as callee, \
             call (home / 'a', callee.address, media='none') as caller:
            is_active (caller)
            is_active (callee)
            callee.stop (status=0, timeout=3)
            caller.wait (0)
            self.assertEqual (self.answered (caller), 'farewell')
            self.assertFalse ((home / 'ran').exists ())

    def test_told_to_leave_while_holding (self):
        """R4: Told to leave while it holds a close, it answers at once and goes."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--hold-close', '20000', '--bye-data', 'farewell', media='none') as callee, \
             call (home / 'a', callee.address, '--duration', '0.05', media='none') as caller:
            callee.wait_event ('closing')
            callee.stop (status=0, timeout=3)
            caller.wait (0)
            self.assertEqual (self.answered (caller), 'farewell')


class Computing (Closing):
    def test_bytes (self):
        """N6, N9: 64 KiB of any bytes go to the command and come back from it as they are."""
        with folder () as home:
            (home / 'bytes').write_bytes (BYTES)
            callee, caller = self.one (home, '--on-closing', 'cat', '--bye-data', 'not this', said=f'@{home}/bytes')
            for data in (self.answered (caller), caller.wait_event ('ended')['data'], callee.wait_event ('closing')['data']):
                self.assertEqual (base64.b64decode (data['base64']), BYTES)

    def test_environment (self):
        """N9: The command knows whose call it is; a name is a value like any other, never words of the shell."""
        with folder () as home:
            command = 'echo "$VISAVIS_VALUE"; echo "$VISAVIS_PEER_ID"; printf "%s" "$VISAVIS_PEER_NAME"'
            name = f'$(touch {home}/ran) `id`; "Zoë" \'x'
            callee, caller = self.one (home, '--on-closing', command, identifier=name)
            request = callee.wait_event ('request')
            self.assertEqual (self.answered (caller).split ('\n'), [str (request['value']), request['id'], name])
            self.assertFalse ((home / 'ran').exists ())

    def test_nothing (self):
        """A command that writes nothing answers nothing, whatever --bye-data says."""
        with folder () as home:
            self.assertIsNone (self.answered (self.one (home, '--on-closing', 'true', '--bye-data', 'not this')[1]))

    def failing (self, command, words, said='17'):
        with self.subTest (command=command), folder () as home:
            callee, caller = self.one (home, '--on-closing', command, '--bye-data', 'instead', said=said)
            self.assertEqual (self.answered (caller), 'instead')
            self.assertTrue (caller.wait_event ('ended')['graceful'])
            self.assertIn (words, callee.wait_line ('The command for the goodbye'))
            self.assertEqual (len ([1 for _, _, line in callee.log if 'The command for the goodbye' in line]), 1)

    def test_failing (self):
        """N9: A command that is not there, fails or is killed: a sentence, --bye-data instead, and the call ends in order."""
        self.failing ('/no/such/command', 'status 127')
        self.failing ('echo lost; exit 3', 'status 3')
        self.failing ('kill -9 $$', 'signal 9')
        self.failing ('if', 'status 2')

    def test_too_much (self):
        """N9: What writes without end is cut at 64 KiB; and exactly 64 KiB are sent."""
        self.failing ('yes', '64 KiB')
        self.failing ('head -c 65537 /dev/zero', '64 KiB')
        with folder () as home:
            caller = self.one (home, '--on-closing', 'head -c 65536 /dev/zero')[1]
            self.assertEqual (base64.b64decode (self.answered (caller)['base64']), bytes (65536))

    def test_not_reading (self):
        """A command that does not read its stdin, or closes it, is no failure."""
        with folder () as home:
            (home / 'bytes').write_bytes (BYTES)
            for command in ('exec 0<&-; sleep 0.2; echo -n done', 'echo -n done', 'head -c 10 > /dev/null; echo -n done'):
                with self.subTest (command=command):
                    self.assertEqual (self.answered (self.one (home, '--on-closing', command, said=f'@{home}/bytes')[1]),
                                      'done')

    def test_hanging (self):
        """N9: A command that does not end within 10 s is ended with all that it began, and no other call waits for it."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--calls', '2', '--bye-data', 'instead', '--on-closing',
                     f'if [ "$(cat)" = hang ]; then sleep 1000 & echo $! > {home}/pid; wait; else echo -n quick; fi',
                     media='none') as callee:
            with call (home / 'a', callee.address, '--duration', '0.05', '--bye-data', 'hang', media='none') as caller:
                pid = pid_in (home / 'pid')
                with call (home / 'c', callee.address, '--duration', '0.05', media='none') as other:
                    other.wait (0)
                    self.assertEqual (self.answered (other), 'quick')
                self.assertTrue (caller.running)
                caller.wait (0)
                self.assertEqual (self.answered (caller), 'instead')
            callee.wait (0)
            self.assertIn ('10 seconds', sentence (callee))
            until (lambda: not alive (pid), 'the end of what the command began')

    def test_ends_with_the_program (self):
        """R4: The command goes when the program is told to leave, and the program does not wait for it; also when it is killed."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest (number=number), folder () as home, \
                 answer (home / 'b', '--anyone', '--on-closing', f'echo $$ > {home}/pid; sleep 8; true',
                         media='none') as callee, \
                 call (home / 'a', callee.address, '--duration', '0.05', media='none'):
                pid = pid_in (home / 'pid')
                self.assertTrue (alive (pid))
                callee.stop (number, status=0 if number == signal.SIGTERM else -number, timeout=3)
                until (lambda: not alive (pid), 'the end of the command')

    def test_caller_gone (self):
        """A caller that does not wait for the answer: the command still does its work, and the program waits for it."""
        with folder () as home, \
             answer (home / 'b', '--anyone', '--calls', '1', '--on-closing', f'sleep 1; cat > {home}/number',
                     media='none') as callee, \
             call (home / 'a', callee.address, '--duration', '0.05', '--linger', '100', '--bye-data', '17',
                   media='none') as caller:
            self.assertNotEqual (caller.wait (), 0)
            callee.wait ()
            self.assertEqual ((home / 'number').read_text (), '17')


if __name__ == '__main__':
    main ()
