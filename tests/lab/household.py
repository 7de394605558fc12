# SPDX-License-Identifier: LGPL-2.1-or-later
"""A household's broker and relay, as resources/household/setup writes them, run in a namespace without systemd."""

import contextlib
import re
import shutil
import subprocess
import unittest
import urllib.parse

import netns
import procs

SETUP = procs.SOURCE / 'resources/household/setup'


def need (*programs):
    for program in programs:
        if shutil.which (program) is None:
            raise unittest.SkipTest (f'{program} is not installed')


def setup (*words, netns=None, status=0):
    """Runs the command; gives what it said."""
    argv = [str (word) for word in (SETUP, *words)]
    done = subprocess.run (netns.wrap (argv) if netns else argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != status:
        raise procs.Gone (f'exit status {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}')
    return done.stdout + done.stderr


def find_link (said):
    return re.search (r'^ *(visavis:\S+)$', said, re.MULTILINE)[1]


class Household:
    """`folder` must be one that other users may enter. `link` is the invitation; `broker`, `stun`, `turn` what it says."""

    def __init__ (self, namespace, address, folder, *words):
        need ('mosquitto', 'mosquitto_passwd', 'turnserver', 'openssl')
        self.namespace = namespace
        self.folder = folder
        folder.mkdir (mode=0o755, exist_ok=True)
        folder.parent.chmod (0o755)
        self.said = setup ('--directory', folder, '--name', address, *words, netns=namespace)
        self.link = find_link (self.said)
        said = dict (urllib.parse.parse_qsl (self.link.split ('?', 1)[1]))
        self.broker, self.stun, self.turn = said['broker'], said['stun'], said['turn']
        self.etc = folder / 'etc/visavis'
        self.stack = contextlib.ExitStack ()

    def start_broker (self):
        broker = self.stack.enter_context (procs.Process (['mosquitto', '-v', '-c', self.etc / 'broker.conf'], netns=self.namespace))
        broker.wait_line (' running')
        return broker

    def __enter__ (self):
        try:
            self.mosquitto = self.start_broker ()
            self.process = self.stack.enter_context (procs.Process (
                ['turnserver', '-c', self.etc / 'relay.conf', '--verbose'], netns=self.namespace, name='relay'))
            self.process.wait_line ('Total General servers')
        except BaseException:
            self.stack.close ()
            raise
        return self

    def __exit__ (self, *error):
        self.stack.close ()


class Client:
    """mosquitto_sub and mosquitto_pub with what the link says."""

    def __init__ (self, household, netns, password=None, user=None):
        need ('mosquitto_sub', 'mosquitto_pub')
        url = urllib.parse.urlsplit (household.broker)
        user, password = user or url.username, password or url.password
        self.netns = netns
        self.words = ['-V', 'mqttv5', '-h', url.hostname, '-p', str (url.port), '--cafile', household.etc / 'broker.crt',
                      '-u', user, '-P', password]

    def listen (self, *topics):
        """A program that prints what comes there; it says so when it listens, with an answer for each (1: granted, 135: not authorized)."""
        words = [word for topic in topics for word in ('-t', topic)]
        return procs.Process (['stdbuf', '-oL', 'mosquitto_sub', '-d', *self.words, '-q', '1', *words], netns=self.netns)

    def say (self, topic, text):
        return procs.Process (['mosquitto_pub', *self.words, '-q', '1', '-t', topic, '-m', text], netns=self.netns)
