# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs under test: started, listened to, stopped by their own process id.

    with Process (['build/app/cli/visavis-cli', '--json', 'identity']) as program:
        event = program.wait_event ('identity')
        program.wait (0)
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SOURCE = Path (__file__).resolve ().parents[2]
BUILD = Path (os.environ.get ('VISAVIS_BUILD') or SOURCE / 'build')
CLI = BUILD / 'app/cli/visavis-cli'
APP = BUILD / 'app/visavis'

# Sanitized programs are slower; limits are generous anyway and only ever bound a failure.
PATIENCE = float (os.environ.get ('VISAVIS_TEST_PATIENCE') or 1)
LIMIT = 30 * PATIENCE

# The locale of programs that may speak another language by LANGUAGE: gettext translates nothing in C.UTF-8 since glibc 2.39, but it does in copies of that
# by other names (meson.build).
LOCALE = 'en_US.UTF-8' if 'LOCPATH' in os.environ else 'C.UTF-8'

# Whoever is begun in the background by a shell is deaf to SIGINT, and so would all be that a test begins and ends by it.
if signal.getsignal (signal.SIGINT) == signal.SIG_IGN:
    signal.signal (signal.SIGINT, signal.default_int_handler)


# What GStreamer's RTP session makes GLib say now and then when the first packet comes, and webrtcbin at the first caps (harmless: see tests/lib/tolerate.h),
# and what GLib says of each notification on a desk without a notification daemon, and what GTK 4.8 says on X11 when a tooltip is due in a window that has
# come under the pointer and whose place it does not know yet (the file dialog), and what GTK 4.18 says of the heading of libadwaita's questions, which is
# measured as narrow as it cannot be.
HARMLESS = ('version == hash_table->version', "string on structure field 'mid'", 'unable to send notifications through org.freedesktop.Notifications',
            'gdk_monitor_get_geometry: assertion', 'Trying to measure GtkLabel')


SHORT = 30  # lines, for in_short()
WIDTH = 240
started = None  # (nullable): of the test that runs, for in_short(); whoever tells of tests makes the list


class Gone (AssertionError):
    """The program said something else, or nothing, or ended. The text holds all it wrote."""


class Events:
    """JSON events in the order in which they came, and the waiting for them. Any thread."""

    def __init__ (self, name):
        self.name = name
        self.begun = time.monotonic ()
        self.events = []
        self.log = []
        self.closed = False
        self.change = threading.Condition ()
        self.left = None
        if started is not None:
            started.append (self)

    def standing (self):
        """How it stands, for whoever reads of a failure."""
        return ''

    def leave (self):
        """The test is done with it: what it says from here on does not tell of the test."""
        if self.left is None:
            with self.change:
                self.left = len (self.log), self.standing ()

    def short (self, most):
        """How it stood and the last that it said, in few short lines."""
        said, standing = self.left or (len (self.log), self.standing ())
        lines = [f'  {when:8.3f} {source} {line}' for when, source, line in self.log[:said] if line and '"event":"stats"' not in line]
        return [f'{self.name}{standing}'] + [line if len (line) <= WIDTH else line[:WIDTH] + '…' for line in lines[-most:]]

    def add_line (self, source, line):
        event = None
        if source == 'out' and line.startswith ('{'):
            with contextlib.suppress (ValueError):
                event = json.loads (line)
        with self.change:
            self.log.append ((time.monotonic () - self.begun, source, line))
            if isinstance (event, dict) and 'event' in event:
                self.events.append (event)
            self.change.notify_all ()

    def close (self):
        with self.change:
            self.closed = True
            self.change.notify_all ()

    def transcript (self):
        with self.change:
            lines = [f'  {when:8.3f} {source} {line}' for when, source, line in self.log]
        return '\n'.join ([f'{self.name} said:'] + lines)

    def complaints (self):
        """What it wrote, without blank lines and without what is known to be harmless."""
        with self.change:
            return [line for _, _, line in self.log if line and not any (words in line for words in HARMLESS)]

    def mark (self):
        """A place to wait from: wait_event (..., since=mark) looks only at what comes after it."""
        with self.change:
            return len (self.events)

    def named (self, name, **fields):
        """All events so far of that name whose fields have those values."""
        with self.change:
            return [e for e in self.events if e['event'] == name and all (e.get (k) == v for k, v in fields.items ())]

    def find (self, name, predicate, since, fields):
        for event in self.events[since:]:
            if name is not None and event['event'] != name:
                continue
            if all (event.get (k) == v for k, v in fields.items ()) and (predicate is None or predicate (event)):
                return event
        return None

    def wait_event (self, name, predicate=None, timeout=None, since=0, **fields):
        """The first event of that name (None: any) with those fields for which the predicate holds, from since on.
        Raises Gone with the whole log when it does not come, at once if it cannot come any more."""
        timeout = LIMIT if timeout is None else timeout * PATIENCE
        deadline = time.monotonic () + timeout
        with self.change:
            while True:
                event = self.find (name, predicate, since, fields)
                if event is not None:
                    return event
                left = deadline - time.monotonic ()
                if self.closed or left <= 0:
                    break
                self.change.wait (left)
            why = 'the program ended' if self.closed else f'{timeout:.0f} s passed'
        raise Gone (f'no event {name} {fields or ""}: {why}\n{self.transcript ()}')

    def wait_line (self, text, timeout=None):
        """Waits until a line of its output (either stream) holds the text; gives the line."""
        timeout = LIMIT if timeout is None else timeout * PATIENCE
        deadline = time.monotonic () + timeout
        with self.change:
            while True:
                for _, _, line in self.log:
                    if text in line:
                        return line
                left = deadline - time.monotonic ()
                if self.closed or left <= 0:
                    break
                self.change.wait (left)
        raise Gone (f'no line with {text!r}\n{self.transcript ()}')


