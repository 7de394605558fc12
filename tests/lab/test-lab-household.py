# SPDX-License-Identifier: LGPL-2.1-or-later
"""One command sets up a household's broker and relay: what it writes is what real mosquitto and coturn take, and nobody gets more from them."""

import os
import re
import stat
import subprocess
import unittest
import urllib.parse
from signal import SIGINT

from household import Client, Household, find_link, need, setup
from lab import OUTER_B, PORT, SERVER, Call, check_call, two_nats, wait_given_back
from netns import Lab
from procs import Process, cli, folder
from tap import main


def snapshot (where):
    return {path: (path.stat ().st_mtime_ns, path.read_bytes ()) for path in sorted (where.rglob ('*')) if path.is_file ()}


INBOX = 'visavis/1/in/there'


def passwords_of (link):
    """Between the user's name and the computer's, for broker and relay."""
    return re.findall (r'visavis:([^@]+)@', urllib.parse.unquote (link))


class Writing (unittest.TestCase):
    def setUp (self):
        need ('mosquitto_passwd', 'openssl')
        self.home = self.enterContext (folder ())
        self.top = self.home / 'a place'

    def write (self, *words, status=0):
        return setup ('--directory', self.top, *words, status=status)

    def test_again (self):
        """Run again, nothing changes: the same passwords, the same certificate, no file written. One other word changes what it must, and no password."""
        first = self.write ('--name', 'home.example')
        before = snapshot (self.top)
        again = self.write ()
        self.assertIn ('nothing was changed', again)
        self.assertEqual (snapshot (self.top), before)
        self.assertEqual (find_link (again), find_link (first))
        self.assertEqual (self.write ('--link').strip ().splitlines ()[-1].strip (), find_link (first))
        changed = self.write ('--relay-port', '443')
        self.assertIn ('relay.conf', changed)
        self.assertNotIn ('broker.crt', changed)
        self.assertEqual (find_link (changed), find_link (first).replace ('%3A3478', '%3A443'))
        other = self.write ('--name', 'other.example')
        self.assertIn ('broker.crt', other)
        self.assertEqual (passwords_of (find_link (other)), passwords_of (find_link (first)))

    def test_dry_run (self):
        """A dry run says what it would write and run, and which ports to open, and writes nothing; before the first time and after."""
        said = self.write ('--name', 'home.example', '--media-ports', '50000-50100', '--dry-run')
        self.assertFalse (self.top.exists ())
        for name in ('broker.conf', 'broker.json', 'relay.conf', 'visavis-broker.service', 'visavis-relay.service', 'certificate',
                     'Services: visavis-broker (mosquitto), visavis-relay (coturn)', 'Would not start visavis-relay',
                     'TCP 8883 (broker), TCP and UDP 3478 (relay), UDP 50000-50100 (relayed calls)'):
            self.assertIn (name, said)
        self.assertNotIn ('SHA-256', said)  # there is none yet
        self.write ('--name', 'home.example')
        before = snapshot (self.top)
        said = self.write ('--broker-port', '443', '--dry-run')
        self.assertIn ('broker.conf', said)
        self.assertNotIn ('relay.conf', said)
        self.assertIn ('TCP 443 (broker)', said)
        self.assertIn ('Would remove', self.write ('--uninstall', '--dry-run'))
        self.assertEqual (snapshot (self.top), before)

    def test_secrets (self):
        """Passwords and keys can be read by nobody but root and the program that needs them, and are long; two households have not the same."""
        self.write ('--name', 'home.example')
        secrets = {}
        for path in (self.top / 'etc/visavis').iterdir ():
            mode = stat.S_IMODE (path.stat ().st_mode)
            text = path.read_text ()
            if 'password' in text or 'user=' in text or 'PRIVATE' in text:
                self.assertEqual (mode & 0o137, 0, f'{path.name} {mode:o}')
                secrets[path.name] = text
        self.assertEqual (sorted (secrets), ['broker.json', 'broker.key', 'household', 'relay.conf'])
        kept = dict (line.split ('=', 1) for line in secrets['household'].splitlines () if '=' in line)
        for name in ('broker-password', 'relay-password'):
            self.assertEqual (len (kept[name]), 24)
            self.assertNotIn (kept[name], secrets['broker.json'] + secrets['relay.conf'])
        other = find_link (setup ('--directory', self.home / 'other', '--name', 'home.example'))
        self.assertNotIn (kept['broker-password'], other)
        self.assertNotIn (kept['relay-password'], other)

    def test_uninstall (self):
        """What it wrote goes, and nothing else; the second time there is nothing to remove."""
        self.write ('--name', 'home.example')
        mine = self.top / 'etc/systemd/system/mine.service'
        mine.write_text ('kept')
        self.write ('--uninstall')
        self.assertEqual (list (snapshot (self.top)), [mine])
        self.assertIn ('Nothing of it is here', self.write ('--uninstall'))

    def test_given_certificate (self):
        """A certificate that is given is used, with its key; without it the next time ours is not put in its place. One that is none is refused."""
        crt, key = self.home / 'fullchain.pem', self.home / 'privkey.pem'
        subprocess.run (['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=home.example',
                         '-days', '5', '-keyout', key, '-out', crt], check=True, capture_output=True)
        said = self.write ('--name', 'home.example', '--certificate', crt, '--key', key)
        self.assertNotIn ('sha256', find_link (said))
        self.assertEqual ((self.top / 'etc/visavis/broker.crt').read_bytes (), crt.read_bytes ())
        self.assertIn ('nothing was changed', self.write ())
        self.write ('--certificate', '/dev/null', '--key', key, status=1)
        self.write ('--certificate', crt, '--key', self.home / 'nowhere', status=1)
        self.assertEqual ((self.top / 'etc/visavis/broker.key').read_bytes (), key.read_bytes ())

    def test_nonsense (self):
        """What cannot be a name, a port or a network is refused in words before anything is written: no line of ours can be broken open."""
        good = ['--name', 'home.example']
        for words in ([], ['--name'], ['--name', ''], ['--name', 'a b'], ['--name', 'x\ny'], ['--name', '-x'], ['--name', '1.2.3'], ['--name', '300.1.1.1'],
                      ['--name', 'a;reboot'], ['--name', 'x' * 300], ['--frobnicate'], ['word'],
                      *([*good, option, value] for option, value in (
                          ('--broker-port', '0'), ('--broker-port', '65536'), ('--relay-port', '3478\nno-auth'), ('--media-ports', '5'),
                          ('--media-ports', '9-1'), ('--media-ports', '1-2-3'), ('--outside', 'home'), ('--reach', '10.0.0.0/8\nno-auth'),
                          ('--reach', 'everything'), ('--reach', '10.0.0.0/33'), ('--certificate', '/etc/passwd')))):
            with self.subTest (words=words):
                said = self.write (*words, status=2)
                self.assertIn ('Usage:', said)
                self.assertEqual (snapshot (self.top), {})


