# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages and dialogs of the program, each brought up in the real program: for pictures (screenshots.py) and for the walk over the names of
controls (test-ui-names.py). A new page or dialog is a function below with @scene; a new look is a line in LOOKS (stage.py).

    @scene ('preferences')
    def preferences (stage):
        stage.anna.click ('Preferences')
        stage.anna.wait_for ('Preferences')
"""

import contextlib
import unittest

import procs
from avahi import Avahi, announce
from broker import Broker, missing
from desk import wait_until
from netns import Lab
from portal import Portal
from stage import AWAY, Stage

NOTHING = {'PIPEWIRE_RUNTIME_DIR': '/nonexistent', 'PULSE_SERVER': 'unix:/nonexistent/pulse'}  # no camera, microphone or speaker

SCENES = {}


def scene (name, looks=('',), settings=None, media=None, env=None, people=None, walked=True, around=None):
    """A page in its looks: all that are worth a picture of their own. The first one is walked over for names. settings: lines of Anna's file; media:
    where her picture and sound come from, if not from a film; env: what her program finds besides; people: whom she knows, if not the usual; walked: whether
    it has controls that no other has; around: makes a context manager with more of both in .env or .settings, there as long as the scene: stage.around."""
    def add (function):
        function.anna = {'settings': settings, 'media': media, 'env': env, 'people': people}
        function.walked = walked
        function.around = around
        SCENES[name] = (function, looks)
        return function
    return add


@scene ('start', ('', 'dark', 'narrow', 'french', 'contrast', 'large-text', 'right-to-left'))
def start (stage):
    stage.anna.wait_for (stage.anna.address, 'label')


@scene ('nobody', ('', 'narrow'), people=())
def nobody (stage):
    stage.anna.wait_text ('The people you talk to will appear here.')


@contextlib.contextmanager
def local_network ():
    """An Avahi daemon that sees nothing but a loopback of its own."""
    with Lab () as lab, Avahi (lab.namespace ('home')) as avahi:
        yield avahi


@scene ('nearby', ('', 'dark', 'narrow', 'french'), around=local_network)
def nearby (stage):
    """One of Anna's people in the local network, and two whom she does not know."""
    with procs.cli (stage.home / 'sofia', 'identity', media=None) as program:
        sofia = program.wait_event ('identity')['id']
    with procs.cli (stage.anna.profile, 'people', 'add', 'Sofia Lind', f'visavis:{sofia}@192.0.2.7:7667', media=None) as program:
        program.wait (0)
    for name, port in (('Sofia', 7667), ('Karim (laptop)', 7668), ('Kitchen', 7669)):
        with procs.cli (stage.home / name, 'identity', media=None) as program:
            identity = sofia if name == 'Sofia' else program.wait_event ('identity')['id']
        stage.stack.enter_context (announce (stage.around, name, f'127.0.0.1:{port}', identity))
        stage.anna.wait_for (in_words (stage, 'on this network', 'sur ce réseau') if name == 'Sofia' else name, 'label')


@contextlib.contextmanager
def meeting_server ():
    """A broker, which is Anna's."""
    if missing ():
        raise unittest.SkipTest (missing ())
    with procs.folder () as home, Broker (home) as broker:
        broker.settings = {'broker': f"'{broker.url}'"}
        yield broker


@scene ('present', ('', 'dark', 'narrow', 'french'), around=meeting_server)
def present (stage):
    """Karim, to whom Anna has just talked, is there at the meeting server that both have; the others are not."""
    _, address = stage.karim_answers ('--anyone', '--broker', stage.around.url)
    stage.run (address)
    stage.anna.report.wait_event ('first-frame')
    stage.anna.key ('ctrl+h')
    stage.anna.ended ()
    stage.anna.wait_for (in_words (stage, 'Call again', 'Rappeler'), 'push button')
    stage.anna.key ('Escape', 'ctrl+n')  # the latter: in a narrow window from the welcome to the people
    stage.anna.wait_for (in_words (stage, 'Reachable now', 'Joignable à présent'), 'image')


