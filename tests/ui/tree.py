# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs tell assistive technology of their windows, over the accessibility bus (AT-SPI 2).

A program answers each question between two frames, so asking node by node takes seconds. Its cache (org.a11y.atspi.Cache) tells all that it has
named so far in one answer; GTK names a widget when its parent's children are first asked for. A reading therefore asks for the cache, then for the children
of those nodes of which some are missing, and so on until none is.
"""

import time

import gi
gi.require_version ('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib

ROOT = '/org/a11y/atspi/accessible/root'
NOTHING = '/org/a11y/atspi/null'
LIMIT = 5000  # milliseconds: a program that is busy for longer is asked again by whoever waits
PLACED_S = 2  # what shows has its place by then; an item of a menu has none
DEPTH = 100  # rounds: deeper than any widget tree
ROLES = {role.real: Atspi.role_get_name (role) for role in (Atspi.Role (n) for n in range (Atspi.Role.LAST_DEFINED.real))}
# as AT-SPI before 2.56 and GTK 4.8 call them: the same test is for newer ones too
ROLES[Atspi.Role.PUSH_BUTTON.real] = ROLES[Atspi.Role.TOGGLE_BUTTON.real] = 'push button'


class States (set):
    contains = set.__contains__


class Node:
    """One accessible as it was when it was read; place and text are asked for anew."""

    def __init__ (self, program, path, parent, name, role, description, states):
        self.program, self.path, self.parent = program, path, parent
        self.name, self.role, self.description = name, role, description
        self.states = states
        self.children = []

    def __eq__ (self, other):
        return isinstance (other, Node) and (self.program.name, self.path) == (other.program.name, other.path)

    def __hash__ (self):
        return hash (self.path)

    def __repr__ (self):
        return f'{self.get_role_name ()} {self.name!r}'

    def get_name (self):
        return self.name

    def get_role_name (self):
        return ROLES.get (self.role, '')

    def get_description (self):
        return self.description

    def get_state_set (self):
        return States (n for n in range (64) if self.states[n // 32] >> n % 32 & 1)

    def get_parent (self):
        return self.parent

    def get_child_count (self):
        return len (self.children)

    def get_child_at_index (self, i):
        return self.children[i]

    def every (self, backwards=False):
        """This and all below it, in order; backwards, what lies over the rest comes first."""
        yield self
        for child in reversed (self.children) if backwards else self.children:
            yield from child.every (backwards)

    def toplevel (self):
        """The window that it is in."""
        node = self
        while node.parent is not None and node.parent.path != ROOT:
            node = node.parent
        return node

    def extents (self):
        """x, y, width, height within its window; GLib.Error when it has gone."""
        return self.program.ask (self.path, 'Component', 'GetExtents', GLib.Variant ('(u)', (Atspi.CoordType.WINDOW.real,)))

    def text (self):
        """What stands in an entry; nothing when it has gone."""
        try:
            length = self.program.call (self.path, 'org.freedesktop.DBus.Properties', 'Get',
                                        GLib.Variant ('(ss)', ('org.a11y.atspi.Text', 'CharacterCount')))
            return self.program.ask (self.path, 'Text', 'GetText', GLib.Variant ('(ii)', (0, length)))
        except GLib.Error:
            return ''

    def stands (self):
        """It has its place in the window: before that, a button that is activated does nothing."""
        _, _, width, height = self.extents ()
        return width > 0 and height > 0

    def act (self):
        """Does what a click or Enter does, once it stands somewhere."""
        deadline = time.monotonic () + PLACED_S
        while not self.stands () and time.monotonic () < deadline:
            time.sleep (0.02)
        self.program.ask (self.path, 'Action', 'DoAction', GLib.Variant ('(i)', (0,)))


class Program:
    """One program on the accessibility bus."""

    def __init__ (self, bus, name):
        self.bus, self.name = bus, name

    def ask (self, path, interface, method, arguments=None):
        return self.call (path, f'org.a11y.atspi.{interface}', method, arguments)

    def call (self, path, interface, method, arguments):
        return self.bus.call_sync (self.name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, LIMIT, None).unpack ()[0]

    def children (self, path):
        try:
            return [child for _, child in self.ask (path, 'Accessible', 'GetChildren')]
        except GLib.Error:  # it has gone meanwhile
            return []

    def read (self):
        """The application with all that it shows, or None when it has gone."""
        asked = {ROOT: self.children (ROOT)}
        for _ in range (DEPTH):
            try:
                items = {item[0][1]: item for item in self.ask ('/org/a11y/atspi/cache', 'Cache', 'GetItems')}
            except GLib.Error:
                return None
            known = {}
            for path, item in items.items ():
                known.setdefault (item[2][1], []).append ((item[3], path))
            lacking = [path for path, item in items.items () if path not in asked and self.lacks (item[4], known.get (path, []))]
            if not lacking:
                return self.plant (items, known, asked)
            asked.update ((path, self.children (path)) for path in lacking)
        return None

    @staticmethod
    def lacks (count, known):
        """Some are not named yet, or are hidden by now: such ones stay in the cache, at a place that is another's."""
        return sorted (place for place, _ in known) != list (range (count))

    def plant (self, items, known, asked):
        root = Node (self, ROOT, None, '', Atspi.Role.APPLICATION.real, '', (0, 0))
        stack = [root]
        while stack:
            node = stack.pop ()
            paths = asked[node.path] if node.path in asked else [path for _, path in sorted (known.get (node.path, []))]
            for path in paths:
                if path in items:
                    _, _, _, _, _, _, name, role, description, states = items[path]
                    node.children.append (Node (self, path, node, name, role, description, states))
            stack += node.children
        return root


class Tree:
    """The accessibility bus of a session: address is that of its session bus."""

    def __init__ (self, address):
        session = self.connect (address)
        where = session.call_sync ('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, Gio.DBusCallFlags.NONE, LIMIT, None)
        session.close_sync (None)
        self.bus = self.connect (where.unpack ()[0])

    @staticmethod
    def connect (address):
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        connection = Gio.DBusConnection.new_for_address_sync (address, flags, None, None)
        connection.set_exit_on_close (False)
        return connection

    def close (self):
        self.bus.close_sync (None)

    def pid (self, name):
        return self.bus.call_sync ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID',
                                   GLib.Variant ('(s)', (name,)), None, Gio.DBusCallFlags.NONE, LIMIT, None).unpack ()[0]

    def program (self, pid):
        """The application node of that process as it stands now; None while it shows nothing."""
        for name, _ in Program (self.bus, 'org.a11y.atspi.Registry').ask (ROOT, 'Accessible', 'GetChildren'):
            try:
                if self.pid (name) == pid:
                    return Program (self.bus, name).read ()
            except GLib.Error:  # it ends meanwhile
                pass
        return None