class Running (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('mosquitto_sub', 'turnserver')

    def setUp (self):
        self.lab = self.enterContext (Lab ())
        self.home = self.enterContext (folder ())
        self.net = two_nats (self.lab, symmetric=True)

    def house (self, *words):
        return Household (self.net.public, SERVER, self.home / 'house', *words)

    def test_broker (self):
        """Two homes find each other on the broker, over TLS with the certificate that was made. Who has no password is refused."""
        with self.house () as house:
            a, b = Client (house, self.net.host_a), Client (house, self.net.host_b)
            with b.listen (INBOX) as listener:
                listener.wait_line ('Subscribed')
                with a.say (INBOX, 'good morning') as speaker:
                    speaker.wait (0)
                listener.wait_line ('good morning')
            for wrong in ({'password': 'x'}, {'user': 'somebody'}):
                with self.subTest (wrong=wrong), Client (house, self.net.host_a, **wrong).say (INBOX, 'x') as speaker:
                    self.assertNotEqual (speaker.wait (), 0)
                    speaker.wait_line ('Not authorized')

    def test_rights (self):
        """Nobody listens to everybody: who does not know the name of an inbox hears nothing of it. Nobody writes elsewhere, least of all to the broker's own switches."""
        with self.house () as house:
            client = Client (house, self.net.host_a)
            topics = ('#', '+/#', '$SYS/#', 'visavis/#', 'visavis/1/#', 'visavis/1/+', 'visavis/1/+/+', 'visavis/1/in/#', 'visavis/1/in/+', 'visavis/1/at/+',
                      'visavis/+/in/there', 'visavis/1/+/there', 'visavis/1/in/there/#', 'elsewhere', 'visavis/1/other/there')
            with client.listen (*topics) as listener:
                listener.wait_line ('All subscription requests were denied')
            with client.listen (*topics, INBOX) as listener:
                self.assertIn ('135, ' * len (topics) + '1', listener.wait_line ('Subscribed'))
            for topic in ('elsewhere', '$CONTROL/dynamic-security/v1', 'visavis/1/other/there'):
                with self.subTest (topic=topic), client.say (topic, 'nothing') as speaker:
                    speaker.wait_line ('Not authorized')

    def test_broker_again (self):
        """The broker comes back with what it kept: the same password opens it, and it runs as the user mosquitto."""
        with self.house () as house:
            self.assertNotEqual (os.stat (f'/proc/{house.mosquitto.pid}').st_uid, 0)
            house.mosquitto.stop (status=0)
            setup ('--directory', house.folder, netns=self.net.public)
            house.start_broker ()
            with Client (house, self.net.host_a).say (INBOX, 'x') as speaker:
                speaker.wait (0)

    def test_relay (self):
        """A3, N12: The relay of the link carries a call between two homes that find no direct path, and gets back what it gave."""
        with self.house () as house:
            with Call (self.home, self.net.host_a, self.net.host_b, f'{OUTER_B}:{PORT}', words=['--stun', house.stun, '--turn', house.turn]) as call:
                check_call (self, call, "by the household's relay", relayed=True)
            wait_given_back (house)

    def test_from_nothing_to_a_call (self):
        """A3, A10: The family case. One command on the public host; from its link both homes, behind routers that let nobody in, take broker and relay; a call to the bare id
        reaches the other, and the relay carries it."""
        self.net.router_b.iptables ('-t nat -F PREROUTING')
        with self.house () as house:
            words = ['--broker', house.broker, '--stun', house.stun, '--turn', house.turn]
            with cli (self.home / 'b', *words, 'answer', '--anyone', '--calls', '1', netns=self.net.host_b, name='callee') as callee:
                identity = callee.wait_event ('listening', lambda event: event['address'].startswith ('visavis:'))['id']
                with cli (self.home / 'a', *words, 'call', f'visavis:{identity}', netns=self.net.host_a, name='caller') as caller:
                    for program in (caller, callee):
                        program.wait_event ('first-frame')
                        program.wait_event ('first-sound')
                    caller.send_signal (SIGINT)
                    for program in (caller, callee):
                        program.wait (0)
                        self.assertTrue (program.wait_event ('ended')['graceful'])
                        self.assertTrue (program.named ('path')[-1]['relayed'], program.transcript ())
            wait_given_back (house)

    def ask_relay (self, house, peer, answer):
        """Coturn's own client asks the relay for a channel to that address, until it is answered so."""
        user, password = house.turn.removeprefix ('turn://').split ('@')[0].split (':')
        with Process (['turnutils_uclient', '-v', '-u', user, '-w', password, '-e', peer, '-n', '1', '-m', '1', SERVER], netns=self.net.host_a) as client:
            client.wait_line (answer)

    def test_own_network (self):
        """Through the relay nobody gets into a private network, to the computer's own services, or to its neighbours; where it is wanted, to one network alone."""
        with self.house ('--reach', '192.168.7.9/24') as house:
            for peer in ('10.2.0.2', '192.168.1.1', '192.168.8.0', '127.0.0.1', '172.16.0.1', '169.254.1.1', '100.64.0.1', '224.0.0.251'):
                with self.subTest (peer=peer):
                    self.ask_relay (house, peer, 'error 403 (Forbidden IP)')
            for peer in ('192.168.7.0', '192.168.7.255', OUTER_B):
                with self.subTest (peer=peer):
                    self.ask_relay (house, peer, 'success: 0x')


if __name__ == '__main__':
    main ()
