# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop around the sandbox: a screen, accessibility, the real portals (documents, permissions, the one that programs talk to), and behind them a stand-in
for what shows things to a person. The program in its sandbox is handled as tests/ui handles it without one.

    with Desktop () as desktop:
        anna = desktop.boxed (box, 'Anna Berg')
        desktop.backend.wait_event ('call', method='OpenFile')"""

import contextlib
import json
import os
import sys
from pathlib import Path

import desk
import procs
import xvfb
from portal import PORTAL, STORE
from tree import Program, Tree

DOCUMENTS = '/usr/libexec/xdg-document-portal'
BACKEND = Path (__file__).with_name ('backend.py')
OURS = '[portal]\nDBusName=org.freedesktop.impl.portal.desktop.test\nInterfaces={interfaces};\nUseIn=test\n'
INTERFACES = ';'.join (f'org.freedesktop.impl.portal.{name}' for name in ('Access', 'Background', 'FileChooser', 'Notification'))
KEYRING = '[portal]\nDBusName=org.freedesktop.secrets\nInterfaces=org.freedesktop.impl.portal.Secret;\nUseIn=test\n'
RUNTIME = f'/run/user/{os.getuid ()}'
APART = 'mkdir -p /run/user && mount -t tmpfs -o mode=755 none /run/user && mkdir -m 700 "$VISAVIS_RUNTIME" && exec "$@"'


def set_apart ():
    """Documents have one path in the sandbox and outside of it, which is in this folder and in no other: as root the tests have one of their own."""
    if os.geteuid () == 0 and 'VISAVIS_FLATPAK' in os.environ and 'VISAVIS_RUNTIME' not in os.environ:
        os.environ['VISAVIS_RUNTIME'] = RUNTIME
        os.execvp ('unshare', ['unshare', '--mount', 'sh', '-c', APART, 'sh', sys.executable, *sys.argv])


class OnlyTree (Tree):
    """The one program that there is: its number in the sandbox is another one than out here, and the bus knows only who stands between."""

    def program (self, pid):
        for name, _ in Program (self.bus, 'org.a11y.atspi.Registry').ask ('/org/a11y/atspi/accessible/root', 'Accessible', 'GetChildren'):
            return Program (self.bus, name).read ()
        return None


class Person (desk.Person):
    """One user, whose program runs in the sandbox; `profile` is where the sandbox keeps it."""

    def __init__ (self, desktop, box, name, env, arguments, settings, home, options):
        self.desk, self.box, self.name, self.x, self.home = desktop, box, name, 0, home
        self.profile = home / '.var/app' / box.name / 'data/visavis'
        self.profile.mkdir (parents=True, exist_ok=True)
        self.env = {**desktop.display.env, **env}
        lines = {'identifier': f"'{name}'", 'run-in-background': 'false', 'first-start-done': 'true', **settings}
        if not (self.profile / 'settings.ini').exists ():
            (self.profile / 'settings.ini').write_text ('[org/visavis/Visavis]\n' + ''.join (f'{key}={lines[key]}\n' for key in lines))
        with contextlib.ExitStack () as self.stack:
            self.start (arguments, options)
            self.stack = self.stack.pop_all ()

    def start (self, arguments, options):
        self.report = self.stack.enter_context (procs.Report (self.profile / 'report.jsonl', self.name))
        mark = self.report.mark ()
        words = ['--media', 'test', '--listen', '127.0.0.1:0', '--report', self.report.path, *arguments]
        self.program = self.stack.enter_context (self.box.run (self.home, *options, words=words, env=self.env, name=self.name))
        self.stack.callback (self.kill)
        self.id = self.report.wait_event ('identity', since=mark)['id']
        self.address = self.report.wait_event ('listening', since=mark)['address']
        self.window = desk.wait_until (lambda: self.desk.windows (None), f'{self.name}’s window')[-1]
        self.resize (desk.WIDTH, desk.HEIGHT)

    def click (self, name, role='push button'):
        """GTK since 4.10 tells places without the padding around them: a button is pressed as assistive technology does it."""
        if role == 'push button':
            self.wait_for (name, role).act ()
        else:
            super ().click (name, role)

    def kill (self):
        if self.program.running:
            self.box.kill (self.env)
            self.program.wait ()


class Desktop (desk.Desk):
    """portals=False: none of them, for a test that brings its own."""

    def __init__ (self, box, portals=True):
        super ().__init__ ()
        self.box = box
        self.portals = portals

    def __enter__ (self):
        super ().__enter__ ()
        try:
            self.tree = OnlyTree (self.display.env['DBUS_SESSION_BUS_ADDRESS'])
            self.stack.callback (self.tree.close)
            if 'VISAVIS_RUNTIME' in os.environ:
                self.display.env['XDG_RUNTIME_DIR'] = os.environ['VISAVIS_RUNTIME']
            # their process number is another one in there: by the class
            self.display.windows = self.windows
            if self.portals:
                self.start_portals ()
        except BaseException:
            self.stack.close ()
            raise
        return self

    def windows (self, pid):
        try:
            return self.display.run (['xdotool', 'search', '--onlyvisible', '--class', self.box.name]).split ()
        except procs.Gone:
            return []

    def start_portals (self):
        xvfb.need (PORTAL, STORE, DOCUMENTS, 'fusermount3', 'gdbus')
        folder = self.home / 'portals'
        folder.mkdir ()
        (folder / 'test.portal').write_text (OURS.format (interfaces=INTERFACES))
        (folder / 'keyring.portal').write_text (KEYRING)
        self.env = {**self.display.env, 'XDG_DESKTOP_PORTAL_DIR': folder, 'XDG_CURRENT_DESKTOP': 'test', 'DISPLAY': None}
        self.spawn ([STORE], 'org.freedesktop.impl.portal.PermissionStore')
        self.stack.callback (self.unmount)
        self.spawn ([DOCUMENTS], 'org.freedesktop.portal.Documents')
        self.backend = self.spawn ([sys.executable, BACKEND], 'org.freedesktop.impl.portal.desktop.test', stdin=True)
        self.portal = self.spawn ([PORTAL], 'org.freedesktop.portal.Desktop')

    def unmount (self):
        """What is left of the documents' file system when its program was ended."""
        with contextlib.suppress (procs.Gone):
            self.display.run (['fusermount3', '-u', '-z', Path (self.display.env['XDG_RUNTIME_DIR']) / 'doc'])

    def spawn (self, argv, name, **options):
        program = self.stack.enter_context (procs.Process (argv, env=self.env, **options))
        self.display.run (['gdbus', 'wait', '--session', '--timeout', '20', name])
        return program

    def person_does (self, **what):
        """See backend.py."""
        self.backend.write_line (json.dumps (what))

    def permit (self, table, name, permission):
        """As the person said it once to the desktop, which remembers: yes or no."""
        service = 'org.freedesktop.impl.portal.PermissionStore'
        self.display.run (['gdbus', 'call', '--session', '-d', service, '-o', '/' + service.replace ('.', '/'), '-m', f'{service}.SetPermission',
                           table, 'true', name, self.box.name, f"['{permission}']"])

    def boxed (self, name, env=None, arguments=(), settings=None, home=None, options=()):
        """Somebody whose program runs in the sandbox. home: of a person who was there before."""
        home = home or self.stack.enter_context (procs.folder ())
        return Person (self, self.box, name, env or {}, list (arguments), settings or {}, home, options)
