# SPDX-License-Identifier: LGPL-2.1-or-later
"""An organisation's brokers: two nodes of ejabberd, made one cluster by the recipe in resources/organisation, carry what Visavis says between people on different nodes."""

import hashlib
import ssl
import subprocess
import sys
import unittest
from pathlib import Path

from cluster import DOMAIN, Node
from household import need
from netns import Lab
from procs import Process, cli, folder
from tap import main

CROWD = Path (__file__).with_name ('crowd.py')
A, B = '10.9.0.1', '10.9.0.2'
INBOX = 'visavis/1/in/there'
PRESENCE = 'visavis/1/at/there'


def resident (process):
    """kB of memory in use by it."""
    text = Path (f'/proc/{process.pid}/status').read_text ()
    return int (next (line for line in text.splitlines () if line.startswith ('VmRSS')).split ()[1])


class Cluster (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('mosquitto_sub', 'mosquitto_pub', 'openssl')
        cls.net = cls.enterClassContext (Lab ()).two_hosts ()
        home = cls.enterClassContext (folder ())
        subprocess.run (['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '400', '-subj', f'/CN={DOMAIN}',
                         '-keyout', home / 'key', '-out', home / 'crt'], check=True, capture_output=True)
        (home / 'pem').write_text ((home / 'key').read_text () + (home / 'crt').read_text ())
        cls.certificate = home / 'crt'
        cls.one = cls.enterClassContext (Node (cls.net.host_a, A, home / '1', home / 'pem'))
        cls.two = cls.enterClassContext (Node (cls.net.host_b, B, home / '2', home / 'pem'))
        cls.two.join (cls.one)
        cls.one.add_user ('anna', 'secret')

    def words (self, node, password='secret'):
        return ['-V', 'mqttv5', '-d', '-h', node.address, '-p', '8883', '--cafile', self.certificate, '--insecure',
                '-u', f'anna@{DOMAIN}', '-P', password, '-q', '1']

    def listen (self, node, *topics):
        words = [word for topic in topics for word in ('-t', topic)]
        return Process (['stdbuf', '-oL', 'mosquitto_sub', '-v', *self.words (node), *words], netns=node.namespace)

    def say (self, node, topic, *words):
        return Process (['mosquitto_pub', *self.words (node), '-t', topic, *words], netns=node.namespace)

    def test_across (self):
        """Who listens on one node hears what is said on the other, over TLS; an account made on one opens both."""
        with self.listen (self.two, INBOX) as listener:
            self.assertIn (': 1', listener.wait_line ('Subscribed'))
            with self.say (self.one, INBOX, '-m', 'good morning') as speaker:
                speaker.wait (0)
            listener.wait_line (f'{INBOX} good morning')

    def url (self, node):
        der = ssl.PEM_cert_to_DER_cert (self.certificate.read_text ())
        return f'mqtts://anna%40{DOMAIN}:secret@{node.address}:8883?sha256={hashlib.sha256 (der).hexdigest ()}'

    def test_call (self):
        """A call between two who are connected to different nodes: to the bare id, from the first message to the goodbye."""
        with folder () as home, \
             cli (home / 'b', '--broker', self.url (self.two), '--no-direct', 'answer', '--anyone', '--calls', '1', netns=self.net.host_b, name='callee') as callee:
            identity = callee.wait_event ('listening')['id']
            with cli (home / 'a', '--broker', self.url (self.one), 'call', f'visavis:{identity}', '--duration', '2', netns=self.net.host_a, name='caller') as caller:
                for program in (caller, callee):
                    program.wait (0)
                    self.assertTrue (program.named ('first-frame'), program.transcript ())
                    self.assertTrue (program.wait_event ('ended')['graceful'])

    def test_will (self):
        """Presence: who listens on the other node is told when somebody is there, and by the last will when they are cut off. (What is retained this ejabberd
        shows only to who comes to the same node: see resources/organisation/README.md.)"""
        with self.listen (self.two, PRESENCE) as listener:
            listener.wait_line ('Subscribed')
            will = ['--will-topic', PRESENCE, '--will-retain', '--will-payload', 'gone', '--will-qos', '1']
            with Process (['stdbuf', '-oL', 'mosquitto_sub', *self.words (self.one), '-t', INBOX, *will], netns=self.one.namespace) as cut:
                cut.wait_line ('Subscribed')
                with self.say (self.one, PRESENCE, '-r', '-m', 'here') as speaker:
                    speaker.wait (0)
                listener.wait_line (f'{PRESENCE} here')
                cut.kill ()
            listener.wait_line (f'{PRESENCE} gone')

    def test_rights (self):
        """Nobody listens to all or writes elsewhere; a wrong password opens nothing."""
        topics = ('#', '+/#', 'visavis/#', 'visavis/1/#', 'visavis/1/+/+', 'visavis/1/+/there', 'elsewhere', 'visavis/1/other/there')
        with self.listen (self.two, *topics, INBOX) as listener:
            self.assertIn ('143, ' * len (topics) + '1', listener.wait_line ('Subscribed'))
        with self.say (self.one, 'elsewhere', '-m', 'x') as speaker:
            speaker.wait_line ('forbidden by service policy')
        with Process (['mosquitto_pub', *self.words (self.one, 'wrong'), '-t', INBOX, '-m', 'x'], netns=self.one.namespace) as speaker:
            self.assertNotEqual (speaker.wait (), 0)
            speaker.wait_line ('Not authorized')

    def test_cost (self):
        """What idle people cost a node, and what it carries from the other: figures for the README, and no client above 200 kB."""
        for number, tls in ((1000, ()), (300, ('tls',))):
            before = resident (self.two.process)
            with Process ([sys.executable, CROWD, B, '8883' if tls else '1883', f'anna@{DOMAIN}', 'secret', number, *tls],
                          netns=self.two.namespace, stdin=True) as crowd:
                crowd.wait_line (f'idle {number}', timeout=90)
                each = (resident (self.two.process) - before) / number
                crowd.write_line (f'{A} {"8883" if tls else "1883"} 5')
                rate = crowd.wait_line ('rate ')
                crowd.close_stdin ()
                crowd.wait (0)
            print (f'{"with" if tls else "without"} TLS: {each:.1f} kB an idle client, {rate} messages of 3 kB a second from one node to the other')
            self.assertLess (each, 200)


if __name__ == '__main__':
    main ()