@scene ('person-present', ('', 'dark', 'narrow', 'french'), walked=False, around=meeting_server)
def person_present (stage):
    present (stage)
    stage.anna.click (in_words (stage, 'All about Karim', 'Tout sur Karim'))
    stage.anna.wait_for (in_words (stage, 'Reachable now', 'Joignable à présent'), 'label')
    stage.move_pointer (AWAY)


@scene ('reach-server', ('', 'narrow', 'french'), around=meeting_server)
def reach_server (stage):
    reach (stage)
    wait_words (stage, in_words (stage, 'Whoever uses the meeting server', 'Qui utilise aussi le serveur de rencontre'))


@scene ('reach', ('', 'dark', 'narrow', 'french'))
def reach (stage):
    stage.anna.click (in_words (stage, 'Where you can be called', 'Où l’on peut vous appeler'), None)
    stage.anna.wait_text (in_words (stage, 'You can be called at', 'On peut vous appeler à'))


@scene ('calling', ('', 'dark', 'narrow', 'french'))
def calling (stage):
    karim, address = stage.karim_answers ('--ask')
    stage.run (address)
    karim.wait_event ('request')
    stage.anna.wait_text (in_words (stage, 'Ringing…', 'Ça sonne…'))


@scene ('incoming', ('', 'dark', 'narrow', 'french', 'large-text', 'right-to-left'))
def incoming (stage):
    stage.karim ('call', stage.anna.address, '--data', 'Do you have a minute?')
    stage.anna.report.wait_event ('request')
    stage.anna.wait_for (in_words (stage, 'Accept', 'Accepter'), 'push button')


@scene ('refusal', ('', 'french'))
def refusal (stage):
    """With what can be said when declining."""
    incoming (stage)
    stage.anna.click (in_words (stage, 'Decline with a message', 'Refuser avec un message'), None)
    stage.anna.wait_for (in_words (stage, 'Message to the caller', 'Message à l’appelant'))


def call_him (stage, karim, address):
    stage.run (address)
    karim.wait_event ('first-frame')
    stage.anna.report.wait_event ('first-frame')
    mark = karim.mark ()
    karim.wait_event ('stats', lambda stats: stats['video_in']['fps'] > 3, since=mark)


def wake (stage):
    """The controls come back when the pointer moves, and stay as long as it goes to and fro."""
    stage.pointer = ((90, 260), (100, 280))
    stage.move_pointer (stage.pointer[0])
    stage.move_pointer (stage.pointer[1])
    stage.anna.wait_for (in_words (stage, 'Hang up', 'Raccrocher'), 'push button')


@scene ('call', ('', 'dark', 'narrow', 'french', 'contrast', 'large-text', 'right-to-left'))
def call (stage):
    karim, address = stage.karim_answers ()
    call_him (stage, karim, address)
    wake (stage)
    return karim


@scene ('call-quiet', ('', 'narrow'), walked=False)
def call_quiet (stage):
    """A while after the pointer moved last: the picture alone."""
    call_him (stage, *stage.karim_answers ())
    wait_until (lambda: stage.anna.report.mark () > 0, 'the call')


@scene ('call-menu', ('', 'french'))
def call_menu (stage):
    call (stage)
    stage.pointer = None
    stage.anna.click (in_words (stage, 'More', 'Plus'), None)
    stage.anna.wait_for (in_words (stage, 'Save a picture', 'Enregistrer une image'), 'menu item')


@scene ('details', ('', 'dark', 'narrow', 'french'))
def details (stage):
    """How the call is carried, under the bars that tell how good it is."""
    call (stage)
    stage.pointer = None
    words = in_words (stage, 'Connection', 'Connexion')
    node = wait_until (lambda: next ((node for node in stage.anna.every () if node.get_name ().startswith (words)), None), 'the bars')
    stage.anna.click_node (node)
    stage.move_pointer (AWAY)
    stage.anna.report.wait_event ('stats', since=stage.anna.report.mark ())


@scene ('hold', ('', 'french'), walked=False)
def hold (stage):
    call (stage)
    stage.anna.key ('h')
    stage.anna.wait_text (in_words (stage, 'On hold', 'En attente'))


