# SPDX-License-Identifier: LGPL-2.1-or-later
"""visavis-cli without a call: help, usage errors, identity, people, devices."""

import fcntl
import os
import stat
import subprocess
import unittest

from lines import listener, sentence
from procs import CLI, cli, folder
from tap import main


class Help (unittest.TestCase):
    def test_help (self):
        """Help names every command and every exit status, and goes to stdout."""
        for words, status in ((['--help'], 0), (['-h'], 0), ([], 2), (['--json'], 2)):
            run = subprocess.run ([CLI, *words], capture_output=True, text=True, check=False)
            self.assertEqual (run.returncode, status, words)
            self.assertEqual (run.stderr, '')
            for word in ('identity', 'answer', 'call', 'dial', 'calls', 'hang-up', 'people', 'devices', 'export', 'import', 'Exit status'):
                self.assertIn (word, run.stdout)

    def test_help_of_commands (self):
        """Each command has help of its own, with its options."""
        for command, option in (('identity', '--profile'), ('answer', '--anyone'), ('call', '--duration'),
                                ('dial', '--identifier'), ('calls', '--json'), ('hang-up', '--all'),
                                ('people', '--profile'), ('devices', '--json')):
            run = subprocess.run ([CLI, command, '--help'], capture_output=True, text=True, check=False)
            self.assertEqual ((run.returncode, run.stderr), (0, ''), command)
            self.assertIn (f'visavis-cli {command}', run.stdout)
            self.assertIn (option, run.stdout)
            # what only calls need is told by those that make some
            self.assertEqual ('--relay-only' in run.stdout, command in ('answer', 'call'), command)

    def test_version (self):
        """It tells its version, as the program with a window does."""
        run = subprocess.run ([CLI, '--version'], capture_output=True, text=True, check=True)
        self.assertRegex (run.stdout, r'^Visavis \d+\.\d+')

    def test_words_for_numbers (self):
        """What is no number is told in the words of the option."""
        run = subprocess.run ([CLI, 'call', 'a', '--duration', 'long'], capture_output=True, text=True, check=False)
        self.assertIn ('--duration takes a number of seconds', run.stderr)


class Site (unittest.TestCase):
    """What an organisation gives and locks in visavis/site.conf."""

    def setUp (self):
        self.home = self.enterContext (folder ())
        (self.home / 'visavis').mkdir ()
        self.env = {'XDG_CONFIG_DIRS': str (self.home)}

    def write (self, *lines):
        (self.home / 'visavis/site.conf').write_text ('\n'.join (['[Servers]', *lines]) + '\n')

    def test_given (self):
        """W7: A meeting server that the organisation gives is used by who names none; a line that makes no sense is told with its number, and the others count."""
        with listener () as (server, port):
            server.settimeout (30)
            self.write ('brokr=mqtt://127.0.0.1', f'broker=mqtt://127.0.0.1:{port}')
            with cli (self.home / 'profile', '--listen', '127.0.0.1:0', 'answer', media='none', env=self.env) as program:
                program.wait_line (f'{self.home}/visavis/site.conf, line 2: there is no setting “brokr”')
                server.accept ()[0].close ()
                program.wait_event ('listening')

    def test_unreadable (self):
        """A file that is there and cannot be read is told: its locks do not count, and that is nothing to be silent about."""
        (self.home / 'visavis/site.conf').symlink_to ('site.conf')
        with cli (self.home / 'profile', '--listen', '127.0.0.1:0', 'answer', media='none', env=self.env) as program:
            program.wait_line (f'Settings of your organisation, {self.home}/visavis/site.conf: the file cannot be read')
            program.wait_event ('listening')

    def test_chosen (self):
        """Whoever names another meeting server uses that, unless it is locked: then the command says who has set it, and does nothing."""
        with listener () as (server, port):
            server.settimeout (30)
            self.write ('broker=mqtt://127.0.0.1:1')
            with cli (self.home / 'profile', '--listen', '127.0.0.1:0', '--broker', f'mqtt://127.0.0.1:{port}', 'answer', media='none', env=self.env):
                server.accept ()[0].close ()
        for option, kind, command in (('mqtt://other.example', 'broker', 'answer'), ('stun://other.example', 'stun', 'answer'), ('mqtt://other.example', 'broker', 'people')):
            self.write ('broker=mqtt://127.0.0.1:1', f'locked={kind}')
            with cli (self.home / 'profile', f'--{kind}', option, command, media='none', env=self.env, json_lines=False) as program:
                program.wait (2)
                told = sentence (program)
            self.assertIn (f'--{kind} cannot be given: it is set by your organisation, in {self.home}/visavis/site.conf.', told)


