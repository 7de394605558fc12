# SPDX-License-Identifier: LGPL-2.1-or-later
"""A session bus of a test's own, and what one asks the programs on it."""

import shutil
import subprocess
import unittest

try:
    from gi.repository import Gio, GLib
except ImportError:
    Gio = GLib = None

from lines import until
from procs import LIMIT, cli

ROOT = '/org/visavis/Visavis'
SERVICE = 'org.visavis.Visavis'
CALL = 'org.visavis.Call1'
ENDPOINT = 'org.visavis.Endpoint1'


class Bus:
    """configuration: (nullable) a file for dbus-daemon; env: what it passes on to the services that it starts."""

    def __init__ (self, configuration=None, env=None):
        how = ['--session'] if configuration is None else [f'--config-file={configuration}']
        self.daemon = subprocess.Popen (['dbus-daemon', *how, '--nofork', '--print-address'], env=env,
                                        stdout=subprocess.PIPE, text=True)
        self.address = self.daemon.stdout.readline ().strip ()
        self.env = {'DBUS_SESSION_BUS_ADDRESS': self.address}
        self.connection = Gio.DBusConnection.new_for_address_sync (
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)

    def close (self):
        self.connection.close_sync (None)
        self.daemon.terminate ()
        self.daemon.wait ()
        self.daemon.stdout.close ()

    def call (self, name, path, interface, method, arguments=None):
        return self.connection.call_sync (name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                                          int (LIMIT * 1000), None).unpack ()

    def names (self):
        names = self.call ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ListNames')[0]
        return [name for name in names if name.startswith ('org.visavis.')]

    def objects (self, name):
        return self.call (name, ROOT, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')[0]

    def get (self, name, path, interface, member):
        return self.call (name, path, 'org.freedesktop.DBus.Properties', 'Get',
                          GLib.Variant ('(ss)', (interface, member)))[0]

    def connect (self, name, address, **options):
        arguments = GLib.Variant ('(sa{sv})', (address, options))
        return self.call (name, ROOT, ENDPOINT, 'Connect', arguments)[0]


def many_bytes (content):
    """As GLib.Variant ('ay', …), which takes a microsecond a byte."""
    return GLib.Variant.new_from_bytes (GLib.VariantType ('ay'), GLib.Bytes.new (content), True)


def data (content):
    return GLib.Variant.new_tuple (many_bytes (content))


def instance (program):
    return f'org.visavis.Visavis.Instance_{program.pid}'


class OnTheBus (unittest.TestCase):
    """A test with a bus of its own."""

    def setUp (self):
        if Gio is None or shutil.which ('dbus-daemon') is None:
            self.skipTest ('python3-gi or dbus-daemon is not installed')
        self.bus = Bus ()
        self.addCleanup (self.bus.close)

    def listed (self, home):
        with cli (home, 'calls', env=self.bus.env, media=None) as program:
            program.wait (0)
            return {e['value']: e for e in program.named ('call')}

    def named (self, program):
        until (lambda: instance (program) in self.bus.names (), 'the name on the bus')
        return instance (program)

    def refused (self, name, *arguments):
        with self.assertRaises (GLib.Error) as raised:
            self.bus.call (*arguments)
        self.assertEqual (Gio.DBusError.get_remote_error (raised.exception), name)
        Gio.DBusError.strip_remote_error (raised.exception)
        self.assertTrue (raised.exception.message.endswith ('.'), raised.exception.message)

    def no_such (self, *arguments):
        """The answer to a question about an object that is not there."""
        with self.assertRaises (GLib.Error) as raised:
            self.bus.call (*arguments)
        self.assertIn (Gio.DBusError.get_remote_error (raised.exception),
                       ('org.freedesktop.DBus.Error.UnknownMethod', 'org.freedesktop.DBus.Error.UnknownObject'))

    def hang_up (self, home, *words, status=0):
        with cli (home / 'x', 'hang-up', *map (str, words), env=self.bus.env, media=None) as program:
            program.wait (status)
            return program

    def signals (self, name):
        """All signals of a program from now on, as (path, signal, arguments); they come while pump() waits."""
        seen = []
        self.bus.connection.signal_subscribe (
            name, None, None, None, None, Gio.DBusSignalFlags.NONE,
            lambda bus, sender, where, interface, signal, arguments: seen.append ((where, signal, arguments.unpack ())))
        return seen

    def pump (self, condition):
        context = GLib.MainContext.default ()
        def turn ():
            while context.iteration (False):
                pass
            return condition ()
        until (turn, 'the signal')
