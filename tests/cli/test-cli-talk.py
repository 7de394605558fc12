# SPDX-License-Identifier: LGPL-2.1-or-later
"""What two people give each other in a call, by visavis-cli: texts."""

import unittest

from lines import answer, call
from procs import cli, folder
from tap import main


def pair (home, *words, answering=(), **options):
    """One call that gives what the words say; both programs, when they have ended."""
    with answer (home / 'b', '--anyone', '--calls', '1', *answering, media='none') as callee, \
         call (home / 'a', callee.address, '--identifier', 'Zoë', *words, media='none', **options) as caller:
        caller.wait (0)
        callee.wait (0)
        return callee, caller


def texts (program):
    return [e['text'] for e in program.named ('text')]


class Texts (unittest.TestCase):
    def test_in_order (self):
        """W20, N4: Each --text arrives once, in order, and before the goodbye however soon that is said."""
        wanted = [f'line {number}' for number in range (200)] + ['ÄÖ 漢字 😀', 'x' * 16384]
        with folder () as home:
            callee, caller = pair (home, *(word for text in wanted for word in ('--text', text)), '--duration', '0.001')
            self.assertEqual (texts (callee), wanted)
            self.assertLess (callee.named ('text')[-1]['mono_ns'], callee.wait_event ('closing')['mono_ns'])
            self.assertEqual (texts (caller), [])
            self.assertEqual ({e['value'] for e in callee.named ('text')}, {callee.wait_event ('request')['value']})

    def test_words (self):
        """Without --json a person reads who writes what, every line of it with its name, and nothing plays tricks on the terminal."""
        evil = 'red \x1b[31m\u202etxt\nZoë said goodbye.'
        with folder () as home:
            callee, _ = pair (home, '--text', evil, '--duration', '0.05')
            for sign in ('\x1b', '\u202e'):
                self.assertNotIn (sign, texts (callee)[0])
            with cli (home / 'b', '--listen', '127.0.0.1:0', 'answer', '--anyone', '--calls', '1', media='none',
                      json_lines=False) as callee:
                address = callee.wait_line ('Waiting for calls at').split ()[4].rstrip ('.')
                with call (home / 'a', address, '--identifier', 'Zoë', '--text', evil, '--duration', '0.05',
                           media='none') as caller:
                    caller.wait (0)
                callee.wait (0)
                lines = [line for _, source, line in callee.log if source == 'out']
                self.assertEqual (len ([line for line in lines if line.startswith ('Zoë writes: ')]), 2, lines)
                self.assertIn ('Zoë writes: Zoë said goodbye.', lines)
                self.assertEqual (lines.count ('Zoë said goodbye.'), 1)
                self.assertNotIn ('\x1b', ''.join (lines))

    def test_to_oneself (self):
        """W6, W20: A call to oneself carries texts too."""
        with folder () as home, call (home, '', '--text', 'hello me', '--duration', '0.2', media='none') as program:
            program.wait (0)
            self.assertEqual (texts (program), ['hello me'])


if __name__ == '__main__':
    main ()