@scene ('camera-off', ('', 'dark', 'narrow', 'french'))
def camera_off (stage):
    """Neither has a picture: hers is off, and he has no camera."""
    karim, address = stage.karim_answers (media='none')
    stage.run (address)
    karim.wait_event ('state', state='active')
    stage.anna.key ('v')
    wake (stage)


@scene ('failed', ('', 'dark', 'narrow', 'french'))
def failed (stage):
    stage.run ('127.0.0.1:9')
    stage.anna.ended ()
    stage.anna.wait_for (in_words (stage, 'Call again', 'Rappeler'), 'push button')


@scene ('link', ('', 'dark', 'narrow', 'french'))
def link (stage):
    stage.run ('--link', 'visavis:192.0.2.7:7667?name=Karim')
    stage.anna.wait_for (in_words (stage, 'Call somebody you don’t know?', 'Appeler quelqu’un que vous ne connaissez pas ?'))


SERVERS = 'broker=mqtts%3A%2F%2Fberg%3Asecret%40home.example%3A8883&stun=stun%3A%2F%2Fhome.example%3A3478'


@scene ('invitation', ('', 'dark', 'narrow', 'french'))
def invitation (stage):
    """The link of a household, with its servers."""
    before = set (stage.desk.display.windows (stage.anna.program.pid))
    stage.run ('--link', f'visavis:?{SERVERS}')
    wait_until (lambda: set (stage.desk.display.windows (stage.anna.program.pid)) - before, 'the question')


@scene ('menu', ('', 'dark', 'french'))
def menu (stage):
    stage.anna.key ('F10')
    stage.anna.wait_for (in_words (stage, 'Quit', 'Quitter'), 'menu item')


@scene ('shortcuts', ('', 'dark', 'french'))
def shortcuts (stage):
    stage.anna.key ('ctrl+F1')
    stage.anna.wait_text (in_words (stage, 'Microphone on or off', 'Micro activé ou coupé'))


@scene ('about')
def about (stage):
    stage.desk.display.run (['gapplication', 'action', 'org.visavis.Visavis', 'about'])
    stage.anna.wait_text ('The Visavis developers')


def preferences (position):
    """A page of the preferences, by its place among them."""
    def play (stage):
        before = set (stage.desk.display.windows (stage.anna.program.pid))
        stage.anna.key ('ctrl+comma')
        stage.fit_dialog (before)
        tabs = wait_until (lambda: [node for node in stage.anna.every () if node.get_role_name () == 'page tab'][:5], 'the pages')
        tabs[position].act ()
    return play


for place, page in enumerate (('you', 'devices', 'network', 'privacy', 'profile')):
    scene (f'preferences-{page}', ('', 'dark', 'narrow', 'french'))(preferences (place))


@scene ('preferences-server', ('', 'dark', 'narrow', 'french'), around=meeting_server)
def preferences_server (stage):
    """The network page of somebody who has a meeting server."""
    preferences (2)(stage)
    wait_words (stage, in_words (stage, 'Connected: whoever uses it too', 'Connecté : qui l’utilise aussi'))


@scene ('blocked', ('', 'narrow'))
def blocked (stage):
    with procs.cli (stage.anna.profile, 'people', 'block', 'Sofia', media=None) as program:
        program.wait (0)
    preferences (3)(stage)


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
    scene (f'first-start-{step}', ('', 'dark', 'narrow', 'french'), settings={'first-start-done': 'false'}, people=())(first_start (place))


@scene ('devices', ('', 'dark', 'narrow', 'french'))
def devices (stage):
    call_him (stage, *stage.karim_answers ())
    before = set (stage.desk.display.windows (stage.anna.program.pid))
    stage.anna.key ('d')
    stage.fit_dialog (before)


@scene ('notice', ('', 'dark', 'narrow', 'french'), media='auto', env=NOTHING)
def notice (stage):
    wait_until (lambda: {'Use the test picture', 'Utiliser l’image d’essai'} & shown (stage.anna), 'the notice')


