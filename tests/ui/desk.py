# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real program, seen and handled as a person does: by what stands on the screen, with mouse and keyboard.

    with Desk () as desk:
        anna = desk.person ('Anna', x=0)
        anna.click ('Accept')
        anna.wait_text ('Karim’s camera is off')
        anna.close ()
"""

import contextlib
import math
import unittest

import procs
import xvfb
from gi.repository import GLib
from hues import apart, hue_of
from procs import wait_until
from tree import Atspi, Tree

WIDTH, HEIGHT = 1000, 680
GRID = 32  # the test picture's code is made of squares of this part of its width
SHAPE = 1280 / 720
CLICKS = 3  # that may fall beside
ENTRIES = 30  # more than any menu has


class Picture:
    """A screenshot."""

    def __init__ (self, path):
        data = path.read_bytes ()
        fields, at = [], 0
        while len (fields) < 4:
            end = min (i for i in (data.find (b' ', at), data.find (b'\n', at)) if i >= 0)
            fields.append (data[at:end])
            at = end + 1
        assert fields[0] == b'P6' and fields[3] == b'255', fields
        self.width, self.height = int (fields[1]), int (fields[2])
        self.pixels = data[at:]

    def pixel (self, x, y):
        at = 3 * (int (y) * self.width + int (x))
        return tuple (self.pixels[at:at + 3])

    def chroma (self, area):
        """Mean U and V of an area (x, y, width, height)."""
        u = v = n = 0
        for y in range (area[1], area[1] + area[3], 3):
            for x in range (area[0], area[0] + area[2], 3):
                red, green, blue = self.pixel (x, y)
                u += -0.148 * red - 0.291 * green + 0.439 * blue
                v += 0.439 * red - 0.368 * green - 0.071 * blue
                n += 1
        return u / n / 255, v / n / 255

    def hue (self, area):
        """Degrees, or None where there is no colour."""
        u, v = self.chroma (area)
        return math.degrees (math.atan2 (v, u)) % 360 if math.hypot (u, v) > 0.02 else None

    def code (self, area):
        """The frame number in the test picture that stands in the area; None if there is none."""
        left, top, width, height = area
        scale = fit (width, height)
        left += (width - scale * SHAPE) / 2
        top += (height - scale) / 2
        square = scale * SHAPE / GRID
        lights = [sum (self.pixel (left + (2.5 + i % 28) * square, top + (2.5 + i // 28) * square)) for i in range (56)]
        middle = (min (lights) + max (lights)) / 2
        value = bytes (sum (0x80 >> bit for bit in range (8) if lights[8 * byte + bit] > middle) for byte in range (7))
        return value[0] << 8 | value[1] if checksum (value[:6]) == value[6] else None


def fit (width, height):
    """The height of the test picture in a view of that size: cut by a quarter at most, else whole between bars."""
    cut = 1 - min (width / height / SHAPE, SHAPE / (width / height))
    return max (width / SHAPE, height) if cut <= 0.25 else min (width / SHAPE, height)


def checksum (data):
    crc = 0xa5
    for byte in data:
        crc ^= byte
        for _ in range (8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xff
    return crc


class Person:
    """One user: a profile, the running program, its window."""

    def __init__ (self, desk, name, x, env, arguments, settings, prepare):
        self.desk = desk
        self.name = name
        self.stack = contextlib.ExitStack ()
        self.profile = self.stack.enter_context (procs.folder ())
        # unless a test wants it otherwise, the program ends with its window
        lines = {'identifier': f"'{name}'", 'run-in-background': 'false', 'first-start-done': 'true', **settings}
        (self.profile / 'settings.ini').write_text ('[org/visavis/Visavis]\n' + ''.join (f'{key}={lines[key]}\n' for key in lines))
        if prepare is not None:
            prepare (self.profile)
        self.report = self.stack.enter_context (procs.Report (self.profile / 'report.jsonl', name))
        argv = [procs.APP, '--profile', self.profile, '--media', 'test', '--listen', '127.0.0.1:0', '--report', self.report.path]
        self.program = self.stack.enter_context (procs.Process (argv + arguments, env={**desk.display.env, **env}, name=name))
        self.id = self.report.wait_event ('identity')['id']
        self.address = self.report.wait_event ('listening')['address']
        self.window = wait_until (lambda: desk.display.windows (self.program.pid), f'{name}’s window')[-1]
        self.x = x
        self.resize (WIDTH, HEIGHT)

    def close (self):
        self.stack.close ()

    def resize (self, width, height):
        self.width, self.height = width, height
        self.desk.display.place (self.window, self.x, 0, width, height)

    # what is on the screen

    def root (self):
        """The application as it tells of itself now; None while it shows nothing."""
        return self.desk.tree.program (self.program.pid)

    def every (self, node=None, backwards=False):
        """All that the program says is there now, or what of it is below the node, in order."""
        found = self.root ()
        if found is not None and node is not None:
            found = next ((other for other in found.every () if other == node), None)
        return iter (()) if found is None else found.every (backwards)

    def find (self, name, role=None, backwards=False):
        for node in self.every (backwards=backwards):
            if node.get_name () == name and (role is None or self.is_of (node, role)) and self.shows (node):
                return node
        return None

    @staticmethod
    def is_of (node, role):
        """Newer GTK tells of an alert dialog as an alert, 4.8 as a dialog."""
        return node.get_role_name () == role or (role == 'dialog' and node.get_role_name () == 'alert')

    @staticmethod
    def shows (node):
        """Whether it has a place: what lies in a hidden page has none, and GTK 4.8 tells no state for this."""
        try:
            box = node.extents ()
        except GLib.Error:  # it has gone meanwhile
            return False
        return box[2] > 0 and box[3] > 0

    def wait_for (self, name, role=None):
        return wait_until (lambda: self.find (name, role), f'{role or "anything"} {name!r} at {self.name}')

    def wait_gone (self, name, role=None):
        wait_until (lambda: self.root () is not None and self.find (name, role) is None, f'{name!r} to go at {self.name}')

    def wait_text (self, text):
        return self.wait_for (text, 'label')

    def texts (self):
        return [node.get_name () for node in self.every () if node.get_role_name () == 'label']

    def typed (self, name):
        """What stands in an entry."""
        return self.find (name, 'text').text ()

    def place (self, toplevel):
        """x, y, width, height of the window that shows it: the main one, or the one that has the keys."""
        if toplevel.parent.children[0] == toplevel:
            return self.x, 0, self.width, self.height
        shell = self.desk.display.run (['xdotool', 'getactivewindow', 'getwindowgeometry', '--shell'])
        fields = dict (line.split ('=') for line in shell.split ())
        return tuple (int (fields[key]) for key in ('X', 'Y', 'WIDTH', 'HEIGHT'))

    def extents (self, node):
        """x, y, width, height on the screen: the program tells them from its window's corner, inside the frame's shadow."""
        toplevel = node.toplevel ()
        left, top, wide, high = node.extents ()
        _, _, frame_wide, frame_high = toplevel.extents ()
        x, y, width, height = self.place (toplevel)
        return (x + (width - frame_wide) // 2 + left, y + (height - frame_high) // 2 + top, wide, high)

    # what one does

    def click (self, name, role='push button'):
        self.click_node (self.wait_for (name, role))

    def wait_rests (self, node):
        """Its place once it stands: a widget that has just come may still move; twice the same place is where it stays."""
        places = []

        def rests ():
            places.append (self.extents (node))
            return len (places) > 1 and places[-1] == places[-2]
        wait_until (rests, 'a widget to rest')
        return places[-1]

    def point_at (self, node):
        x, y, width, height = self.wait_rests (node)
        # without --sync: it waits for ever where the pointer already is
        self.desk.display.run (['xdotool', 'mousemove', x + width // 2, y + height // 2])

    def click_node (self, node):
        self.point_at (node)
        # apart, as a hand does it: a press in the very moment of a jump now and then reaches nobody
        self.desk.display.run (['xdotool', 'click', 1])

    def focus (self):
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', self.window])

    def wait_dialog (self, name):
        """A window of the program over its own has come, with that in it, and has the keys."""
        self.wait_for (name)
        wait_until (lambda: self.desk.display.run (['xdotool', 'getactivewindow']).strip () != str (self.window), 'a dialog to have the keys')

    def wait_in_window (self):
        """No dialog is over its window any more, and that has the keys."""
        wait_until (lambda: self.desk.display.run (['xdotool', 'getactivewindow']).strip () == str (self.window), f'{self.name}’s window to have the keys')

    def has_keys (self, name, role):
        node = self.find (name, role)
        return node is not None and node.get_state_set ().contains (self.desk.atspi.StateType.FOCUSED.real)

    def click_into (self, name):
        """Until the entry has the keys: a click at a window that is just being placed falls beside it."""
        self.focus ()
        for _ in range (CLICKS):
            self.click (name, 'text')
            with contextlib.suppress (procs.Gone):
                return wait_until (lambda: self.has_keys (name, 'text'), 'the keys', 10)
        raise procs.Gone (f'{name!r} does not get the keys at {self.name}')

    def choose (self, node, *keys):
        """From a list that drops down: it is a window of its own, and keys that come before it go elsewhere."""
        def lists ():
            return set (self.desk.display.windows (self.program.pid)) - before

        before = set (self.desk.display.windows (self.program.pid))
        for _ in range (CLICKS):
            self.click_node (node)
            with contextlib.suppress (procs.Gone):
                wait_until (lists, 'the list', 10)
                self.desk.display.key (*keys, 'Return')
                return wait_until (lambda: not lists (), 'the list to go')
        raise procs.Gone (f'no list at {node.get_name ()!r} of {self.name}')

    def path_entry (self):
        """The entry of GTK's dialog of files, the newest window, when it has the keys."""
        root = self.root ()
        return next ((node for node in (root.children[-1].every () if root is not None and root.children else ())
                      if node.get_role_name () == 'text' and node.get_state_set ().contains (self.desk.atspi.StateType.FOCUSED.real)), None)

    def type_path (self, path):
        """Into GTK's dialog of files, which has the keys. Newer GTK shows the entry only after a moment, may have nothing with the keys, and completes what one
        has begun to type, now and then too late."""
        def stands ():
            entry = self.path_entry ()
            return entry is not None and entry.text () == str (path)

        display = self.desk.display
        for keys in (['ctrl+l'], ['Tab', 'ctrl+l'], ['Tab', 'ctrl+l']):
            if self.path_entry () is None:
                display.key (*keys)
            with contextlib.suppress (procs.Gone):
                wait_until (self.path_entry, 'an entry for the path', 10)
                break
        for _ in range (CLICKS):
            display.key ('ctrl+a')
            display.type (str (path))
            display.key ('shift+End', 'Delete')
            with contextlib.suppress (procs.Gone):
                return wait_until (stands, 'the path', 10)
        raise procs.Gone (f'{path} does not stand at {self.name}')

    def choose_file (self, bring, path, key=None):
        """In the dialog of files that bring() brings, by the keys; then its button at the end, or that key. The window of the files, which has gone."""
        display, pid = self.desk.display, self.program.pid
        before = set (display.windows (pid))
        bring ()
        window = wait_until (lambda: set (display.windows (pid)) - before, 'the files').pop ()
        display.run (['xdotool', 'windowactivate', '--sync', window])
        wait_until (lambda: display.run (['xdotool', 'getactivewindow']).strip () == str (window), 'the files to have the keys')
        self.type_path (path)
        if key is not None:
            display.key (key)
        else:  # not Return: what GTK offers to complete the path takes it, if it has come already
            buttons = [node for node in self.root ().children[-1].every () if node.get_role_name () == 'push button' and self.shows (node)]
            max (buttons, key=lambda node: (node.extents ()[1], node.extents ()[0])).act ()
        wait_until (lambda: window not in display.windows (pid), 'the files to go')
        return window

    def choose_in_menu (self, entry):
        """By the keys alone."""
        self.key ('F10')
        self.pick (entry)

    def pick (self, entry):
        """In a menu that is open, step by step: a key that comes before the one before has done anything leads beyond the entry."""
        def chosen ():
            keys = self.desk.atspi.StateType.FOCUSED.real
            return next ((node for node in self.every () if node.get_role_name () == 'menu item' and node.get_state_set ().contains (keys)), None)

        def another ():
            now = chosen ()
            return now if now != at else None

        self.wait_for (entry, 'menu item')
        at = chosen ()
        for _ in range (ENTRIES):
            if at is not None and at.get_name () == entry:
                return self.desk.display.key ('Return')
            self.desk.display.key ('Down')
            at = wait_until (another, 'another entry to have the keys')
        raise procs.Gone (f'no way to {entry!r} in the menu of {self.name}')

    def repeat (self, act, condition, what):
        """Until that comes of it: a switch that still moves hears nothing."""
        for _ in range (CLICKS):
            act ()
            with contextlib.suppress (procs.Gone):
                return wait_until (condition, what, 10)
        raise procs.Gone (f'{what} did not come about at {self.name}')

    def row_button (self, words):
        """The button of a row on which that stands, also below the part that is scrolled to: newer GTK names it after the row alone."""
        def is_it (node):
            return node.get_role_name () == 'push button' and (
                node.get_name ().startswith (words) or any (child.get_name () == words.replace ('_', '') for child in node.every ()))
        return wait_until (lambda: next (filter (is_it, self.every ()), None), f'the button {words!r} at {self.name}')

    def words_of (self, row):
        """The lines of a row; older GTK tells of the initials in a portrait, too."""
        return [node.get_name () for node in self.every (row)
                if node.get_role_name () == 'label' and node.get_name () and node.get_parent ().get_name () != 'AdwGizmo']

    def type_address (self, text):
        self.click_into ('Name or address to call')
        self.desk.display.type (text)
        wait_until (lambda: self.typed ('Name or address to call') == text, f'{text!r} to stand in the entry')
        self.desk.display.key ('Return')

    def wait_words (self, part):
        """Words somewhere in the window, or in one of its dialogs, with that in them."""
        wait_until (lambda: any (part in node.get_name () for node in self.every ()), f'words like “{part}”')

    def open_preferences (self):
        """Their window, by the key: one that has only just been shown may not have the keys yet."""
        before = set (self.desk.display.windows (self.program.pid))
        for _ in range (CLICKS):
            self.key ('ctrl+comma')
            with contextlib.suppress (procs.Gone):
                return wait_until (lambda: set (self.desk.display.windows (self.program.pid)) - before, 'the preferences', 10).pop ()
        raise procs.Gone (f'no preferences at {self.name}')

    def open_network (self):
        """The preferences in the place of the window, on their page of the network."""
        window = self.open_preferences ()
        self.desk.display.place (window, self.x, 0, WIDTH, HEIGHT)
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        self.wait_for ('Network', 'page tab').act ()

    def key (self, *keys):
        self.focus ()
        self.desk.display.key (*keys)

    # the pictures

    def sees (self, other, picture=None):
        """Whether the large picture is the other's test picture and the small one is one's own."""
        picture = picture or self.desk.screenshot ()
        large = self.find ('Picture of the other side')
        small = self.find ('Your own picture')
        if large is None or small is None:
            return False
        large, small = self.extents (large), self.extents (small)
        tall = min (int (fit (large[2], large[3])), large[3])
        upper = (large[0], large[1] + (large[3] - tall) // 2, large[2], tall // 2)
        hues = picture.hue (upper), picture.hue (small)
        return (picture.code (large) is not None and None not in hues
                and apart (hues[0], hue_of (other.id)) < 20 and apart (hues[1], hue_of (self.id)) < 20)

    def wait_sees (self, other):
        wait_until (lambda: self.sees (other), f'{self.name} to see {other.name}')

    def ended (self, since=0):
        return self.report.wait_event ('ended', since=since)


class Desk:
    """A wide screen with a session bus and accessibility, and the people who sit at it side by side."""

    def __init__ (self, bus=True):
        self.stack = contextlib.ExitStack ()
        self.bus = bus
        self.atspi = Atspi

    def __enter__ (self):
        with contextlib.ExitStack () as stack:
            self.home = stack.enter_context (procs.folder ())
            self.display = stack.enter_context (xvfb.Display (size=f'{2 * WIDTH + 40}x{HEIGHT + 40}', accessibility=self.bus,
                                                              bus=self.bus))
            self.display.apply ()
            if self.bus:
                self.tree = Tree (self.display.env['DBUS_SESSION_BUS_ADDRESS'])
                stack.callback (self.tree.close)
            self.stack = stack.pop_all ()
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def person (self, name, x=0, env=None, arguments=(), settings=None, prepare=None):
        """settings: lines of its settings file; prepare: is given the profile's folder before the program starts."""
        return Person (self, name, x, env or {}, list (arguments), settings or {}, prepare)

    def pair (self):
        """Anna on the left and Karim on the right; their test pictures differ."""
        anna = self.person ('Anna Berg')
        for _ in range (20):
            karim = self.person ('Karim', WIDTH + 40)
            if apart (hue_of (anna.id), hue_of (karim.id)) > 60:
                return anna, karim
            karim.close ()
        raise procs.Gone ('no two keys differ enough')

    def screenshot (self):
        path = self.home / 'screen.ppm'
        self.display.run (['import', '-window', 'root', '-depth', 8, path])
        return Picture (path)


class AtDesk (unittest.TestCase):
    """Tests that share a desk: who sits down at it leaves when the test ends."""

    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def person (self, *arguments, **options):
        person = self.desk.person (*arguments, **options)
        self.addCleanup (person.close)
        return person


class AtAnnasDesk (AtDesk):
    """Anna sits at it already."""

    def setUp (self):
        self.anna = self.person ('Anna Berg')
