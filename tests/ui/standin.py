# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services of a desktop of which only the doors are there: each call is written down as a line of JSON and gets a plain answer.

    with Process ([sys.executable, 'standin.py', 'session'], env=desk.display.env) as session:
        session.wait_event ('ready')
        session.wait_event ('call', method='Inhibit')
"""

import json
import sys

from gi.repository import Gio, GLib

SESSION = """<node><interface name="org.gnome.SessionManager">
  <method name="RegisterClient"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
  <method name="Inhibit"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="u" direction="out"/></method>
  <method name="Uninhibit"><arg type="u" direction="in"/></method>
</interface></node>"""
PORTAL = """<node><interface name="org.freedesktop.portal.Background">
  <method name="RequestBackground"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface></node>"""
NETWORK = """<node><interface name="org.freedesktop.NetworkManager">
  <property name="State" type="u" access="read"/>
  <property name="Connectivity" type="u" access="read"/>
  <property name="Metered" type="u" access="read"/>
</interface></node>"""
KINDS = {'session': ('org.gnome.SessionManager', '/org/gnome/SessionManager', SESSION),
         'portal': ('org.freedesktop.portal.Desktop', '/org/freedesktop/portal/desktop', PORTAL),
         'network': ('org.freedesktop.NetworkManager', '/org/freedesktop/NetworkManager', NETWORK)}
# NetworkManager's numbers: connected (NM_STATE_CONNECTED_GLOBAL, NM_CONNECTIVITY_FULL), not metered (NM_METERED_NO; NM_METERED_YES is 1)
state = {'version': GLib.Variant ('u', 1), 'State': GLib.Variant ('u', 70), 'Connectivity': GLib.Variant ('u', 4), 'Metered': GLib.Variant ('u', 2)}
ANSWERS = {'Inhibit': ('(u)', (7,)), 'RegisterClient': ('(o)', ('/client',)), 'RequestBackground': ('(o)', ('/request',))}


def tell (event, **fields):
    print (json.dumps ({'event': event, **fields}), flush=True)


def on_call (bus, sender, path, interface, method, arguments, invocation):
    tell ('call', method=method, arguments=arguments.unpack ())
    invocation.return_value (GLib.Variant (*ANSWERS[method]) if method in ANSWERS else None)


def on_get (bus, sender, path, interface, name):
    return state[name]


def on_line (source, condition, bus):
    """A line of standard input: whether the connection is metered from now on, in NetworkManager's number."""
    line = sys.stdin.readline ()
    if not line:
        return False
    state['Metered'] = GLib.Variant ('u', int (line))
    name, path = KINDS['network'][:2]
    bus.emit_signal (None, path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged',
                     GLib.Variant ('(sa{sv}as)', (name, {'Metered': state['Metered']}, [])))
    return True


def on_bus (bus, name):
    node = Gio.DBusNodeInfo.new_for_xml (KINDS[sys.argv[1]][2])
    bus.register_object (KINDS[sys.argv[1]][1], node.interfaces[0], on_call, on_get, None)
    if sys.argv[1] == 'network':
        GLib.io_add_watch (sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line, bus)


if __name__ == '__main__':
    Gio.bus_own_name (Gio.BusType.SESSION, KINDS[sys.argv[1]][0], Gio.BusNameOwnerFlags.NONE, on_bus, lambda *_: tell ('ready'), None)
    GLib.MainLoop ().run ()
