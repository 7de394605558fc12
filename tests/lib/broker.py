# SPDX-License-Identifier: LGPL-2.1-or-later
"""mosquitto, started by the test that uses it: on the loopback, or in a network of the laboratory.

    with folder () as home, Broker (home) as broker:
        call (…, '--broker', broker.url)
        broker.kill ()
        broker.start ()
"""

import contextlib
import os
import shutil
import socket
import subprocess

from procs import LIMIT, Process

PATH = os.environ.get ('PATH', '') + ':/usr/sbin:/sbin'
PROGRAM = shutil.which ('mosquitto', path=PATH)
PASSWORDS = shutil.which ('mosquitto_passwd', path=PATH)


def missing ():
    """What a test that needs a broker skips for; None: nothing is missing."""
    return None if PROGRAM and PASSWORDS else 'the package mosquitto is not installed'


def free_port ():
    with socket.socket () as probe:
        probe.bind (('127.0.0.1', 0))
        return probe.getsockname ()[1]


def make_certificate (folder, name, host='localhost'):
    """A self-signed certificate for that host; gives its path, and that of the key."""
    certificate, key = folder / f'{name}.pem', folder / f'{name}.key'
    subprocess.run (['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                     '-subj', f'/CN={host}', '-addext', f'subjectAltName=DNS:{host}', '-keyout', str (key), '-out', str (certificate)],
                    check=True, capture_output=True)
    return certificate, key


class Broker:
    """users: {name: password}, else anybody may. tls: a certificate and its key. host, port: where it listens; netns: in which namespace. more:
    lines of its configuration. It always comes back on the same port."""

    def __init__ (self, home, users=None, tls=None, host='127.0.0.1', port=None, netns=None, more=()):
        self.folder = home / 'broker'
        self.folder.mkdir ()
        self.port = port or free_port ()
        self.netns = netns
        self.program = None
        lines = [f'listener {self.port} {host}', 'persistence false', 'log_type all', 'log_dest stderr', *more]
        if users:
            passwords = self.folder / 'passwords'
            passwords.touch (mode=0o600)
            for name, password in users.items ():
                subprocess.run ([PASSWORDS, '-b', str (passwords), name, password], check=True, capture_output=True)
            access = self.folder / 'access'
            access.write_text (''.join (f'user {name}\ntopic readwrite visavis/1/#\n' for name in users))
            lines += ['allow_anonymous false', f'password_file {passwords}', f'acl_file {access}']
        else:
            lines.append ('allow_anonymous true')
        if tls:
            lines += [f'certfile {tls[0]}', f'keyfile {tls[1]}']
        if os.geteuid () == 0:
            lines.append ('user root')  # else it gives its rights away and cannot read a private folder
        self.configuration = self.folder / 'mosquitto.conf'
        self.configuration.write_text ('\n'.join (lines) + '\n')
        self.url = f'mqtt://{host}:{self.port}' if ':' not in host else f'mqtt://[{host}]:{self.port}'
        self.tls_url = f'mqtts://localhost:{self.port}'

    def start (self):
        self.program = Process ([PROGRAM, '-c', self.configuration], name='mosquitto', netns=self.netns)
        self.program.wait_line (' running', timeout=LIMIT)

    def told (self, *words):
        """In how many lines of its log since the start those words stand."""
        return len ([line for _, _, line in list (self.program.log) if all (word in line for word in words)])

    def kill (self):
        self.program.kill ()
        self.program.wait ()

    def __enter__ (self):
        self.start ()
        return self

    def __exit__ (self, *error):
        with contextlib.suppress (ProcessLookupError):
            self.kill ()
