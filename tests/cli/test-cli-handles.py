# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls as handles on the session bus: there at once, true in every state, ended from anywhere in every state, and then gone."""

import contextlib
import os
import shutil
import socket
import unittest

from bus import CALL, ENDPOINT, ROOT, SERVICE, GLib, OnTheBus, data, instance, many_bytes
from lines import answer, call, is_active, listener, sentence, until
from procs import PATIENCE, cli, folder
from tap import main

PROPERTIES = {'Value', 'State', 'Reason', 'EntryName', 'Address', 'PeerId', 'Initiator', 'Incoming', 'StartTime', 'Graceful'}


class SilentNames:
    """A place where every name is asked for and no answer comes: a name server that says nothing. Needs root."""

    ADDRESS = '127.53.53.53'

    def __init__ (self, home):
        self.socket = socket.socket (socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind ((self.ADDRESS, 53))
        self.file = home / 'resolv.conf'
        self.file.write_text (f'nameserver {self.ADDRESS}\noptions timeout:30 attempts:1\n')

    def wrap (self, argv):
        return ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', str (self.file), *argv]

    def __enter__ (self):
        return self

    def __exit__ (self, *error):
        self.socket.close ()


class Handles (OnTheBus):
    def state (self, name, path):
        return self.bus.get (name, path, CALL, 'State')

    def wait_state (self, name, path, state):
        until (lambda: self.state (name, path) == state, f'{path} {state}')

    def value_of (self, path):
        return int (path.rsplit ('/', 1)[1])

    def service (self, home, *words, **options):
        """A program that holds calls, and its name on the bus."""
        program = answer (home / 'service', *words, env=self.bus.env, **{'media': 'none', **options})
        self.addCleanup (program.__exit__)
        return program, self.named (program)

    def check_gone (self, home, name, path):
        self.no_such (name, path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant ('(ss)', (CALL, 'State')))
        self.assertNotIn (path, self.bus.objects (name))
        self.assertIn ('no call', sentence (self.hang_up (home, self.value_of (path), status=1)))


    # A service and somebody it calls, or who calls it, in each state.

    def resolving (self, home, stack):
        _, name = self.service (home)
        return name, self.bus.connect (name, 'nobody.invalid')

    def dialling (self, home, stack):
        _, name = self.service (home)
        _, port = stack.enter_context (listener ())
        path = self.bus.connect (name, f'127.0.0.1:{port}')
        self.wait_state (name, path, 'dialling')
        return name, path

    def ringing (self, home, stack):
        _, name = self.service (home)
        peer = stack.enter_context (answer (home / 'b', '--ask', stdin=True, media='none'))
        path = self.bus.connect (name, peer.address)
        self.wait_state (name, path, 'ringing')
        return name, path

    def incoming (self, home, stack):
        program, name = self.service (home, '--ask', stdin=True)
        stack.enter_context (call (home / 'a', program.address, media='none'))
        path = f'{ROOT}/calls/{program.wait_event ("request")["value"]}'
        self.wait_state (name, path, 'incoming')
        return name, path

    def active (self, home, stack):
        _, name = self.service (home)
        peer = stack.enter_context (answer (home / 'b', '--anyone', media='none'))
        path = self.bus.connect (name, peer.address)
        self.wait_state (name, path, 'active')
        return name, path

    def closing (self, home, stack):
        """It has said goodbye, and the other side takes 2 s over its own."""
        _, name = self.service (home)
        peer = stack.enter_context (answer (home / 'b', '--anyone', '--hold-close', '2000', media='none'))
        path = self.bus.connect (name, peer.address)
        self.wait_state (name, path, 'active')
        self.bus.call (name, path, CALL, 'HangUp', data (b''))
        self.wait_state (name, path, 'closing')
        return name, path

    def ended (self, home, stack):
        program, name = self.service (home, '--anyone')
        with call (home / 'a', program.address, '--duration', '0.05', media='none') as caller:
            caller.wait (0)
        path = f'{ROOT}/calls/{program.wait_event ("request")["value"]}'
        self.wait_state (name, path, 'ended')
        return name, path

    def failed (self, home, stack):
        _, name = self.service (home)
        path = self.bus.connect (name, 'not an address')
        self.wait_state (name, path, 'failed')
        return name, path


class Once (Handles):
    def test_at_once (self):
        """R1: Connect answers with the handle while the name is still to be resolved: the object appears in that state."""
        with folder () as home:
            _, name = self.service (home)
            seen = self.signals (name)
            path = self.bus.connect (name, 'nobody.invalid')
            self.pump (lambda: any (s == 'InterfacesAdded' for _, s, _ in seen))
            added = next (a for _, s, a in seen if s == 'InterfacesAdded')
            self.assertEqual (added[0], path)
            self.assertEqual (added[1][CALL]['State'], 'resolving')
            self.assertEqual (added[1][CALL]['Value'], self.value_of (path))
            self.assertTrue (0 < self.value_of (path) < 2 ** 53)

    def test_names_never_resolve (self):
        """R1, R3: A name that no server answers for: the handle is there at once all the same, and can be hung up."""
        if os.geteuid () != 0 or shutil.which ('unshare') is None:
            self.skipTest ('a name server of our own needs root and unshare')
        with folder () as home, SilentNames (home) as names:
            program = answer (home / 'service', env=self.bus.env, media='none', netns=names)
            self.addCleanup (program.__exit__)
            name = self.named (program)
            path = self.bus.connect (name, 'anna.example')
            self.assertEqual (self.state (name, path), 'resolving')
            names.socket.settimeout (20)
            self.assertIn (b'anna', names.socket.recvfrom (512)[0])
            self.assertEqual (self.state (name, path), 'resolving')
            self.hang_up (home, self.value_of (path))
            self.check_gone (home, name, path)

    def test_unique (self):
        """R9: Numbers are unique among all programs of a user, and small enough for every reader of JSON."""
        with folder () as home, listener () as (_, port):
            values = []
            for number in range (3):
                program = answer (home / f's{number}', env=self.bus.env, media='none')
                self.addCleanup (program.__exit__)
                name = self.named (program)
                values += [self.value_of (self.bus.connect (name, f'127.0.0.1:{port}')) for _ in range (10)]
            self.assertEqual (len (set (values)), 30)
            self.assertTrue (all (0 < value < 2 ** 53 for value in values))
            self.assertEqual (set (self.listed (home / 'x')), set (values))
            self.hang_up (home, '--all')
            self.assertEqual (self.listed (home / 'x'), {})


class States (Handles):
    def test_hang_up (self):
        """R3, R5, R9: Whatever the state, hang-up by the number alone ends the call and returns when it is gone; then there is no such call."""
        for situation in (self.resolving, self.dialling, self.ringing, self.incoming, self.active, self.closing, self.ended,
                          self.failed):
            with self.subTest (situation=situation.__name__), folder () as home, contextlib.ExitStack () as stack:
                name, path = situation (home, stack)
                self.hang_up (home, self.value_of (path))
                self.check_gone (home, name, path)
            self.doCleanups ()
            self.setUp ()

    def test_properties (self):
        """R8: The properties are right and complete in each state, on both sides."""
        with folder () as home:
            program, name = self.service (home, '--ask', stdin=True)
            with answer (home / 'b', '--ask', stdin=True, env=self.bus.env, media='none') as peer:
                other = self.named (peer)
                ours = self.bus.connect (name, peer.address, identifier=GLib.Variant ('s', 'Zoë'))
                theirs = f'{ROOT}/calls/{peer.wait_event ("request")["value"]}'
                self.wait_state (name, ours, 'ringing')
                self.check (name, ours, State='ringing', Reason='none', EntryName=peer.address, Address=peer.address,
                            PeerId=peer.id, Initiator='Zoë', Incoming=False, Graceful=False)
                here = self.check (other, theirs, State='incoming', Reason='none', EntryName='Zoë', PeerId=program.id,
                                   Initiator='Zoë', Incoming=True, Graceful=False)
                self.assertTrue (here['Address'].startswith ('127.0.0.1:'))
                self.bus.call (other, theirs, CALL, 'Accept')
                for where, path in ((name, ours), (other, theirs)):
                    self.wait_state (where, path, 'active')
                    self.check (where, path, State='active', Reason='none', Graceful=False, Initiator='Zoë')
                self.bus.call (name, ours, CALL, 'HangUp', data (b'must run'))
                self.assertEqual (peer.wait_event ('closing')['data'], 'must run')
                self.wait_state (other, theirs, 'ended')
                self.check (other, theirs, State='ended', Reason='remote', Graceful=True, EntryName='Zoë', PeerId=program.id)
            path = self.bus.connect (name, peer.address)
            self.wait_state (name, path, 'failed')
            self.check (name, path, State='failed', Reason='unreachable', Graceful=False, Incoming=False)

    def check (self, name, path, **expected):
        properties = self.bus.objects (name)[path][CALL]
        self.assertEqual (set (properties), PROPERTIES)
        self.assertEqual (properties['Value'], self.value_of (path))
        self.assertTrue (1500000000 < properties['StartTime'] < 10000000000)
        self.assertEqual ({key: properties[key] for key in expected}, expected)
        return properties

    def test_failed_stays (self):
        """R2, R5: A failed call stays until it is hung up, however long that takes; one that ended goes by itself after 5 s."""
        with folder () as home, contextlib.ExitStack () as stack:
            name, ended = self.ended (home, stack)
            failed = self.bus.connect (name, 'not an address')
            self.wait_state (name, failed, 'failed')
            until (lambda: ended not in self.bus.objects (name), 'the ended call to go', 15 * PATIENCE)
            self.assertEqual (self.state (name, failed), 'failed')
            self.hang_up (home, self.value_of (failed))
            self.check_gone (home, name, failed)

    def test_reject_with_data (self):
        """N3: Reject and HangUp carry any bytes: the caller has them as they were."""
        with folder () as home:
            program, name = self.service (home, '--ask', stdin=True)
            with call (home / 'a', program.address, media='none') as caller:
                path = f'{ROOT}/calls/{program.wait_event ("request")["value"]}'
                self.bus.call (name, path, CALL, 'Reject', data (b'\xff\x00'))
                caller.wait (3)
                self.assertEqual (caller.wait_event ('answer-data')['data'], {'base64': '/wA='})
                self.assertEqual (caller.wait_event ('ended')['reason'], 'declined')

    def test_flows (self):
        """W14: Stop over the bus: the other side's pictures stand still; Play: they go on."""
        with folder () as home:
            program, name = self.service (home, '--anyone', media='test')
            with call (home / 'a', program.address) as caller:
                caller.wait_event ('first-frame')
                path = f'{ROOT}/calls/{program.wait_event ("request")["value"]}'
                self.bus.call (name, path, CALL, 'Stop', GLib.Variant ('(s)', ('video-out',)))
                frames = lambda e: e['video_in']['frames']
                still = lambda: len (s := caller.named ('stats')) > 1 and frames (s[-1]) - frames (s[-2]) == 0 and frames (s[-1])
                stopped = until (still, 'pictures to stop')
                self.bus.call (name, path, CALL, 'Play', GLib.Variant ('(s)', ('video-out',)))
                caller.wait_event ('stats', lambda e: frames (e) > stopped + 15)


class Nonsense (Handles):
    WRONG = (('(s)', ('text',)), ('(i)', (1,)), ('()', ()))

    def test_wrong_types (self):
        """What has the wrong type is refused as such, and nothing happens."""
        prefix = 'org.freedesktop.DBus.Error.'
        with folder () as home:
            program, name = self.service (home, '--ask', stdin=True)
            with call (home / 'a', program.address, media='none') as caller:
                path = f'{ROOT}/calls/{program.wait_event ("request")["value"]}'
                for method in ('Reject', 'HangUp'):
                    for signature, value in self.WRONG:
                        self.bus_refuses (prefix + 'InvalidArgs', name, path, CALL, method, GLib.Variant (signature, value))
                for method in ('Stop', 'Play'):
                    self.bus_refuses (prefix + 'InvalidArgs', name, path, CALL, method, data (b'video-out'))
                connect = (name, ROOT, ENDPOINT, 'Connect')
                self.bus_refuses (prefix + 'InvalidArgs', *connect, GLib.Variant ('(s)', ('127.0.0.1:1',)))
                for option in ({'data': GLib.Variant ('s', 'text')}, {'data': GLib.Variant ('ai', [1])},
                               {'identifier': GLib.Variant ('i', 1)}, {'identifier': GLib.Variant ('ay', b'n')}):
                    self.refused (prefix + 'InvalidArgs', *connect, GLib.Variant ('(sa{sv})', ('127.0.0.1:1', option)))
                for interface, member, value in ((ENDPOINT, 'Detection', GLib.Variant ('s', 'yes')),
                                                 (ENDPOINT, 'Id', GLib.Variant ('s', 'me'))):
                    self.bus_refuses (prefix + 'InvalidArgs', name, ROOT, 'org.freedesktop.DBus.Properties', 'Set',
                                      GLib.Variant ('(ssv)', (interface, member, value)))
                self.assertEqual (self.state (name, path), 'incoming')
                self.assertEqual (list (self.bus.objects (name)), [path])
                self.assertTrue (caller.running)

    def bus_refuses (self, error, *arguments):
        """As refused(), but the sentence is GLib's."""
        with self.assertRaises (GLib.Error) as raised:
            self.bus.call (*arguments)
        self.assertIn (error, raised.exception.message)

    def test_flows_that_are_none (self):
        """Flows that are nonsense, in a call that goes on."""
        with folder () as home, contextlib.ExitStack () as stack:
            name, path = self.active (home, stack)
            for flows in ('', ' ', ',', 'smell', 'video-out,', 'VIDEO-OUT', 'video-out;audio-out', 'x' * 1000000, 'vidéo',
                          ','.join (['video-out'] * 1000)):
                for method in ('Stop', 'Play'):
                    self.refused ('org.visavis.Error.Failed', name, path, CALL, method, GLib.Variant ('(s)', (flows,)))
            self.assertEqual (self.state (name, path), 'active')

    def test_no_such_call (self):
        """R5: Numbers that are none and paths that are no call: there is no such object, and the command says so in a sentence."""
        with folder () as home:
            _, name = self.service (home)
            for last in ('1', '0', '18446744073709551615', '99999999999999999999999', 'x', '1/2'):
                self.no_such (name, f'{ROOT}/calls/{last}', CALL, 'HangUp', data (b''))
            for value in ('1', str (2 ** 53), str (2 ** 64 - 1)):
                self.assertIn ('no call', sentence (self.hang_up (home, value, status=1)))
            for value in (str (2 ** 64), '-1', '1.5', ''):
                sentence (self.hang_up (home, value, status=2))
            self.assertEqual (self.bus.objects (name), {})

    def test_huge (self):
        """Megabytes are refused with a sentence, and cost no call."""
        prefix = 'org.visavis.Error.'
        with folder () as home, contextlib.ExitStack () as stack:
            name, path = self.active (home, stack)
            huge = bytes (16 << 20)
            self.refused (prefix + 'TooLarge', name, path, CALL, 'HangUp', data (huge))
            self.refused (prefix + 'Failed', name, path, CALL, 'Reject', data (b''))
            self.refused (prefix + 'InvalidAddress', name, ROOT, ENDPOINT, 'Connect',
                          GLib.Variant ('(sa{sv})', ('a' * (16 << 20), {})))
            self.refused (prefix + 'TooLarge', name, ROOT, ENDPOINT, 'Connect',
                          GLib.Variant ('(sa{sv})', ('127.0.0.1:1', {'data': many_bytes (huge)})))
            self.assertEqual (self.state (name, path), 'active')
            self.assertEqual (list (self.bus.objects (name)), [path])

    def test_impostor (self):
        """R7: A program that is named like ours and shows nonsense spoils neither the list nor the hang-up of the others."""
        with folder () as home, contextlib.ExitStack () as stack:
            name, path = self.active (home, stack)
            fake = f'{SERVICE}.Instance_1'
            self.bus.call ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant ('(su)', (fake, 0)))
            self.assertEqual (set (self.listed (home / 'x')), {self.value_of (path)})
            self.hang_up (home, '--all')
            self.assertEqual (self.listed (home / 'x'), {})


class Gone (Handles):
    def test_program_killed (self):
        """R7: A program that is killed takes its calls from the list, also while somebody waits for their end."""
        with folder () as home, contextlib.ExitStack () as stack:
            program, name = self.service (home)
            peer = stack.enter_context (answer (home / 'b', '--anyone', '--hold-close', '20000', media='none'))
            path = self.bus.connect (name, peer.address)
            self.wait_state (name, path, 'active')
            seen = self.signals (name)
            with cli (home / 'x', 'hang-up', '--all', env=self.bus.env, media=None) as waiting:
                self.pump (lambda: any ('closing' in str (a) for _, s, a in seen if s == 'PropertiesChanged'))
                self.assertTrue (waiting.running)
                program.kill ()
                waiting.wait (0)
            self.assertEqual (self.listed (home / 'x'), {})
            self.assertNotIn (instance (program), self.bus.names ())


if __name__ == '__main__':
    main ()
