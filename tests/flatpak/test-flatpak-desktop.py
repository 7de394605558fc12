# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person uses inside the sandbox, one by one: the portals are real, and behind them is what a test says in place of a person. The Flatpak is the one
that test-flatpak.py has installed."""

import os
import stat
import unittest
from pathlib import Path

from avahi import Avahi, announce
from box import APP, Box
from desk import wait_until
from desktop import Desktop, set_apart
from keyring import Keyring
from lines import answer
from netns import Lab
from portal import Portal
from procs import cli, folder
from tap import main

box = None
BROKER = 'mqtt://anna:wortlos@127.0.0.1:9'
BARE = 'mqtt://anna@127.0.0.1:9'
# where the program's own data are in a person's home; all else of it is hidden from it
DATA = Path ('.var/app') / APP / 'data'


def setUpModule ():
    global box
    if 'VISAVIS_FLATPAK' not in os.environ:
        raise unittest.SkipTest ('./tests/run --flatpak makes what this needs')
    box = Box ()
    box.need_installed ()


class Inside (unittest.TestCase):
    """Anna's program is in the sandbox; other people are outside."""

    def setUp (self):
        self.home = self.enterContext (folder ())

    def desktop (self, **options):
        return self.enterContext (Desktop (box, **options))

    def anna (self, desktop, **options):
        person = desktop.boxed ('Anna Berg', home=self.home, **options)
        self.addCleanup (person.close)
        return person

    def other (self, *words):
        """Somebody outside who takes calls."""
        return self.enterContext (answer (self.enterContext (folder ()) / 'other', '--accept', '--anyone', '--identifier', 'Karim', *words))

    def in_call (self, anna, *words):
        other = self.other (*words)
        anna.type_address (other.address)
        anna.report.wait_event ('state', state='active')
        other.wait_event ('state', state='active')
        return other


class Secrets (Inside):
    def identity (self):
        with box.cli (self.home, 'identity') as program:
            program.wait (0)
            return program.wait_event ('identity')['id']

    def test_identity (self):
        """A4: Who one is stays from start to start: the key is in the program's folder, its owner's alone, and nothing else is in the home."""
        first = self.identity ()
        self.assertEqual (self.identity (), first)
        self.assertEqual ({path.name for path in self.home.iterdir ()} - {'.cache'}, {'.var'})  # Flatpak's own
        key, = (path for path in (self.home / DATA / 'visavis').iterdir () if 'PRIVATE KEY' in path.read_bytes ().decode (errors='replace'))
        self.assertEqual (stat.S_IMODE (key.stat ().st_mode), 0o600)

    def setting (self, anna):
        return next ((line.partition ('=')[2] for line in (anna.profile / 'settings.ini').read_text ().splitlines () if line.startswith ('broker=')), None)

    def test_password (self):
        """A4: A server's password is kept by the portal for secrets: in no file as it is, in no item of the keyring that other programs read, and there again
        at the next start."""
        desktop = self.desktop ()
        keyring = self.enterContext (Keyring (desktop.display.env))
        for settings in ({'broker': f"'{BROKER}'"}, {}):
            anna = self.anna (desktop, settings=settings)
            wait_until (lambda: self.setting (anna) == f"'{BARE}'", 'the password to leave the settings')
            anna.open_network ()
            anna.wait_words ('Kept in the keyring')
            anna.close ()
        self.assertEqual (keyring.items (), [])
        for path in (path for path in self.home.rglob ('*') if path.is_file ()):
            self.assertNotIn (b'wortlos', path.read_bytes (), path)
        self.assertTrue ((self.home / DATA / 'keyrings/default.keyring').exists ())


