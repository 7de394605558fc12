# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the keys go: the program tells what has the focus, and a person steps from one to the next with Tab."""

import fnmatch
import time

import procs
from desk import wait_until

MANY = 60  # so many steps are more than any window has


class Focus:
    """What has the keys in each program, as it is told to a screen reader. One a process, after the desk is there."""

    def __init__ (self, desk):
        from gi.repository import GLib
        self.desk = desk
        self.context = GLib.MainContext.default ()
        self.told = {}
        self.count = {}
        self.listener = desk.atspi.EventListener.new (self.on_event)
        assert self.listener.register ('object:state-changed:focused')

    def close (self):
        self.listener.deregister ('object:state-changed:focused')

    def on_event (self, event):
        try:
            pid = event.source.get_process_id ()
        except Exception:  # it is gone already
            return
        if event.detail1:
            self.told[pid] = event.source
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
        """Name and role of what has the keys."""
        self.hear ()
        node = self.told.get (person.program.pid)
        return (node.get_name (), node.get_role_name ()) if node is not None else None

    def step (self, person, key='Tab'):
        """To the next; gives its name and role. It must be somewhere on the screen, and a screen reader must have something to say of it."""
        self.hear ()
        count = self.count.get (person.program.pid, 0)
        self.desk.display.key (key)
        if not self.moved (person, count, 20):
            raise procs.Gone (f'{key} leads nowhere at {person.name}, after {self.now (person)}')
        node = self.told[person.program.pid]
        words = node.get_name (), node.get_role_name ()
        box = person.extents (node)
        if not words[0] or box[2] <= 0 or box[3] <= 0:
            raise procs.Gone (f'{key} leads to {words} at {box} at {person.name}')
        return words

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

    def wait_in_window (self, person):
        """No dialog is over it any more, and it has the keys."""
        wait_until (lambda: self.desk.display.run (['xdotool', 'getactivewindow']).strip () == str (person.window), f'{person.name}’s window to have the keys')
