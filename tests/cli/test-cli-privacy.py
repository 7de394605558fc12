# SPDX-License-Identifier: LGPL-2.1-or-later
"""What strangers cannot make the program do: nothing is gathered, sent or opened before the person acted."""

import contextlib
import unittest

from lines import answer, call, is_active, udp_sockets, until
from procs import folder, thread_names
from tap import main

# The threads that make the test picture and tone, or read a device: the latter are called after the element.
SOURCES = ('vav-test-', 'v4l2src', 'pipewiresrc', 'pulsesrc', 'alsasrc')


@contextlib.contextmanager
def ringing (home):
    with answer (home / 'b', '--ask', '--calls', '1', stdin=True) as callee:
        before = set (thread_names (callee.pid))
        with call (home / 'a', callee.address) as caller:
            caller.wait_event ('state', state='ringing')
            # the callee has had all the time it needs to begin anything: the ringing went out after it
            yield callee, caller, before


class Privacy (unittest.TestCase):
    def test_stranger (self):
        """W11: A stranger rings: no UDP socket is open, so nothing can go to their candidates; after accept there are some."""
        with folder () as home, ringing (home) as (callee, caller, _):
            mark = len (callee.events)
            # the caller's candidates have come by the time that two more of its seconds have passed; ask a few times
            for _ in range (20):
                self.assertEqual (udp_sockets (callee.pid), set ())
                self.assertNotIn ('path', [e['event'] for e in callee.events[mark:]])
            callee.write_line ('accept')
            is_active (callee)
            self.assertNotEqual (udp_sockets (callee.pid), set ())
            caller.stop (status=0)
            callee.wait (0)

    def test_known (self):
        """W11: For people that one knows the path is made while it rings, but still no camera and microphone."""
        with folder () as home:
            with answer (home / 'b', '--anyone', '--calls', '1') as callee, \
                 call (home / 'a', callee.address, '--duration', '0.1') as caller:
                caller.wait (0)
            with ringing (home) as (callee, caller, before):
                until (lambda: udp_sockets (callee.pid), 'sockets while it rings')
                self.assert_no_sources (callee, before)
                callee.write_line ('accept')
                is_active (caller)
                caller.stop (status=0)

    def assert_no_sources (self, program, before):
        new = set (thread_names (program.pid)) - before
        self.assertEqual ([name for name in new if name.startswith (SOURCES)], [])

    def test_no_capture_before_accept (self):
        """W11: No source of picture or sound runs while it rings; after accept they do."""
        with folder () as home, ringing (home) as (callee, caller, before):
            self.assert_no_sources (callee, before)
            self.assertEqual (callee.named ('stats'), [])
            callee.write_line ('accept')
            is_active (callee)
            until (lambda: [name for name in set (thread_names (callee.pid)) - before if name.startswith (SOURCES)],
                   f'a source after accept, of {SOURCES}')
            caller.stop (status=0)

    def test_nothing_listens (self):
        """W10: call listens on no port; answer listens on the one that it told."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True) as callee, \
             call (home / 'a', callee.address) as caller:
            caller.wait_event ('state', state='ringing')
            self.assertEqual (self.listening_ports (caller.pid), set ())
            self.assertEqual (self.listening_ports (callee.pid), {int (callee.address.rsplit (':', 1)[1])})

    def listening_ports (self, pid):
        from lines import socket_inodes
        inodes = set (socket_inodes (pid))
        ports = set ()
        for table in ('tcp', 'tcp6'):
            with open (f'/proc/{pid}/net/{table}', encoding='ascii') as rows:
                for row in list (rows)[1:]:
                    words = row.split ()
                    if words[3] == '0A' and words[9] in inodes:
                        ports.add (int (words[1].rsplit (':', 1)[1], 16))
        return ports


if __name__ == '__main__':
    main ()
