# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop that can share its screen, on a session bus that is there already: sway without hardware, PipeWire, xdg-desktop-portal and its part for
wlroots. Nobody is asked which screen: there is one, of one colour.

    with Portal (display.env['DBUS_SESSION_BUS_ADDRESS']) as portal:
        portal.paint ('#ff8000')
"""

import os

import procs
import xvfb
from sound import Server

PORTAL = '/usr/libexec/xdg-desktop-portal'
BACKEND = '/usr/libexec/xdg-desktop-portal-wlr'
STORE = '/usr/libexec/xdg-permission-store'
NOBODY = 65534

SWAY = 'xwayland disable\noutput HEADLESS-1 resolution 1600x900 bg {colour} solid_color\n'
CHOICE = '[screencast]\nmax_fps=15\nchooser_type={kind}\nchooser_cmd={command}\noutput_name=HEADLESS-1\n'


class Portal (Server):
    def __init__ (self, bus, colour='#ff8000', asks=None):
        """asks: a command that stands for the person who is asked, and prints what to share."""
        super ().__init__ ()
        self.asks = asks
        self.bus = bus
        self.colour = colour

    def start (self, runtime):
        xvfb.need ('sway', 'swaybg', 'swaymsg', PORTAL, BACKEND, STORE, 'gdbus')
        self.env.update ({'DBUS_SESSION_BUS_ADDRESS': self.bus, 'XDG_CURRENT_DESKTOP': 'sway'})
        self.start_pipewire ()
        self.start_sway ()
        self.spawn ([STORE])
        self.wait_name ('org.freedesktop.impl.portal.PermissionStore')
        self.start_backend ()
        self.portal = self.spawn ([PORTAL])
        self.wait_name ('org.freedesktop.portal.Desktop')

    def wait_name (self, name):
        self.run (['gdbus', 'wait', '--session', '--timeout', '20', name])

    def start_sway (self):
        """Never runs as root. Its socket is in a folder of whoever it runs as."""
        home = self.stack.enter_context (procs.folder ())
        (home / 'config').write_text (SWAY.format (colour=self.colour))
        self.socket = home / 'commands'
        argv = ['sway', '-c', home / 'config']
        if os.getuid () == 0:
            os.chown (home, NOBODY, NOBODY)
            argv = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups', '--pdeathsig', 'KILL', '--'] + argv
        self.sway = self.stack.enter_context (procs.Process (argv, name='sway', env={
            **self.env, 'XDG_RUNTIME_DIR': home, 'HOME': home, 'SWAYSOCK': self.socket, 'WLR_BACKENDS': 'headless',
            'WLR_LIBINPUT_NO_DEVICES': '1', 'WLR_RENDERER': 'pixman', 'WAYLAND_DISPLAY': None}))
        self.until (lambda: self.run (['swaymsg', '-s', self.socket, '-t', 'get_outputs']), self.sway)
        self.env['WAYLAND_DISPLAY'] = str (next (path for path in home.glob ('wayland-*') if path.suffix != '.lock'))

    def start_backend (self):
        """See no-gpu.c for what is loaded before it."""
        choice = self.home / 'choice'
        choice.write_text (CHOICE.format (kind='simple' if self.asks else 'none', command=self.asks or ''))
        self.backend = self.stack.enter_context (procs.Process ([BACKEND, '-l', 'INFO', '-c', choice], env={
            **self.env, 'LD_PRELOAD': procs.preload (procs.BUILD / 'tests/lib/libno-gpu.so', self.home)}))
        self.wait_name ('org.freedesktop.impl.portal.desktop.wlr')

    def paint (self, colour):
        self.run (['swaymsg', '-s', self.socket, f'output HEADLESS-1 bg {colour} solid_color'])
