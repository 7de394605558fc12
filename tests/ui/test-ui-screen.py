# SPDX-License-Identifier: LGPL-2.1-or-later
"""A screen is shared in the real program, by the real portal of a desktop without hardware."""

import unittest

from desk import Desk, wait_until
from portal import Portal
from tap import main

ORANGE, BLUE = (0xff, 0x80, 0x00), (0x00, 0x60, 0xff)
SIGN = 'You are sharing your screen'


def is_near (one, other):
    return all (abs (a - b) < 40 for a, b in zip (one, other))


class Screen (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.anna, self.karim = self.desk.pair ()
        self.addCleanup (self.anna.close)
        self.addCleanup (self.karim.close)
        self.anna.type_address (self.karim.address)
        self.karim.click ('Accept')
        self.anna.wait_sees (self.karim)

    def portal (self, **options):
        return self.enterContext (Portal (self.desk.display.env['DBUS_SESSION_BUS_ADDRESS'], **options))

    def texts_begin (self, beginning):
        return any (node.get_name ().startswith (beginning) for node in self.anna.every (backwards=True))

    def wait_colour (self, person, name, colour, whole=False):
        """The picture of that name has the colour in the middle, and when it is whole, bars at the sides where it does not fit."""
        def there ():
            node = person.find (name)
            if node is None:
                return False
            x, y, width, height = person.extents (node)
            picture = self.desk.screenshot ()
            if not is_near (picture.pixel (x + width // 2, y + height // 2), colour):
                return False
            return not whole or not is_near (picture.pixel (x + width // 2, y + 4), colour)
        wait_until (there, f'{name!r} at {person.name} to be {colour}')

    def share (self):
        """By its key, once there is a way."""
        self.anna.wait_for ('Screen', 'push button')
        self.anna.key ('s')
        self.anna.wait_text (SIGN)
        self.wait_colour (self.karim, 'Screen of the other side', ORANGE)

    def wait_back (self):
        self.anna.wait_gone (SIGN)
        self.karim.wait_for ('Picture of the other side')
        self.karim.wait_sees (self.anna)

    def test_shared (self):
        """A6: The screen is shared with a key and stopped with a button, which are there as long as the desktop has a portal for it: the other side sees
        what is on it, all of it, and is told; the own small picture shows it, too; afterwards the camera is back."""
        self.assertIsNone (self.anna.find ('Screen', 'push button'))
        self.anna.key ('s')
        portal = self.portal ()
        self.share ()
        self.wait_colour (self.karim, 'Screen of the other side', ORANGE, whole=True)
        wait_until (lambda: any (text.endswith ('· sharing the screen') for text in self.karim.texts ()), 'words that say so')
        self.wait_colour (self.anna, 'Your screen', ORANGE)
        portal.paint ('#0060ff')
        self.wait_colour (self.karim, 'Screen of the other side', BLUE)
        self.anna.click ('Stop sharing the screen')
        self.wait_back ()
        portal.portal.stop (number=15)
        self.anna.wait_gone ('Screen', 'push button')

    def test_desktop_stops (self):
        """What the desktop ends by itself ends here: the camera is back, and the call goes on."""
        portal = self.portal ()
        self.share ()
        portal.backend.kill ()
        self.wait_back ()
        self.assertEqual (self.anna.report.named ('ended'), [])

    def test_refused (self):
        """When the desktop cannot share, a sentence says so, and the camera goes on."""
        portal = self.portal ()
        self.anna.wait_for ('Screen', 'push button')
        portal.sway.kill ()
        self.anna.key ('s')
        wait_until (lambda: self.texts_begin ('The screen cannot be shared'), 'a sentence')
        self.karim.wait_sees (self.anna)

    def test_cancelled (self):
        """Who is asked and wants to share nothing after all is told nothing; asked again, and with a yes, it goes."""
        answer = self.desk.home / 'answer'
        answer.write_text ('')
        portal = self.portal (asks=f'sh -c "echo asked >> {answer}.log; cat {answer}"')
        self.anna.wait_for ('Screen', 'push button')
        self.anna.key ('s')
        wait_until ((self.desk.home / 'answer.log').exists, 'somebody to be asked')
        wait_until (lambda: 'session closed' in portal.backend.transcript (), 'the question to be over')
        self.assertFalse (self.texts_begin ('The screen cannot be shared'))
        answer.write_text ('HEADLESS-1\n')
        self.share ()
        self.anna.key ('s')
        self.wait_back ()

    def test_ends_with_call (self):
        """Who hangs up while the screen is shared gives it back; the next call begins with the camera."""
        portal = self.portal ()
        self.share ()
        self.anna.key ('ctrl+h')
        self.assertTrue (self.anna.ended ()['graceful'])
        wait_until (lambda: portal.nodes (media_class='Stream/Input/Video') == [], 'the screen is given back')


if __name__ == '__main__':
    main ()
