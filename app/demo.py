# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people call each other on this computer: ./app/run --demo.

demo.py [--virtual] BUILD_DIR

Two instances of the program with two profiles that are made for it and go with it, a synthetic camera and microphone each;
Karim calls Anna, she accepts. With --virtual they come up on a screen in memory, the picture of which is left in
BUILD_DIR/demo.png; it ends by itself within a minute. Without, they stay until a window is closed.

Exit status 0: both saw and heard each other, counted where pictures and sound arrive."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 45          # seconds until the call must have been seen, on the virtual screen
WATCHED = 5         # seconds of the call that are looked at
FRAMES = 30         # fewer are no moving picture
SILENCE_DB = -60.0  # below this nobody hears a tone
WIDTH, HEIGHT = 820, 720


class Failed (Exception):
    """With a sentence for whoever started the demo."""


class Person:
    """An instance of the program, and what it reported."""

    def __init__ (self, name, folder, program, words, env):
        self.name = name
        self.calls = '--demo-answer' not in words
        self.profile = folder / name
        self.profile.mkdir (mode=0o700)
        (self.profile / 'settings.ini').write_text (f"[org/visavis/Visavis]\nidentifier='{name}'\nfirst-start-done=true\n", encoding='utf-8')
        self.report = folder / f'{name}.jsonl'
        self.report.touch ()
        self.errors = folder / f'{name}.log'
        self.events = []
        self.offset = 0
        with self.errors.open ('wb') as errors:
            self.child = subprocess.Popen (
                [program, '--profile', self.profile, '--media', 'test', '--report', self.report, *words],
                env=env, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)

    def read (self):
        with self.report.open ('rb') as report:
            report.seek (self.offset)
            for line in report:
                if not line.endswith (b'\n'):
                    break
                self.offset += len (line)
                with contextlib.suppress (ValueError):
                    event = json.loads (line)
                    if isinstance (event, dict):
                        self.events.append (event)

    def find (self, name, **fields):
        self.read ()
        for event in self.events:
            if event.get ('event') == name and all (event.get (k) == v for k, v in fields.items ()):
                return event
        return None

    def stats (self):
        self.read ()
        return [event for event in self.events if event.get ('event') == 'stats']

    def last_words (self):
        return '\n'.join (self.errors.read_text (encoding='utf-8', errors='replace').splitlines ()[-10:])

    def stop (self):
        if self.child.poll () is None:
            self.child.terminate ()
            try:
                self.child.wait (4)
            except subprocess.TimeoutExpired:
                self.child.kill ()
                self.child.wait ()


def wait_until (people, what, condition):
    """Polls until the condition gives something; fails when a program ends before. The alarm bounds it."""
    while True:
        found = condition ()
        if found:
            return found
        for person in people:
            if person.child.poll () is not None:
                raise Failed (f"{person.name}'s program ended (exit status {person.child.returncode}) before {what}.\n"
                              + person.last_words ())
        time.sleep (0.05)


def wait_for_call (people):
    """Until both have some seconds of moving pictures and of sound to tell of, or the call is over. A busy computer takes longer."""
    def watched (person):
        stats = person.stats ()
        return (person.find ('first-frame') and person.find ('first-sound') and len (stats) >= WATCHED
                and frames_of (stats[-1]) >= FRAMES)

    def settled ():
        ended = [p for p in people if p.find ('ended')]
        return ended or all (watched (p) for p in people)
    wait_until (people, 'the call was there', settled)
    for person in people:
        ended = person.find ('ended')
        if ended:
            raise Failed (f"The call ended for {person.name}: {ended.get ('error') or ended.get ('reason')}.")


