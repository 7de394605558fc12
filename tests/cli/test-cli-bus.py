# SPDX-License-Identifier: LGPL-2.1-or-later
"""The calls of all of a user's programs on a session bus of the test's own: calls, dial, hang-up, and the objects themselves."""

import unittest

from bus import CALL, ENDPOINT, ROOT, GLib, OnTheBus, data
from lines import answer, call, is_active, listener, sentence, until
from procs import cli, folder
from tap import main


class Programs (OnTheBus):
    def test_list_and_hang_up (self):
        """R7, R8, R9, W22: Calls of several programs are listed together, with all their fields, and each is ended by its number alone."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2', env=self.bus.env) as callee, \
             call (home / 'a', callee.address, '--identifier', 'Zoë', env=self.bus.env) as caller:
            is_active (callee)
            is_active (caller)
            self.named (callee)
            self.named (caller)
            calls = self.listed (home / 'x')
            mine, theirs = caller.events[0]['value'], callee.wait_event ('request')['value']
            self.assertEqual (set (calls), {mine, theirs})
            self.assertEqual ({c['state'] for c in calls.values ()}, {'active'})
            self.assertEqual ((calls[mine]['address'], calls[mine]['id']), (callee.address, callee.id))
            self.assertEqual ((calls[theirs]['name'], calls[theirs]['initiator']), ('Zoë', 'Zoë'))
            self.assertEqual (calls[mine]['initiator'], 'Zoë')
            self.assertGreater (calls[mine]['since'], 1500000000)

            with cli (home / 'x', 'hang-up', str (theirs), env=self.bus.env, media=None) as program:
                program.wait (0)
            self.assertNotIn (theirs, self.listed (home / 'x'))
            caller.wait (0)
            with cli (home / 'x', 'hang-up', str (theirs), env=self.bus.env, media=None) as program:
                program.wait (1)
                sentence (program)

    def test_hang_up_all (self):
        """R9: All calls end, and none is left when the command returns; with none there is nothing to do."""
        with folder () as home, answer (home / 'b', '--anyone', '--calls', '2', env=self.bus.env) as callee, \
             call (home / 'a', callee.address, env=self.bus.env) as one, \
             call (home / 'c', callee.address, env=self.bus.env) as two:
            for program in (one, two):
                is_active (program)
                self.named (program)
            until (lambda: len (self.listed (home / 'x')) == 4, 'four halves')
            with cli (home / 'x', 'hang-up', '--all', env=self.bus.env, media=None) as program:
                program.wait (0)
            self.assertEqual (self.listed (home / 'x'), {})
            for program in (one, two, callee):
                program.wait (0)
            with cli (home / 'x', 'hang-up', '--all', env=self.bus.env, media=None) as program:
                program.wait (0)

    def test_dial (self):
        """R7: dial begins a call in a program that runs, prints its number and quits; the call goes on."""
        with folder () as home, answer (home / 'b', '--anyone', env=self.bus.env) as callee, \
             answer (home / 'c', '--anyone', env=self.bus.env) as service:
            self.named (service)
            callee.stop (status=0)
            with answer (home / 'b', '--anyone') as callee:
                with cli (home / 'x', 'dial', callee.address, '--data', 'knock', env=self.bus.env, media=None) as program:
                    program.wait (0)
                    value = program.wait_event ('call')['value']
                self.assertEqual (callee.wait_event ('request')['data'], 'knock')
                is_active (service, value=value)
                self.assertEqual (set (self.listed (home / 'x')), {value})
                with cli (home / 'x', 'hang-up', str (value), env=self.bus.env, media=None) as program:
                    program.wait (0)
                self.assertEqual (self.listed (home / 'x'), {})
                self.assertTrue (callee.wait_event ('ended')['graceful'])

    def test_dial_nonsense (self):
        """What is no address is told, and the list of calls says why it failed."""
        with folder () as home, answer (home / 'c', env=self.bus.env) as service:
            self.named (service)
            with cli (home / 'x', 'dial', 'no:where:at:all', env=self.bus.env, media=None) as program:
                program.wait (2)
                self.assertIn ('no:where:at:all', sentence (program))
                value = program.wait_event ('call')['value']
            self.assertEqual (self.listed (home / 'x')[value]['reason'], 'unreachable')
            with cli (home / 'x', 'calls', env=self.bus.env, media=None, json_lines=False) as program:
                program.wait (0)
                self.assertRegex (program.wait_line (str (value)), 'failed.*[a-z]\\.$')

    def test_dial_nobody (self):
        """Without a running service, and none that could be started: a sentence."""
        with folder () as home, cli (home, 'dial', '127.0.0.1:1', env=self.bus.env, media=None) as program:
            program.wait (1)
            self.assertIn ('could not be started', sentence (program))

    def test_connect (self):
        """R1, R2: Connect gives the path at once, also for what fails; a failed call keeps its object until it is hung up."""
        with folder () as home, answer (home / 'b', env=self.bus.env) as service, listener () as (server, port):
            name = self.named (service)
            path = self.bus.connect (name, 'nobody.invalid')
            self.assertEqual (path, f'{ROOT}/calls/{self.bus.get (name, path, CALL, "Value")}')
            server.close ()
            for where in (f'127.0.0.1:{port}', 'not an address'):
                path = self.bus.connect (name, where)
                until (lambda: self.bus.get (name, path, CALL, 'State') == 'failed', 'failed')
                self.assertEqual (self.bus.get (name, path, CALL, 'Reason'), 'unreachable')
                self.assertEqual (self.bus.get (name, path, CALL, 'Address'), where)
                self.bus.call (name, path, CALL, 'HangUp', data (b''))
                until (lambda: path not in self.bus.objects (name), 'the object to go')

    def test_nonsense (self):
        """What is too long or makes no sense is refused with a sentence, and the service goes on."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True, env=self.bus.env) as service, \
             call (home / 'a', service.address) as caller:
            name = self.named (service)
            caller.wait_event ('state', state='ringing')
            path = f'{ROOT}/calls/{service.wait_event ("request")["value"]}'
            long = GLib.Variant ('ay', bytes (65537))
            connect = (name, ROOT, ENDPOINT, 'Connect')
            prefix = 'org.visavis.Error.'
            self.refused (prefix + 'TooLarge', *connect, GLib.Variant ('(sa{sv})', ('127.0.0.1', {'data': long})))
            self.refused (prefix + 'TooLarge', *connect,
                          GLib.Variant ('(sa{sv})', ('127.0.0.1', {'identifier': GLib.Variant ('s', 'n' * 129)})))
            self.refused (prefix + 'InvalidAddress', *connect, GLib.Variant ('(sa{sv})', ('a' * 2000, {})))
            self.refused (prefix + 'TooLarge', name, path, CALL, 'Reject', data (bytes (65537)))
            self.refused (prefix + 'TooLarge', name, path, CALL, 'HangUp', data (bytes (65537)))
            self.refused (prefix + 'Failed', name, path, CALL, 'Stop', GLib.Variant ('(s)', ('smell',)))
            self.bus.call (name, path, CALL, 'Reject', data (b'no time'))
            caller.wait (3)
            self.assertEqual (caller.wait_event ('answer-data')['data'], 'no time')
            self.refused (prefix + 'Closed', name, path, CALL, 'Accept')

    def test_signals (self):
        """Accept, Stop and Play work; properties notify; Closing and Ended tell; the object goes 5 s after the end."""
        with folder () as home, answer (home / 'b', '--ask', stdin=True, env=self.bus.env) as callee, \
             call (home / 'a', callee.address, '--bye-data', 'must run') as caller:
            name = self.named (callee)
            seen = self.signals (name)
            caller.wait_event ('state', state='ringing')
            path = f'{ROOT}/calls/{callee.wait_event ("request")["value"]}'
            properties = self.bus.objects (name)[path][CALL]
            self.assertEqual ((properties['State'], properties['Incoming'], properties['Reason']), ('incoming', True, 'none'))
            self.bus.call (name, path, CALL, 'Accept')
            is_active (callee)
            self.bus.call (name, path, CALL, 'Stop', GLib.Variant ('(s)', ('video-out',)))
            self.bus.call (name, path, CALL, 'Play', GLib.Variant ('(s)', ('video-out',)))
            caller.stop (status=0)
            self.pump (lambda: any (signal == 'Ended' for _, signal, _ in seen))
            self.assertIn ((path, 'Closing', (list (b'must run'),)), seen)
            self.assertIn ((path, 'Ended', (True, 'remote', list (b'must run'))), seen)
            states = [a[1]['State'] for where, s, a in seen
                      if s == 'PropertiesChanged' and where == path and 'State' in a[1]]
            self.assertIn ('active', states)
            self.assertEqual (states[-1], 'ended')
            self.assertIn (path, self.bus.objects (name))
            self.pump (lambda: any (s == 'InterfacesRemoved' and a[0] == path for _, s, a in seen))
            self.assertNotIn (path, self.bus.objects (name))

    def test_detection (self):
        """W10: Identifier and Id are told; Detection is the door: off, nobody listens, and on again."""
        with folder () as home, answer (home / 'b', '--anyone', env=self.bus.env) as callee:
            name = self.named (callee)
            self.assertEqual (self.bus.get (name, ROOT, ENDPOINT, 'Id'), callee.id)
            self.assertTrue (self.bus.get (name, ROOT, ENDPOINT, 'Identifier'))
            self.assertTrue (self.bus.get (name, ROOT, ENDPOINT, 'Detection'))
            self.set_detection (name, False)
            with call (home / 'a', callee.address) as caller:
                caller.wait (4)
            mark = callee.mark ()
            self.set_detection (name, True)
            address = callee.wait_event ('listening', since=mark)['address']
            with call (home / 'a', address, '--duration', '0.1') as caller:
                caller.wait (0)

    def set_detection (self, name, value):
        arguments = GLib.Variant ('(ssv)', (ENDPOINT, 'Detection', GLib.Variant ('b', value)))
        self.bus.call (name, ROOT, 'org.freedesktop.DBus.Properties', 'Set', arguments)
        self.assertEqual (self.bus.get (name, ROOT, ENDPOINT, 'Detection'), value)


if __name__ == '__main__':
    main ()