class Usage (unittest.TestCase):
    def wrong (self, profile, *words, media='none'):
        with cli (profile, *words, media=media, json_lines=False) as program:
            program.wait (2)
            return sentence (program)

    def test_bad_arguments (self):
        """What cannot be understood is told in one sentence with exit status 2, before anything is done."""
        with folder () as home:
            profile = home / 'profile'
            for words in (['shout'], ['call'], ['call', 'a', 'b'], ['call', 'a', '--duration', 'long'],
                          ['call', 'a', '--duration', '-1'], ['call', 'a', '--duration', 'nan'],
                          ['call', 'a', '--linger', '-2'], ['call', 'a', '--stop', 'video-out'],
                          ['call', 'a', '--stop', 'smell@1'], ['call', 'a', '--play', '@1'],
                          ['call', 'a', '--play', 'audio-in@soon'], ['call', 'a', '--data', '@/no/such/file'],
                          ['call', 'a', '--data', 'x' * 65537], ['call', 'a', '--identifier', 'n' * 129],
                          ['call', 'a', '--text', ''], ['call', 'a', '--text', 'x' * 16385], ['call', 'a', '--text', '\udcff'],
                          ['call', 'a', '--unknown'], ['answer', 'me'], ['answer', '--accept', '--reject'],
                          ['answer', '--calls', '-1'], ['answer', '--calls', 'many'], ['answer', '--calls', '0'],
                          ['answer', '--calls', '1.5'], ['call', 'a', '--duration', '0'], ['call', 'a', '--linger', 'inf'],
                          ['answer', '--hold-close', '-1'], ['answer', '--hold-close', '30001'],
                          ['answer', '--hold-close', 'long'], ['answer', '--on-closing', ''], ['answer', '--on-closing'],
                          ['--listen', 'no port', 'answer'], ['--listen', 'nobody', 'answer'], ['--listen', '127.0.0.1:66000', 'answer'],
                          ['hang-up'], ['hang-up', 'it'], ['hang-up', '0'], ['hang-up', '1', '--all'],
                          ['call', 'a', '--relay-only'], ['--relay-only', 'answer'],
                          ['people', 'greet', 'Anna'], ['people', 'add', 'Anna'], ['people', 'add', 'Anna', 'no where'], ['people', 'add', 'Anna', ''],
                          ['people', 'remove'], ['people', 'verify'], ['people', 'block', 'Anna', 'Bob'], ['people', 'unblock'], ['identity', 'mine'], ['devices', 'all'], ['calls', 'now'], ['dial']):
                with self.subTest (words=[word[:40] for word in words]):
                    self.wrong (profile, *words)
            self.wrong (profile, 'call', '', media='/no/such/film.webm')
            self.wrong (profile, '--stun', 'http://127.0.0.1', 'call', '127.0.0.1:1')
            self.wrong (profile, '--turn', 'turn://nobody', 'call', '127.0.0.1:1')
            for ports in ('x', '50000', '-', '50000-', '50100-50000', '1-100', '50000-50003', '60000-70000', '50000-50100-50200', '-1-50000', '50000-50100x'):
                with self.subTest (ports=ports):
                    self.wrong (profile, '--media-ports', ports, 'call', '127.0.0.1:1')

    def test_no_way (self):
        """Neither direct nor by a meeting server: refused plainly, never silently ignored."""
        with folder () as home:
            self.assertIn ('needs a meeting server', self.wrong (home, '--no-direct', 'answer'))


class Identity (unittest.TestCase):
    def identity (self, profile, **options):
        with cli (profile, 'identity', **options) as program:
            program.wait (0)
            return program.wait_event ('identity')

    def test_made_once (self):
        """The first start makes a key that only its owner can read; every later one finds it."""
        with folder () as home:
            first = self.identity (home / 'profile')
            self.assertEqual (len (first['id']), 56)
            self.assertEqual (first['profile'], str (home / 'profile'))
            self.assertTrue (first['name'])
            self.assertEqual (self.identity (home / 'profile')['id'], first['id'])
            self.assertNotEqual (self.identity (home / 'other')['id'], first['id'])
            for path in (home / 'profile').iterdir ():
                if b'PRIVATE KEY' in path.read_bytes ():
                    self.assertEqual (stat.S_IMODE (path.stat ().st_mode), 0o600)

    def test_profile_of_environment (self):
        """VISAVIS_PROFILE is as good as --profile, which goes before it."""
        with folder () as home:
            named = self.identity (home / 'a')['id']
            self.assertEqual (self.identity (home / 'a', env={'VISAVIS_PROFILE': home / 'b'})['id'], named)
            run = subprocess.run ([CLI, '--json', 'identity'], env={**os.environ, 'VISAVIS_PROFILE': str (home / 'a')},
                                  capture_output=True, text=True, check=True)
            self.assertIn (named, run.stdout)

    def test_name_of_settings (self):
        """The name that the window's preferences wrote is the one that others see."""
        with folder () as home:
            (home / 'settings.ini').write_text ("[org/visavis/Visavis]\nidentifier='Zoë'\n", encoding='utf-8')
            self.assertEqual (self.identity (home)['name'], 'Zoë')

    def test_unusable (self):
        """A profile that cannot be one is a sentence and status 1."""
        with folder () as home:
            (home / 'file').write_text ('not a folder')
            with cli (home / 'file', 'identity') as program:
                program.wait (1)
                sentence (program)


