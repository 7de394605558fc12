# SPDX-License-Identifier: LGPL-2.1-or-later
"""Both libraries from Vala: a program that is built with what is installed, and calls."""

import contextlib
import unittest

import procs
from libraries import GTK, Installed, run
from tap import main
from xvfb import Display, need


class Vala (unittest.TestCase):
    def test_call (self):
        """It calls with data, is answered with data, writes, says goodbye with data; an error of the library is caught by its name."""
        need ('Xvfb', 'meson', 'valac')
        with contextlib.ExitStack () as stack:
            home = stack.enter_context (procs.folder ())
            installed = Installed (home / 'prefix')
            run ('valac', f'--vapidir={installed.share}/vala/vapi', '--pkg', GTK.name, '-o', home / 'caller', procs.SOURCE / 'tests/embed/caller.vala', '-X', '-w', **installed.env)
            display = stack.enter_context (Display ())
            answer = stack.enter_context (procs.cli (home / 'answer', '--listen', '127.0.0.1:0', 'answer', '--anyone', '--data', 'welcome'))
            address = answer.wait_event ('listening')['address']
            caller = stack.enter_context (procs.Process ([home / 'caller', address], env={**display.env, **installed.env}))
            caller.wait_event ('error')
            self.assertIn ('from Vala', str (answer.wait_event ('request')))
            self.assertEqual (caller.wait_event ('answered')['data'], 'welcome')
            self.assertTrue (caller.wait_event ('connected')['all'])
            self.assertEqual (answer.wait_event ('text')['text'], 'Good day')
            caller.wait_event ('ended', graceful=True, reason='local')
            self.assertIn ('bye from Vala', str (answer.wait_event ('ended')))
            caller.wait (0)


if __name__ == '__main__':
    main ()
