# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starting, starting again, and leaving."""

import re
import signal
import time
import unittest

import procs
import xvfb
from desk import AtDesk, wait_until
from tap import main


class Start (AtDesk):
    def start_again (self, person, *arguments):
        """A second start with the same profile: says nothing and is done at once."""
        argv = [procs.APP, '--profile', person.profile, '--media', 'test', *arguments]
        with procs.Process (argv, env=self.desk.display.env) as second:
            second.wait (0)
            self.assertEqual (second.log, [])

    def quiet (self, person):
        self.assertEqual (person.program.complaints (), [], person.program.transcript ())

    def test_french (self):
        """A7: In French the window is French: sidebar, menu, page, and no word on stderr."""
        anna = self.person ('Anna Berg', env={'LANGUAGE': 'fr'})
        anna.wait_for ('Appel d’essai à moi-même', 'push button')
        anna.wait_text ('Joignable')
        self.assertIsNone (anna.find ('Reachable', 'label'))
        self.quiet (anna)

    def test_test_call (self):
        """W6: The test call to oneself accepts by itself, shows one's own picture twice, and ends."""
        anna = self.person ('Anna Berg')
        anna.click ('Test call to myself')
        anna.wait_sees (anna)
        anna.click ('Hang up')
        anna.ended ()
        anna.wait_text ('Call ended.')
        self.quiet (anna)

    def steps (self, person):
        """What stands in the tables of --timeline so far."""
        return [line.split ('  ')[-1] for _, source, line in person.program.log if source == 'err' and re.match (r' *-?\d+\.\d +[+-]', line)]

    def test_timeline (self):
        """With --timeline stderr tells when each step of the start came, once and in order, and then those of a call up to the picture in the window."""
        anna = self.person ('Anna Berg', arguments=['--timeline'])
        anna.program.wait_line ('  listening')
        self.assertEqual (self.steps (anna), ['process started', 'main', 'settings read', 'GTK ready', 'window made', 'window shown', 'window drawn',
                                              'GStreamer loaded', 'profile opened', 'listening'])
        anna.click ('Test call to myself')
        anna.wait_sees (anna)
        anna.click ('Hang up')
        anna.ended ()
        anna.program.wait_line ('first frame shown')
        found = self.steps (anna)
        self.assertLess (found.index ('first frame decoded'), found.index ('first frame shown'))

    def test_start_again (self):
        """A second start with the same profile passes its address on to the first and ends; so with the first on the bus and with one
        beside it. A profile is never served twice."""
        anna = self.person ('Anna Berg')
        karim = self.person ('Karim', x=1040)
        self.start_again (anna)
        self.start_again (anna, karim.address)
        karim.report.wait_event ('request')
        karim.click ('Decline')
        anna.ended ()
        self.start_again (karim, anna.address)
        anna.report.wait_event ('request')
        anna.wait_for ('Karim is calling', 'dialog')
        self.assertEqual (len (self.desk.display.windows (anna.program.pid)), 1)

    def test_closed_in_a_call (self):
        """R4: Closing the window ends the call gracefully, and the process is gone within 3 seconds."""
        anna, karim = self.desk.pair ()
        self.addCleanup (anna.close)
        self.addCleanup (karim.close)
        karim.type_address (anna.address)
        anna.click ('Accept')
        karim.wait_sees (anna)
        karim.point_at (karim.wait_for ('Close', 'push button'))  # a busy computer takes seconds to tell where it is
        begun = time.monotonic ()
        self.desk.display.run (['xdotool', 'click', 1])
        self.assertEqual (karim.program.wait (), 0)
        self.assertLess (time.monotonic () - begun, 3 * procs.PATIENCE)
        self.assertTrue (anna.ended ()['graceful'])
        self.quiet (karim)

    def test_not_reachable (self):
        """W10: Off means off: nothing listens any more, callers are told at once, and it is remembered."""
        anna = self.person ('Anna Berg')
        karim = self.person ('Karim', x=1040)
        anna.click ('Reachable', 'check box')
        anna.wait_text ('Nobody can call you')
        karim.type_address (anna.address)
        self.assertEqual (karim.ended ()['reason'], 'unreachable')
        karim.wait_for ('Call again', 'push button')
        self.assertEqual (anna.report.named ('request'), [])
        wait_until (lambda: 'detection=false' in (anna.profile / 'settings.ini').read_text (), 'the setting to be kept')

    def test_narrow (self):
        """At 360 pixels the people stand alone; a call covers them, and the whole of it stands between bars."""
        anna = self.person ('Anna Berg')
        anna.resize (360, 640)
        wait_until (lambda: anna.extents (anna.wait_for ('Name or address to call', 'text'))[2] > 300, 'the people to fill the window')
        self.start_again (anna, '')
        anna.wait_sees (anna)
        self.assertLess (anna.extents (anna.find ('Picture of the other side'))[2], 361)
        anna.click ('Hang up')
        anna.ended ()