@scene ('card', ('', 'dark', 'narrow', 'french', 'right-to-left'))
def card (stage):
    stage.desk.display.run (['gapplication', 'action', 'org.visavis.Visavis', 'share'])
    wait_until (lambda: stage.desk.display.windows (stage.anna.program.pid)[1:], 'the card')


@scene ('card-servers', ('', 'narrow', 'french'), settings={'broker': "'mqtts://berg:secret@home.example:8883'"})
def card_servers (stage):
    card (stage)


def second_caller (stage):
    call_him (stage, *stage.karim_answers ())
    zoe = stage.other ('Zoë', 'call', stage.anna.address, media=stage.film ('anna'))
    zoe.wait_event ('state', state='ringing')
    return zoe


@scene ('second-caller', ('', 'dark', 'narrow', 'french'))
def second_caller_rings (stage):
    second_caller (stage)
    stage.anna.wait_for (in_words (stage, 'Answer and hold', 'Répondre et mettre en attente'), 'push button')


@scene ('two-calls', ('', 'dark', 'narrow', 'french', 'right-to-left'))
def two_calls (stage):
    zoe = second_caller (stage)
    stage.anna.click (in_words (stage, 'Answer and hold', 'Répondre et mettre en attente'))
    zoe.wait_event ('first-frame')
    wake (stage)


@scene ('waiting', ('', 'dark', 'narrow', 'french'))
def waiting (stage):
    """Three ring at once: one has the card, the others stand in the list."""
    for name, words in (('Karim', 'Do you have a minute?'), ('Zoë', 'About the boat'), ('Max', '')):
        program = stage.other (name, 'call', stage.anna.address, '--data', words)
        program.wait_event ('state', state='ringing')
    stage.anna.wait_for ('Max', 'label')


@scene ('add', ('', 'dark', 'narrow', 'french'))
def add (stage):
    stage.anna.key ('ctrl+shift+n')
    wait_until (lambda: stage.desk.display.windows (stage.anna.program.pid)[1:], 'the dialog')


def in_words (stage, english, french):
    return french if stage.french () else english


def wait_words (stage, words):
    """Until a label begins so."""
    wait_until (lambda: any (text.startswith (words) for text in stage.anna.texts ()), f'words like “{words}”')


@scene ('person', ('', 'dark', 'narrow', 'french', 'right-to-left'))
def person (stage):
    stage.anna.click (in_words (stage, 'All about Sofia', 'Tout sur Sofia'))
    stage.anna.wait_for (in_words (stage, 'Call with sound only', 'Appeler avec le son seulement'))
    stage.move_pointer (AWAY)


@scene ('person-known', ('', 'narrow', 'french'), walked=False)
def person_known (stage):
    """With some history."""
    some_history (stage)
    stage.anna.key ('Escape')
    stage.anna.click (in_words (stage, 'All about Karim', 'Tout sur Karim'))
    stage.anna.wait_for (in_words (stage, 'Call with sound only', 'Appeler avec le son seulement'))
    stage.move_pointer (AWAY)


