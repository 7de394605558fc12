# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop whose portal gives cameras to whom the person says yes, and starts programs with itself: PipeWire, the real xdg-desktop-portal, and somebody
who answers its questions.

    with Desktop ('yes') as desktop, desktop.camera ('smpte'):
        with Process ([...], env=desktop.env): ...
        desktop.keeper.wait_line ('asked org.visavis.Visavis')
    with Questions (bus, 'no') as desktop: ...      # the same without PipeWire, on a session bus that is there already"""

import sys
from pathlib import Path

import xvfb
from portal import PORTAL, STORE
from sound import Cameras, Server

KEEPER = Path (__file__).with_name ('doorkeeper.py')
BACKEND = '[portal]\nDBusName=org.freedesktop.impl.portal.desktop.doorkeeper\nInterfaces={interfaces}\nUseIn=test;\n'
INTERFACES = 'org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.Background;'


class Portal:
    """says: yes or no, what the person says when they are asked. `keeper` tells what was asked."""

    def start_portal (self):
        folder = self.home / 'portals'
        folder.mkdir ()
        (folder / 'test.portal').write_text (BACKEND.format (interfaces=INTERFACES))
        self.env.update ({'XDG_DESKTOP_PORTAL_DIR': str (folder), 'XDG_CURRENT_DESKTOP': 'test', 'XDG_DATA_HOME': str (self.home / 'data')})
        self.spawn ([STORE])
        self.wait_name ('org.freedesktop.impl.portal.PermissionStore')
        self.keeper = self.spawn ([sys.executable, KEEPER, self.says])
        self.keeper.wait_line ('ready')
        self.portal = self.spawn ([PORTAL])
        self.wait_name ('org.freedesktop.portal.Desktop')

    def wait_name (self, name):
        self.run (['gdbus', 'wait', '--session', '--timeout', '20', name])


class Desktop (Portal, Cameras):
    def __init__ (self, says):
        super ().__init__ ()
        self.says = says

    def start (self, runtime):
        xvfb.need (PORTAL, STORE)
        super ().start (runtime)
        self.start_portal ()


class Questions (Portal, Server):
    def __init__ (self, bus, says):
        super ().__init__ ()
        self.bus, self.says = bus, says

    def start (self, runtime):
        xvfb.need (PORTAL, STORE, 'gdbus')
        self.env['DBUS_SESSION_BUS_ADDRESS'] = self.bus
        self.start_portal ()
