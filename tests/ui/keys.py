# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the keys go: the program tells what has the focus, and a person steps from one to the next with Tab."""

import fnmatch
import time

import procs
from gi.repository import Gio, GLib
from tree import LIMIT, ROLES, Program

MANY = 60  # so many steps are more than any window has


class Focus:
    """What has the keys in each program, as it is told to a screen reader. For a desk that is there."""

    def __init__ (self, desk):
        self.desk = desk
        self.context = GLib.MainContext.default ()
        self.pids = {}
        self.told = {}
        self.count = {}
        self.bus = desk.tree.bus
        self.handler = self.bus.signal_subscribe (None, 'org.a11y.atspi.Event.Object', 'StateChanged', None, 'focused', Gio.DBusSignalFlags.NONE, self.on_event)

        # newer GTK tells of such things only while somebody has said that they listen
        self.ask_registry ('RegisterEvent', GLib.Variant ('(sass)', ('object:state-changed:focused', [], '')))

    def ask_registry (self, method, arguments):
        self.bus.call_sync ('org.a11y.atspi.Registry', '/org/a11y/atspi/registry', 'org.a11y.atspi.Registry', method, arguments, None,
                            Gio.DBusCallFlags.NONE, LIMIT, None)

    def close (self):
        self.ask_registry ('DeregisterEvent', GLib.Variant ('(s)', ('object:state-changed:focused',)))
        self.bus.signal_unsubscribe (self.handler)

    def on_event (self, bus, sender, path, interface, signal, arguments):
        if sender not in self.pids:
            try:
                self.pids[sender] = self.desk.tree.pid (sender)
            except GLib.Error:  # it has ended already
                return
        if arguments.unpack ()[1]:
            pid = self.pids[sender]
            self.told[pid] = Program (bus, sender), path
            self.count[pid] = self.count.get (pid, 0) + 1

    def hear (self):
        while self.context.iteration (False):
            pass

    def moved (self, person, count, seconds):
        """Waits until something else has the focus; gives whether that came."""
        deadline = time.monotonic () + seconds * procs.PATIENCE
        while time.monotonic () < deadline:
            self.hear ()
            if self.count.get (person.program.pid, 0) > count:
                return True
            time.sleep (0.01)
        return False

    def now (self, person):
        """Name, role and size of what has the keys."""
        self.hear ()
        if person.program.pid not in self.told:
            return None
        program, path = self.told[person.program.pid]
        try:
            name = program.call (path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant ('(ss)', ('org.a11y.atspi.Accessible', 'Name')))
            box = program.ask (path, 'Component', 'GetExtents', GLib.Variant ('(u)', (1,)))
            return name, ROLES[program.ask (path, 'Accessible', 'GetRole')], box[2:]
        except GLib.Error:  # it has gone
            return None

    def step (self, person, key='Tab'):
        """To the next; gives its name and role. It must be somewhere on the screen, and a screen reader must have something to say of it."""
        self.hear ()
        count = self.count.get (person.program.pid, 0)
        self.desk.display.key (key)
        if not self.moved (person, count, 20):
            raise procs.Gone (f'{key} leads nowhere at {person.name}, after {self.now (person)}')
        found = self.now (person)
        if found is None or not found[0] or min (found[2]) <= 0:
            raise procs.Gone (f'{key} leads to {found} at {person.name}')
        return found[:2]

    def go (self, person, name, role=None, key='Tab'):
        """Steps to that one; a star in the name stands for anything."""
        seen = []
        while len (seen) < MANY:
            seen.append (self.step (person, key))
            if fnmatch.fnmatchcase (seen[-1][0], name) and role in (None, seen[-1][1]):
                return
        raise procs.Gone (f'{key} does not lead to {name!r} at {person.name}, but to {list (dict.fromkeys (seen))}')

    def press (self, person, name, role='push button', key='space', step='Tab'):
        self.go (person, name, role, step)
        self.desk.display.key (key)

    def choose (self, person, entry):
        """In a menu that is open."""
        person.wait_for (entry, 'menu item')
        self.go (person, entry, 'menu item', key='Down')
        self.desk.display.key ('Return')
