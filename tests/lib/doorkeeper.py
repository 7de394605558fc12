# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands for the person whom the desktop asks whether a program may do something: the backend of xdg-desktop-portal that shows such questions.
python3 doorkeeper.py yes|no    tells each question as a line: asked APP-ID TITLE"""

import sys

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.impl.portal.desktop.doorkeeper'
INTERFACE = """<node><interface name="org.freedesktop.impl.portal.Access"><method name="AccessDialog">
<arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/>
</method></interface></node>"""
answer = 0 if sys.argv[1] == 'yes' else 1


def on_call (bus, sender, path, interface, method, arguments, invocation):
    _, app, _, title, *_ = arguments.unpack ()
    print (f'asked {app} {title}', flush=True)
    invocation.return_value (GLib.Variant ('(ua{sv})', (answer, {})))


def on_bus (bus, name):
    bus.register_object ('/org/freedesktop/portal/desktop', Gio.DBusNodeInfo.new_for_xml (INTERFACE).interfaces[0], on_call)


Gio.bus_own_name (Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, on_bus, lambda *_: print ('ready', flush=True), None)
GLib.MainLoop ().run ()
