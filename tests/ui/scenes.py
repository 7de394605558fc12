# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages and dialogs of the program, each brought up in the real program: for pictures (screenshots.py) and for the walk over the names of
controls (test-ui-names.py). A new page or dialog is a function below with @scene; a new look is a line in LOOKS.

    @scene ('preferences')
    def preferences (stage):
        stage.anna.click ('Preferences')
        stage.anna.wait_for ('Preferences')
"""

import contextlib

import film
import procs
from desk import Desk, wait_until

# How the program can look: what its environment, its size and its people are.
LOOKS = {
    '': {},
    'dark': {'env': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}},
    'contrast': {'env': {'ADW_DEBUG_HIGH_CONTRAST': '1'}},
    'narrow': {'size': (360, 640)},
    'french': {'env': {'LANGUAGE': 'fr'}},
    'large-text': {'dpi': 144},
}
PEOPLE = (('Karim', '192.0.2.7:7667'), ('Grand-mère', '192.0.2.21:7667'), ('Jo van den Berg', 'jo.example'))

NOTHING = {'PIPEWIRE_RUNTIME_DIR': '/nonexistent', 'PULSE_SERVER': 'unix:/nonexistent/pulse'}  # no camera, microphone or speaker

SCENES = {}


def scene (name, looks=('',), settings=None, media=None, env=None):
    """A page in its looks: all that are worth a picture of their own. The first one is walked over for names. settings: lines of Anna's file; media:
    where her picture and sound come from, if not from a film; env: what her program finds besides."""
    def add (function):
        function.anna = {'settings': settings, 'media': media, 'env': env}
        SCENES[name] = (function, looks)
        return function
    return add


class Stage:
    """Anna with her window in one look, and whoever else a scene needs."""

    def __init__ (self, desk, look='', settings=None, media=None, env=None):
        self.desk = desk
        self.settings = settings
        self.media = media
        self.env = env or {}
        self.look = LOOKS[look]
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        self.home = self.stack.enter_context (procs.folder ())
        self.desk.display.run (['xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', f'Xft.dpi: {self.look.get ("dpi", 96)}'])
        self.anna = self.desk.person ('Anna Berg', env={**self.look.get ('env', {}), **self.env}, arguments=['--media', self.media or self.film ('anna')],
                                      settings=self.settings, prepare=self.add_people)
        self.stack.callback (self.anna.close)
        if 'size' in self.look:
            self.anna.resize (*self.look['size'])
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def film (self, name):
        path = self.desk.home / f'{name}.webm'
        return path if path.exists () else film.make (getattr (film, name.upper ()), path)

    def karim (self, *words, **options):
        """visavis-cli with another person's picture and name."""
        profile = self.home / 'karim'
        profile.mkdir (exist_ok=True)
        (profile / 'settings.ini').write_text ("[org/visavis/Visavis]\nidentifier='Karim'\nfirst-start-done=true\n")
        return self.stack.enter_context (procs.cli (profile, *words, media=self.film ('karim'), name='Karim', **options))

    def karim_answers (self, *words):
        karim = self.karim ('--listen', '127.0.0.1:0', 'answer', *(words or ('--anyone',)), stdin=True)
        return karim, karim.wait_event ('listening')['address']

    def add_people (self, profile):
        for name, address in PEOPLE:
            with procs.cli (profile, 'people', 'add', name, address, media=None) as program:
                program.wait (0)

    def run (self, *arguments):
        """As a shell or the desktop starts the program again."""
        with procs.Process ([procs.APP, '--profile', self.anna.profile, *arguments], env=self.desk.display.env) as second:
            second.wait (0)

    def picture (self, path):
        """What of the screen is Anna's, as a PNG file."""
        self.desk.display.run (['import', '-window', 'root', '-crop', f'{self.anna.width}x{self.anna.height}+0+0', '+repage', path])


@scene ('start', ('', 'dark', 'narrow', 'french', 'contrast', 'large-text'))
def start (stage):
    stage.anna.wait_for (stage.anna.address, 'label')


