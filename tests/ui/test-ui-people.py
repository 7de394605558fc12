# SPDX-License-Identifier: LGPL-2.1-or-later
"""The people of the window: added, found, changed, compared, blocked and removed by a person with mouse and keyboard."""

import re
import sys

from desk import AtAnnasDesk, wait_until
from procs import SOURCE, cli
from tap import main

sys.path.insert (0, str (SOURCE / 'tests/bench'))

from crowd import fill, name_of  # noqa: E402

ENTRY = 'Name or address to call'


class People (AtAnnasDesk):
    def add (self, name, address, person=None):
        """By the keyboard alone."""
        person = person or self.anna
        person.key ('ctrl+shift+n')
        person.wait_dialog ('Address or link')
        self.desk.display.type (name)
        self.desk.display.key ('Tab')
        self.desk.display.type (address)
        self.desk.display.key ('Return')

    def known (self):
        """The people as they are kept, by name."""
        with cli (self.anna.profile, 'people', media=None) as program:
            program.wait (0)
            return {event['name']: event for event in program.named ('person')}

    def names (self):
        return [node.get_name () for node in self.anna.every ()
                if node.get_role_name () == 'list item' and self.anna.shows (node)]

    def menu (self, name, entry):
        """What can be done with one of the people, by their menu."""
        self.anna.focus ()
        row = self.anna.wait_for (name, 'list item')
        x, y, width, height = self.anna.extents (row)
        self.desk.display.run (['xdotool', 'mousemove', x + width // 3, y + height // 2, 'click', 3])
        self.anna.pick (entry)

    def test_added_and_found (self):
        """A6: Somebody is added by keyboard; typing a part of the name or of the address finds them, and Enter calls them."""
        with cli (self.desk.home / 'karim', '--listen', '127.0.0.1:0', 'answer', '--anyone') as karim:
            address = karim.wait_event ('listening')['address']
            self.add ('Karim', address)
            self.anna.wait_for ('Karim', 'list item')
            self.add ('Zoe', 'zoe.invalid')
            self.anna.wait_for ('Zoe', 'list item')
            self.assertEqual (self.known ()['Karim']['address'], address)
            self.anna.key ('ctrl+n')
            self.desk.display.type ('zoe.inv')
            self.anna.wait_gone ('Karim', 'list item')
            self.anna.wait_for ('Zoe', 'list item')
            self.desk.display.key ('ctrl+a')
            self.desk.display.type ('kar')
            self.anna.wait_gone ('Zoe', 'list item')
            self.desk.display.key ('Return')
            karim.wait_event ('first-frame')
            self.anna.key ('ctrl+h')
            karim.wait_event ('ended', graceful=True)

    def test_many (self):
        """A6: Of many people the rows are made as one comes near them: the End key leads to the last, and typing finds anybody."""
        bert = self.desk.person ('Bert', prepare=lambda profile: fill (profile, 40, 0))
        self.addCleanup (bert.close)
        everybody = [name_of (number) for number in range (40)]
        last = everybody[-1]

        def rows ():
            return [node.get_name () for node in bert.every () if node.get_role_name () == 'list item' and node.get_name () in everybody]
        bert.wait_for (name_of (0), 'list item')
        self.assertLess (len (rows ()), 40)
        bert.key ('ctrl+n')
        self.desk.display.type (last)
        wait_until (lambda: rows () == [last], 'the one whose name was typed')
        for key in ('ctrl+a', 'Delete'):
            self.desk.display.key (key)
        bert.wait_for (name_of (0), 'list item')
        self.desk.display.key ('Tab')  # into the list

        def at_the_end ():
            self.desk.display.key ('End')
            return last in rows ()
        wait_until (at_the_end, 'the last of the people')
        self.assertEqual (len (rows ()), 40)

    def test_refused (self):
        """What cannot be kept is told in place, and the dialog stays with what was typed: no address, a bad one, a name twice."""
        self.add ('Karim', '')
        self.anna.wait_for ('Where shall they be called? Type an address, or paste the link that they gave you.')
        self.desk.display.type ('no such place')
        self.desk.display.key ('Return')
        wait_until (lambda: any ('“no such place” is not an address' in node.get_name () for node in self.anna.every ()), 'a sentence in place')
        self.desk.display.key ('ctrl+a')
        self.desk.display.type ('karim.invalid')
        self.desk.display.key ('Return')
        self.anna.wait_gone ('Address or link')
        self.anna.wait_for ('Karim', 'list item')
        self.add ('karim', 'other.invalid')
        wait_until (lambda: any ('There is already somebody called' in node.get_name () for node in self.anna.every ()), 'a sentence in place')
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('Address or link')
        self.assertEqual (list (self.known ()), ['Karim'])

    def test_link_fills_in (self):
        """A link that somebody gave says their name, where they are and who they are."""
        identity = self.desk.person ('Bob', 1040)
        self.addCleanup (identity.close)
        self.anna.key ('ctrl+shift+n')
        self.anna.wait_dialog ('Address or link')
        self.desk.display.key ('Tab')
        self.desk.display.type (f'visavis:{identity.id}@{identity.address}?name=Bob%20B')
        self.desk.display.key ('Return')
        self.anna.wait_for ('Bob B', 'list item')
        self.assertEqual (self.known ()['Bob B']['id'], identity.id)

    def test_other_program (self):
        """Whom the command line adds stands in the list of the running program at once, and goes with it."""
        for words, there in ((('add', 'Max', 'max.invalid'), True), (('remove', 'Max'), False)):
            with cli (self.anna.profile, 'people', *words, media=None) as program:
                program.wait (0)
            wait_until (lambda there=there: ('Max' in self.names ()) == there, f'what “people {words[0]}” did')

    def test_favourite (self):
        """Favourites stand on top, under a heading of their own."""
        self.add ('Karim', 'karim.invalid')
        self.anna.wait_for ('Karim', 'list item')
        self.add ('Anton', 'anton.invalid')
        wait_until (lambda: self.names () == ['Anton', 'Karim'], self.names)
        self.menu ('Karim', 'Favourite')
        wait_until (lambda: self.names () == ['Karim', 'Anton'], self.names)
        self.anna.wait_text ('Favourites')
        self.menu ('Karim', 'Remove from favourites')
        self.anna.wait_gone ('Favourites')
        self.assertEqual (self.names (), ['Anton', 'Karim'])

    def test_page (self):
        """The page of a person tells all about them, follows a change of name, and calls."""
        self.add ('Karim', '127.0.0.1:1')
        self.anna.click ('All about Karim')
        self.anna.wait_text ('You have not talked yet')
        self.anna.wait_text ('127.0.0.1:1')
        self.menu ('Karim', 'Change…')
        self.anna.wait_dialog ('Address or link')
        self.desk.display.key ('ctrl+a')
        self.desk.display.type ('Karim B')
        self.desk.display.key ('Return')
        self.anna.wait_gone ('Address or link')
        wait_until (lambda: self.anna.texts ().count ('Karim B') >= 2, 'list and page to have the new name')
        self.anna.click ('Call')
        self.anna.wait_text ('Nobody answers at 127.0.0.1:1. Is Visavis running there, and does it take calls?')
        self.anna.key ('Escape')
        self.anna.wait_text ('Call somebody')

    def code (self, person, other):
        """Opens the page about the other, and tells the code that stands there."""
        person.focus ()
        person.click (f'All about {other.name}')
        person.click ('Compare codes…')
        person.wait_dialog ('They are the same')
        return next (text for text in person.texts () if re.fullmatch (r'[0-9 \n]{30,}', text))

    def test_codes (self):
        """Two people compare the code that both see; then each is verified to the other."""
        bob = self.desk.person ('Bob', 1040)
        self.addCleanup (bob.close)
        for person, other in ((self.anna, bob), (bob, self.anna)):
            self.add (other.name, f'visavis:{other.id}@{other.address}', person)
            person.wait_for (other.name, 'list item')
        code = self.code (self.anna, bob)
        self.assertEqual (len (re.sub (r'[^0-9]', '', code)), 30)
        self.anna.click ('They are the same')
        self.anna.wait_for ('Bob is verified now. From now on only who has this key is Bob to you.')
        self.assertEqual (self.known ()['Bob']['trust'], 'verified')
        self.assertEqual (self.code (bob, self.anna), code)
        bob.click ('They differ')
        bob.wait_gone ('They differ')
        with cli (bob.profile, 'people', media=None) as program:
            program.wait (0)
            self.assertEqual (program.named ('person')[0]['trust'], 'unknown')

    def test_history (self):
        """A missed call is told by a number on the button, is found among what was lately, and is missed no more when it was looked at; it can be
        deleted."""
        with cli (self.desk.home / 'bob', 'call', self.anna.address, '--identifier', 'Bob') as caller:
            self.anna.report.wait_event ('request')
            self.anna.wait_for ('Bob is calling', 'dialog')
            caller.stop ()
        self.anna.wait_gone ('Bob is calling', 'dialog')
        self.anna.wait_for ('1 missed call')
        self.anna.key ('ctrl+r')
        self.anna.wait_text ('Recent')
        self.anna.wait_text ('Missed call')
        self.anna.wait_gone ('1 missed call')
        self.anna.click ('Delete “Missed call” from the history')
        self.anna.wait_gone ('Missed call', 'label')
        self.anna.wait_text ('Nothing yet.')
        self.anna.key ('Escape')
        self.anna.wait_text ('Call somebody')

    def test_block_and_remove (self):
        """A blocked person is not in the list, and does not ring; a removed one is forgotten."""
        self.add ('Karim', 'karim.invalid')
        self.add ('Zoe', 'zoe.invalid')
        self.anna.wait_for ('Zoe', 'list item')
        self.menu ('Karim', 'Block…')
        self.anna.wait_dialog ('Block Karim?')
        self.desk.display.key ('Escape')
        self.anna.wait_gone ('Block Karim?')
        self.anna.wait_for ('Karim', 'list item')
        self.menu ('Karim', 'Block…')
        self.anna.wait_dialog ('Block Karim?')
        self.desk.display.key ('alt+b')
        self.anna.wait_gone ('Karim', 'list item')
        self.assertIn ('Karim', self.known ())
        self.menu ('Zoe', 'Remove…')
        self.anna.wait_dialog ('Remove Zoe?')
        self.desk.display.key ('alt+r')
        self.anna.wait_gone ('Zoe', 'list item')
        self.assertNotIn ('Zoe', self.known ())
        self.anna.wait_text ('The people you talk to will appear here.')


if __name__ == '__main__':
    main ()