class People (unittest.TestCase):
    def people (self, profile, *words, status=0):
        with cli (profile, 'people', *words, media=None) as program:
            program.wait (status)
            return {e['name']: e for e in program.named ('person')}

    def test_add_and_remove (self):
        """People are kept, with where they are and that their key is not known yet."""
        with folder () as home:
            self.assertEqual (self.people (home), {})
            self.people (home, 'add', 'Anna', '127.0.0.1:7667')
            self.people (home, 'add', 'Grand-mère', 'visavis.example')
            people = self.people (home)
            self.assertEqual (set (people), {'Anna', 'Grand-mère'})
            self.assertEqual ((people['Anna']['address'], people['Anna']['trust']), ('127.0.0.1:7667', 'unknown'))
            self.people (home, 'remove', 'Anna')
            self.assertEqual (set (self.people (home)), {'Grand-mère'})
            self.people (home, 'remove', 'Anna', status=1)

    def test_block (self):
        """Whoever is blocked is listed as that, until they are not."""
        with folder () as home:
            self.people (home, 'add', 'Anna', '127.0.0.1:7667')
            self.people (home, 'block', 'anna')
            self.assertTrue (self.people (home)['Anna']['blocked'])
            self.people (home, 'unblock', 'Anna')
            self.assertFalse (self.people (home)['Anna']['blocked'])
            self.people (home, 'block', 'Bob', status=1)

    def code (self, profile, name):
        run = subprocess.run ([CLI, '--profile', profile, 'people', 'verify', name], capture_output=True, text=True, check=True)
        return run.stdout.split ()

    def test_verify (self):
        """Two people see the same code; each notes the other as verified by it, and by no other one."""
        with folder () as home:
            ids = {}
            for who in ('anna', 'bob'):
                with cli (home / who, 'identity', media=None) as program:
                    program.wait (0)
                    ids[who] = program.wait_event ('identity')['id']
            self.people (home / 'anna', 'add', 'Bob', f'visavis:{ids["bob"]}@127.0.0.1:1')
            self.people (home / 'bob', 'add', 'Anna', f'visavis:{ids["anna"]}@127.0.0.1:1')
            self.people (home / 'bob', 'add', 'Carl', '127.0.0.1:2')
            code = self.code (home / 'anna', 'Bob')
            self.assertEqual (code, self.code (home / 'bob', 'Anna'))
            self.assertEqual ([len (group) for group in code], [5] * 6)
            self.people (home / 'anna', 'verify', 'Bob', *code)
            self.assertEqual (self.people (home / 'anna')['Bob']['trust'], 'verified')
            self.people (home / 'bob', 'verify', 'Anna', ' '.join (reversed (code)), status=6)
            self.assertEqual (self.people (home / 'bob')['Anna']['trust'], 'unknown')
            self.people (home / 'bob', 'verify', 'Carl', *code, status=1)
            self.people (home / 'bob', 'verify', 'Dora', *code, status=1)

    def test_damaged (self):
        """A damaged list of people is put aside, told of once, and the list works on; the key stays what it was."""
        with folder () as home:
            with cli (home, 'identity', media=None) as program:
                program.wait (0)
                before = program.wait_event ('identity')['id']
            (home / 'people.sqlite').write_bytes (b'no database' * 1000)
            with cli (home, 'people', 'add', 'Anna', '127.0.0.1:7667', media=None) as program:
                program.wait (0)
                self.assertIn ('people-damaged-', sentence (program))
            kept = list (home.glob ('people-damaged-*.sqlite'))
            self.assertEqual ([path.read_bytes () for path in kept], [b'no database' * 1000])
            self.assertEqual (set (self.people (home)), {'Anna'})
            with cli (home, 'identity', media=None) as program:
                program.wait (0)
                self.assertEqual (program.wait_event ('identity')['id'], before)