@scene ('calling', ('', 'dark', 'narrow'))
def calling (stage):
    karim, address = stage.karim_answers ('--ask')
    stage.run (address)
    karim.wait_event ('request')
    stage.anna.wait_text ('Ringing…')


@scene ('incoming', ('', 'dark', 'narrow', 'french'))
def incoming (stage):
    stage.karim ('call', stage.anna.address, '--data', 'Do you have a minute?')
    stage.anna.report.wait_event ('request')
    stage.anna.wait_for ('Karim', 'label')


@scene ('call', ('', 'dark', 'narrow', 'french', 'large-text'))
def call (stage):
    call_him (stage, *stage.karim_answers ())


def call_him (stage, karim, address):
    stage.run (address)
    karim.wait_event ('first-frame')
    stage.anna.report.wait_event ('first-frame')
    mark = karim.mark ()
    karim.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 3, since=mark)
    # the controls come back when the pointer moves
    stage.desk.display.run (['xdotool', 'mousemove', 90, 260, 'mousemove', 100, 280])
    stage.anna.wait_for ('Hang up' if stage.look.get ('env', {}).get ('LANGUAGE') != 'fr' else 'Raccrocher', 'push button')


@scene ('camera-off')
def camera_off (stage):
    call (stage)
    stage.anna.key ('v')
    stage.anna.report.wait_event ('stats')


@scene ('failed', ('', 'narrow'))
def failed (stage):
    stage.run ('127.0.0.1:9')
    stage.anna.ended ()
    stage.anna.wait_for ('Call again', 'push button')


@scene ('link', ('', 'dark', 'narrow'))
def link (stage):
    stage.run ('--link', 'visavis:192.0.2.7:7667?name=Karim')
    stage.anna.wait_for ('Call somebody you don’t know?')


@scene ('menu')
def menu (stage):
    stage.anna.key ('F10')
    stage.anna.wait_for ('Quit', 'menu item')


@scene ('shortcuts', ('', 'dark'))
def shortcuts (stage):
    stage.anna.key ('ctrl+F1')
    stage.anna.wait_text ('Microphone on or off')


@scene ('about')
def about (stage):
    stage.desk.display.run (['gapplication', 'action', 'org.visavis.Visavis', 'about'])
    stage.anna.wait_text ('The Visavis developers')


def window_of (stage, before):
    """The window that came since, at the corner where pictures are taken, with the keys."""
    anna = stage.anna
    window = wait_until (lambda: set (stage.desk.display.windows (anna.program.pid)) - before, 'a window').pop ()
    stage.desk.display.place (window, 0, 0, anna.width, anna.height)
    stage.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
    return window


def preferences (position):
    """A page of the preferences, by its place among them."""
    def play (stage):
        before = set (stage.desk.display.windows (stage.anna.program.pid))
        stage.anna.key ('ctrl+comma')
        window_of (stage, before)
        tabs = wait_until (lambda: [node for node in stage.anna.every () if node.get_role_name () == 'page tab'][:5], 'the pages')
        tabs[position].act ()
    return play


for place, page in enumerate (('you', 'devices', 'network', 'privacy', 'profile')):
    scene (f'preferences-{page}', ('', 'dark', 'narrow', 'french'))(preferences (place))


def first_start (place):
    """One of its steps: each shows controls that the one before does not."""
    def play (stage):
        anna = stage.anna
        window = wait_until (lambda: stage.desk.display.windows (anna.program.pid)[1:], 'the first start')[-1]
        stage.desk.display.run (['xdotool', 'windowactivate', '--sync', window])
        for _ in range (place):
            before = shown (anna)
            stage.desk.display.key ('Return')
            wait_until (lambda before=before: shown (anna) - before, 'the next step')
    return play


def shown (person):
    return {node.get_name () for node in person.every () if node.get_role_name () in ('push button', 'combo box') and person.extents (node)[2] > 0}


for place, step in enumerate (('name', 'devices', 'call')):
    scene (f'first-start-{step}', ('', 'dark', 'french'), settings={'first-start-done': 'false'})(first_start (place))


@scene ('devices', ('', 'dark'))
def devices (stage):
    call (stage)
    before = set (stage.desk.display.windows (stage.anna.program.pid))
    stage.anna.key ('d')
    window_of (stage, before)


