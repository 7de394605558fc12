# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call of Chromium's over a bad line: a browser in each of the two hosts, and what they say to each other carried by this process, so that only the call
itself goes over the line. It offers what badline.OurCall offers, and tells the same of each picture (call.html)."""

import contextlib
import http.server
import json
import queue
import shutil
import socket
import threading
import time
import unittest
from pathlib import Path

from badline import PATIENT
from measures import Nonsense, need, number, read_pictures
from procs import LIMIT, Gone, Process, folder

PAGE = Path (__file__).with_name ('call.html')
MOST = 4 * 1024 * 1024  # bytes of one message
FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--autoplay-policy=no-user-gesture-required', '--disable-dev-shm-usage',
         '--disable-features=WebRtcHideLocalIpsWithMdns', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
         '--disable-backgrounding-occluded-windows', '--disable-component-update', '--disable-background-networking', '--disable-sync')


def program ():
    found = shutil.which ('chromium') or shutil.which ('chromium-browser')
    if found is None:
        raise unittest.SkipTest ('Chromium is not installed')
    return found


class Handler (http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer (self, body, kind='application/json', status=200):
        self.send_response (status)
        self.send_header ('Content-Type', kind)
        self.send_header ('Content-Length', str (len (body)))
        self.end_headers ()
        self.wfile.write (body)

    def do_GET (self):
        path = self.path.partition ('?')[0]
        if path == '/':
            self.answer (PAGE.read_bytes (), 'text/html')
        elif path == '/clock':
            self.answer (json.dumps (time.monotonic_ns () / 1e6).encode ())
        elif path == '/hear':
            self.answer (json.dumps (self.server.end.heard.get ()).encode ())
        else:
            self.answer (b'', status=404)

    def do_POST (self):
        length = int (self.headers['Content-Length'])
        body = json.loads (self.rfile.read (length)) if length <= MOST else None
        self.answer (b'{}')
        self.server.end.take (self.path, body)

    def log_message (self, *words):
        pass


class Server (http.server.ThreadingHTTPServer):
    """On the loopback of a host in the laboratory."""

    daemon_threads = True

    def __init__ (self, end, host):
        super ().__init__ (('127.0.0.1', 0), Handler, bind_and_activate=False)
        self.socket.close ()
        self.end = end
        self.socket = host.socket (socket.SOCK_STREAM, ('127.0.0.1', 0))
        self.socket.listen (64)
        self.port = self.socket.getsockname ()[1]


class End:
    """One browser, and what it told. `other`: the end to which it speaks."""

    def __init__ (self, host, words):
        self.host, self.words, self.other = host, words, None
        self.heard = queue.Queue ()
        self.change = threading.Condition ()
        self.pictures, self.stats, self.states, self.trouble, self.is_over = [], [], [], None, False

    def start (self, stack):
        server = Server (self, self.host)
        threading.Thread (target=server.serve_forever, daemon=True).start ()
        stack.callback (server.server_close)
        stack.callback (server.shutdown)
        home = stack.enter_context (folder ())
        self.browser = stack.enter_context (Process ([program (), *FLAGS, f'--user-data-dir={home}', f'http://127.0.0.1:{server.port}/?{self.words}'],
                                                     env={'DBUS_SESSION_BUS_ADDRESS': None}, netns=self.host, name='chromium'))

    def take (self, path, body):
        """A server's thread."""
        with self.change:
            if path == '/pictures' and isinstance (body, list):
                self.pictures += body
            elif path == '/stats':
                self.stats.append (body)
            elif path == '/state' and isinstance (body, dict):
                self.states.append (body)
            elif path == '/say':
                self.other.heard.put (body)
            elif path == '/over':
                self.is_over = True
            else:
                self.trouble = f'{path}: {body}'
            self.change.notify_all ()

    def wait (self, condition, what, limit=2 * LIMIT):
        with self.change:
            self.change.wait_for (lambda: condition () or self.trouble, limit)
            if not condition ():
                raise Gone (f'Chromium, {what}: {self.trouble or "never"}\n{self.browser.transcript ()}')


class ChromiumCall:
    name = 'Chromium'

    def __init__ (self, hosts, one_way):
        self.one_way = one_way
        self.caller, self.callee = End (hosts.a, 'call'), End (hosts.b, 'receive' if one_way else '')
        self.caller.other, self.callee.other = self.callee, self.caller
        self.stack = contextlib.ExitStack ()

    def __enter__ (self):
        with contextlib.ExitStack () as stack:
            for end in (self.callee, self.caller):
                end.start (stack)
            self.stack = stack.pop_all ()
        return self

    def __exit__ (self, *error):
        self.stack.close ()

    def wait_begun (self):
        for end in (self.callee, self.caller):
            end.wait (lambda one=end: any (state.get ('state') == 'connected' for state in one.states), 'the path')
        for end in (self.callee,) if self.one_way else (self.callee, self.caller):
            with contextlib.suppress (Gone):
                end.wait (lambda one=end: one.pictures, 'the first picture', PATIENT)

    def pause (self):
        self.caller.heard.put ({'pause': True})

    def resume (self):
        self.caller.heard.put ({'pause': False})

    def finish (self):
        lived = all (end.trouble is None and end.browser.running for end in (self.caller, self.callee))
        for end in (self.caller, self.callee):
            end.heard.put ({'over': True})
        for end in (self.caller, self.callee):
            end.wait (lambda one=end: one.is_over, 'the end')
            end.browser.stop ()
        return lived

    def pictures (self):
        return read_pictures (self.callee.pictures), read_pictures (self.caller.pictures)

    def stats (self):
        for stats in (*self.caller.stats, *self.callee.stats):
            need (isinstance (stats, dict), f'no figures: {stats!r}')
            for name in ('t', 'target', 'concealed', 'samples'):
                number (stats.get (name), name, 0, 2 ** 53)
        return self.caller.stats, self.callee.stats

    def concealed (self, begin, end):
        found = []
        for told in reversed (self.stats ()):
            inside = [stats for stats in told if begin <= stats['t'] <= end]
            samples = inside[-1]['samples'] - inside[0]['samples'] if inside else 0
            found.append (100 * (inside[-1]['concealed'] - inside[0]['concealed']) / samples if samples > 0 else None)
        return found

    def pids (self):
        return [self.callee.browser.pid, self.caller.browser.pid]