class Notices (Inside):
    def test_accepted (self):
        """A2, A4: Who calls while one looks elsewhere is told of by the portal for notifications; its button accepts, and it goes."""
        desktop = self.desktop ()
        anna = self.anna (desktop)
        desktop.display.run (['xdotool', 'windowminimize', '--sync', anna.window])
        bob = self.enterContext (cli (self.enterContext (folder ()), 'call', anna.address, '--identifier', 'Bob', name='Bob'))
        app, name, notification = desktop.backend.wait_event ('call', method='AddNotification')['arguments']
        self.assertEqual ((app, notification['title']), (APP, 'Bob is calling'))
        self.assertEqual ([button['label'] for button in notification['buttons']], ['Accept', 'Decline'])
        desktop.person_does (press=[name, 'Accept'])
        bob.wait_event ('state', state='active')
        desktop.backend.wait_event ('call', method='RemoveNotification', arguments=[APP, name])


class Files (Inside):
    def setUp (self):
        super ().setUp ()
        if 'VISAVIS_RUNTIME' not in os.environ:
            self.skipTest ('a folder for documents of its own needs root')

    def test_sent (self):
        """A4, W20: A file is chosen in the desktop's dialog, by the portal, and arrives as it is; the program sees that file and nothing beside it."""
        desktop = self.desktop ()
        got = self.enterContext (folder ())
        paper = self.enterContext (folder ()) / 'paper.bin'
        paper.write_bytes (os.urandom (3 << 20))
        (paper.parent / 'secret.txt').write_text ('not for anybody')
        desktop.person_does (choose=[str (paper)])
        anna = self.anna (desktop)
        self.in_call (anna, '--save', str (got))
        anna.key ('c')
        anna.click ('Send files')
        self.assertEqual (desktop.backend.wait_event ('call', method='OpenFile')['arguments'][1], APP)
        anna.wait_text ('Sent.')
        self.assertEqual ((got / 'paper.bin').read_bytes (), paper.read_bytes ())
        with box.run (self.home, '--command=sh', words=['-c', 'find "$XDG_RUNTIME_DIR/doc/" -type f; ls "$1"', 'sh', paper.parent],
                      env=anna.env) as inside:
            inside.wait ()
            said = inside.transcript ()
        self.assertIn ('/paper.bin', said)
        self.assertNotIn ('secret.txt', said)
        self.assertIn ('No such file', said)

    def test_received (self):
        """A4, W20: What somebody sends lies in the program's own folder, since there is no way to another; the desktop sees it there."""
        desktop = self.desktop ()
        paper = self.enterContext (folder ()) / 'paper.bin'
        paper.write_bytes (os.urandom (3 << 20))
        anna = self.anna (desktop)
        karim = self.enterContext (cli (self.enterContext (folder ()), 'call', anna.address, '--identifier', 'Karim', '--file', str (paper), name='Karim'))
        anna.click ('Accept')
        karim.wait_event ('state', state='active')
        anna.wait_for ('Picture of the other side')
        anna.key ('c')
        anna.click ('Accept file')
        anna.wait_text ('Received.')
        self.assertEqual ((self.home / DATA / 'paper.bin').read_bytes (), paper.read_bytes ())

    def test_card (self):
        """A4: The picture of one's card goes to where one says in the desktop's dialog, outside of the sandbox."""
        desktop = self.desktop ()
        picture = self.enterContext (folder ()) / 'card.png'
        desktop.person_does (choose=[str (picture)])
        anna = self.anna (desktop)
        desktop.display.run (['gapplication', 'action', APP, 'share'])
        anna.wait_dialog ('Your link')
        anna.click ('Save picture…')
        anna.wait_text ('Picture saved.')
        self.assertEqual (picture.read_bytes ()[:8], b'\x89PNG\r\n\x1a\n')


