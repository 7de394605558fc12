# SPDX-License-Identifier: LGPL-2.1-or-later
"""What two people give each other in a call, by visavis-cli: texts and files."""

import hashlib
import os
import stat
import unittest

from lines import answer, call, sentence
from procs import CLI, Process, cli, folder
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

    def test_arrived (self):
        """Whoever writes reads that it arrived."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '1', media='none') as callee, \
             cli (home / 'a', 'call', callee.address, '--text', 'one', '--text', 'two', '--duration', '0.05', media='none',
                  json_lines=False) as caller:
            caller.wait (0)
            callee.wait (0)
            lines = [line for _, source, line in caller.log if source == 'out']
            self.assertEqual ([line for line in lines if line.startswith ('It arrived: ')], ['It arrived: one', 'It arrived: two'])

    def test_to_oneself (self):
        """W6, W20: A call to oneself carries texts too."""
        with folder () as home, call (home, '', '--text', 'hello me', '--duration', '0.2', media='none') as program:
            program.wait (0)
            self.assertEqual (texts (program), ['hello me'])


class Files (unittest.TestCase):
    def make (self, home, name, content):
        (home / 'out').mkdir (exist_ok=True)
        path = os.fsencode (home / 'out') + b'/' + (name if isinstance (name, bytes) else name.encode ())
        with open (path, 'wb') as stream:
            stream.write (content)
        return os.fsdecode (path)

    def ends (self, program, n):
        """The last that was told of each of n files, when nothing more comes of them."""
        over = ('done', 'refused', 'cancelled', 'failed', 'interrupted')
        for number in range (n):
            program.wait_event ('file', lambda e: sum (f['state'] in over for f in program.named ('file')) > number)
        return [f for f in program.named ('file') if f['state'] in over]

    def give (self, home, paths, *answering, end='done'):
        with answer (home / 'b', '--anyone', '--calls', '1', *answering, media='none') as callee, \
             call (home / 'a', callee.address, *(word for path in paths for word in ('--file', path)),
                   media='none') as caller:
            sent, got = self.ends (caller, len (paths)), self.ends (callee, len (paths))
            caller.stop (status=0)
            callee.wait (0)
            self.assertEqual ({f['state'] for f in sent + got}, {end})
            return sent, got

    def test_several (self):
        """W20: Several files arrive whole, at once, under their names, for their owner alone; both sides tell the same checksum."""
        contents = {'a.bin': os.urandom (3000000), 'empty': b'', 'Fotos vom März.jpg': os.urandom (70000)}
        with folder () as home:
            sent, got = self.give (home, [self.make (home, name, content) for name, content in contents.items ()],
                                   '--save', home / 'new' / 'in')
            for files in (sent, got):
                self.assertEqual ({f['name']: (f['size'], f['sha256']) for f in files},
                                  {name: (len (content), hashlib.sha256 (content).hexdigest ())
                                   for name, content in contents.items ()})
            for file in got:
                self.assertEqual (file['path'], str (home / 'new' / 'in' / file['name']))
            for name, content in contents.items ():
                path = home / 'new' / 'in' / name
                self.assertEqual (path.read_bytes (), content)
                self.assertEqual (stat.S_IMODE (path.stat ().st_mode), 0o600)
            self.assertEqual (len (os.listdir (home / 'new' / 'in')), 3)

    def test_names (self):
        """W20: Names that would play tricks stay in the folder, hide nothing and replace nothing."""
        names = ['.hidden', '..', b'\xff\xfe.txt', 'a\nb', 'x\u202egpj.exe', 'n' * 255, '-rf', 'taken']
        names[1] = '..evil'
        with folder () as home:
            (home / 'in').mkdir ()
            (home / 'in' / 'taken').write_text ('mine')
            sent, got = self.give (home, [self.make (home, name, b'content') for name in names], '--save', home / 'in')
            self.assertEqual ((home / 'in' / 'taken').read_text (), 'mine')
            found = os.listdir (home / 'in')
            self.assertEqual (len (found), len (names) + 1)
            for name in found:
                self.assertFalse (name.startswith ('.'), name)
                self.assertTrue (name.isprintable (), name)
                self.assertNotIn ('\u202e', name)
            self.assertEqual (sorted (os.listdir (home)), ['a', 'b', 'in', 'out'])
            self.assertEqual ({os.path.dirname (f['path']) for f in got}, {str (home / 'in')})

    def test_refused (self):
        """W20: Without --save files are refused; the call goes on, and both are told."""
        with folder () as home:
            sent, got = self.give (home, [self.make (home, 'file', b'x')], end='refused')
            self.assertIsNone (got[0]['path'])

    def test_flushed (self):
        """N4, W20: A hang-up by --duration while files are on their way: they arrive whole before the goodbye."""
        content = os.urandom (40 << 20)
        with folder () as home, \
             answer (home / 'b', '--anyone', '--calls', '1', '--save', home / 'in', media='none') as callee, \
             call (home / 'a', callee.address, '--file', self.make (home, 'big', content), '--duration', '0.3',
                   media='none') as caller:
            caller.wait (0)
            callee.wait (0)
            done, said = callee.wait_event ('file', state='done'), callee.wait_event ('closing')
            self.assertLess (done['mono_ns'], said['mono_ns'])
            self.assertEqual ((home / 'in' / 'big').read_bytes (), content)

    def test_unusable (self):
        """What cannot be sent or saved into is told before anything is dialled, with status 2."""
        with folder () as home:
            words = [['call', 'a', '--file', home / 'none'], ['call', 'a', '--file', home], ['call', 'a', '--file', '/dev/null'],
                     ['call', 'a', '--file', ''], ['answer', '--save', ''], ['answer', '--save', '/dev/null'],
                     ['answer', '--save', '/proc/here'],
                     ['call', 'a'] + ['--file', self.make (home, 'file', b'x')] * 257]
            for line in words:
                with self.subTest (words=line[:4]), cli (home / 'p', *line, media='none') as program:
                    program.wait (2)
                    sentence (program)

    def test_unreadable (self):
        """A file that this user may not read is told before anything is dialled."""
        with folder () as home:
            path = self.make (home, 'secret', b'x')
            os.chmod (path, 0)
            if os.access (path, os.R_OK):
                # root reads everything; nobody does not
                os.chmod (home, 0o755)
                argv = ['setpriv', '--reuid', '65534', '--clear-groups', CLI]
            else:
                argv = [CLI]
            (home / 'p').mkdir (mode=0o777)
            os.chmod (home / 'p', 0o777)
            with Process (argv + ['--profile', home / 'p', 'call', 'a', '--file', path], env={'LC_ALL': 'C.UTF-8'}) as program:
                program.wait (2)
                self.assertIn ('cannot be read', sentence (program))

    def test_words (self):
        """Without --json a person reads what becomes of a file."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2', '--save', home / 'in', media='none') as callee:
            for path, words in ((self.make (home, 'picture', b'x'), 'has the file picture.'),):
                with call (home / 'a', callee.address, '--file', path, media='none', json_lines=False) as caller:
                    caller.wait_line ('The file picture is offered to')
                    caller.wait_line (words)
                    caller.stop (status=0)


if __name__ == '__main__':
    main ()
