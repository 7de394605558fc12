# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each control on each page and dialog has a name for a screen reader."""

import re
import unittest

import scenes
from stage import desk
from tap import main

CONTROLS = {'push button', 'toggle button', 'text', 'password text', 'entry', 'check box', 'radio button', 'slider', 'spin button', 'combo box',
            'list item', 'link', 'menu item', 'check menu item', 'radio menu item', 'page tab', 'table cell', 'tree item'}
# Buttons inside windows that are GTK's and libadwaita's own, which have no name there in the oldest versions that we run with: the search in the window
# of the keys, the version in the window about the program, the eye that shows a passphrase; and in rows with a choice (which have a name) the list that shows what is chosen.
PREFERENCES = ('preferences-', 'blocked', 'bring-back', 'save-a-copy')
FOREIGN = {'shortcuts': "push button 'GtkImage' in ", 'about': "push button 'GtkButton' in ",
           **{name: ("list item '' in ", "push button 'GtkImage' in application/Bring back a saved copy?/",
                     "push button 'GtkImage' in application/Save a copy of your profile/") for name in scenes.SCENES
              if name.startswith (PREFERENCES)}}
AT_MOST = 6  # choices in the preferences
# GTK gives the type of a widget that has no name.
TYPE_NAME = re.compile (r'(?:Gtk|Adw|Vav|Gdk)[A-Z]\w+')


class Names (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (desk ())

    def walk (self, name, look):
        """The controls that the page shows, and those of them without a name."""
        with scenes.played (self.desk, name, look) as stage:
            found = [(node.get_role_name (), node.get_name (), self.way (node)) for node in stage.anna.every ()
                     if node.get_role_name () in CONTROLS and stage.anna.shows (node)]
        return found, [f'{role} {text!r} in {path}' for role, text, path in found if not text.strip () or TYPE_NAME.fullmatch (text.strip ())]

    @staticmethod
    def way (node):
        names = []
        while node.parent is not None:
            node = node.parent
            names.insert (0, node.get_name () or node.get_role_name ())
        return '/'.join (names)

    def check (self, names):
        for name in names:
            function, looks = scenes.SCENES[name]
            if not function.walked:
                continue
            with self.subTest (scene=name):
                try:
                    found, nameless = self.walk (name, looks[0])
                except unittest.SkipTest as reason:
                    print (f'the scene {name} was not walked: {reason}', flush=True)
                    continue
                self.assertGreaterEqual (len (found), 3, found)
                foreign = [line for line in nameless if name in FOREIGN and line.startswith (FOREIGN[name])]
                self.assertLessEqual (len (foreign), AT_MOST if name.startswith (PREFERENCES) else 1, foreign)
                self.assertEqual ([line for line in nameless if line not in foreign], [])

    def test_even (self):
        """A6: On every page and in every dialog, each button, entry, switch, row and menu item that shows has a name: 0 of ours without. (Every second one.)"""
        self.check (list (scenes.SCENES)[::2])

    def test_odd (self):
        """A6: On every page and in every dialog, each button, entry, switch, row and menu item that shows has a name: 0 of ours without. (The others.)"""
        self.check (list (scenes.SCENES)[1::2])


if __name__ == '__main__':
    main ()
