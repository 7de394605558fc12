# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices without hardware, in servers of our own: a microphone that one speaks into, a speaker that one listens to, a camera.

    with Sound () as sound:                 # PulseAudio, or PipeWire in its place
        with Process ([...], env=sound.env):
            sound.speak ('Guten Tag')
            samples = sound.listen (2)      # what the speaker plays, 16 bit, mono, 48 kHz
    with Cameras () as cameras:             # PipeWire
        with cameras.camera ('ball'): ...   # programs need cameras.env

Nothing of the user's own servers is touched; all of it ends with the block."""

import array
import contextlib
import json
import math
import os
import shutil
import subprocess
import unittest

import procs
import xvfb

RATE = 48000
SPEAKER = 'speaker'
MICROPHONE = 'microphone'
# The sink that the microphone is the end of: who plays into it speaks.
MOUTH = 'mouth'


def level_db (samples):
    """Loudness of 16-bit samples in dB of full scale; -100 for silence."""
    if not samples:
        return -100.0
    square = sum (value * value for value in samples) / len (samples)
    return max (-100.0, 10 * math.log10 (square / 32768.0 ** 2)) if square > 0 else -100.0


def tone_share (samples, pitch):
    """Share of a tone in the power of a sound, 0 to 1 (Goertzel's algorithm)."""
    power = sum (value * value for value in samples)
    coefficient = 2 * math.cos (2 * math.pi * pitch / RATE)
    one = two = 0.0
    for value in samples:
        one, two = value + coefficient * one - two, one
    return 2 * (one * one + two * two - coefficient * one * two) / (power * len (samples)) if power else 0.0


def test_tone (samples):
    """Which of the test tones (300 to 1000 Hz in steps of 50) is the strongest in the loudest quarter of a second: its share of
    the power, and its pitch."""
    window = RATE // 4
    part = max ((samples[at:at + window] for at in range (0, len (samples) - window + 1, window)), key=level_db)
    return max ((tone_share (part, pitch), pitch) for pitch in range (300, 1001, 50))


class Server:
    """Sets `env` for programs: a runtime folder of its own and where the servers are."""

    def __init__ (self):
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        try:
            self.home = self.stack.enter_context (procs.folder ())
            runtime = self.home / 'run'
            runtime.mkdir (mode=0o700)
            self.env = {'XDG_RUNTIME_DIR': str (runtime), 'PIPEWIRE_RUNTIME_DIR': None, 'PULSE_RUNTIME_PATH': None,
                        'PULSE_SERVER': None, 'PIPEWIRE_REMOTE': None, 'DBUS_SESSION_BUS_ADDRESS': None, 'DISPLAY': None,
                        'XDG_CONFIG_HOME': str (self.home / 'config'), 'XDG_STATE_HOME': str (self.home / 'state'),
                        'PULSE_COOKIE': str (self.home / 'cookie'), 'LC_ALL': 'C.UTF-8'}
            self.start (runtime)
        except BaseException:
            self.stack.close ()
            raise
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def spawn (self, argv, **options):
        return self.stack.enter_context (procs.Process (argv, env=self.env, **options))

    def run (self, command, binary=False, timeout=None):
        environment = {k: v for k, v in {**os.environ, **self.env}.items () if v is not None}
        done = subprocess.run ([str (word) for word in command], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=timeout or procs.LIMIT, check=False)
        if done.returncode != 0:
            raise procs.Gone (f"{command[0]} failed ({done.returncode}): {(done.stderr or done.stdout).decode (errors='replace')}")
        return done.stdout if binary else done.stdout.decode ()

    def start_pipewire (self):
        """PipeWire with its session manager, which needs a session bus."""
        xvfb.need ('pipewire', 'wireplumber', 'pw-cli', 'gdbus')
        if self.env['DBUS_SESSION_BUS_ADDRESS'] is None:
            self.env.update (self.stack.enter_context (xvfb.Bus (self.env)).env)
        self.pipewire = self.spawn (['pipewire'])
        self.until (lambda: self.run (['pw-cli', 'info', '0']), self.pipewire)
        self.manager = self.spawn (['wireplumber'])
        # The default nodes are known once the session manager has come up.
        self.until (lambda: 'WirePlumber' in self.run (['pw-cli', 'ls', 'Client']), self.manager)

    def nodes (self, **wanted):
        """Numbers of the nodes that have these properties (`_` for `.`)."""
        found = []
        for thing in things (self.run (['pw-dump'])):
            properties = (thing.get ('info') or {}).get ('props') or {}
            if thing.get ('type') == 'PipeWire:Interface:Node' and all (
                    properties.get (name.replace ('_', '.')) == value for name, value in wanted.items ()):
                found.append (thing['id'])
        return found

    @staticmethod
    def until (condition, process):
        """Asks again until it holds: these servers tell nobody that they are ready."""
        wait = procs.threading.Event ()
        deadline = procs.time.monotonic () + procs.LIMIT
        trouble = 'no'
        while process.running and procs.time.monotonic () < deadline:
            try:
                if condition ():
                    return
            except (procs.Gone, subprocess.TimeoutExpired) as error:
                trouble = error
            wait.wait (0.05)
        raise procs.Gone (f'{process.name} is not ready: {trouble}\n{process.transcript ()}')


