# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed beside the code is valid, by the tools of those who will read it."""

import array
import re
import shutil
import subprocess
import tempfile
import unittest
import wave
from pathlib import Path

import tree
from tap import main

RESOURCES = tree.SOURCE / 'resources'
BUILT = tree.BUILD / 'resources'
APP = 'org.visavis.Visavis'


def need (program):
    if shutil.which (program) is None:
        raise unittest.SkipTest (f'{program} is not installed')


class Resources (unittest.TestCase):
    def run_tool (self, *command):
        done = subprocess.run ([str (word) for word in command], capture_output=True, text=True, check=False)
        self.assertEqual (done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_schema (self):
        """The settings schema compiles without a warning."""
        need ('glib-compile-schemas')
        said = self.run_tool ('glib-compile-schemas', '--strict', '--dry-run', RESOURCES)
        self.assertEqual (said, '')

    def test_desktop (self):
        """The desktop entry is valid and opens visavis: links."""
        need ('desktop-file-validate')
        said = self.run_tool ('desktop-file-validate', BUILT / f'{APP}.desktop')
        self.assertEqual (said, '')
        text = (BUILT / f'{APP}.desktop').read_text ()
        for line in ('MimeType=x-scheme-handler/visavis;', 'DBusActivatable=true', 'Exec=visavis --link %u', 'GenericName[fr]='):
            self.assertIn (line, text)

    def test_metainfo (self):
        """The metainfo is valid, pedantically. What needs the network is left out: it fetches the pictures and pages whose addresses are
        given, and tests go nowhere but here. No address is invented: the project has none yet, so none is given, which AppStream 1.0 would warn of."""
        need ('appstreamcli')
        words = ['--pedantic', '--no-net', '--no-color']
        if not self.run_tool ('appstreamcli', '--version').startswith ('AppStream version: 0.'):
            words.append ('--override=url-homepage-missing=info')
        said = self.run_tool ('appstreamcli', 'validate', *words, BUILT / f'{APP}.metainfo.xml')
        self.assertNotRegex (said, r'(?m)^ *[EW]:')
        text = (BUILT / f'{APP}.metainfo.xml').read_text ()
        self.assertEqual (re.findall (r'<url|<image', text), [])
        for word in ('x-scheme-handler/visavis', '<display_length compare="ge">360', 'social-audio', 'scheme_preference="dark"', 'xml:lang="fr"'):
            self.assertIn (word, text)

    def test_service (self):
        """The service file names the program by its whole path."""
        text = (BUILT / f'{APP}.service').read_text ()
        self.assertRegex (text, r'(?m)^Exec=/\S+/visavis --gapplication-service$')

    def test_icons (self):
        """The icons are drawings; the symbolic one can be given another colour."""
        icons = RESOURCES / 'icons/hicolor'
        for name in (f'scalable/apps/{APP}.svg', f'symbolic/apps/{APP}-symbolic.svg'):
            self.assertIn ('<svg', (icons / name).read_text ())
        symbolic = (icons / f'symbolic/apps/{APP}-symbolic.svg').read_text ()
        self.assertNotIn ('gradient', symbolic.lower ())
        self.assertEqual (len (set (re.findall (r'fill="(#[^"]+)"', symbolic))), 1)

    def test_sounds (self):
        """Sounds are soft, begin and end in silence (so that they loop without a click), and are what their script makes."""
        for name, longest in (('ring.wav', 5), ('ringback.wav', 6)):
            with self.subTest (name=name), wave.open (str (RESOURCES / 'sounds' / name)) as sound:
                samples = array.array ('h', sound.readframes (sound.getnframes ()))
                self.assertLessEqual (len (samples) / sound.getframerate (), longest)
                self.assertLess (max (abs (value) for value in samples), 20000)
                self.assertGreater (max (abs (value) for value in samples), 2000)
                self.assertLess (max (abs (value) for value in samples[:8]), 40)
                self.assertLess (max (abs (value) for value in samples[-1000:]), 40)
        with tempfile.TemporaryDirectory () as folder:
            script = Path (folder) / 'make-sounds.py'
            shutil.copy (RESOURCES / 'sounds/make-sounds.py', script)
            self.run_tool ('/usr/bin/python3', script)
            for name in ('ring.wav', 'ringback.wav'):
                with wave.open (str (RESOURCES / 'sounds' / name)) as kept, wave.open (str (Path (folder) / name)) as made:
                    one = array.array ('h', kept.readframes (kept.getnframes ()))
                    two = array.array ('h', made.readframes (made.getnframes ()))
                    self.assertEqual (len (one), len (two))
                    # Another mathematical library may round another way.
                    self.assertLessEqual (max (abs (a - b) for a, b in zip (one, two)), 2)


if __name__ == '__main__':
    main ()
