# SPDX-License-Identifier: LGPL-2.1-or-later
"""An organisation's brokers: two nodes of ejabberd that are one cluster, with the configuration of resources/organisation, each in its own namespace."""

import contextlib
import glob
import os
import shutil
import time
import unittest

import procs

CONFIG = procs.SOURCE / 'resources/organisation/ejabberd.yml'
DISTRIBUTION_PORT = 4370
DOMAIN = 'people'


class Node:
    """One node. `name` is ejabberd@ADDRESS. Speaks MQTT on 1883 and, with TLS, on 8883."""

    def __init__ (self, namespace, address, folder, certificate):
        if shutil.which ('erl') is None or not glob.glob ('/usr/lib/*/ejabberd-*'):
            raise unittest.SkipTest ('ejabberd is not installed')
        self.namespace = namespace
        self.address = address
        self.name = f'ejabberd@{address}'
        folder.mkdir ()
        (folder / 'db').mkdir ()
        config = CONFIG.read_text ().replace ('loglevel: warning', 'loglevel: info').replace ('example.org', DOMAIN).replace ('/etc/ejabberd/ejabberd.pem', str (certificate))
        # Inside the laboratory also without TLS: what that costs is measured.
        (folder / 'ejabberd.yml').write_text (config.replace ('listen:\n', 'listen:\n  -\n    port: 1883\n    module: mod_mqtt\n    backlog: 1000\n', 1))
        self.env = {'ERL_LIBS': os.path.dirname (glob.glob ('/usr/lib/*/ejabberd-*')[0]), 'HOME': str (folder),
                    'EJABBERD_CONFIG_PATH': str (folder / 'ejabberd.yml'), 'EJABBERD_LOG_PATH': str (folder / 'log'),
                    'ERL_CRASH_DUMP_BYTES': '0'}
        self.words = ['-setcookie', 'laboratory', '-erl_epmd_port', str (DISTRIBUTION_PORT), '-start_epmd', 'false']
        self.folder = folder
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        self.process = self.stack.enter_context (procs.Process (
            ['erl', '-name', self.name, *self.words, '+P', '250000', '+Q', '65536', '-noinput',
             '-mnesia', 'dir', f'"{self.folder / "db"}"', '-s', 'ejabberd'], env=self.env, cwd=self.folder, netns=self.namespace, name=self.name))
        try:
            self.wait_started ()
        except BaseException:
            self.stack.close ()
            raise
        return self

    def __exit__ (self, *error):
        self.process.kill ()
        self.stack.close ()

    def wait_started (self):
        log = self.folder / 'log'
        deadline = time.monotonic () + 2 * procs.LIMIT
        while not (log.exists () and 'Start accepting TLS connections at' in log.read_text ()):
            if time.monotonic () > deadline or not self.process.running:
                raise procs.Gone (f'{self.process.transcript ()}\n{log.read_text () if log.exists () else ""}')
            time.sleep (0.1)

    def call (self, expression):
        """Asks the node to work out an Erlang expression: MODULE, FUNCTION, ARGUMENTS; gives the answer as text."""
        code = f"io:format(\"~p~n\",[rpc:call('{self.name}',{expression})]),halt()."
        with procs.Process (['erl', '-name', f'asks@{self.address}', *self.words, '-dist_listen', 'false', '-hidden', '-noinput', '-eval', code],
                            env=self.env, netns=self.namespace) as asking:
            asking.wait (0)
            return ' '.join (line for _, source, line in asking.log if source == 'out')

    def join (self, other):
        answer = self.call (f"ejabberd_cluster,join,['{other.name}']")
        if answer != 'ok':
            raise procs.Gone (f'{self.name} could not join: {answer}')

    def add_user (self, name, password):
        answer = self.call (f'ejabberd_auth,try_register,[<<"{name}">>,<<"{DOMAIN}">>,<<"{password}">>]')
        if answer != 'ok':
            raise procs.Gone (f'{name} was not added: {answer}')
