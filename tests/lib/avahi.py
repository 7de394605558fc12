# SPDX-License-Identifier: LGPL-2.1-or-later
"""A system bus and an Avahi daemon of a test's own, in a network namespace or here: `env` is for the programs that shall find them."""

import contextlib
import os
import shutil
import unittest

from procs import BUILD, Process, folder

BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/>
    <allow send_type="method_call"/><allow send_type="signal"/><allow send_type="method_return"/><allow send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/>
  </policy>
  <limit name="max_connections_per_user">4096</limit>
</busconfig>
'''
DAEMON = '''[server]
host-name={host}
use-ipv4=yes
use-ipv6=yes
{interfaces}
enable-dbus=yes
disallow-other-stacks=no
entries-per-entry-group-max=4096
objects-per-client-max=4096
[publish]
publish-workstation=no
publish-hinfo=no
'''
# Where the daemon keeps its process id is compiled in: each has a folder of its own there.
OWN_RUN = 'mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && exec "$@"'


class Bus:
    """A system bus; nothing is on it yet. A context manager."""

    def __init__ (self):
        self.stack = contextlib.ExitStack ()
        self.home = self.stack.enter_context (folder ())
        (self.home / 'bus.conf').write_text (BUS.format (socket=self.home / 'bus'), encoding='utf-8')
        self.env = {'DBUS_SYSTEM_BUS_ADDRESS': f'unix:path={self.home / "bus"}'}
        process = self.stack.enter_context (Process (
            ['dbus-daemon', f'--config-file={self.home / "bus.conf"}', '--nofork', '--nopidfile', '--print-address'],
            name='system bus'))
        process.wait_line ('unix:')

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.stack.close ()


class Avahi (Bus):
    """A bus with a daemon, which is called `host`.local. `interface`: the only one that it minds."""

    def __init__ (self, namespace=None, host='here', interface=None):
        for program in ('avahi-daemon', 'dbus-daemon', 'unshare'):
            if shutil.which (program, path=os.environ['PATH'] + ':/usr/sbin') is None:
                raise unittest.SkipTest (f'{program} is not installed')
        if os.geteuid () != 0:
            raise unittest.SkipTest ('a private Avahi daemon needs root')
        super ().__init__ ()
        self.namespace = namespace
        (self.home / 'avahi.conf').write_text (DAEMON.format (
            host=host, interfaces=f'allow-interfaces={interface}' if interface else ''), encoding='utf-8')
        self.start ()

    def start (self):
        self.daemon = self.stack.enter_context (Process (
            ['unshare', '--mount', 'sh', '-c', OWN_RUN, 'sh', shutil.which ('avahi-daemon') or '/usr/sbin/avahi-daemon',
             '--file', self.home / 'avahi.conf', '--no-drop-root', '--no-chroot', '--no-rlimits'],
            env=self.env, netns=self.namespace, name='avahi-daemon'))
        self.daemon.wait_line ('Server startup complete')

    def stop (self):
        self.daemon.kill ()


def announce (avahi, name, address, identity):
    """Announces somebody as Visavis does, whoever it is. A context manager: a Process."""
    crier = Process ([BUILD / 'tests/lib/crier', '--name', name, '--port', address.rsplit (':', 1)[1], 'txtvers=1', f'id={identity}', 'proto=1'],
                     netns=avahi.namespace, env=avahi.env, name='crier')
    crier.wait_line ('established')
    return crier