class WithoutBus (unittest.TestCase):
    def test_no_bus (self):
        """Without a session bus the program works and says nothing; the profile is still served once."""
        with procs.folder () as home, xvfb.Display () as display:
            argv = [procs.APP, '--profile', home / 'p', '--media', 'test', '--listen', '127.0.0.1:0', '--report', home / 'r']
            with procs.Report (home / 'r') as report, procs.Process (argv + [''], env=display.env) as program:
                report.wait_event ('first-frame')
                with procs.Process (argv, env=display.env) as second:
                    second.wait (1)
                    self.assertIn ('already running', second.transcript ())
                begun = time.monotonic ()
                program.stop (status=0)
                self.assertLess (time.monotonic () - begun, 3 * procs.PATIENCE)
                report.wait_event ('ended', graceful=True)
                self.assertEqual (program.complaints (), [], program.transcript ())

class Service (unittest.TestCase):
    def test_service (self):
        """Without a window it listens and calls for other programs; a call gets a window, and closing that ends the call but not
        the service; a caller gets a small window that takes no keys away."""
        with procs.folder () as home, xvfb.Display (bus=True) as display:
            argv = [procs.APP, '--profile', home / 's', '--media', 'test', '--listen', '127.0.0.1:0', '--report', home / 'r']
            with procs.Report (home / 'r') as report, procs.Process (argv + ['--gapplication-service'], env=display.env) as service:
                address = report.wait_event ('listening')['address']
                self.assertEqual (display.windows (service.pid), [])
                with procs.cli (home / 'k', '--listen', '127.0.0.1:0', 'answer', '--anyone') as answer:
                    other = answer.wait_event ('listening')['address']
                    display.run (['gdbus', 'call', '--session', '-d', 'org.visavis.Visavis', '-o', '/org/visavis/Visavis',
                                  '-m', 'org.visavis.Endpoint1.Connect', other, '{}'])
                    report.wait_event ('first-frame')
                    window = wait_until (lambda: display.windows (service.pid), 'a window for the call')[-1]
                    display.run (['xdotool', 'windowactivate', '--sync', window, 'key', 'alt+F4'])
                    report.wait_event ('ended', graceful=True)
                    wait_until (lambda: not display.windows (service.pid), 'the window to go')
                    self.assertTrue (service.running)

                (home / 'w').mkdir (mode=0o700)
                (home / 'w/settings.ini').write_text ('[org/visavis/Visavis]\nfirst-start-done=true\n')
                with procs.Process ([procs.APP, '--profile', home / 'w'], env=display.env) as other:
                    window = wait_until (lambda: display.windows (other.pid), 'another window')[-1]
                    display.run (['xdotool', 'windowactivate', '--sync', window])
                    mark = report.mark ()
                    with procs.cli (home / 'k', 'call', address) as call:
                        report.wait_event ('request', since=mark)
                        wait_until (lambda: display.windows (service.pid), 'a window for the caller')
                        self.assertEqual (display.run (['xdotool', 'getwindowfocus']).strip (), window)
                        call.stop ()
                    wait_until (lambda: not display.windows (service.pid), 'the small window to go')
                service.stop (signal.SIGTERM, status=0)
                self.assertEqual (service.complaints (), [], service.transcript ())


if __name__ == '__main__':
    main ()