def middle (values):
    values = sorted (v for v in values if isinstance (v, (int, float)))
    return values[len (values) // 2] if values else None


def figure (value, form, unknown='not known'):
    return unknown if value is None else form.format (value)


def frames_of (stats):
    return (stats.get ('video_in') or {}).get ('frames') or 0


def verdict (saw, heard, name):
    if saw == heard:
        return f'saw and heard {name}' if saw else f'neither saw nor heard {name}'
    return f'saw {name}, but did NOT hear them' if saw else f'heard {name}, but did NOT see them move'


def tell (person, other):
    """Prints what reached this person; gives whether that was a moving picture and a tone."""
    stats = person.stats ()
    pictures = [s.get ('video_in') or {} for s in stats]
    sounds = [s.get ('audio_in') or {} for s in stats]
    last = pictures[-1] if pictures else {}
    frames = frames_of (stats[-1]) if stats else 0
    fps = middle (p.get ('fps') for p in pictures[1:])
    latency = middle (p.get ('latency_ms') for p in pictures if (p.get ('latency_ms') or -1) >= 0)
    level = middle (s.get ('level_db') for s in sounds[1:])
    first_frame = (person.find ('first-frame') or {}).get ('ms')
    first_sound = (person.find ('first-sound') or {}).get ('ms')
    since = 'dialling' if person.calls else 'accepting'
    saw = frames >= FRAMES and first_frame is not None
    heard = level is not None and level > SILENCE_DB and first_sound is not None
    print (f'{person.name} {verdict (saw, heard, other.name)}:')
    print (f'  pictures: {frames} arrived, {figure (fps, "{:.1f}")} a second, {last.get ("width", 0)} × {last.get ("height", 0)};'
           f' the first {figure (first_frame, "{:.0f} ms")} after {since}; {figure (latency, "{:.0f} ms")} from camera to screen')
    print (f'  sound: {figure (level, "{:.0f} dB")} (silence is −100); the first {figure (first_sound, "{:.0f} ms")} after {since}')
    return saw and heard


class Screen:
    """The virtual one: an X server in memory."""

    def __init__ (self, folder):
        if shutil.which ('Xvfb') is None:
            raise Failed ('There is no screen and no virtual one (Xvfb) to show the demo on. Please install Xvfb and start me again.')
        read, write = os.pipe ()
        self.log = folder / 'xvfb.log'
        with self.log.open ('wb') as log:
            self.child = subprocess.Popen (['Xvfb', '-displayfd', str (write), '-screen', '0', f'{2 * WIDTH}x{HEIGHT}x24',
                                            '-nolisten', 'tcp', '-noreset'], pass_fds=[write], stdout=log, stderr=log,
                                           stdin=subprocess.DEVNULL)
        os.close (write)
        with os.fdopen (read) as answer:
            number = answer.readline ().strip ()
        if not number:
            self.stop ()
            raise Failed ('The virtual screen does not start:\n' + self.log.read_text (errors='replace')[-1000:])
        runtime = folder / 'run'
        runtime.mkdir (mode=0o700)
        self.env = {key: value for key, value in os.environ.items ()
                    if key not in ('WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS')}
        self.env.update (DISPLAY=f':{number}', GDK_BACKEND='x11', GSK_RENDERER='cairo', GTK_A11Y='none',
                         XDG_RUNTIME_DIR=str (runtime), XDG_CACHE_HOME=str (folder / 'cache'))

    def run (self, command):
        try:
            return subprocess.run (command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                   timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None

    def windows (self, person):
        done = self.run (['xdotool', 'search', '--onlyvisible', '--pid', str (person.child.pid)])
        return done.stdout.split () if done else []

    def place (self, people):
        """Side by side; nobody manages windows here."""
        if shutil.which ('xdotool') is None:
            return
        for place, person in enumerate (people):
            for window in wait_until (people, 'its window was there', lambda p=person: self.windows (p))[:1]:
                self.run (['xdotool', 'windowsize', window, str (WIDTH), str (HEIGHT),
                           'windowmove', window, str (place * WIDTH), '0'])

    def picture (self, folder, final):
        """Takes the picture and puts it in its place; gives whether that went well."""
        path = folder / 'picture.png'
        self.run (['gst-launch-1.0', '-q', 'ximagesrc', f"display-name={self.env['DISPLAY']}", 'use-damage=false', 'show-pointer=false',
                   'num-buffers=1', '!', 'videoconvert', '!', 'pngenc', '!', 'filesink', f'location="{path}"'])
        if not path.exists () or path.stat ().st_size == 0:
            self.run (['import', '-display', self.env['DISPLAY'], '-window', 'root', str (path)])
        try:
            shutil.copyfile (path, final)
        except OSError as error:
            print (f'No picture is left of it: {error}', file=sys.stderr)
            return False
        return True

    def stop (self):
        self.child.terminate ()
        try:
            self.child.wait (5)
        except subprocess.TimeoutExpired:
            self.child.kill ()
            self.child.wait ()


def start_call (stack, folder, program, env):
    anna = Person ('Anna', folder, program, ['--listen', '127.0.0.1:0', '--demo-answer'], env)
    stack.callback (anna.stop)
    address = wait_until ([anna], 'it could be called', lambda: anna.find ('listening'))['address']
    karim = Person ('Karim', folder, program, [address], env)
    stack.callback (karim.stop)
    return [anna, karim]


def tell_all (people):
    results = [tell (people[0], people[1]), tell (people[1], people[0])]
    return all (results)


def show_virtually (stack, folder, build):
    signal.alarm (LIMIT)
    print ('Here is the demo on a virtual display: Karim calls Anna, with a synthetic camera and microphone each…', flush=True)
    screen = Screen (folder)
    stack.callback (screen.stop)
    people = start_call (stack, folder, build / 'app/visavis', screen.env)
    try:
        screen.place (people)
        wait_for_call (people)
    except (Failed, TimeoutError) as error:
        print (error, file=sys.stderr)
    signal.alarm (12)
    pictured = screen.picture (folder, build / 'demo.png')
    good = tell_all (people)
    if pictured:
        print (f'Picture: {build / "demo.png"}')
    return good and pictured


def show_on_screen (stack, folder, build):
    people = start_call (stack, folder, build / 'app/visavis', dict (os.environ))
    print ('Karim calls Anna. Close one of the windows to end the demo.', flush=True)
    wait_for_call (people)
    good = tell_all (people)
    sys.stdout.flush ()
    while all (person.child.poll () is None for person in people):
        time.sleep (0.2)
    return good


def on_alarm (number, frame):
    raise TimeoutError ('The demo took too long.')


def on_end (number, frame):
    raise KeyboardInterrupt


def main (words):
    virtual = '--virtual' in words
    build = Path ([word for word in words if word != '--virtual'][0])
    signal.signal (signal.SIGALRM, on_alarm)
    signal.signal (signal.SIGTERM, on_end)
    signal.signal (signal.SIGHUP, on_end)
    with contextlib.ExitStack () as stack:
        folder = Path (tempfile.mkdtemp (prefix='visavis-demo-'))
        stack.callback (shutil.rmtree, folder, ignore_errors=True)
        try:
            return 0 if (show_virtually if virtual else show_on_screen) (stack, folder, build) else 1
        except (Failed, TimeoutError) as error:
            print (error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            signal.alarm (0)
            sys.stdout.flush ()


sys.exit (main (sys.argv[1:]))