class Sound (Server):
    """One speaker and one microphone. `kind`: pulseaudio or pipewire (None: which one is installed)."""

    def __init__ (self, kind=None):
        super ().__init__ ()
        self.kind = kind or ('pulseaudio' if shutil.which ('pulseaudio') else 'pipewire')

    def start (self, runtime):
        xvfb.need ('pactl', 'paplay', 'parec')
        if self.kind == 'pulseaudio':
            xvfb.need ('pulseaudio')
            path = runtime / 'pulse.socket'
            self.server = self.spawn (
                ['pulseaudio', '-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disallow-exit=yes',
                 '--log-target=stderr', '--realtime=no', '--high-priority=no',
                 '-L', f'module-native-protocol-unix auth-anonymous=1 socket={path}'])
        else:
            xvfb.need ('pipewire-pulse')
            self.start_pipewire ()
            path = runtime / 'pulse' / 'native'
            self.server = self.spawn (['pipewire-pulse'])
        self.env['PULSE_SERVER'] = f'unix:{path}'
        self.until (lambda: self.run (['pactl', 'info']), self.server)
        self.load ('module-null-sink', f'sink_name={SPEAKER}', 'sink_properties=device.description=Speaker', f'rate={RATE}')
        self.load ('module-null-sink', f'sink_name={MOUTH}', 'sink_properties=device.description=Mouth', f'rate={RATE}')
        self.load ('module-remap-source', f'master={MOUTH}.monitor', f'source_name={MICROPHONE}',
                   'source_properties=device.description=Microphone')
        self.run (['pactl', 'set-default-sink', SPEAKER])
        self.run (['pactl', 'set-default-source', MICROPHONE])

    def load (self, *words):
        return self.run (['pactl', 'load-module', *words]).strip ()

    def sources (self):
        return [line.split ('\t')[1] for line in self.run (['pactl', 'list', 'short', 'sources']).splitlines ()]

    def recording (self):
        """How many programs record now (from any source)."""
        lines = self.run (['pactl', 'list', 'short', 'source-outputs']).splitlines ()
        return sum (line.split ('\t')[2] != '-' for line in lines)  # the microphone itself is one too, without a client

    def speech (self, words, voice='en', speed=160):
        """A WAV file with the words spoken."""
        xvfb.need ('espeak-ng')
        path = self.home / f'speech-{abs (hash ((words, voice, speed)))}.wav'
        if not path.exists ():
            self.run (['espeak-ng', '-v', voice, '-s', speed, '-w', path, words])
        return path

    def speak (self, words, **how):
        """Speaks into the microphone; returns when it was said."""
        self.play (self.speech (words, **how))

    def play (self, path):
        """Plays a sound file into the microphone."""
        self.run (['paplay', '--latency-msec=50', f'--device={MOUTH}', path])

    def tone (self, pitch=440, seconds=2, loud=0.3):
        """A WAV file with a tone."""
        import wave
        path = self.home / f'tone-{pitch}-{seconds}.wav'
        frames = array.array ('h', (round (32767 * loud * math.sin (2 * math.pi * pitch * n / RATE)) for n in range (int (RATE * seconds))))
        with wave.open (str (path), 'wb') as out:
            out.setparams ((1, 2, RATE, 0, 'NONE', ''))
            out.writeframes (frames.tobytes ())
        return path

    def listen (self, seconds, source=f'{SPEAKER}.monitor'):
        """What the speaker plays (or another source gives) in the next seconds: 16-bit samples, one channel, 48 kHz."""
        samples = array.array ('h')
        wanted = int (seconds * RATE)
        with self.recorder (source) as child:
            while len (samples) < wanted:
                block = child.stdout.read (min (9600, 2 * (wanted - len (samples))))
                if not block:
                    raise procs.Gone (f'parec ended: {self.server.transcript ()}')
                samples.frombytes (block[:len (block) // 2 * 2])
        return samples

    @contextlib.contextmanager
    def recorder (self, source=f'{SPEAKER}.monitor'):
        """A child whose stdout gives samples from a source, for as long as the block lasts."""
        environment = {k: v for k, v in {**os.environ, **self.env}.items () if v is not None}
        with subprocess.Popen (['setpriv', '--pdeathsig', 'KILL', '--', 'parec', f'--device={source}', '--format=s16le', '--channels=1',
                                f'--rate={RATE}', '--latency-msec=20'], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            try:
                yield child
            finally:
                child.kill ()


def things (text):
    """What pw-dump tells of, as it is in the end: when something changes meanwhile it writes another list with the changes."""
    decoder = json.JSONDecoder ()
    latest = {}
    text = text.strip ()
    while text:
        changes, end = decoder.raw_decode (text)
        latest.update ({thing['id']: thing for thing in changes})
        text = text[end:].strip ()
    return list (latest.values ())


class Cameras (Server):
    """PipeWire, with as many cameras as one asks for."""

    def start (self, runtime):
        xvfb.need ('gst-launch-1.0', 'pw-dump')
        self.start_pipewire ()

    def names (self):
        """Descriptions of the cameras that there are."""
        found = []
        for thing in things (self.run (['pw-dump'])):
            properties = (thing.get ('info') or {}).get ('props') or {}
            if properties.get ('media.class') == 'Video/Source':
                found.append (properties.get ('node.description') or properties.get ('node.name'))
        return found

    @contextlib.contextmanager
    def screen (self, pattern='smpte', name='screen', width=2560, height=1440, fps=5):
        """A screen that a compositor casts, as a node for as long as the block lasts. Gives the process, with its `.node`."""
        argv = ['gst-launch-1.0', '-q', 'videotestsrc', f'pattern={pattern}', 'is-live=true', '!',
                f'video/x-raw,format=BGRx,width={width},height={height},framerate={fps}/1', '!',
                'pipewiresink', 'mode=provide', f'stream-properties=properties,media.class=Video/Source,node.name={name}']
        with procs.Process (argv, env=self.env, name='screen') as source:
            self.until (lambda: self.nodes (node_name=name), source)
            source.node = str (self.nodes (node_name=name)[0])
            yield source

    @contextlib.contextmanager
    def camera (self, pattern='smpte', description='Camera', width=640, height=480, fps=30):
        """A camera that shows one of videotestsrc's patterns, plugged in for as long as the block lasts."""
        name = description.lower ().replace (' ', '-')
        quoted = '\\"' + description.replace (' ', '\\ ') + '\\"'  # once for gst-launch, once for the structure
        properties = (f'properties,media.class=Video/Source,media.role=Camera,node.name={name},'
                      + 'node.description=(string)' + quoted)
        argv = ['gst-launch-1.0', '-q', 'videotestsrc', f'pattern={pattern}', 'is-live=true', '!',
                f'video/x-raw,format=YUY2,width={width},height={height},framerate={fps}/1', '!',
                'pipewiresink', 'mode=provide', f'stream-properties={properties}']
        with procs.Process (argv, env=self.env, name='camera') as source:
            self.until (lambda: description in self.names (), source)
            yield source