def wait_until (condition, what, timeout=None):
    """Asks again until it holds, of what tells nobody when it does; gives what it gave. Raises Gone if it never does."""
    deadline = time.monotonic () + (LIMIT if timeout is None else timeout * PATIENCE)
    while True:
        value = condition ()
        if value:
            return value
        if time.monotonic () > deadline:
            raise Gone (f'waited in vain for {what}')
        time.sleep (0.05)


def in_short ():
    """The last that each program said of those that tell events, or else of all: for the end of a long report, of which some see only that."""
    told = [one for one in started or () if one.events] or [one for one in started or () if one.log]
    return [line for one in told for line in one.short (max (3, SHORT // len (told) - 1))]


def begin_test ():
    """What is left of the test before is forgotten; what still runs may be of all tests."""
    global started
    started = [one for one in started or () if one.left is None]


def thread_names (pid):
    names = []
    for task in os.listdir (f'/proc/{pid}/task'):
        with contextlib.suppress (OSError), open (f'/proc/{pid}/task/{task}/comm', encoding='utf-8') as comm:
            names.append (comm.read ().strip ())
    return names


class Process (Events):
    """A program with its JSON lines read from stdout. It dies with the test, whichever way the test ends.

    argv: list; env: added to the environment (None as value takes a variable out); netns: a netns.Namespace to run in;
    stdin: True for a pipe (write_line, close_stdin). Use as a context manager: it is stopped at the end of the block."""

    def __init__ (self, argv, env=None, cwd=None, name=None, netns=None, stdin=False):
        argv = [str (word) for word in argv]
        super ().__init__ (name or Path (argv[0]).name)
        environment = dict (os.environ)
        for key, value in (env or {}).items ():
            if value is None:
                environment.pop (key, None)
            else:
                environment[key] = str (value)
        wrapped = (netns.wrap (argv) if netns is not None else argv)
        if shutil.which ('setpriv'):
            wrapped = ['setpriv', '--pdeathsig', 'KILL', '--'] + wrapped
        self.argv = argv
        self.child = subprocess.Popen (wrapped, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                                       encoding='utf-8', errors='replace')
        self.readers = [threading.Thread (target=self.read, args=pair, daemon=True)
                        for pair in (('out', self.child.stdout), ('err', self.child.stderr))]
        for reader in self.readers:
            reader.start ()
        threading.Thread (target=self.await_end, daemon=True).start ()

    def read (self, source, stream):
        for line in stream:
            self.add_line (source, line.rstrip ('\n'))

    def await_end (self):
        for reader in self.readers:
            reader.join ()
        self.close ()

    def standing (self):
        code = self.child.poll ()
        return ' still ran' if code is None else f' left with status {code}'

    @property
    def pid (self):
        return self.child.pid

    @property
    def running (self):
        return self.child.poll () is None

    def write_line (self, text):
        self.child.stdin.write (text + '\n')
        self.child.stdin.flush ()

    def close_stdin (self):
        self.child.stdin.close ()

    def send_signal (self, number):
        if self.running:
            self.child.send_signal (number)

    def wait (self, status=None, timeout=None):
        """Waits for its end and gives the exit status; a status that was expected and is another raises Gone."""
        timeout = LIMIT if timeout is None else timeout * PATIENCE
        try:
            code = self.child.wait (timeout)
        except subprocess.TimeoutExpired:
            raise Gone (f'{self.name} still runs after {timeout:.0f} s\n{self.transcript ()}') from None
        for reader in self.readers:
            reader.join (2)  # what it wrote is in the pipes; a child of its own may hold them open
        if status is not None and code != status:
            raise Gone (f'exit status {code}, not {status}\n{self.transcript ()}')
        return code

    def stop (self, number=signal.SIGINT, status=None, timeout=None):
        """Asks it to end (SIGINT: gracefully) and waits for the end."""
        self.send_signal (number)
        return self.wait (status, timeout)

    def kill (self):
        """Ends it at once, as a crash would."""
        self.send_signal (signal.SIGKILL)
        self.child.wait ()

    def descriptors (self):
        """Number of open file descriptors now (Linux)."""
        return len (os.listdir (f'/proc/{self.pid}/fd'))

    def threads (self):
        return len (os.listdir (f'/proc/{self.pid}/task'))

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.leave ()
        if self.running:
            self.child.terminate ()
            try:
                self.child.wait (5)
            except subprocess.TimeoutExpired:
                self.kill ()
        if self.child.stdin is not None:
            with contextlib.suppress (OSError):
                self.child.stdin.close ()
        for reader in self.readers:
            reader.join (0.2)
        for stream in (self.child.stdout, self.child.stderr):
            if not any (reader.is_alive () for reader in self.readers):
                stream.close ()


class Report (Events):
    """The events that a program appends to a file (visavis --report FILE), as they come."""

    def __init__ (self, path, name=None):
        super ().__init__ (name or Path (path).name)
        self.path = Path (path)
        self.path.touch ()
        self.over = threading.Event ()
        self.reader = threading.Thread (target=self.follow, daemon=True)
        self.reader.start ()

    def follow (self):
        rest = ''
        with self.path.open (encoding='utf-8', errors='replace') as stream:
            while True:
                last = self.over.is_set ()
                rest += stream.read ()
                *lines, rest = rest.split ('\n')
                for line in lines:
                    self.add_line ('out', line)
                if last:
                    break
                self.over.wait (0.02)
        self.close ()

    def stop (self):
        self.leave ()
        self.over.set ()
        self.reader.join (5)

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.stop ()


@contextlib.contextmanager
def folder ():
    """A folder that is there for the block; its path is short enough for sockets."""
    path = Path (tempfile.mkdtemp (prefix='vav-'))
    try:
        yield path
    finally:
        shutil.rmtree (path, ignore_errors=True)


def preload (library, place):
    """What to set LD_PRELOAD to, so that @library is loaded: the loader takes a space for the end of a name, and is silent about what is not there."""
    if not library.exists ():
        raise Gone (f'{library} is not built')
    link = place / library.name
    link.symlink_to (library)
    return link


def cli (profile, *words, media='test', json_lines=True, **options):
    """Starts visavis-cli with a profile; the options are Process's. Without a session bus unless env says otherwise."""
    argv = [CLI, '--profile', profile] + (['--json'] if json_lines else [])
    argv += (['--media', media] if media is not None else []) + list (words)
    env = {'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_RUNTIME_DIR': None, **(options.pop ('env', None) or {})}
    return Process (argv, env=env, **options)
