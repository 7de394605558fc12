# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands for the part of a desktop that shows to a person what programs ask of the portals (a backend of xdg-desktop-portal), and for the person. Each call
is written down as a line of JSON. Lines of standard input are JSON, too: what the person does from then on.

    {"choose": ["/tmp/picture.png"]}              in the next dialogs for files; null: they close them
    {"press": ["ID", "Accept"]}                   a button of a notification: what is behind it is asked of the program, as desktops do it
    {"autostart": false}                          the desktop cannot start programs"""

import json
import sys

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.impl.portal.desktop.test'
PATH = '/org/freedesktop/portal/desktop'
APP = 'org.visavis.Visavis'
CHOOSER = ''.join (f"""<method name="{name}"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
  <arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/><arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/></method>"""
                   for name in ('OpenFile', 'SaveFile'))
INTERFACES = f"""<node>
<interface name="org.freedesktop.impl.portal.Notification">
  <method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/></method>
  <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.FileChooser">{CHOOSER}</interface>
<interface name="org.freedesktop.impl.portal.Background">
  <method name="GetAppState"><arg type="a{{sv}}" direction="out"/></method>
  <method name="EnableAutostart"><arg type="s" direction="in"/><arg type="b" direction="in"/><arg type="as" direction="in"/><arg type="u" direction="in"/>
    <arg type="b" direction="out"/></method>
</interface>
</node>"""
person = {'choose': None, 'autostart': True}
standing = {}  # notifications by id


def tell (event, **fields):
    print (json.dumps ({'event': event, **fields}), flush=True)


def choose ():
    if person['choose'] is None:
        return GLib.Variant ('(ua{sv})', (1, {}))
    return GLib.Variant ('(ua{sv})', (0, {'uris': GLib.Variant ('as', [GLib.filename_to_uri (path) for path in person['choose']])}))


def press (bus, name, label):
    """As xdg-desktop-portal-gtk does it: actions of the program are its own affair."""
    button = next (button for button in standing[name].lookup_value ('buttons', None) if button['label'] == label)
    kind, _, action = button['action'].partition ('.')
    assert kind == 'app', button
    target = [GLib.Variant ('t', button['target'])] if 'target' in button else []
    bus.call (APP, '/' + APP.replace ('.', '/'), 'org.freedesktop.Application', 'ActivateAction', GLib.Variant ('(sava{sv})', (action, target, {})),
              None, Gio.DBusCallFlags.NONE, -1, None, None)


def on_call (bus, sender, path, interface, method, arguments, invocation):
    if method == 'AddNotification':
        standing[arguments[1]] = arguments.get_child_value (2)
    tell ('call', method=method, arguments=arguments.unpack ())
    answers = {'OpenFile': choose, 'SaveFile': choose, 'GetAppState': lambda: GLib.Variant ('(a{sv})', ({},)),
               'EnableAutostart': lambda: GLib.Variant ('(b)', (person['autostart'],))}
    invocation.return_value (answers[method] () if method in answers else None)


def on_line (source, condition, bus):
    line = sys.stdin.readline ()
    if not line:
        return False
    words = json.loads (line)
    person.update (words)
    if 'press' in words:
        press (bus, *words['press'])
    return True


def on_bus (bus, name):
    for interface in Gio.DBusNodeInfo.new_for_xml (INTERFACES).interfaces:
        bus.register_object (PATH, interface, on_call)
    GLib.io_add_watch (sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line, bus)


Gio.bus_own_name (Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, on_bus, lambda *_: tell ('ready'), None)
GLib.MainLoop ().run ()
