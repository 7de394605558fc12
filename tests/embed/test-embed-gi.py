# SPDX-License-Identifier: LGPL-2.1-or-later
"""Both libraries from Python, by introspection: what a program does with them in a real call, and how the API is kept."""

import contextlib
import unittest

import procs
from api import lines, since
from libraries import BOTH, Installed
from tap import main
from xvfb import Display, need

CALLER = procs.SOURCE / 'tests/embed/caller.py'


class Python (unittest.TestCase):
    @classmethod
    def setUpClass (cls):
        need ('Xvfb', 'meson')
        stack = contextlib.ExitStack ()
        cls.addClassCleanup (stack.close)
        cls.home = stack.enter_context (procs.folder ())
        cls.all = Installed (cls.home / 'prefix')
        cls.display = stack.enter_context (Display ())
        cls.env = {**cls.display.env, **cls.all.env, 'GI_TYPELIB_PATH': cls.all.libraries / 'girepository-1.0'}

    def caller (self, *words):
        return procs.Process (['/usr/bin/python3', CALLER, *words], env=self.env, stdin=True)

    def test_call (self):
        """Widgets of a .ui file, a call with data both ways, a text, errors and enumerations of the library, goodbye with data."""
        with procs.cli (self.home / 'answer', '--listen', '127.0.0.1:0', 'answer', '--anyone', '--data', 'welcome', '--bye-data', 'until then') as answer:
            listening = answer.wait_event ('listening')
            with self.caller (listening['address']) as caller:
                error = caller.wait_event ('error')
                self.assertTrue (error['known'], error)
                address = caller.wait_event ('address')
                self.assertEqual (f'{address["host"]}:{address["port"]}', listening['address'])
                request = answer.wait_event ('request')
                self.assertIn ('from Python', str (request))
                self.assertEqual (caller.wait_event ('answered')['data'], 'welcome')
                connected = caller.wait_event ('connected')
                self.assertEqual ((connected['id'], connected['calls'], connected['all']), (listening['id'], 1, True))
                sent = caller.wait_event ('sent')
                self.assertEqual ((sent['sent'], sent['number']), (True, 1))
                self.assertEqual (answer.wait_event ('text')['text'], 'Good day')
                answer.wait_event ('stats', lambda stats: stats['video_in']['frames'] > 10)
                caller.wait_event ('stats', lambda stats: stats['frames'] > 10)
                self.assertIn ('active', [event['state'] for event in caller.named ('state')])
                caller.write_line ('enough')
                caller.wait_event ('disconnected', graceful=True)
                ended = caller.wait_event ('ended')
                self.assertEqual ((ended['graceful'], ended['reason'], ended['data']), (True, 'local', 'until then'))
                caller.wait (0)
                self.assertFalse ([line for line in caller.complaints () if 'Warning' in line or 'CRITICAL' in line], caller.transcript ())

    def test_properties (self):
        """Each property has a nick and a blurb, for tools that build windows."""
        with self.caller ('--properties') as caller:
            caller.wait (0)
            found = caller.named ('property')
        self.assertGreater (len (found), 80)
        poor = [event for event in found if not event['blurb'] or not event['nick'] or event['nick'] == event['name']]
        self.assertEqual (poor, [])


class Interface (unittest.TestCase):
    maxDiff = None

    def test_kept (self):
        """What programs were built against stays: functions with their types, enumerations with their values, fields, properties, signals."""
        for library in BOTH:
            with self.subTest (library=str (library)):
                self.assertEqual (lines (library.gir), library.api.read_text (encoding='utf-8').splitlines (),
                                  '\nWhat is new goes into the list: python3 tests/embed/api.py. What has changed or gone breaks programs.')

    def test_since (self):
        """What came after the first version says since when, and the linker knows it under the same."""
        for library in BOTH:
            nodes = library.written ()
            first = min (nodes.values ())
            told = {symbol: f'{first.rsplit ("_", 2)[0]}_{version.replace (".", "_")}' if version else first for symbol, version in since (library.gir).items ()}
            self.assertGreater (len (told), 50)
            self.assertEqual (told, {symbol: nodes[symbol] for symbol in told})


if __name__ == '__main__':
    main ()