class Screen (Inside):
    def setUp (self):
        super ().setUp ()
        self.surroundings = self.desktop (portals=False)

    def portal (self, **options):
        return self.enterContext (Portal (self.surroundings.display.env['DBUS_SESSION_BUS_ADDRESS'], **options))

    def ask (self, portal):
        anna = self.anna (self.surroundings)
        other = self.in_call (anna)
        anna.wait_for ('Screen')
        return anna, other

    def test_refused (self):
        """A4, A6: The desktop does not let the screen be seen: a sentence says so, and the call goes on with the camera."""
        portal = self.portal ()
        anna, other = self.ask (portal)
        portal.sway.kill ()
        anna.key ('s')
        anna.wait_words ('The screen cannot be shared')
        other.wait_event ('stats', lambda e: e['video_in']['frames'] >= 10, since=other.mark ())

    def test_cancelled (self):
        """A4, A6: Who is asked and says no is told nothing, and nothing is shared."""
        said = self.surroundings.home / 'asked'
        portal = self.portal (asks=f'sh -c "echo asked >> {said}"')
        anna, _ = self.ask (portal)
        anna.key ('s')
        wait_until (said.exists, 'somebody to be asked')
        wait_until (lambda: 'session closed' in portal.backend.transcript (), 'the question to be over')
        self.assertEqual ([node for node in anna.every () if 'shar' in node.get_name ()], [])
        self.assertEqual (anna.report.named ('ended'), [])


class Nearby (Inside):
    def test_found (self):
        """A1, A4, A8: People nearby are found through the desktop's Avahi, which the sandbox may talk to, and called."""
        avahi = self.enterContext (Avahi (self.enterContext (Lab ()).namespace ('home')))
        desktop = self.desktop ()
        other = self.other ()
        self.enterContext (announce (avahi, 'Karim', other.address, other.id))
        anna = self.anna (desktop, env=avahi.env)
        anna.click_node (anna.wait_for ('Karim', 'list item'))
        other.wait_event ('state', state='active')

    def test_others (self):
        """A4: Of the system's bus the sandbox sees nothing but Avahi."""
        avahi = self.enterContext (Avahi (self.enterContext (Lab ()).namespace ('home')))
        ask = ['gdbus', 'call', '--system', '-d', 'org.freedesktop.DBus', '-o', '/', '-m', 'org.freedesktop.DBus.ListNames']
        with box.run (self.home, '--command=gdbus', words=ask[1:], env=avahi.env) as inside:
            inside.wait (0)
            names = inside.log[0][2]
        self.assertIn ('org.freedesktop.Avahi', names)
        self.assertEqual ([name for name in names.split ("'")[1::2] if not name.startswith (':')], ['org.freedesktop.DBus', 'org.freedesktop.Avahi'])


class Background (Inside):
    def switch (self, anna):
        window = anna.open_preferences ()
        anna.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        def find ():
            return next ((node for node in anna.every () if (node.get_name (), node.get_role_name ()) == ('Start with the desktop', 'check box')), None)
        return wait_until (find, 'the switch')

    def files (self):
        """Of those that start a program with the desktop, in the person's folder and in the program's own."""
        return [path for path in self.home.rglob ('*.desktop') if 'autostart' in path.parts]

    def test_allowed (self):
        """A4, A5: Starting with the desktop is the portal's affair: it is told what is to be started, and the program writes no file of its own."""
        desktop = self.desktop ()
        desktop.permit ('background', 'background', 'yes')
        anna = self.anna (desktop)
        self.switch (anna).act ()
        app, wanted, command, _ = desktop.backend.wait_event ('call', method='EnableAutostart')['arguments']
        self.assertEqual ((app, wanted), (APP, True))
        self.assertEqual (command[:2] + command[-2:], ['flatpak', 'run', APP, '--gapplication-service'])
        self.assertEqual (self.files (), [])

    def test_refused (self):
        """A4, A5: The person does not let it run in the background: that is told beside the switch, nothing is started, and no file is written."""
        desktop = self.desktop ()
        desktop.permit ('background', 'background', 'no')
        anna = self.anna (desktop)
        self.switch (anna).act ()
        anna.wait_words ('does not let Visavis start with it')
        self.assertEqual (desktop.backend.named ('call', method='EnableAutostart', arguments=[APP, True]), [])
        self.assertEqual (self.files (), [])


if __name__ == '__main__':
    set_apart ()
    main ()
