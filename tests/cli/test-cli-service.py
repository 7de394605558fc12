# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service that the session bus starts: `visavis --gapplication-service` holds the calls, whoever began them, and leaves in time."""

import os
import shlex
import signal
import time
import unittest

import xvfb
from bus import CALL, ROOT, SERVICE, Bus, Gio, GLib
from leaving import LEAVE_LIMIT
from lines import answer, sentence, until
from procs import APP, Report, cli, folder
from tap import main

CONFIGURATION = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={home}</listen>
  <servicedir>{home}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''
SETTINGS = "[org/visavis/Visavis]\nlisten='127.0.0.1:0'\nidentifier='Service'\n"


def has_left (pid):
    """Whether a process has come to its end: the bus, which started it, buries it a second later."""
    try:
        with open (f'/proc/{pid}/stat', encoding='utf-8', errors='replace') as stat:
            return stat.read ().rpartition (')')[2].split ()[0] == 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return True


class Service (unittest.TestCase):
    def setUp (self):
        if Gio is None:
            self.skipTest ('python3-gi is not installed')
        xvfb.need ('dbus-daemon')
        self.display = self.enterContext (xvfb.Display (manager=False))
        self.home = home = self.enterContext (folder ())
        (home / 'profile').mkdir (mode=0o700)
        (home / 'profile/settings.ini').write_text (SETTINGS, encoding='utf-8')
        (home / 'services').mkdir ()
        (home / 'services' / f'{SERVICE}.service').write_text (
            f'[D-BUS Service]\nName={SERVICE}\nExec={shlex.quote (str (APP))} --profile {home}/profile --media none --report {home}/report '
            '--gapplication-service\n')
        (home / 'bus.conf').write_text (CONFIGURATION.format (home=home))
        environment = {k: v for k, v in {**os.environ, **self.display.env}.items () if v is not None}
        self.bus = Bus (home / 'bus.conf', environment)
        self.addCleanup (self.bus.close)
        self.report = self.enterContext (Report (home / 'report'))
        self.addCleanup (self.end_service)

    def pid (self):
        return self.bus.call ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                              'GetConnectionUnixProcessID', GLib.Variant ('(s)', (SERVICE,)))[0]

    def running (self):
        return SERVICE in self.bus.names ()

    def end_service (self):
        if self.running ():
            os.kill (self.pid (), signal.SIGKILL)

    def command (self, *words, status=0):
        with cli (self.home / 'x', *words, env=self.bus.env, media=None) as program:
            program.wait (status)
            return program

    def dial (self, address):
        return self.command ('dial', address).wait_event ('call')['value']

    def listed (self):
        return {e['value']: e for e in self.command ('calls').named ('call')}

    def state (self, value):
        return self.bus.get (SERVICE, f'{ROOT}/calls/{value}', CALL, 'State')

    def test_dial (self):
        """R7, R8, R9, R5: dial has the bus start the service and quits; the call lives on there, all see it, and any program ends it."""
        with answer (self.home / 'b', '--anyone', media='none') as callee:
            self.assertFalse (self.running ())
            value = self.dial (callee.address)
            callee.wait_event ('state', state='active')
            until (lambda: self.state (value) == 'active', 'the call')
            call = self.listed ()[value]
            self.assertEqual ((call['state'], call['address'], call['id'], call['initiator']),
                              ('active', callee.address, callee.id, 'Service'))
            self.assertEqual (callee.named ('ended'), [])
            self.command ('hang-up', str (value))
            self.assertTrue (callee.wait_event ('ended')['graceful'])
            self.assertNotIn (value, self.listed ())
            self.assertIn ('no call', sentence (self.command ('hang-up', str (value), status=1)))
            self.assertTrue (self.running ())

    def test_dial_fails (self):
        """R1, R2: dial answers with a number for a call that will fail; the failure is there to be read until it is hung up."""
        value = self.dial ('nobody.invalid')
        until (lambda: self.state (value) == 'failed', 'the failure')
        self.assertEqual (self.listed ()[value]['state'], 'failed')
        self.command ('hang-up', '--all')
        self.assertEqual (self.listed (), {})

    def leaves (self, number):
        pid = self.pid ()
        begun = time.monotonic ()
        os.kill (pid, number)
        until (lambda: not self.running (), 'the end of the service', LEAVE_LIMIT)
        until (lambda: has_left (pid), 'the end of the process', LEAVE_LIMIT)
        took = time.monotonic () - begun
        print (f'signal {number}: the service left in {took:.2f} s')
        self.assertLess (took, LEAVE_LIMIT)

    def test_leaves (self):
        """R4: The service is told to leave in a call: the other side sees a graceful end, and the process is gone in time."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest (number=number), answer (self.home / 'b', '--anyone', '--calls', '1', media='none') as callee:
                value = self.dial (callee.address)
                callee.wait_event ('state', state='active')
                until (lambda: self.state (value) == 'active', 'the call')
                self.leaves (number)
                end = callee.wait_event ('ended')
                self.assertEqual ((end['graceful'], end['reason']), (True, 'remote'))
                callee.wait (0)
                self.assertEqual (self.listed (), {})

    def test_leaves_a_held_close (self):
        """R4: The other side holds the close for 10 s: it is cut after 2 s, the service is gone in time, and told that it was no graceful end."""
        with answer (self.home / 'b', '--anyone', '--hold-close', '10000', media='none') as callee:
            value = self.dial (callee.address)
            until (lambda: self.state (value) == 'active', 'the call')
            self.leaves (signal.SIGTERM)
            end = self.report.wait_event ('ended', value=value)
            self.assertFalse (end['graceful'])
            callee.wait_event ('ended')

    def test_many_end_at_once (self):
        """R9: hang-up --all ends what the service and others hold, and returns when they are gone."""
        with answer (self.home / 'b', '--anyone', media='none', env=self.bus.env) as callee:
            values = {self.dial (callee.address) for _ in range (3)}
            for value in values:
                until (lambda: self.state (value) == 'active', 'the call')
            until (lambda: len (self.listed ()) == 6, 'both halves of three calls')
            self.command ('hang-up', '--all')
            self.assertEqual (self.listed (), {})
            self.bus.call (SERVICE, f'{ROOT}', 'org.freedesktop.DBus.Peer', 'Ping')


if __name__ == '__main__':
    main ()
