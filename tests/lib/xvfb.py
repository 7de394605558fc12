# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop for tests: an X server of its own, and as wanted a window manager, a session bus and the accessibility bus.

    with Display (bus=True, accessibility=True) as display:
        with Process ([APP, '--profile', profile], env=display.env) as program:
            display.screenshot ('/tmp/picture.png')

Everything is private to the block and ends with it.
"""

import contextlib
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import procs

LAUNCHER = '/usr/libexec/at-spi-bus-launcher'
PLACES = procs.BUILD / 'tests/lib/libplaces.so'  # built where GTK needs it


def need (*programs):
    """Skips the test when a program is not installed."""
    for program in programs:
        if shutil.which (program) is None and not Path (program).exists ():
            raise unittest.SkipTest (f'{program} is not installed')


def displayable ():
    return shutil.which ('Xvfb') is not None


# A session bus without folders of services: nothing that happens to be installed is started by a message, least of all a notification daemon,
# whose popups would lie over the buttons that a test presses. Who needs a service starts it.
CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A session bus of our own, which starts no services."""

    def __init__ (self, env=None):
        need ('dbus-daemon')
        self.stack = contextlib.ExitStack ()
        folder = self.stack.enter_context (procs.folder ())
        (folder / 'bus.conf').write_text (CONFIGURATION.format (folder=folder))
        self.process = self.stack.enter_context (procs.Process (
            ['dbus-daemon', f'--config-file={folder / "bus.conf"}', '--nofork', '--nopidfile', '--print-address=1'],
            env=env, name='dbus-daemon'))
        self.address = self.process.wait_line ('unix:')
        self.env = {'DBUS_SESSION_BUS_ADDRESS': self.address}

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.stack.close ()


class Display:
    """`env` is what programs need to come up on it. Without a bus they are told that there is none."""

    def __init__ (self, size='1280x800', manager=True, bus=False, accessibility=False):
        self.size = size
        self.manager = manager
        self.bus = bus or accessibility
        self.accessibility = accessibility
        self.stack = contextlib.ExitStack ()
        self.saved = {}

    def __enter__ (self):
        need ('Xvfb')
        try:
            self.start ()
        except BaseException:
            self.stack.close ()
            raise
        return self

    def __exit__ (self, *error):
        for key, value in self.saved.items ():
            if value is None:
                os.environ.pop (key, None)
            else:
                os.environ[key] = value
        self.stack.close ()

    def start (self):
        self.home = self.stack.enter_context (procs.folder ())
        (self.home / 'run').mkdir (mode=0o700)
        self.server = self.stack.enter_context (procs.Process (
            ['Xvfb', '-displayfd', '1', '-screen', '0', f'{self.size}x24', '-nolisten', 'tcp', '-noreset']))
        self.number = int (self.first_line (self.server))
        self.env = {
            'DISPLAY': f':{self.number}', 'WAYLAND_DISPLAY': None, 'XAUTHORITY': None, 'GDK_BACKEND': 'x11',
            'GSK_RENDERER': 'cairo', 'XDG_RUNTIME_DIR': str (self.home / 'run'), 'GTK_A11Y': 'none',
            'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_CONFIG_HOME': str (self.home / 'config'),
            'XDG_CACHE_HOME': str (self.home / 'cache'), 'XDG_DATA_HOME': str (self.home / 'data'),
            'NO_AT_BRIDGE': None, 'LC_ALL': procs.LOCALE, 'LANGUAGE': None}
        if self.bus:
            self.env.update (self.stack.enter_context (Bus (self.env)).env)
        if self.accessibility:
            self.start_accessibility ()
        if self.manager:
            self.start_manager ()

    @staticmethod
    def first_line (process):
        with process.change:
            process.change.wait_for (lambda: process.closed or any (source == 'out' for _, source, _ in process.log), procs.LIMIT)
        lines = [line for _, source, line in process.log if source == 'out']
        if not lines:
            raise procs.Gone (f'{process.name} does not start\n{process.transcript ()}')
        return lines[0]

    def start_accessibility (self):
        need (LAUNCHER, 'gdbus')
        self.env['GTK_A11Y'] = 'atspi'
        if PLACES.exists ():
            (self.home / 'modules').mkdir ()
            (self.home / 'modules' / PLACES.name).symlink_to (PLACES)
            self.env['GIO_EXTRA_MODULES'] = str (self.home / 'modules')
        self.stack.enter_context (procs.Process ([LAUNCHER, '--launch-immediately'], env=self.env))
        for command in (['gdbus', 'wait', '--session', '--timeout', '20', 'org.a11y.Bus'],
                        ['gdbus', 'call', '--session', '-d', 'org.a11y.Bus', '-o', '/org/a11y/bus',
                         '-m', 'org.freedesktop.DBus.Properties.Set', 'org.a11y.Status', 'IsEnabled', '<true>']):
            self.run (command)

    def start_manager (self):
        need ('openbox', 'xdotool')
        # With the first key that is made up the keyboard has another map. A manager that is told so lets go of all its keys for a moment, and one that is
        # pressed then (Alt+F4) goes by it: so there has been one.
        self.key ('shift')
        # openbox runs the command once it manages the screen.
        manager = self.stack.enter_context (procs.Process (['openbox', '--sm-disable', '--startup', 'echo managing'], env=self.env))
        manager.wait_line ('managing')

    def run (self, command, **options):
        """Runs a command on this display and gives its output; raises when it fails."""
        environment = {k: v for k, v in {**os.environ, **self.env}.items () if v is not None}
        done = subprocess.run ([str (word) for word in command], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                               text=True, timeout=procs.LIMIT, check=False, **options)
        if done.returncode != 0:
            raise procs.Gone (f'{command[0]} failed ({done.returncode}): {done.stderr or done.stdout}')
        return done.stdout

    def apply (self):
        """Puts the environment on this process too (for Atspi in the test itself), until the block ends."""
        for key, value in self.env.items ():
            self.saved.setdefault (key, os.environ.get (key))
            if value is None:
                os.environ.pop (key, None)
            else:
                os.environ[key] = value

    def screenshot (self, path):
        need ('import')
        self.run (['import', '-display', self.env['DISPLAY'], '-window', 'root', path])
        return Path (path)

    def windows (self, pid):
        """X ids of the visible windows of a process."""
        try:
            return self.run (['xdotool', 'search', '--onlyvisible', '--pid', pid]).split ()
        except procs.Gone:
            return []

    def place (self, window, x, y, width, height):
        self.run (['xdotool', 'windowsize', '--sync', window, width, height, 'windowmove', '--sync', window, x, y])

    def key (self, *keys):
        self.run (['xdotool', 'key', '--clearmodifiers', *keys])

    def type (self, text):
        self.run (['xdotool', 'type', '--clearmodifiers', '--delay', '5', text])

    def click (self, x, y, button=1):
        self.run (['xdotool', 'mousemove', '--sync', x, y, 'click', button])
