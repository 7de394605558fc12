# SPDX-License-Identifier: LGPL-2.1-or-later
"""The preferences; settings that are damaged; and what the window says of where one can be called."""

import os

import cameras
import procs
from desk import HEIGHT, WIDTH, AtDesk, wait_until
from tap import main


class Preferences (AtDesk):
    def quiet (self, person):
        self.assertEqual (person.program.complaints (), [], person.program.transcript ())

    def settings (self, person):
        return (person.profile / 'settings.ini').read_text ()

    def wait_setting (self, person, line):
        wait_until (lambda: line in self.settings (person), f'{line} to be kept')

    def open (self, person, page=None):
        """Ctrl+comma; from then on keys go to the new window."""
        before = set (self.desk.display.windows (person.program.pid))
        person.key ('ctrl+comma')
        window = wait_until (lambda: set (self.desk.display.windows (person.program.pid)) - before, 'the preferences').pop ()
        self.desk.display.place (window, person.x, 0, WIDTH, HEIGHT)
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        if page:
            self.act (person, page, 'page tab')
        return window

    @staticmethod
    def node (person, name, role):
        """Also what stands below the part that is scrolled to."""
        return wait_until (lambda: next ((node for node in person.every () if node.get_name () == name and node.get_role_name () == role), None),
                           f'{role} {name}')

    def act (self, person, name, role='push button'):
        self.node (person, name, role).act ()

    @staticmethod
    def told (person, words):
        """A word beside a row, which a screen reader says at once."""
        def found ():
            for node in person.every ():
                name = node.get_name ()
                if words in name and node.get_role_name () in ('alert', 'notification', 'label'):
                    return name
            return None
        return wait_until (found, f'a word like “{words}”')

    def write (self, person, name, text):
        """Clicks into the entry of that name, types into it, and Enter. The window stands where the person's is, and is as large."""
        person.click_node (self.node (person, name, 'text'))
        self.type_over (text)

    def type_over (self, text):
        self.desk.display.key ('ctrl+a', 'Delete')
        self.desk.display.type (text)
        self.desk.display.key ('Return')

    def test_name (self):
        """W8: The name is changed, stands over the people, is kept, and is what the person who is called next sees."""
        anna = self.person ('Anna Berg')
        karim = self.person ('Karim', x=1040)
        self.open (anna)
        self.write (anna, 'Name', 'Anna Lind')
        self.wait_setting (anna, "identifier='Anna Lind'")
        self.desk.display.key ('Escape')
        anna.wait_text ('Anna Lind')
        anna.type_address (karim.address)
        self.assertEqual (karim.report.wait_event ('request')['name'], 'Anna Lind')
        self.quiet (anna)

    def test_name_too_long (self):
        """W8: A name that cannot be sent is told and not kept."""
        anna = self.person ('Anna Berg')
        self.open (anna)
        self.write (anna, 'Name', 'x' * 129)
        self.told (anna, 'This name is too long')
        self.assertNotIn ('x' * 129, self.settings (anna))

    def test_autostart (self):
        """A5: Where no portal does it, a file in the autostart folder starts the program with this profile; it goes again with the setting."""
        home = self.enterContext (procs.folder ())
        anna = self.person ('Anna Berg', env={'XDG_CONFIG_HOME': str (home)})
        self.open (anna)
        anna.click ('Start with the desktop', 'list item')
        file = wait_until (lambda: list (home.glob ('autostart/*.desktop')), 'the file')[0]
        self.assertIn (f'\nExec=visavis --profile "{anna.profile}" --gapplication-service\n', file.read_text ())
        self.desk.display.run (['desktop-file-validate', file])
        anna.repeat (lambda: anna.click ('Start with the desktop', 'list item'), lambda: not file.exists (), 'the file to go')

    def ticked (self, person, name):
        return self.node (person, name, 'check box').get_state_set ().contains (self.desk.atspi.StateType.CHECKED.real)

    def test_autostart_refused (self):
        """A4, A5: The desktop does not want the program to start with it: the switch falls back, a sentence says why, and no file goes round it. Once the
        desktop has nothing against it, the switch stays, and the sentence goes."""
        home = self.enterContext (procs.folder ())
        anna = self.person ('Anna Berg', env={'XDG_CONFIG_HOME': str (home)})
        self.open (anna)
        for says in ('no', 'yes'):
            with cameras.Questions (self.desk.display.env['DBUS_SESSION_BUS_ADDRESS'], says) as desktop:
                self.act (anna, 'Start with the desktop', 'check box')
                desktop.keeper.wait_line (f'autostart on visavis --profile {anna.profile} --gapplication-service')
                if says == 'no':
                    told = self.told (anna, 'Your desktop does not let Visavis start with it.')
                    wait_until (lambda: not self.ticked (anna, 'Start with the desktop'), 'the switch to fall back')
                    self.wait_setting (anna, 'autostart=false')
                else:
                    anna.wait_gone (told)
                    self.assertTrue (self.ticked (anna, 'Start with the desktop'))
                    self.act (anna, 'Start with the desktop', 'check box')
                    desktop.keeper.wait_line (f'autostart off visavis --profile {anna.profile} --gapplication-service')
            self.assertFalse ((home / 'autostart').exists ())
        self.quiet (anna)

    def test_stun (self):
        """W7: A STUN server that makes no sense is told beside its row and not kept; one that does is, and the word is taken back."""
        anna = self.person ('Anna Berg')
        self.open (anna, 'Network')
        self.desk.display.run (['xdotool', 'mousemove', WIDTH // 2, 60, 'click', '--repeat', 30, 5])  # it is below
        self.write (anna, 'Server, like stun.example:3478', 'no server:at all')
        told = self.told (anna, 'The server address')
        self.assertIn ('cannot be read', told)
        self.assertNotIn ('stun=', self.settings (anna))
        self.write (anna, 'Server, like stun.example:3478', 'stun.example:3479')
        self.wait_setting (anna, "stun='stun://stun.example:3479'")
        anna.wait_gone (told)
        self.quiet (anna)

    def usable (self, person, name):
        """Newer GTK tells only of the row that it is switched off, not of what is in it."""
        node, usable = self.node (person, name, 'text'), True
        while usable and node.get_parent ().get_parent () is not None:
            usable = node.get_state_set ().contains (self.desk.atspi.StateType.SENSITIVE.real)
            node = node.get_parent ()
        return usable

    def test_site (self):
        """What the organisation has locked can be seen and not changed, and its row says so; what it only gives can be chosen otherwise. A line of its file that
        makes no sense is told in the window, with file and number."""
        home = self.enterContext (procs.folder ())
        (home / 'visavis').mkdir ()
        (home / 'visavis/site.conf').write_text ('[Servers]\nbroker=mqtt://meet.example:1884\nstun=stun://relay.example:3478\nturm=x\nlocked=broker\n')
        anna = self.person ('Anna Berg', env={'XDG_CONFIG_DIRS': str (home)})
        anna.wait_words (f'{home}/visavis/site.conf, line 4: there is no setting “turm”')
        self.open (anna, 'Network')
        self.told (anna, 'Set by your organisation')
        self.assertEqual (self.node (anna, 'Server, like home.example:8883', 'text').text (), 'meet.example:1884')
        self.assertFalse (self.usable (anna, 'Server, like home.example:8883'))
        self.assertTrue (self.usable (anna, 'Server, like stun.example:3478'))
        self.assertEqual (self.node (anna, 'Server, like stun.example:3478', 'text').text (), 'relay.example:3478')
        self.desk.display.run (['xdotool', 'mousemove', WIDTH // 2, 60, 'click', '--repeat', 30, 5])  # it is below
        self.write (anna, 'Server, like stun.example:3478', 'other.example:3479')
        self.wait_setting (anna, "stun='stun://other.example:3479'")
        self.assertNotIn ('broker=', self.settings (anna))

    def test_media_ports (self):
        """W7: Ports for picture and sound that are none are told beside their row and not kept; a range is, and the word is taken back."""
        anna = self.person ('Anna Berg')
        self.open (anna, 'Network')
        self.write (anna, 'Ports, like 50000-50100 (any if empty)', '50100-50000')
        told = self.told (anna, 'These are too few ports')
        self.assertNotIn ('media-ports=', self.settings (anna))
        self.write (anna, 'Ports, like 50000-50100 (any if empty)', '50000-50100')
        self.wait_setting (anna, "media-ports='50000-50100'")
        anna.wait_gone (told)
        self.quiet (anna)

    def test_port (self):
        """W10: Another port is taken at once; one that is not free is told, not kept, and the old one stays open."""
        anna = self.person ('Anna Berg')
        karim = self.person ('Karim', x=1040)
        taken = karim.address.rpartition (':')[2]
        self.open (anna, 'Network')
        self.write (anna, 'Port', 'seventy')
        self.told (anna, 'A port is a number from 1 to 65535.')
        mark = anna.report.mark ()
        self.act (anna, 'Only on one address', 'check box')
        self.write (anna, 'Address of this computer', '127.0.0.1')
        self.write (anna, 'Port', taken)
        self.told (anna, 'already used by another program')
        self.assertNotIn (f'127.0.0.1:{taken}', self.settings (anna))
        karim.type_address (anna.report.wait_event ('listening', since=mark)['address'])
        anna.report.wait_event ('request')

    def test_reach (self):
        """W10: A click on the status tells the address, how far it is known, and what a firewall must let in; when one is not reachable, that."""
        anna = self.person ('Anna Berg')
        anna.click_node (anna.wait_for ('Where you can be called', 'push button'))
        anna.wait_text ('You can be called at')
        anna.wait_for (f'Copy {anna.address}', 'push button')
        anna.wait_text ('On this computer only')
        port = anna.address.rpartition (':')[2]
        self.assertTrue ([text for text in anna.texts () if f'TCP port {port}' in text])
        self.desk.display.key ('Escape')
        anna.click ('Reachable', 'check box')
        anna.wait_text ('Nobody can call you')
        anna.click_node (anna.wait_for ('Where you can be called', 'push button'))
        anna.wait_text ('Nobody can call you. Turn “Reachable” on to be called.')
        self.quiet (anna)

    def choose (self, person, name, steps):
        """Opens the row of a list, goes down in it, and takes what is there."""
        self.desk.display.run (['xdotool', 'mousemove', WIDTH // 2, 60, 'click', '--repeat', 30, 5])
        person.choose (self.node (person, name, 'combo box'), *['Down'] * steps)

    def test_keyboard (self):
        """A6: By keyboard alone: Ctrl+comma opens the preferences, Tab leads to the name, typing changes it, Escape closes."""
        anna = self.person ('Anna Berg')
        before = set (self.desk.display.windows (anna.program.pid))
        anna.key ('ctrl+comma')
        window = wait_until (lambda: set (self.desk.display.windows (anna.program.pid)) - before, 'the preferences').pop ()
        wait_until (lambda: self.desk.display.run (['xdotool', 'getwindowfocus']).strip () == window, 'the keys')
        self.node (anna, 'Name', 'text')
        if not anna.has_keys ('Name', 'text'):  # newer GTK begins there
            self.desk.display.key ('Tab')
        self.type_over ('Anna Lind')
        self.wait_setting (anna, "identifier='Anna Lind'")
        self.desk.display.key ('Escape')
        wait_until (lambda: window not in self.desk.display.windows (anna.program.pid), 'the preferences to go')
        self.quiet (anna)

    def test_devices (self):
        """W19: The devices are tried and chosen in the preferences too; how good the picture may be is kept."""
        anna = self.person ('Anna Berg')
        self.open (anna, 'Devices')
        anna.wait_text ('You are heard.')
        self.node (anna, 'Camera', 'combo box')
        self.choose (anna, 'Quality of your picture', 1)
        self.wait_setting (anna, "picture-quality='low'")
        self.quiet (anna)

    def test_history (self):
        """W13: Whether and how long calls and messages are kept is chosen; all of it is deleted after a question."""
        anna = self.person ('Anna Berg')
        karim = self.person ('Karim', x=1040)
        karim.type_address (anna.address)
        anna.click ('Decline')
        karim.ended ()
        self.open (anna, 'Privacy')
        self.act (anna, 'Keep calls and messages', 'check box')
        self.wait_setting (anna, 'keep-history=false')
        self.choose (anna, 'For how long', 1)
        self.wait_setting (anna, 'keep-history-days=7')
        self.told (anna, 'Of calls, messages and files')
        before = set (self.desk.display.windows (anna.program.pid))
        anna.row_button ('_Delete…').act ()
        window = wait_until (lambda: set (self.desk.display.windows (anna.program.pid)) - before, 'the question').pop ()
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        self.desk.display.key ('alt+d')
        self.told (anna, 'The history was deleted')
        self.told (anna, 'There is none')
        self.quiet (anna)

    def test_blocked (self):
        """Blocked people stand in a list, and are unblocked there."""
        def prepare (profile):
            for words in (('add', 'Max', '192.0.2.9:7667'), ('block', 'Max'), ('add', 'Eva', '192.0.2.8:7667')):
                with procs.cli (profile, 'people', *words, media=None) as program:
                    program.wait (0)
        anna = self.person ('Anna Berg', prepare=prepare)
        self.open (anna, 'Privacy')
        self.node (anna, 'Unblock Max', 'push button').act ()
        self.told (anna, 'Nobody is blocked.')
        self.quiet (anna)
        anna.close ()

    def test_first_start (self):
        """At the first start a saved profile is offered to be brought back; who does not want it is where they were."""
        anna = self.person ('Anna', settings={'first-start-done': 'false'})
        anna.wait_for ('I have a saved profile…', 'push button')
        before = set (self.desk.display.windows (anna.program.pid))
        self.act (anna, 'I have a saved profile…')
        wait_until (lambda: self.named (anna, 'Bring Back a Saved Copy') and self.named (anna, 'Preferences'), 'the files')
        window = self.named (anna, 'Bring Back a Saved Copy')
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'Escape'])
        wait_until (lambda: set (self.desk.display.windows (anna.program.pid)) == before, 'the first start alone')
        self.quiet (anna)

    def named (self, person, title):
        """Its window of that title, or None."""
        for window in self.desk.display.windows (person.program.pid):
            if self.desk.display.run (['xdotool', 'getwindowname', window]).strip () == title:
                return window
        return None

    def test_copy (self):
        """A copy of the profile is saved, and brought back in another's place: the program starts again by itself, has that key, and says so."""
        anna = self.person ('Anna Berg')
        copy = anna.profile / 'copy'
        with procs.cli (anna.profile, 'export', copy, json_lines=False, media=None, stdin=True) as program:
            program.write_line ('correct horse')
            program.wait (0)
        karim = self.person ('Karim', x=1040)
        self.assertNotEqual (karim.id, anna.id)
        self.open (karim, 'Profile')
        mark = karim.report.mark ()
        before = set (self.desk.display.windows (karim.program.pid))
        karim.choose_file (karim.row_button ('_Open…').act, copy)
        self.node (karim, 'Passphrase', 'text')
        window = wait_until (lambda: set (self.desk.display.windows (karim.program.pid)) - before, 'the question').pop ()
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        self.desk.display.type ('correct horse')
        self.desk.display.key ('Return')
        self.assertEqual (karim.report.wait_event ('identity', since=mark)['id'], anna.id)
        self.told (karim, 'The saved copy is in place now.')
        self.assertEqual (len (list (karim.profile.glob ('replaced-*/identity.pem'))), 1)

    def test_names (self):
        """A6: Every control of the preferences has a name for a screen reader."""
        anna = self.person ('Anna Berg')
        self.open (anna)
        roles = ('push button', 'toggle button', 'text', 'check box', 'combo box', 'password text', 'page tab')
        nodes = [node for node in anna.every () if node.get_role_name () in roles]
        self.assertGreater (len (nodes), 20)
        self.assertEqual ([node.get_role_name () for node in nodes if not node.get_name () or node.get_name ().startswith ('Gtk')], [])

    def test_damaged (self):
        """A settings file that is nonsense is told, kept beside, and the program starts with its own settings; what is right in one that is
        partly wrong still counts."""
        wrong = {
            'noise': lambda path: path.write_bytes (os.urandom (4000)),
            'huge': lambda path: path.write_bytes (b'x' * (2 << 20)),
            'folder': lambda path: path.mkdir (),
            'pipe': os.mkfifo,
            'types': lambda path: path.write_text ("[org/visavis/Visavis]\ndetection='perhaps'\nwindow-width=5\nidentifier='Eva'\n"),
        }
        for name, damage in wrong.items ():
            with self.subTest (damage=name), procs.folder () as home:
                damage (home / 'settings.ini')
                argv = [procs.APP, '--profile', home, '--media', 'test', '--listen', '127.0.0.1:0', '--report', home / 'r']
                with procs.Report (home / 'r') as report, procs.Process (argv, env=self.desk.display.env) as program:
                    report.wait_event ('listening')
                    self.assertEqual (report.wait_event ('identity')['name'] == 'Eva', name == 'types')
                    kept = list (home.glob ('settings-damaged-*.ini'))
                    self.assertEqual (len (kept), 1)

                    def told (program=program, kept=kept):
                        root = self.desk.tree.program (program.pid)
                        return root is not None and any (kept[0].name in node.get_name () for node in root.every ())
                    wait_until (told, f'a word about {name}')
                    program.stop (status=0)
                    self.assertEqual (program.complaints (), [])


if __name__ == '__main__':
    main ()
