# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people at one screen call each other with the real program, by mouse and keyboard."""

import unittest

from desk import Desk, apart, hue_of, wait_until
from procs import cli, folder, thread_names
from tap import main

CAMERA = 'vav-test-video'  # the thread that makes the test picture


class Calls (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.anna, self.karim = self.desk.pair ()
        self.addCleanup (self.anna.close)
        self.addCleanup (self.karim.close)

    def ring (self):
        """Karim types Anna's address; her card appears."""
        mark = self.anna.report.mark ()
        self.karim.type_address (self.anna.address)
        self.anna.report.wait_event ('request', since=mark)
        self.anna.wait_for (f'{self.karim.name} is calling', 'dialog')

    def test_threads (self):
        """A call with picture and sound both ways, in a window, takes at most 45 threads."""
        self.ring ()
        self.anna.click ('Accept')
        for person in (self.anna, self.karim):
            person.report.wait_event ('first-frame')
            person.report.wait_event ('first-sound')
        counts = [person.program.threads () for person in (self.anna, self.karim)]
        self.assertLessEqual (max (counts), 45, counts)
        print (f'threads in a call with windows: {counts}')

    def test_typed_accepted_seen_called_back (self):
        """A1, A2: An address typed, accepted by click: each sees the other large and themselves small; hung up by click; then each stands
        in the other's list, and a click there calls."""
        anna, karim = self.anna, self.karim
        self.ring ()
        karim.wait_text ('Ringing…')
        anna.click ('Accept')
        anna.wait_gone (f'{karim.name} is calling', 'dialog')
        anna.wait_sees (karim)
        karim.wait_sees (anna)
        first = self.desk.screenshot ().code (anna.extents (anna.find ('Picture of the other side')))
        self.assertIsNotNone (first)

        marks = anna.report.mark (), karim.report.mark ()
        karim.click ('Hang up')
        self.assertTrue (anna.ended (marks[0])['graceful'])
        self.assertTrue (karim.ended (marks[1])['graceful'])
        anna.wait_text (f'Call ended. {karim.name} hung up.')

        mark = karim.report.mark ()
        anna.click_node (anna.wait_for (karim.name, 'list item'))
        request = karim.report.wait_event ('request', since=mark)
        self.assertEqual (request['trust'], 'accepted')
        karim.click ('Accept')
        anna.wait_sees (karim)
        karim.wait_sees (anna)
        anna.key ('ctrl+h')
        karim.ended (mark)

    def test_declined (self):
        """W16, A2: declined by click: the card goes, the caller reads it in words, nothing was ever connected; "Call again" calls on a fresh stream,
        and Esc gives that up."""
        self.ring ()
        self.anna.click ('Decline')
        ended = self.karim.ended ()
        self.assertEqual (ended['reason'], 'declined')
        self.karim.wait_text ('Anna Berg declined the call.')
        self.anna.wait_gone (f'{self.karim.name} is calling', 'dialog')
        self.assertEqual (self.anna.report.named ('first-frame'), [])

        mark = self.anna.report.mark ()
        self.karim.click ('Call again')
        self.anna.report.wait_event ('request', since=mark)
        self.karim.wait_text ('Ringing…')
        self.karim.key ('Escape')
        self.assertEqual (self.anna.ended (mark)['reason'], 'withdrawn')
        self.karim.wait_text ('You cancelled the call.')
        self.anna.wait_text ('Karim gave up before you answered.')

        mark = self.karim.report.mark ()
        self.anna.type_address (self.karim.address)
        self.karim.report.wait_event ('request', since=mark)
        self.anna.wait_text ('Ringing…')
        self.anna.key ('Escape')
        self.karim.wait_text ('Anna Berg gave up before you answered.')

    def test_own_picture_while_it_rings (self):
        """W1, W11: Who calls sees themselves in the whole window while it rings, with the camera open at their side alone; declined, it is closed again."""
        anna, karim = self.anna, self.karim
        self.ring ()
        karim.wait_text ('Ringing…')
        wait_until (lambda: self.fills (karim), 'the own picture to be large')
        self.assertIn (CAMERA, thread_names (karim.program.pid))
        self.assertNotIn (CAMERA, thread_names (anna.program.pid))
        anna.click ('Decline')
        karim.ended ()
        self.assertNotIn (CAMERA, thread_names (karim.program.pid))
        karim.wait_text ('Anna Berg declined the call.')

    def fills (self, person):
        """Whether the person's own test picture stands in the whole window. It is as in a mirror: the code in it cannot be read."""
        own = person.find ('Your own picture')
        if own is None:
            return False
        x, y, width, height = person.extents (own)
        if width < person.width - 20:
            return False
        hue = self.desk.screenshot ().hue ((x, y, width // 4, height))
        return hue is not None and apart (hue, hue_of (person.id)) < 20

    def test_nonsense_after_a_failure (self):
        """What is no address is told also where the last call failed."""
        self.karim.type_address ('127.0.0.1:1')
        self.karim.wait_text ('Nobody answers at 127.0.0.1:1. Is Visavis running there, and does it take calls?')
        self.karim.type_address ('bad bad')
        wait_until (lambda: any ('“bad bad” is not an address' in text for text in self.karim.texts ()), self.karim.texts)

    def test_given (self):
        """W20: What the command line writes and offers is told of while the chat is closed, with a button that shows it, stands in it when it is opened, and nothing is taken
        before the person says so."""
        with folder () as home:
            paper = home / 'paper.txt'
            paper.write_text ('paper')
            with cli (home / 'c', '--media', 'none', 'call', self.anna.address, '--identifier', 'Zoë', '--text', 'Hello <b>Anna</b>', '--file', str (paper)) as caller:
                self.anna.report.wait_event ('request')
                self.anna.wait_for ('Zoë is calling', 'dialog')
                self.anna.click ('Accept')
                self.anna.click ('Show', 'label')
                self.anna.wait_text ('Hello <b>Anna</b>')
                self.anna.click ('Refuse')
                caller.wait_event ('file', state='refused')
                caller.stop (status=0)

    def test_without_picture (self):
        """A2: Accepted without picture: the caller reads that the camera is off, and is seen."""
        self.ring ()
        self.anna.click ('Accept without picture')
        self.karim.wait_text ('Anna Berg’s camera is off')
        self.anna.report.wait_event ('first-frame')
        self.karim.report.wait_event ('first-sound')
        self.assertEqual (self.karim.report.named ('first-frame'), [])
        self.anna.click ('Camera')
        self.karim.wait_sees (self.anna)

    def test_withdrawn (self):
        """N11: The caller gives up with Esc: the card disappears by itself."""
        self.ring ()
        self.karim.key ('Escape')
        self.anna.wait_gone (f'{self.karim.name} is calling', 'dialog')
        self.assertEqual (self.anna.ended ()['reason'], 'withdrawn')

    def test_focus_stays (self):
        """A2: Somebody calls while Anna types: what she types goes on going where she typed, and decides nothing."""
        self.anna.focus ()
        self.anna.click ('Name or address to call', 'text')
        self.desk.display.type ('mvx')
        mark = self.anna.report.mark ()
        # Karim calls without taking the keyboard away from Anna: by the session bus, as another program would
        self.desk.display.run (['gdbus', 'call', '--session', '-d', f'org.visavis.Visavis.Instance_{self.karim.program.pid}',
                                '-o', '/org/visavis/Visavis', '-m', 'org.visavis.Endpoint1.Connect', self.anna.address, '{}'])
        self.anna.report.wait_event ('request', since=mark)
        self.anna.wait_for (f'{self.karim.name} is calling', 'dialog')
        self.desk.display.type (' mv ')
        self.desk.display.key ('space')
        wait_until (lambda: self.anna.typed ('Name or address to call') == 'mvx mv  ', 'what was typed')
        self.assertIsNotNone (self.anna.find (f'{self.karim.name} is calling', 'dialog'))
        self.anna.click ('Decline')
        self.assertEqual (self.karim.ended ()['reason'], 'declined')


if __name__ == '__main__':
    main ()
