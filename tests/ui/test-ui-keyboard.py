# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole call from beginning to end by keyboard alone, in the real program: never a click, and never an action by accessibility."""

import unittest

from desk import WIDTH, Desk, wait_until
from keys import Focus
from procs import folder
from tap import main

ENTRY = 'Name or address to call'
WRITE = 'Write a message'


class Keyboard (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())
        cls.focus = Focus (cls.desk)
        cls.addClassCleanup (cls.focus.close)
        # nothing lies under the pointer that would come up by itself
        cls.desk.display.run (['xdotool', 'mousemove', 2 * WIDTH + 39, 719])

    def setUp (self):
        self.homes = {name: self.enterContext (folder ()) for name in ('anna', 'karim')}

    def pair (self, media='test'):
        self.anna = self.desk.person ('Anna Berg', env={'HOME': self.homes['anna']}, arguments=['--media', media])
        self.addCleanup (self.anna.close)
        self.karim = self.desk.person ('Karim', WIDTH + 40, env={'HOME': self.homes['karim']}, arguments=['--media', media])
        self.addCleanup (self.karim.close)
        return self.anna, self.karim, self.focus

    def type (self, text):
        self.desk.display.type (text)

    def keys (self, *keys):
        self.desk.display.key (*keys)

    def add (self, person, name, address):
        person.key ('ctrl+shift+n')
        person.wait_dialog ('Address or link')
        self.type (name)
        self.keys ('Tab')
        self.type (address)
        self.keys ('Return')
        person.wait_for (name, 'list item')
        person.wait_in_window ()

    def is_fullscreen (self, person):
        """Whether its window has the whole of the screen."""
        screen = self.desk.display.run (['xdotool', 'getdisplaygeometry']).split ()
        shell = self.desk.display.run (['xdotool', 'getwindowgeometry', '--shell', person.window])
        fields = dict (line.split ('=') for line in shell.split ())
        return [fields['X'], fields['Y'], fields['WIDTH'], fields['HEIGHT']] == ['0', '0', *screen]

    def wait_chat (self, person, is_open):
        pressed = self.desk.atspi.StateType.PRESSED
        wait_until (lambda: person.wait_for ('Chat and files', 'push button').get_state_set ().contains (pressed) == is_open, 'the chat to open or close')

    def open_chat (self, person):
        person.key ('c')
        self.wait_chat (person, True)

    def test_call (self):
        """A6, A1, A2: By keyboard alone: somebody is added, found by typing and called; the other one accepts in the dialog; microphone, camera and hold
        are told to the other side in words; the window fills the screen and gives it back; devices, volume, details and the menu are reached; hung up."""
        anna, karim, focus = self.pair ()
        self.add (anna, 'Karim', f'visavis:{karim.id}@{karim.address}')
        focus.step (anna)
        anna.key ('ctrl+n')
        self.type ('kar')
        wait_until (lambda: anna.typed (ENTRY) == 'kar', 'what was typed')
        self.keys ('Return')
        karim.report.wait_event ('request')
        karim.wait_for ('Anna Berg is calling', 'dialog')
        karim.focus ()
        focus.press (karim, 'Accept')
        anna.report.wait_event ('first-frame')
        karim.report.wait_event ('first-frame')

        anna.key ('m')
        karim.wait_text ('Anna Berg’s microphone is off')
        self.keys ('v')
        karim.wait_text ('Anna Berg’s camera is off')
        self.keys ('m', 'v')
        karim.wait_gone ('Anna Berg’s microphone is off')
        karim.wait_gone ('Anna Berg’s camera is off')
        self.keys ('h')
        karim.wait_text ('Anna Berg has put you on hold')
        anna.wait_text ('On hold')
        self.keys ('h')
        karim.wait_gone ('Anna Berg has put you on hold')

        self.keys ('f')
        wait_until (lambda: self.is_fullscreen (anna), 'the whole screen')
        self.keys ('Escape')
        wait_until (lambda: not self.is_fullscreen (anna), 'the window to have its size again')
        anna.resize (WIDTH, 680)

        self.keys ('d')
        anna.wait_dialog ('Volume of the others')
        focus.go (anna, 'Volume of the others', 'slider')
        self.keys ('Home')
        wait_until (lambda: 'volume=0.0' in (anna.profile / 'settings.ini').read_text (), 'the volume to be kept')
        self.keys ('Escape')
        anna.wait_in_window ()
        focus.press (anna, 'Connection: *')
        anna.wait_text ('Direct')
        self.keys ('Escape')
        anna.wait_gone ('Direct', 'label')
        focus.press (anna, 'More')
        focus.choose (anna, 'Devices')
        anna.wait_dialog ('Volume of the others')
        self.keys ('Escape')
        anna.wait_in_window ()
        focus.step (anna)

        mark = karim.report.mark ()
        self.keys ('ctrl+h')
        self.assertTrue (karim.ended (mark)['graceful'])
        karim.wait_text ('Call ended. Anna Berg hung up.')
        focus.step (anna)
        for person in (anna, karim):
            self.assertEqual (person.program.complaints (), [], person.program.transcript ())

    def test_chat (self):
        """A6, W20: By keyboard alone: an address is typed and called; texts go both ways; a file is chosen, accepted, arrives and is told as received; the chat
        closes, and the keys are the call's again."""
        anna, karim, focus = self.pair ('none')
        anna.key ('ctrl+n')
        self.type (karim.address)
        self.keys ('Return')
        karim.wait_for ('Anna Berg is calling', 'dialog')
        karim.key ('ctrl+shift+Return')
        anna.report.wait_event ('state', state='active')
        self.open_chat (anna)
        self.type ('mvhfc')
        wait_until (lambda: anna.typed (WRITE) == 'mvhfc', 'the text to stand in the entry')
        self.keys ('Return')
        self.open_chat (karim)
        karim.wait_text ('mvhfc')

        path = self.homes['anna'] / 'paper.bin'
        path.write_bytes (b'paper' * 100)
        anna.focus ()
        focus.go (anna, 'Hang up', key='shift+Tab')
        anna.choose_file (lambda: focus.press (anna, 'Send files'), path)
        karim.wait_for ('Accept file', 'push button')
        karim.focus ()
        focus.press (karim, 'Accept file', step='shift+Tab')
        karim.wait_text ('Received.')
        anna.wait_text ('Sent.')
        self.assertEqual ((self.homes['karim'] / 'paper.bin').read_bytes (), path.read_bytes ())
        focus.step (karim)
        anna.key ('Escape')
        self.wait_chat (anna, False)
        focus.step (anna)
        self.keys ('h')
        karim.wait_text ('Anna Berg has put you on hold')
        self.keys ('ctrl+h')
        karim.ended ()

    def test_history (self):
        """A6, A1: By keyboard alone: a call is declined; the person's page tells of it and calls again; given up, the other side counts a missed call,
        finds it under what was lately, and calls back from there; then the person is blocked, and rings no more."""
        anna, karim, focus = self.pair ('none')
        self.add (anna, 'Karim', f'visavis:{karim.id}@{karim.address}')
        self.add (karim, 'Anna', f'visavis:{anna.id}@{anna.address}')
        anna.focus ()
        focus.press (anna, 'Karim', 'list item', 'Return')
        karim.wait_for ('Anna is calling', 'dialog')
        karim.key ('ctrl+shift+d')
        anna.wait_text ('Karim declined the call.')

        anna.focus ()
        focus.press (anna, 'Karim', 'list item', 'shift+F10')
        focus.choose (anna, 'Details')
        anna.wait_text ('You called; you did not talk')
        focus.press (anna, 'Call')
        karim.wait_for ('Anna is calling', 'dialog')
        self.keys ('Escape')
        karim.wait_gone ('Anna is calling', 'dialog')
        karim.wait_for ('1 missed call')
        karim.key ('ctrl+r')
        karim.wait_text ('Missed call')
        karim.wait_gone ('1 missed call')
        mark = karim.report.mark ()
        focus.press (karim, 'Missed call', 'list item', 'Return')
        anna.wait_for ('Karim is calling', 'dialog')
        anna.key ('ctrl+shift+Return')
        karim.report.wait_event ('state', state='active', since=mark)
        anna.key ('ctrl+h')
        karim.ended (mark)

        karim.focus ()
        focus.press (karim, 'Anna', 'list item', 'Menu')
        focus.choose (karim, 'Block…')
        karim.wait_dialog ('Block Anna?')
        self.keys ('alt+b')
        karim.wait_gone ('Anna', 'list item')
        karim.wait_in_window ()
        focus.step (karim)
        marks = anna.report.mark (), karim.report.mark ()
        anna.focus ()
        focus.press (anna, 'Karim', 'list item', 'Return')
        anna.ended (marks[0])
        self.assertEqual ([event for event in karim.report.events[marks[1]:] if event['event'] == 'request'], [])
        for person in (anna, karim):
            self.assertEqual (person.program.complaints (), [], person.program.transcript ())


if __name__ == '__main__':
    main ()
