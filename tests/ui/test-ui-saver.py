# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that take less data: by the preferences, and by what the system says of the connection."""

import sys
from pathlib import Path

from desk import HEIGHT, WIDTH, AtDesk, wait_until
from procs import Process
from tap import main


class Saver (AtDesk):
    def wait_target (self, person, low, high):
        """What that person's picture may take from now on, in kbit/s, as their own figures say. A busy computer passes for a slow path for a while."""
        return person.report.wait_event ('stats', lambda stats: low <= stats['video_out']['target_kbps'] <= high, timeout=120,
                                         since=person.report.mark ())

    def open (self, person):
        window = person.open_preferences ()
        self.desk.display.place (window, person.x, 0, WIDTH, HEIGHT)
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        self.node (person, 'Network', 'page tab').act ()
        return window

    @staticmethod
    def node (person, name, role):
        return wait_until (lambda: next ((node for node in person.every () if node.get_name () == name and node.get_role_name () == role), None),
                           f'{role} {name}')

    def choose (self, person, name, keys):
        person.choose (self.node (person, name, 'combo box'), *keys)

    def test_preferences (self):
        """W19: What calls may take is chosen in the preferences while one runs; both sides send less at once, and as before when it is taken back."""
        anna = self.person ('Anna Berg', settings={'data-saver': "'never'"})
        karim = self.person ('Karim', x=1040)
        anna.type_address (karim.address)
        karim.click ('Accept')
        for person in (anna, karim):
            self.wait_target (person, 1000, 2000)
        self.open (anna)
        self.choose (anna, 'Use less data', ['End'])
        for person in (anna, karim):
            self.wait_target (person, 450, 550)
        self.choose (anna, 'A call takes at most', ['Home'])
        for person in (anna, karim):
            self.wait_target (person, 200, 250)
        text = (anna.profile / 'settings.ini').read_text ()
        self.assertIn ("data-saver='always'", text)
        self.assertIn ("data-saver-amount='least'", text)
        self.choose (anna, 'Use less data', ['Home'])
        for person in (anna, karim):
            self.wait_target (person, 1000, 2000)
        self.assertEqual (anna.program.complaints (), [], anna.program.transcript ())

    def test_narrow (self):
        """A6: What is chosen can be read whole in a window as narrow as a telephone: it is as wide there as where there is room."""
        anna = self.person ('Anna Berg')
        window = self.open (anna)
        widths = []
        for width, fits in ((WIDTH, lambda row: row > 360), (360, lambda row: 0 < row < 360)):
            self.desk.display.place (window, 0, 0, width, HEIGHT)
            wait_until (lambda fits=fits: fits (self.width (anna, 'Use less data')), f'the window to be {width} wide')
            widths.append ([self.width (anna, words) for words in ('On metered connections', '540 MB an hour')])
        self.assertEqual (widths[0], widths[1])

    @staticmethod
    def width (person, words):
        return max ((person.extents (node)[2] for node in person.every () if node.get_name () == words), default=0)

    def test_metered (self):
        """W19: By itself less is taken while the system says that the connection is metered, from the next call on and in one that runs."""
        network = self.enterContext (Process ([sys.executable, Path (__file__).with_name ('standin.py'), 'network'], env=self.desk.display.env,
                                              name='network', stdin=True))
        network.wait_event ('ready')
        anna = self.person ('Anna Berg', env={'DBUS_SYSTEM_BUS_ADDRESS': self.desk.display.env['DBUS_SESSION_BUS_ADDRESS']})
        karim = self.person ('Karim', x=1040)
        anna.type_address (karim.address)
        karim.click ('Accept')
        self.wait_target (anna, 1000, 2000)
        network.write_line ('1')
        for person in (anna, karim):
            self.wait_target (person, 450, 550)
        self.open (anna)
        anna.wait_text ('Less now: this connection is metered')
        network.write_line ('2')
        for person in (anna, karim):
            self.wait_target (person, 1000, 2000)
        anna.wait_text ('Not now: this connection is not metered')


if __name__ == '__main__':
    main ()