@scene ('notice', ('', 'dark', 'narrow', 'french'), media='auto', env=NOTHING)
def notice (stage):
    wait_until (lambda: {'Use the test picture', 'Utiliser l’image d’essai'} & shown (stage.anna), 'the notice')


@scene ('card', ('', 'dark', 'narrow', 'french'))
def card (stage):
    stage.desk.display.run (['gapplication', 'action', 'org.visavis.Visavis', 'share'])
    wait_until (lambda: stage.desk.display.windows (stage.anna.program.pid)[1:], 'the card')


@scene ('waiting', ('', 'dark', 'narrow'))
def waiting (stage):
    call (stage)
    stage.karim ('call', stage.anna.address)
    stage.anna.report.wait_event ('request')


@scene ('add', ('', 'dark', 'narrow', 'french'))
def add (stage):
    stage.anna.key ('ctrl+shift+n')
    wait_until (lambda: stage.desk.display.windows (stage.anna.program.pid)[1:], 'the dialog')


def in_words (stage, english, french):
    return french if stage.look.get ('env', {}).get ('LANGUAGE') == 'fr' else english


@scene ('person', ('', 'dark', 'narrow', 'french'))
def person (stage):
    stage.anna.click (in_words (stage, 'All about Karim', 'Tout sur Karim'))
    stage.anna.wait_for (in_words (stage, 'Call with sound only', 'Appeler avec le son seulement'))


@scene ('person-menu')
def person_menu (stage):
    x, y, width, height = stage.anna.extents (stage.anna.wait_for ('Karim', 'list item'))
    stage.desk.display.run (['xdotool', 'mousemove', x + width // 3, y + height // 2, 'click', 3])
    stage.anna.wait_for ('Block…', 'menu item')


@scene ('recent', ('', 'dark', 'narrow', 'french'))
def recent (stage):
    """A call with a text and a file, and one that was missed."""
    anna = stage.anna
    paper = stage.home / 'holiday.txt'
    paper.write_text ('sun')
    karim, address = stage.karim_answers ('--anyone', '--save', stage.home)
    stage.run (address)
    anna.report.wait_event ('first-frame')
    karim.stop ()
    anna.ended ()
    with procs.cli (stage.home / 'zoe', 'call', anna.address, '--identifier', 'Zoë', '--text', 'Are you there?') as caller:
        anna.report.wait_event ('request')
        caller.stop ()
    anna.key ('Escape', 'ctrl+r')
    anna.wait_for (in_words (stage, 'Missed call', 'Appel manqué'))


@scene ('compare', ('', 'dark', 'narrow'))
def compare (stage):
    """With somebody whose key a link told."""
    _, address = stage.karim_answers ()
    with procs.cli (stage.home / 'karim', 'identity', media=None) as program:
        identity = program.wait_event ('identity')['id']
    stage.anna.key ('ctrl+shift+n')
    stage.anna.wait_dialog ('Address or link')
    stage.desk.display.type ('Leonie')
    stage.desk.display.key ('Tab')
    stage.desk.display.type (f'visavis:{identity}@{address}')
    stage.desk.display.key ('Return')
    stage.anna.click ('All about Leonie')
    stage.anna.click ('Compare codes…')
    stage.anna.wait_dialog ('They are the same')


@scene ('chat', ('', 'dark', 'narrow', 'french'))
def chat (stage):
    karim, address = stage.karim_answers ()
    call_him (stage, karim, address)
    stage.anna.key ('c')
    stage.anna.wait_for (in_words (stage, 'Write a message', 'Écrire un message'))
    stage.desk.display.type ('Hello Karim, can you see the lake?')
    stage.desk.display.key ('Return')
    stage.anna.wait_for ('Hello Karim, can you see the lake?')


@contextlib.contextmanager
def played (desk, name, look=''):
    """The scene, as long as the block lasts."""
    function = SCENES[name][0]
    with Stage (desk, look, **function.anna) as stage:
        function (stage)
        yield stage


def desk ():
    return Desk ()
