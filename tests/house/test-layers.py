# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may include whom. Each layer is held to what it may know, so that it can be taken, tested and replaced by itself."""

import re
import unittest

import tree
from tap import main

INCLUDE = re.compile (r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

TOOLKITS = ('gtk/', 'gdk/', 'gsk/', 'adwaita')
MEDIA = ('gst/', 'nice/', 'agent.h')

# Folder → what it must not include, and (where not None) all that it may include of the project.
# A folder inside another is held to its own rule only.
RULES = {
    'net/core': (TOOLKITS + MEDIA + ('json-glib', 'libsoup', 'sqlite3', 'gnutls'), ('net/core/',)),
    'net/signal': (TOOLKITS + MEDIA, ('net/core/', 'net/signal/')),
    'net/media': (TOOLKITS + ('json-glib',), ('net/core/', 'net/media/')),
    'net/call': (TOOLKITS + ('nice/', 'agent.h'), ('net/core/', 'net/signal/', 'net/media/', 'net/call/')),
    'net': (TOOLKITS, ('net/',)),
    'widgets': (('adwaita', 'json-glib', 'nice/'), ('net/visavis.h', 'widgets/')),
    'app/cli': (TOOLKITS, ('net/visavis.h', 'app/cli/', 'app/service/')),
    'app/service': (TOOLKITS, ('net/visavis.h', 'app/service/')),
    'app': (('nice/',), ('net/visavis.h', 'widgets/visavis-gtk.h', 'app/')),
}
OURS = ('net/', 'widgets/', 'app/')


def rule_for (path):
    """The rule of the deepest folder that holds the path."""
    found = [folder for folder in RULES if path.startswith (folder + '/')]
    return RULES[max (found, key=len)] if found else None


def faults (path, text):
    """What is wrong with the includes of one file, as sentences."""
    rule = rule_for (path)
    if rule is None:
        return []
    forbidden, allowed = rule
    found = []
    for mark, name in INCLUDE.findall (text):
        if any (name.startswith (start) for start in forbidden):
            found.append (f'{path} must not include {name}')
        elif name.startswith (OURS) and name.startswith ('net/if') is False and not name.startswith (allowed):
            found.append (f'{path} must not include {name}')
        elif mark == '"' and name.endswith ('-private.h') and name.startswith (OURS) \
                and name.rsplit ('/', 1)[0] != path.rsplit ('/', 1)[0]:
            found.append (f'{path} includes the private header {name} of another folder')
        elif mark == '"' and '/' not in name and not re.search (r'(enums|resources|dbus)\.h$|^config\.h$', name):
            found.append (f'{path}: "{name}" is not written from the top')
    return found


class Layers (unittest.TestCase):
    def test_includes (self):
        """No source file includes what its layer must not know."""
        wrong = []
        files = [path for path in tree.tracked () if path.suffix in ('.c', '.h')]
        self.assertGreater (len (files), 20)
        for path in files:
            wrong += faults (path.as_posix (), tree.read (path))
        self.assertEqual (wrong, [], '\n' + '\n'.join (wrong))

    def test_wrong_ones_are_found (self):
        """The rules find an include of each forbidden kind, so that the test above shows something."""
        for path, include in (
                ('net/core/a.c', '<gst/gst.h>'), ('net/core/a.c', '<nice/agent.h>'), ('net/core/a.h', '<gtk/gtk.h>'),
                ('net/core/a.c', '<json-glib/json-glib.h>'), ('net/core/a.c', '"net/signal/vav-message.h"'),
                ('net/core/a.c', '"net/call/vav-stream.h"'), ('net/signal/a.c', '"net/media/vav-media.h"'),
                ('net/signal/a.c', '"net/call/vav-peer.h"'), ('net/media/a.c', '"net/signal/vav-channel.h"'),
                ('net/media/a.c', '"net/call/vav-stream.h"'), ('net/media/a.c', '<gdk/gdk.h>'), ('net/call/a.c', '<gtk/gtk.h>'),
                ('net/call/a.c', '"widgets/visavis-gtk.h"'), ('widgets/a.c', '<adwaita.h>'), ('widgets/a.h', '"net/call/vav-stream.h"'),
                ('widgets/a.c', '"app/vav-app-window.h"'), ('app/a.c', '"net/core/vav-error.h"'),
                ('app/a.c', '"widgets/vav-gtk-conference.h"'), ('app/cli/a.c', '<gtk/gtk.h>'),
                ('app/cli/a.c', '"widgets/visavis-gtk.h"'), ('app/service/a.c', '"app/cli/vav-cli-options.h"'),
                ('widgets/a.c', '"vav-gtk-view.h"'), ('app/a.c', '"app/service/b-private.h"')):
            with self.subTest (path=path, include=include):
                self.assertEqual (len (faults (path, f'#include {include}\n')), 1)

    def test_right_ones_pass (self):
        """The rules leave alone what is allowed."""
        for path, include in (
                ('net/core/a.c', '<gio/gio.h>'), ('net/core/a.c', '<net/if.h>'), ('net/signal/a.c', '<json-glib/json-glib.h>'),
                ('net/signal/a.c', '"net/core/vav-error.h"'), ('net/media/a.c', '<nice/agent.h>'), ('net/media/a.c', '<net/if.h>'),
                ('net/call/a.c', '"net/media/vav-media-session.h"'), ('widgets/a.c', '<gtk/gtk.h>'), ('widgets/a.c', '"net/visavis.h"'),
                ('app/a.c', '<adwaita.h>'), ('app/a.c', '"widgets/visavis-gtk.h"'), ('app/a.c', '"app/service/vav-app-events.h"'),
                ('app/cli/a.c', '"net/visavis.h"'), ('widgets/a.c', '"vav-gtk-resources.h"')):
            with self.subTest (path=path, include=include):
                self.assertEqual (faults (path, f'#include {include}\n'), [])


if __name__ == '__main__':
    main ()
