# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stands around the sandbox: a compositor, and the list of what is allowed."""

import configparser

import xvfb
from sound import Server


def permissions (text):
    """Keyfile to what it allows, whatever the order."""
    parser = configparser.ConfigParser ()
    parser.optionxform = str
    parser.read_string (text)
    return {name: {key: sorted (filter (None, value.split (';'))) for key, value in parser[name].items ()} for name in parser.sections ()}


class Weston (Server):
    """A Wayland compositor without a screen; it is grey where no window is."""

    def start (self, runtime):
        xvfb.need ('weston', 'weston-screenshooter')
        self.env.update (self.stack.enter_context (xvfb.Bus (self.env)).env)
        self.env.update ({'WAYLAND_DISPLAY': 'wayland-test', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'none'})
        self.weston = self.spawn (['weston', '--backend=headless-backend.so', '--use-pixman', '--debug', '--no-config',
                                   '--width=1280', '--height=800', '--socket=wayland-test', '--idle-time=0'])
        self.until ((runtime / 'wayland-test').exists, self.weston)

    def screenshot (self, path):
        """weston-screenshooter writes into the folder in which it runs, under a name with the time."""
        for old in self.home.glob ('wayland-screenshot-*.png'):
            old.unlink ()
        self.run (['sh', '-c', 'cd -- "$1" && exec weston-screenshooter', 'sh', self.home])
        next (self.home.glob ('wayland-screenshot-*.png')).rename (path)
        return path
