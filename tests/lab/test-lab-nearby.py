# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two computers in one local network, each with an Avahi daemon: who wants to be found is found, and nobody is believed."""

import signal
import unittest

from avahi import Bus
from nearby import ADDRESS_B, PORT, Neighbours
from procs import cli, folder
from tap import main


class Nearby (Neighbours):
    def test_found_and_called (self):
        """A8: Who agreed is found with name, id and address, is called by that, and is gone from the list when they withdraw."""
        with self.two () as net:
            look = self.look (net)
            bob = self.answer (net, '--findable', '--calls', '1')
            found = look.wait_event ('nearby', id=bob.id)
            self.assertEqual ([found[key] for key in ('name', 'id', 'address', 'present')],
                              ['Bob', bob.id, f'{ADDRESS_B}:{PORT}', True])
            call = self.run_at (net.a, net.home / 'a', 'call', f"visavis:{found['id']}@{found['address']}", '--duration', '1')
            call.wait (0)
            bob.wait (0)
            look.wait_event ('nearby', present=False, id=bob.id)
            self.assertEqual (len (look.named ('nearby', id=bob.id)), 2, look.transcript ())
            look.stop (signal.SIGINT, 0)

    def test_killed (self):
        """A8: Who crashed is gone as well, by the daemon's doing; and nobody is found who did not agree."""
        with self.two () as net:
            look = self.look (net)
            quiet = self.answer (net, profile='quiet', name='Quiet', port=PORT + 1)
            bob = self.answer (net, '--findable')
            look.wait_event ('nearby', id=bob.id)
            bob.kill ()
            look.wait_event ('nearby', id=bob.id, present=False)
            self.assertEqual (look.named ('nearby', id=quiet.id), [])

    def test_same_name (self):
        """A8: Two who are called the same are both found, the second with a number; a person sees neither themselves nor whom they block."""
        with self.two () as net:
            look = self.look (net)
            one = self.answer (net, '--findable', name='Léa', profile='one')
            look.wait_event ('nearby', id=one.id)
            two = self.answer (net, '--findable', name='Léa', profile='two', port=PORT + 1)
            self.assertEqual (look.wait_event ('nearby', id=two.id)['name'], 'Léa (2)')
            own = self.run_at (net.b, net.home / 'two', 'people', '--nearby', '--duration', '120', media=None)
            own.wait_event ('nearby', id=one.id)
            self.assertEqual (own.named ('nearby', id=two.id), [])
            with cli (net.home / 'two', 'people', 'add', 'Enemy', f'visavis:{one.id}@{ADDRESS_B}:{PORT}', media=None) as add:
                add.wait (0)
            with cli (net.home / 'two', 'people', 'block', 'Enemy', media=None) as block:
                block.wait (0)
            own.wait_event ('nearby', id=one.id, present=False)

    def test_liar (self):
        """A8: Who announces another's id is not called as that person: status 6. A person is called where they are, whatever else is said."""
        with self.two () as net:
            with cli (net.home / 'victim', 'identity', media=None) as program:
                victim = program.wait_event ('identity')['id']
            liar = self.answer (net, profile='liar', name='Liar')
            look = self.look (net)
            self.cry (net, '--name', 'Victim', '--port', str (PORT), f'id={victim}', 'proto=1')
            found = look.wait_event ('nearby', id=victim)
            call = self.run_at (net.a, net.home / 'a', 'call', f"visavis:{found['id']}@{found['address']}")
            call.wait (6)
            self.assertEqual (liar.named ('request'), [])

    def test_flood (self):
        """A8: Of 40 people at one computer 8 are listed, of nonsense nothing, and an honest one elsewhere still is found."""
        self.check_flood (40)

    def test_daemon_restarts (self):
        """A8: A daemon that dies and comes back is followed by both: those who are found, and those who look."""
        with self.two () as net:
            look = self.look (net)
            bob = self.answer (net, '--findable')
            look.wait_event ('nearby', id=bob.id)
            net.b.daemon.kill ()
            net.a.daemon.kill ()
            look.wait_event ('nearby', id=bob.id, present=False)
            mark = look.mark ()
            net.a.start ()
            net.b.start ()
            look.wait_event ('nearby', id=bob.id, present=True, since=mark)

class Alone (unittest.TestCase):
    def test_no_avahi (self):
        """A8: Without a daemon, and without a bus, that is said in a sentence; calls work as ever."""
        with Bus () as bus, folder () as home:
            for env in (bus.env, {'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent'}):
                with cli (home / 'a', 'people', '--nearby', '--duration', '1', media=None, env=env, name='look') as look:
                    look.wait (1)
                    lines = [line for _, source, line in look.log if source == 'err' and line]
                    self.assertEqual (len (lines), 1, look.transcript ())
                    self.assertIn ('avahi-daemon', lines[0])
                with cli (home / 'b', '--listen', '127.0.0.1:0', 'answer', '--findable', '--anyone', '--calls', '1',
                          env=env) as answer:
                    address = answer.wait_event ('listening')['address']
                    with cli (home / 'a', 'call', address, '--duration', '1', env=env) as call:
                        call.wait (0)
                    answer.wait (0)


if __name__ == '__main__':
    main ()
