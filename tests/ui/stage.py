# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the scenes play: Anna with her window in one look, whoever else a scene needs, and the camera."""

import contextlib
import shutil

import film
import procs
from desk import HEIGHT, WIDTH, Desk, wait_until

# How the program can look: what its environment, its size and its people are.
LOOKS = {
    '': {},
    'dark': {'env': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}},
    'contrast': {'env': {'ADW_DEBUG_HIGH_CONTRAST': '1'}},
    'narrow': {'size': (360, 640)},
    'french': {'env': {'LANGUAGE': 'fr'}},
    'large-text': {'dpi': 144},
    'right-to-left': {'env': {'LANGUAGE': 'he'}},
}
PEOPLE = (('Grand-mère', '192.0.2.21:7667'), ('Jo van den Berg', 'jo.example'), ('Sofia', '192.0.2.7:7667'))

AWAY = (WIDTH + 200, HEIGHT + 20)  # where the pointer lies on nothing


class Stage:
    def __init__ (self, desk, look='', settings=None, media=None, env=None, people=None):
        self.desk = desk
        self.settings = settings
        self.media = media
        self.env = env or {}
        self.people = PEOPLE if people is None else people
        self.look = LOOKS[look]
        self.pointer = None  # two places: it goes from one to the other before each picture
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        self.home = self.stack.enter_context (procs.folder ())
        self.desk.display.run (['xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', f'Xft.dpi: {self.look.get ("dpi", 96)}'])
        self.move_pointer (AWAY)
        if self.look.get ('env', {}).get ('LANGUAGE') == 'he':
            self.add_language ('he')
        self.anna = self.desk.person ('Anna Berg', env={**self.look.get ('env', {}), **self.env}, arguments=['--media', self.media or self.film ('anna')],
                                      settings=self.settings, prepare=self.add_people)
        self.stack.callback (self.anna.close)
        self.fit (*self.look.get ('size', (WIDTH, HEIGHT)))
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def add_language (self, language):
        """GLib lets GTK speak a language, and write in its direction, only where the program speaks it too: a catalogue without words is enough."""
        folder = procs.BUILD / 'po' / language
        (folder / 'LC_MESSAGES').mkdir (parents=True, exist_ok=True)
        self.stack.callback (shutil.rmtree, folder)
        words = self.home / f'{language}.po'
        words.write_text (f'msgid ""\nmsgstr "Language: {language}\\nContent-Type: text/plain; charset=UTF-8\\n"\n')
        self.desk.display.run (['msgfmt', '-o', folder / 'LC_MESSAGES/visavis.mo', words])

    def french (self):
        return self.look.get ('env', {}).get ('LANGUAGE') == 'fr'

    # who else there is

    def film (self, name):
        path = self.desk.home / f'{name}.webm'
        return path if path.exists () else film.make (getattr (film, name.upper ()), path)

    def other (self, name, *words, media=None, **options):
        """visavis-cli with another person's picture, key and name."""
        profile = self.home / name
        profile.mkdir (exist_ok=True)
        (profile / 'settings.ini').write_text (f"[org/visavis/Visavis]\nidentifier='{name}'\nfirst-start-done=true\n")
        return self.stack.enter_context (procs.cli (profile, *words, media=media or self.film ('karim'), name=name, **options))

    def karim (self, *words, **options):
        return self.other ('Karim', *words, **options)

    def karim_answers (self, *words, **options):
        karim = self.karim ('--listen', '127.0.0.1:0', 'answer', *(words or ('--anyone',)), stdin=True, **options)
        return karim, karim.wait_event ('listening')['address']

    def add_people (self, profile):
        for name, address in self.people:
            with procs.cli (profile, 'people', 'add', name, address, media=None) as program:
                program.wait (0)

    def run (self, *arguments):
        """As a shell or the desktop starts the program again."""
        with procs.Process ([procs.APP, '--profile', self.anna.profile, *arguments], env=self.desk.display.env) as second:
            second.wait (0)

    # windows, pointer and camera

    def move_pointer (self, place):
        self.desk.display.run (['xdotool', 'mousemove', *place])

    def frame (self):
        """How broad the frame is that GTK draws around each window where the window manager knows no shadows."""
        return max (0, (self.geometry (self.anna.window)[2] - wait_until (self.anna.root, 'the window’s tree').get_child_at_index (0).extents ()[2]) // 2)

    def geometry (self, window):
        shell = self.desk.display.run (['xdotool', 'getwindowgeometry', '--shell', window])
        fields = dict (line.split ('=') for line in shell.split ())
        return tuple (int (fields[key]) for key in ('X', 'Y', 'WIDTH', 'HEIGHT'))

    def fit (self, width, height):
        """The window at the corner where pictures are taken, of that size without its frame."""
        frame = self.frame ()
        self.anna.resize (width + 2 * frame, height + 2 * frame)

    def fit_dialog (self, before):
        """The window that came since covers the main one, and has the keys."""
        window = wait_until (lambda: set (self.desk.display.windows (self.anna.program.pid)) - before, 'a window').pop ()
        self.desk.display.place (window, 0, 0, self.anna.width, self.anna.height)
        self.desk.display.run (['xdotool', 'windowactivate', '--sync', window])

    def arrange (self):
        """Each dialog in the middle of the main window, as a desktop puts it, and no larger than that, as on the screen of a telephone; and nothing below
        the pointer that a scene does not want there."""
        if self.pointer is None:
            self.move_pointer (AWAY)
        _, _, width, height = self.geometry (self.anna.window)
        managed = self.desk.display.run (['xprop', '-root', '_NET_CLIENT_LIST']).partition ('#')[2]
        mine = {int (window) for window in self.desk.display.windows (self.anna.program.pid)} - {int (self.anna.window)}
        for window in {int (word, 16) for word in managed.split (',') if word.strip ()} & mine:
            _, _, wide, tall = self.geometry (window)
            if wide > width or tall > height:
                wide, tall = min (wide, width), min (tall, height)
                self.desk.display.place (window, 0, 0, wide, tall)
            self.desk.display.run (['xdotool', 'windowmove', window, (width - wide) // 2, (height - tall) // 2])

    def picture (self, path):
        """Anna's window and what lies over it, as a PNG file."""
        if self.pointer is not None:
            self.pointer = self.pointer[::-1]
            self.move_pointer (self.pointer[0])
        x, y, width, height = self.geometry (self.anna.window)
        frame = self.frame ()
        self.desk.display.run (['import', '-window', 'root', '-crop', f'{width - 2 * frame}x{height - 2 * frame}+{x + frame}+{y + frame}', '+repage', path])


def desk (composited=False):
    """composited: what is transparent is seen so, where there is a program for that."""
    made = Desk ()
    if not composited or shutil.which ('xcompmgr') is None:
        return made
    return CompositedDesk ()


class CompositedDesk (Desk):
    def __enter__ (self):
        super ().__enter__ ()
        self.stack.enter_context (procs.Process (['xcompmgr', '-n'], env=self.display.env))
        return self