class Devices (unittest.TestCase):
    def test_devices (self):
        """None at all is a normal answer."""
        with folder () as home, cli (home, 'devices', media=None) as program:
            program.wait (0)
            for event in program.named ('device'):
                self.assertIn (event['kind'], ('camera', 'microphone', 'speaker'))
                self.assertTrue (event['name'])


class Places (unittest.TestCase):
    def test_port_taken (self):
        """Whoever asks for a port and cannot have it is told so, with status 1."""
        with folder () as home, listener () as (_, port):
            with cli (home, '--listen', f'127.0.0.1:{port}', 'answer') as program:
                program.wait (1)
                sentence (program)
            with cli (home, '--listen', f'127.0.0.1:{port}', 'call', '') as program:
                program.wait (1)
                sentence (program)

    def test_one_service (self):
        """A profile has one running service; identity, people and call do not mind it."""
        with folder () as home, cli (home, '--listen', '127.0.0.1:0', 'answer') as first:
            first.wait_event ('listening')
            with cli (home, '--listen', '127.0.0.1:0', 'answer') as second:
                second.wait (1)
                self.assertIn ('already running', sentence (second))
            for words in (['identity'], ['people']):
                with cli (home, *words) as program:
                    program.wait (0)
            first.stop (status=0)

    def test_no_bus (self):
        """Without a session bus the commands that need it say so."""
        with folder () as home:
            for words in (['calls'], ['hang-up', '--all'], ['dial', '127.0.0.1:1']):
                with cli (home, *words, media=None) as program:
                    program.wait (1)
                    self.assertIn ('session bus', sentence (program))

    def test_no_gtk (self):
        """W2: The program links no GTK."""
        linked = subprocess.run (['ldd', CLI], capture_output=True, text=True, check=True).stdout
        self.assertNotIn ('libgtk', linked)
        self.assertNotIn ('libadwaita', linked)


class Backup (unittest.TestCase):
    def run_with (self, profile, *words, passphrase='correct horse', status=0):
        with cli (profile, *words, json_lines=False, media=None, stdin=True) as program:
            program.write_line (passphrase)
            program.close_stdin ()
            program.wait (status)
            return program.transcript ()

    def id_of (self, profile):
        with cli (profile, 'identity') as program:
            return program.wait_event ('identity')['id']

    def test_export_import (self):
        """A profile goes through a file to another folder: same key, same people; what was there is kept; the file is the user's alone."""
        with folder () as home:
            with cli (home / 'a', 'people', 'add', 'Bob', '192.0.2.7') as program:
                program.wait (0)
            before, other = self.id_of (home / 'a'), self.id_of (home / 'b')
            self.assertNotEqual (before, other)
            self.run_with (home / 'a', 'export', home / 'copy')
            self.assertEqual (stat.S_IMODE ((home / 'copy').stat ().st_mode), 0o600)
            self.run_with (home / 'b', 'import', home / 'copy')
            self.assertEqual (self.id_of (home / 'b'), before)
            with cli (home / 'b', 'people') as program:
                program.wait_event ('person', lambda event: event['name'] == 'Bob')
            self.assertEqual (len (list ((home / 'b').glob ('replaced-*/identity.pem'))), 1)

    def test_export_nonsense (self):
        """What cannot be is told in one sentence, and changes nothing: wrong and short passphrases, files that are none, a profile in use."""
        with folder () as home:
            mine = self.id_of (home / 'a')
            self.run_with (home / 'a', 'export', home / 'copy', passphrase='short', status=1)
            self.run_with (home / 'a', 'export', home / 'copy', passphrase='', status=1)
            self.run_with (home / 'a', 'export', home / 'copy', passphrase='x' * 5000, status=1)
            self.assertFalse ((home / 'copy').exists ())
            self.run_with (home / 'a', 'export', home / 'copy')
            saved = (home / 'copy').read_bytes ()
            self.assertIn ('is there already', self.run_with (home / 'a', 'export', home / 'copy', status=1))
            self.assertEqual ((home / 'copy').read_bytes (), saved)
            (home / 'noise').write_bytes (os.urandom (5000))
            (home / 'cut').write_bytes (saved[:-7])
            self.assertIn ('passphrase is wrong', self.run_with (home / 'c', 'import', home / 'copy', passphrase='wrong horse', status=1))
            for name in ('noise', 'cut', 'nothing', '.'):
                self.run_with (home / 'c', 'import', home / name, status=1)
            self.assertFalse ((home / 'c').exists ())
            with (home / 'a/lock').open ('w') as lock:
                fcntl.flock (lock, fcntl.LOCK_EX)
                self.assertIn ('already running', self.run_with (home / 'a', 'import', home / 'copy', status=1))
            self.assertEqual (self.id_of (home / 'a'), mine)


if __name__ == '__main__':
    main ()
