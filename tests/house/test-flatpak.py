# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Flatpak's manifest: it can be read, asks for what is allowed and no more, and builds from what cannot change. tests/run --flatpak builds it."""

import configparser
import json
import re
import shutil
import subprocess
import tempfile
import unittest

import tree
from tap import main

APP = 'org.visavis.Visavis'
MANIFEST = tree.SOURCE / 'resources' / f'{APP}.yml'


def show ():
    """What flatpak-builder read in it, and what it said about that."""
    if shutil.which ('flatpak-builder') is None:
        raise unittest.SkipTest ('flatpak-builder is not installed')
    with tempfile.TemporaryDirectory () as folder:  # it leaves one of its own where it is run
        done = subprocess.run (['flatpak-builder', '--show-manifest', str (MANIFEST)], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               check=True)
    return json.loads (done.stdout), done.stderr


class Manifest (unittest.TestCase):
    def test_read (self):
        """flatpak-builder reads it and wonders at nothing; the runtime is one for applications, pinned to a release."""
        manifest, said = show ()
        self.assertEqual (said, '')
        self.assertEqual ((manifest['id'], manifest['command']), (APP, 'visavis'))
        self.assertEqual ((manifest['runtime'], manifest['sdk']), ('org.gnome.Platform', 'org.gnome.Sdk'))
        self.assertRegex (manifest['runtime-version'], r'^\d+$')

    def test_permissions (self):
        """A4: It asks for what the list allows and nothing else, no --device=all and no folder, and says why beside each."""
        manifest, _ = show ()
        allowed = configparser.ConfigParser ()
        allowed.read (tree.SOURCE / 'tests/flatpak/permissions.txt')
        context = allowed['Context']
        wanted = {f'--{option}={value}' for option, key in (('share', 'shared'), ('socket', 'sockets'), ('device', 'devices'))
                  for value in context[key].split (';') if value}
        wanted |= {f'--system-talk-name={name}' for name, policy in allowed['System Bus Policy'].items () if policy == 'talk'}
        # flatpak tells --socket=fallback-x11 as both
        self.assertEqual ({word.lower () for word in manifest['finish-args']}, {word.lower () for word in wanted} - {'--socket=x11'})
        arguments = re.search (r'(?ms)^finish-args:\n(.*?)^\S', MANIFEST.read_text ()).group (1).splitlines ()
        reason = False
        for line in arguments:
            if line.strip ().startswith ('- '):
                self.assertTrue (reason, f'{line}: no reason stands above')
            reason = line.strip () != ''

    def test_sources (self):
        """What is built beside this program is what the runtime lacks, each archive under the hash of its content."""
        manifest, _ = show ()
        self.assertEqual ([module['name'] for module in manifest['modules']], ['mosquitto', 'qrencode', 'zbar', 'visavis'])
        for module in manifest['modules'][:-1]:
            with self.subTest (module=module['name']):
                first, *others = module['sources']
                self.assertEqual (first['type'], 'archive')
                self.assertRegex (first['sha256'], r'^[0-9a-f]{64}$')
                self.assertLessEqual ({source['type'] for source in others}, {'shell'})  # fetches nothing
        self.assertEqual ([source['type'] for source in manifest['modules'][-1]['sources']], ['dir'])


if __name__ == '__main__':
    main ()
