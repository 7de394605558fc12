# SPDX-License-Identifier: LGPL-2.1-or-later
"""gnome-keyring, as the keyring of a test's own session bus, in folders of its own.

    with Keyring (bus.env) as keyring:
        keyring.items ()  # [({'server': …, 'user': …, 'profile': …}, password)]
        keyring.lock ()
"""

import contextlib

import procs
import xvfb
from gi.repository import Gio, GLib

NAME, ROOT = 'org.freedesktop.secrets', '/org/freedesktop/secrets'
SERVICE, ITEM = 'org.freedesktop.Secret.Service', 'org.freedesktop.Secret.Item'
SCHEMA = 'org.visavis.Visavis.Server'
LIMIT = 1000 * procs.LIMIT


class Keyring:
    """env: has the address of the bus. folder: where the keyring's file is; one that is there is opened again."""

    def __init__ (self, env, folder=None):
        xvfb.need ('gnome-keyring-daemon', 'gdbus')
        self.env = env
        self.stack = contextlib.ExitStack ()
        self.folder = folder or self.stack.enter_context (procs.folder ())

    def __enter__ (self):
        (self.folder / 'run').mkdir (mode=0o700, exist_ok=True)
        home = {'HOME': self.folder, 'XDG_DATA_HOME': self.folder / 'data', 'XDG_RUNTIME_DIR': self.folder / 'run', 'DISPLAY': None}
        self.daemon = self.stack.enter_context (procs.Process (
            ['gnome-keyring-daemon', '--foreground', '--components=secrets', '--unlock'], env={**self.env, **home}, stdin=True))
        self.daemon.child.stdin.write ('the password of this login')
        self.daemon.close_stdin ()
        self.bus = Gio.DBusConnection.new_for_address_sync (
            self.env['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.stack.callback (self.bus.close_sync, None)
        waiting = self.stack.enter_context (procs.Process (['gdbus', 'wait', '--session', '--timeout', '20', NAME], env=self.env))
        waiting.wait (0)
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def call (self, path, interface, method, arguments=None):
        return self.bus.call_sync (NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, LIMIT, None).unpack ()

    def lock (self):
        collection, = self.call (ROOT, SERVICE, 'ReadAlias', GLib.Variant ('(s)', ('default',)))
        locked, _ = self.call (ROOT, SERVICE, 'Lock', GLib.Variant ('(ao)', ([collection],)))
        assert locked == [collection], locked

    def add (self, password, **attributes):
        """As the program keeps one."""
        _, session = self.call (ROOT, SERVICE, 'OpenSession', GLib.Variant ('(sv)', ('plain', GLib.Variant ('s', ''))))
        properties = {f'{ITEM}.Label': GLib.Variant ('s', 'a password'),
                      f'{ITEM}.Attributes': GLib.Variant ('a{ss}', {'xdg:schema': SCHEMA, **attributes})}
        item, _ = self.call ('/org/freedesktop/secrets/aliases/default', 'org.freedesktop.Secret.Collection', 'CreateItem',
                             GLib.Variant ('(a{sv}(oayays)b)', (properties, (session, b'', password.encode (), 'text/plain'), True)))
        assert item != '/', item

    def paths (self):
        """Of our items; those that are locked too."""
        found, locked = self.call (ROOT, SERVICE, 'SearchItems', GLib.Variant ('(a{ss})', ({'xdg:schema': SCHEMA},)))
        return found + locked

    def attribute (self, path, name):
        return self.call (path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant ('(ss)', (ITEM, name)))[0]

    def items (self):
        """Attributes and password of each, as any program of this session may read them. None: one went while they were read."""
        _, session = self.call (ROOT, SERVICE, 'OpenSession', GLib.Variant ('(sv)', ('plain', GLib.Variant ('s', ''))))
        items = []
        for path in self.paths ():
            try:
                (_, _, secret, _), = self.call (path, ITEM, 'GetSecret', GLib.Variant ('(o)', (session,)))
                attributes = {key: value for key, value in self.attribute (path, 'Attributes').items () if key != 'xdg:schema'}
            except GLib.Error:
                if path in self.paths ():
                    raise
                return None
            items.append ((attributes, bytes (secret).decode ()))
        return sorted (items, key=lambda item: item[0]['server'])
