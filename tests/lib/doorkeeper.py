# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands for the person whom the desktop asks whether a program may do something: the backend of xdg-desktop-portal that shows such questions, and starts
programs with the desktop.
python3 doorkeeper.py yes|no    tells each question as a line: asked APP-ID TITLE; autostart on|off COMMAND LINE"""

import sys

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.impl.portal.desktop.doorkeeper'
INTERFACES = """<node><interface name="org.freedesktop.impl.portal.Access"><method name="AccessDialog">
<arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/>
</method></interface><interface name="org.freedesktop.impl.portal.Background"><method name="GetAppState"><arg type="a{sv}" direction="out"/></method>
<method name="NotifyBackground"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="out"/>
<arg type="a{sv}" direction="out"/></method><method name="EnableAutostart"><arg type="s" direction="in"/><arg type="b" direction="in"/>
<arg type="as" direction="in"/><arg type="u" direction="in"/><arg type="b" direction="out"/></method></interface></node>"""
yes = sys.argv[1] == 'yes'


def access (app, title):
    print (f'asked {app} {title}', flush=True)
    return GLib.Variant ('(ua{sv})', (0 if yes else 1, {}))


def autostart (wanted, command):
    print ('autostart', 'on' if wanted else 'off', *command, flush=True)
    return GLib.Variant ('(b)', (wanted and yes,))


def on_call (bus, sender, path, interface, method, arguments, invocation):
    values = arguments.unpack ()
    if method == 'AccessDialog':
        invocation.return_value (access (values[1], values[3]))
    elif method == 'EnableAutostart':
        invocation.return_value (autostart (values[1], values[2]))
    else:
        invocation.return_value (GLib.Variant (*{'GetAppState': ('(a{sv})', ({},)), 'NotifyBackground': ('(ua{sv})', (2, {}))}[method]))


def on_bus (bus, name):
    for interface in Gio.DBusNodeInfo.new_for_xml (INTERFACES).interfaces:
        bus.register_object ('/org/freedesktop/portal/desktop', interface, on_call)


Gio.bus_own_name (Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, on_bus, lambda *_: print ('ready', flush=True), None)
GLib.MainLoop ().run ()