@scene ('person-menu', ('', 'french'))
def person_menu (stage):
    x, y, width, height = stage.anna.extents (stage.anna.wait_for ('Sofia', 'list item'))
    stage.desk.display.run (['xdotool', 'mousemove', x + width // 3, y + height // 2, 'click', 3])
    stage.anna.wait_for (in_words (stage, 'Block…', 'Bloquer…'), 'menu item')


def some_history (stage):
    """A call, and one that was missed."""
    anna = stage.anna
    paper = stage.home / 'holiday.txt'
    paper.write_text ('sun')
    karim, address = stage.karim_answers ()
    call_him (stage, karim, address)
    karim.stop ()
    anna.ended ()
    with stage.other ('Karim', 'call', anna.address, '--text', 'Are you there?', '--file', paper) as caller:
        anna.report.wait_event ('request')
        caller.stop ()


@scene ('recent', ('', 'dark', 'narrow', 'french'))
def recent (stage):
    some_history (stage)
    stage.anna.key ('Escape', 'ctrl+r')
    stage.anna.wait_for (in_words (stage, 'Missed call', 'Appel manqué'))


@scene ('recent-empty', ('', 'french'), walked=False)
def recent_empty (stage):
    stage.anna.key ('ctrl+r')
    stage.anna.wait_text (in_words (stage, 'Nothing yet.', 'Rien pour le moment.'))


@scene ('compare', ('', 'dark', 'narrow'))
def compare (stage):
    """With somebody whose key a link told."""
    _, address = stage.karim_answers ()
    with procs.cli (stage.home / 'Karim', 'identity', media=None) as program:
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


@scene ('another-key', ('', 'dark', 'narrow'))
def another_key (stage):
    """Where Karim was, another key answers than the one that his link told."""
    with procs.cli (stage.home / 'old', 'identity', media=None) as program:
        identity = program.wait_event ('identity')['id']
    _, address = stage.karim_answers ()
    with procs.cli (stage.anna.profile, 'people', 'add', 'Karim', f'visavis:{identity}@{address}', media=None) as program:
        program.wait (0)
    stage.anna.click_node (stage.anna.wait_for ('Karim', 'list item'))
    stage.anna.wait_for ('Another key answered in place of Karim')


def choose_file (stage, button, path):
    """A button of the profile's page that asks for a file; the file; the question about its passphrase."""
    preferences (4)(stage)
    stage.anna.choose_file (stage.anna.row_button (button).act, path)
    stage.anna.wait_for (in_words (stage, 'Passphrase', 'Phrase secrète'), 'text')


@scene ('import-faults', ('', 'narrow', 'french'))
def import_faults (stage):
    """What is wrong in a file of people, when it was imported."""
    path = stage.anna.profile / 'colleagues.vcf'
    lines = ('FN:Dora\nURL:visavis:not here', 'URL:visavis:emil.example', 'FN;ENCODING=QUOTED-PRINTABLE:J=C3=BCrg\nURL:visavis:juerg.example')
    path.write_text (''.join (f'BEGIN:VCARD\nVERSION:3.0\n{line}\nEND:VCARD\n' for line in 3 * lines), encoding='utf-8')
    entry = in_words (stage, 'Import people…', 'Importer des personnes…')
    stage.anna.choose_file (lambda: stage.anna.choose_in_menu (entry), path)
    stage.anna.wait_for (in_words (stage, 'Not all could be imported', 'Tout n’a pas pu être importé'))


@scene ('save-a-copy', ('', 'narrow', 'french'))
def save_a_copy (stage):
    choose_file (stage, in_words (stage, '_Save…', '_Enregistrer…'), stage.home / 'Anna.visavis')


@scene ('bring-back', ('', 'french'))
def bring_back (stage):
    """A saved profile, and the question for its passphrase."""
    copy = stage.anna.profile / 'copy'
    with procs.cli (stage.anna.profile, 'export', copy, json_lines=False, media=None, stdin=True) as program:
        program.write_line ('correct horse')
        program.wait (0)
    choose_file (stage, in_words (stage, '_Open…', '_Ouvrir…'), copy)


@scene ('sharing', ('', 'dark', 'narrow', 'french'))
def sharing (stage):
    """Anna shares her screen with Karim."""
    stage.stack.enter_context (Portal (stage.desk.display.env['DBUS_SESSION_BUS_ADDRESS'], colour='#315a7d'))
    call_him (stage, *stage.karim_answers ())
    wake (stage)
    stage.anna.wait_for (in_words (stage, 'Screen', 'Écran'), 'push button')
    stage.anna.key ('s')
    stage.anna.wait_text (in_words (stage, 'You are sharing your screen', 'Vous partagez votre écran'))
    wake (stage)


@scene ('chat', ('', 'dark', 'narrow', 'french', 'right-to-left'))
def chat (stage):
    karim, address = stage.karim_answers ('--anyone', '--data', 'Hello')
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
    with contextlib.ExitStack () as stack:
        around = stack.enter_context (function.around ()) if function.around else None
        options = dict (function.anna)
        for name in ('env', 'settings'):
            options[name] = {**(options[name] or {}), **getattr (around, name, {})}
        stage = stack.enter_context (Stage (desk, look, **options))
        stage.around = around
        function (stage)
        yield stage
