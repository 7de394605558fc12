# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one does beside talking while a call runs, and what is told when it goes wrong, in the real program."""

import signal
import time
import unittest
from pathlib import Path

from desk import WIDTH, Desk, Picture, apart, hue_of, wait_until
from procs import cli, folder
from tap import main


class InCall (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        cls.desk = cls.enterClassContext (Desk ())

    def setUp (self):
        self.home = self.enterContext (folder ())

    def person (self, name, x=0, **options):
        """With a home of their own, in which pictures have their folder and a file manager writes down what it is asked to open."""
        (self.home / 'config').mkdir (exist_ok=True)
        (self.home / 'data/applications').mkdir (parents=True, exist_ok=True)
        (self.home / 'config/user-dirs.dirs').write_text (f'XDG_PICTURES_DIR="{self.home}/Images"\n')
        (self.home / 'config/mimeapps.list').write_text ('[Default Applications]\ninode/directory=folders.desktop\n')
        manager = self.home / 'folders'
        manager.write_text (f'#!/bin/sh\necho "$1" > {self.home}/opened.part\nmv {self.home}/opened.part {self.home}/opened\n')
        manager.chmod (0o755)
        (self.home / 'data/applications/folders.desktop').write_text (
            f'[Desktop Entry]\nType=Application\nName=Folders\nExec={manager} %u\nMimeType=inode/directory;\n')
        person = self.desk.person (name, x, env={'HOME': self.home, 'XDG_CONFIG_HOME': self.home / 'config',
                                                 'XDG_DATA_HOME': self.home / 'data'}, **options)
        self.addCleanup (person.close)
        return person

    def menu (self, person, entry, key):
        """By its letter: a menu may stand out of the window, and then is not where the program says. What follows is waited for at once, as it may be
        told for seconds only."""
        # the controls come back when the pointer moves
        self.desk.display.run (['xdotool', 'mousemove', person.x + 90, 260, 'mousemove', person.x + 100, 280])
        person.click ('More')
        person.wait_for (entry, 'menu item')
        self.desk.display.key (key)

    def wait_starts (self, person, beginning):
        """A text on the screen that begins so."""
        def there ():
            return any (node.get_name ().startswith (beginning) for node in person.every (backwards=True))
        wait_until (there, f'{beginning!r} at {person.name}')

    def pictures (self):
        return sorted (path for path in (self.home / 'Images/Visavis').glob ('*.png') if path.stat ().st_size > 10)

    def look (self, path):
        self.desk.display.run (['convert', path, '-depth', 8, self.home / 'look.ppm'])
        return Picture (self.home / 'look.ppm')

    def test_picture_saved (self):
        """The other side's picture is kept by the menu of the call: whole, as a PNG file named after who it shows and when, in a place where no name of
        theirs can lead elsewhere, and over no other file; a button opens the folder."""
        anna = self.person ('Anna Berg')
        profile = self.home / 'karim'
        profile.mkdir ()
        (profile / 'settings.ini').write_text ("[org/visavis/Visavis]\nidentifier='../Karim: B'\n")
        with cli (profile, 'identity', media=None) as program:
            identity = program.wait_event ('identity')['id']
        with cli (profile, '--listen', '127.0.0.1:0', 'answer', '--anyone') as karim:
            anna.type_address (karim.wait_event ('listening')['address'])
            anna.report.wait_event ('first-frame')
            # each name that could be taken in the next minute is
            images = self.home / 'Images/Visavis'
            images.mkdir (parents=True)
            for seconds in range (60):
                when = time.strftime ('%Y-%m-%d %H-%M-%S', time.localtime (time.time () + seconds))
                (images / f'Karim  B {when}.png').write_text ('taken')
            self.menu (anna, 'Save a picture', 's')
            anna.click_node (wait_until (lambda: anna.find ('Open folder', 'label', backwards=True), 'a way to the folder'))
            wait_until ((self.home / 'opened').exists, 'the folder to be opened')
            self.assertEqual ((self.home / 'opened').read_text ().strip (), str (images))
            wait_until (self.pictures, 'the picture')
            self.assertEqual (len (self.pictures ()), 1)
            self.assertRegex (self.pictures ()[0].name, r'^Karim  B \d{4}-\d\d-\d\d \d\d-\d\d-\d\d \(2\)\.png$')
            picture = self.look (self.pictures ()[0])
            whole = (0, 0, picture.width, picture.height)
            self.assertIsNotNone (picture.code (whole))
            self.assertLess (apart (picture.hue ((0, 0, picture.width, picture.height // 2)), hue_of (identity)), 20)
            self.assertEqual ({path.read_text () for path in images.glob ('*.png') if path not in self.pictures ()}, {'taken'})

    def test_not_saved (self):
        """A picture that cannot be written is told of, with the reason, and the call goes on."""
        (self.home / 'Images').write_text ('a file where the folder should be')
        anna = self.person ('Anna Berg')
        with cli (self.home / 'karim', '--listen', '127.0.0.1:0', 'answer', '--anyone') as karim:
            anna.type_address (karim.wait_event ('listening')['address'])
            anna.report.wait_event ('first-frame')
            self.menu (anna, 'Save a picture', 's')
            self.wait_starts (anna, 'The picture could not be saved. ')
            mark = anna.report.mark ()
            anna.report.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 0, since=mark)

    def test_buttons (self):
        """W14, W15, A2: Microphone, camera and hold by click: each side reads what there is to know, and it goes on at the second click."""
        anna, karim = self.person ('Anna Berg'), self.person ('Karim', WIDTH + 40)
        anna.type_address (karim.address)
        karim.click ('Accept')
        anna.report.wait_event ('first-frame')
        karim.report.wait_event ('first-frame')
        for button, words, own in (('Microphone', 'Anna Berg’s microphone is off', None), ('Camera', 'Anna Berg’s camera is off', None),
                                   ('Hold', 'Anna Berg has put you on hold', 'On hold')):
            with self.subTest (button=button):
                tooltip = anna.wait_for (button, 'push button').get_description ()
                anna.click (button)
                karim.wait_text (words)
                if own:
                    anna.wait_text (own)
                wait_until (lambda: anna.wait_for (button, 'push button').get_description () not in (tooltip, ''), 'the button to tell what it does now')
                mark = karim.report.mark ()
                anna.click (button)
                karim.wait_gone (words)
                wait_until (lambda: anna.wait_for (button, 'push button').get_description () == tooltip, 'the button to be as it was')
        karim.report.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 0, since=mark)

    def test_reconnecting (self):
        """N7, A7: When nothing comes any more from the other side, the window says so, and keeps its last picture, blurred; when it is back the words go, and
        the picture moves and is sharp."""
        anna = self.person ('Anna Berg')
        with cli (self.home / 'karim', '--listen', '127.0.0.1:0', 'answer', '--anyone') as karim:
            hue = hue_of (karim.wait_event ('listening')['id'])
            anna.type_address (karim.wait_event ('listening')['address'])
            anna.report.wait_event ('first-frame')

            def sees (sharp):
                picture, area = self.desk.screenshot (), anna.extents (anna.wait_for ('Picture of the other side'))
                here = picture.hue ((area[0], area[1] + area[3] // 4, area[2], area[3] // 4))
                return here is not None and apart (here, hue) < 20 and (picture.code (area) is not None) == sharp

            wait_until (lambda: sees (sharp=True), 'the picture')
            karim.send_signal (signal.SIGSTOP)
            try:
                anna.wait_text ('Reconnecting…')
                wait_until (lambda: sees (sharp=False), 'the last picture, blurred')
                self.assertEqual (anna.report.named ('ended'), [])
            finally:
                karim.send_signal (signal.SIGCONT)
            anna.wait_gone ('Reconnecting…')
            wait_until (lambda: sees (sharp=True), 'the picture again')
            self.assertEqual (anna.report.named ('ended'), [])

    def test_corner_is_kept (self):
        """Where one moved one's own picture it stands in the next call, too, and after a start."""
        anna, karim = self.person ('Anna Berg'), self.person ('Karim', WIDTH + 40)
        anna.type_address (karim.address)
        karim.click ('Accept')
        own = anna.wait_for ('Your own picture')
        wait_until (lambda: anna.extents (own)[0] > 500, 'the own picture to stand at the end')
        x, y, width, height = anna.wait_rests (own)
        self.desk.display.run (['xdotool', 'mousemove', x + width // 2, y + height // 2, 'mousedown', 1, 'mousemove', x - 200, y + 50,
                                'mousemove', 200, y + 50, 'mouseup', 1])
        wait_until (lambda: anna.extents (own)[0] < 300, 'the own picture to stand at the start')
        settings = Path (anna.profile) / 'settings.ini'
        wait_until (lambda: "own-corner='bottom-start'" in settings.read_text (), 'the corner to be kept')
        anna.key ('ctrl+h')
        karim.ended ()
        again = self.person ('Anna B', settings={'own-corner': "'top-start'"})
        again.type_address (karim.address)
        karim.click ('Accept')
        own = again.wait_for ('Your own picture')
        wait_until (lambda: max (again.extents (own)[:2]) < 300 and again.extents (own)[2] < 500, 'the own picture to stand at the top')

    def shape (self, person):
        text = self.desk.display.run (['xdotool', 'getwindowgeometry', '--shell', person.window])
        fields = dict (line.split ('=') for line in text.split ())
        return int (fields['WIDTH']), int (fields['HEIGHT'])

    def test_small (self):
        """In a call the window is made small by the menu and by a key, and large again by the key and by the end of the call; the small size is not kept."""
        anna, karim = self.person ('Anna Berg'), self.person ('Karim', WIDTH + 40)
        anna.resize (900, 650)
        wait_until (lambda: self.shape (anna) == (900, 650), 'another size than that of the first start')
        large = self.shape (anna)
        anna.key ('ctrl+m')
        anna.type_address (karim.address)
        karim.click ('Accept')
        anna.wait_for ('Your own picture')
        self.assertEqual (self.shape (anna), large)  # there was no call yet
        self.menu (anna, 'Small window', 'w')
        wait_until (lambda: self.shape (anna)[0] <= 420 and self.shape (anna)[1] <= 360, 'the window to be small')
        self.assertIsNotNone (anna.find ('Hang up', 'push button'))
        anna.key ('ctrl+m')
        wait_until (lambda: self.shape (anna) == large, 'the window to be large again')
        anna.key ('ctrl+m')
        wait_until (lambda: self.shape (anna)[0] <= 420, 'the window to be small by the key')
        karim.key ('ctrl+h')
        wait_until (lambda: self.shape (anna) == large, 'the window to be large after the call')

        anna.type_address (karim.address)
        anna.wait_for ('Hang up', 'push button')
        anna.key ('ctrl+m')
        wait_until (lambda: self.shape (anna)[0] <= 420, 'the window to be small in the second call')
        anna.key ('ctrl+q')
        anna.program.wait (0)
        self.assertIn (f'window-width={large[0]}\n', (anna.profile / 'settings.ini').read_text ())

    def known (self, person):
        """The people as they are kept, by name."""
        with cli (person.profile, 'people', media=None) as program:
            program.wait (0)
            return {event['name']: event for event in program.named ('person')}

    def test_another_key (self):
        """Where a known person was another key answers, as after their computer was set up anew: no call is made, nothing offers to try again, and what happened
        and what to do stands there in words. After the codes were compared the person can be called."""
        with cli (self.home / 'old', 'identity', media=None) as program:
            old = program.wait_event ('identity')['id']
        with cli (self.home / 'new', 'identity', media=None) as program:
            new = program.wait_event ('identity')['id']
        with cli (self.home / 'new', '--listen', '127.0.0.1:0', 'answer', '--anyone') as karim:
            address = karim.wait_event ('listening')['address']

            def add (profile):
                with cli (profile, 'people', 'add', 'Karim', f'visavis:{old}@{address}', media=None) as program:
                    program.wait (0)
            anna = self.person ('Anna Berg', prepare=add)

            def answer (button, key):
                """By the button's letter, in the dialog that has the keys."""
                anna.wait_for (button)
                wait_until (lambda: self.desk.display.run (['xdotool', 'getactivewindow']).strip () != str (anna.window), 'the dialog to have the keys')
                self.desk.display.key (key)
            anna.click_node (anna.wait_for ('Karim', 'list item'))
            self.assertEqual (anna.ended ()['reason'], 'untrusted')
            anna.wait_for ('Another key answered in place of Karim')
            self.assertIsNone (anna.find ('Call again', 'push button'))
            self.assertEqual (karim.named ('request'), [])
            answer ('Compare codes…', 'alt+c')
            anna.wait_gone ('Another key answered in place of Karim')
            anna.wait_dialog ('They differ')
            anna.click ('They differ')
            wait_until (lambda: any ('it may be somebody else who answers in the place of Karim' in node.get_name () for node in anna.every ()), 'what it means')
            self.assertEqual (self.known (anna)['Karim']['id'], old)
            self.desk.display.key ('Escape')
            anna.wait_gone ('Compare codes', 'frame')

            mark = anna.report.mark ()
            anna.click_node (anna.wait_for ('Karim', 'list item'))
            anna.ended (mark)
            answer ('Compare codes…', 'alt+c')
            anna.wait_gone ('Another key answered in place of Karim')
            anna.wait_dialog ('They are the same')
            anna.click ('They are the same')
            anna.wait_for ('Karim is verified now. From now on only who has this key is Karim to you.')
            self.assertEqual ((self.known (anna)['Karim']['id'], self.known (anna)['Karim']['trust']), (new, 'verified'))
            self.desk.display.key ('Escape')
            anna.wait_gone ('Compare codes', 'frame')
            anna.click_node (anna.wait_for ('Karim', 'list item'))
            karim.wait_event ('first-frame')

    def test_blocked (self):
        """Who is not known can be blocked on the card: they are turned away, and do not ring again; undone at once, they do."""
        anna = self.person ('Anna Berg')
        profile = self.home / 'zoe'
        with cli (profile, 'call', anna.address) as zoe:
            anna.click ('Block this caller')
            self.assertEqual (zoe.wait_event ('ended')['reason'], 'declined')
        anna.click ('Undo', 'label')
        wait_until (lambda: not self.known (anna), 'nobody to be kept')
        mark = anna.report.mark ()
        with cli (profile, 'call', anna.address) as zoe:
            anna.report.wait_event ('request', since=mark)
            anna.click ('Block this caller')
            zoe.wait_event ('ended')
        mark = anna.report.mark ()
        with cli (profile, 'call', anna.address) as zoe:
            zoe.wait_event ('ended')
        self.assertIsNone (anna.find ('Block this caller'))
        self.assertEqual ([event for event in anna.report.events[mark:] if event['event'] == 'request'], [])

    def test_blocked_after_all (self):
        """Who was added while their card was there, and is blocked on it, stays among the people when that is undone."""
        anna = self.person ('Anna Berg')
        mark = anna.report.mark ()
        with cli (self.home / 'zoe', 'call', anna.address) as zoe:
            link = f'visavis:{anna.report.wait_event ("request", since=mark)["id"]}@127.0.0.1:7667'
            anna.wait_for ('Block this caller')
            with cli (anna.profile, 'people', 'add', 'Zoe', link, media=None) as program:
                program.wait (0)
            anna.wait_for ('Zoe', 'list item')
            anna.click ('Block this caller')
            zoe.wait_event ('ended')
        anna.wait_gone ('Zoe', 'list item')
        anna.click ('Undo', 'label')
        anna.wait_for ('Zoe', 'list item')


if __name__ == '__main__':
    main ()
