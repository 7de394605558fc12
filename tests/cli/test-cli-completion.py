# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bash offers when somebody presses Tab after visavis and visavis-cli."""

import os
import re
import subprocess
import unittest

import xvfb
from procs import APP, CLI, SOURCE, cli, folder
from tap import main

FILE = SOURCE / 'resources/completions/visavis.bash'
LOADER = '/usr/share/bash-completion/bash_completion'
# Splits a line as readline does, and asks the function that is registered for its program.
ASK = '''
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_visavis "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[ "${#COMPREPLY[@]}" = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
'''


def bash (script, *words, cwd=None, **env):
    environment = {**os.environ, 'LC_ALL': 'C.UTF-8', **{k: str (v) for k, v in env.items ()}}
    return subprocess.run (['bash', '--norc', '--noprofile', '-c', script, 'bash', *(str (word) for word in words)],
                           capture_output=True, text=True, check=False, timeout=60, cwd=cwd, env=environment)


class Completion (unittest.TestCase):
    def setUp (self):
        self.home = self.enterContext (folder ())
        self.profile = self.home / 'a profile'

    def offers (self, *words, program=CLI, **env):
        done = bash (ASK, FILE, program, *words, cwd=self.home, VISAVIS_PROFILE=self.profile, **env)
        self.assertEqual ((done.returncode, done.stderr), (0, ''), words)
        return done.stdout.splitlines ()

    def add (self, name):
        with cli (self.profile, 'people', 'add', name, '127.0.0.1:7667', media=None) as program:
            program.wait (0)

    def test_commands_and_options (self):
        """Commands, and the options of each command, are those that the help tells, in any language."""
        self.assertEqual (self.offers ('d', LANGUAGE='fr'), ['dial', 'devices'])
        self.assertIn ('hang-up', self.offers (''))
        for command in self.offers (''):
            told = subprocess.run ([CLI, command, '--help'], capture_output=True, text=True, check=True).stdout
            options = re.findall (r'(?m)^  (?:-h, )?(--[a-z-]+=?)', told)
            self.assertEqual (self.offers (command, '--'), sorted (options), command)
        self.assertIn ('--turn', self.offers ('--'))
        self.assertEqual (self.offers ('--pro', program=APP), ['--profile='])
        self.assertEqual (self.offers ('--json', '--profile', 'call', 'ans'), ['answer'])

    def test_values (self):
        """Values of options: words, files and folders."""
        (self.home / 'a film.webm').touch ()
        self.assertEqual (self.offers ('--media', '=', 'te'), ['test'])
        self.assertEqual (self.offers ('--media', 'no'), ['none'])
        self.assertEqual (self.offers ('--media', '=', f'{self.home}/a'), [f'{self.home}/a film.webm'])
        self.assertEqual (self.offers ('call', '--stop', 'video'), ['video-in@', 'video-out@'])
        self.assertEqual (self.offers ('answer', '--save', str (self.home)), [str (self.home)])
        self.assertEqual (self.offers ('call', '--data', 'x'), [])
        for words in (('export',), ('import',), ('people', 'export'), ('people', 'import')):
            self.assertEqual (self.offers (*words, f'{self.home}/a\\ f'), [f'{self.home}/a film.webm'])

    def test_people (self):
        """People are offered where one is called or removed; with --profile those of that profile."""
        self.add ('Anna Berg')
        self.add ('Jo')
        self.assertEqual (self.offers ('call', ''), ['Anna\\ Berg', 'Jo'])
        self.assertEqual (self.offers ('dial', 'Anna\\ B'), ['Anna\\ Berg'])
        self.assertEqual (self.offers ('call', '"Anna'), ['Anna Berg'])
        self.assertEqual (self.offers ('people', ''), ['add', 'remove', 'verify', 'block', 'unblock', 'import', 'export'])
        self.assertEqual (self.offers ('people', 'remove', 'J'), ['Jo'])
        self.assertEqual (self.offers ('people', 'add', ''), [])
        self.assertEqual (self.offers ('J', program=APP), ['Jo'])
        self.assertEqual (self.offers ('--profile', self.home / 'other', 'call', ''), [])

    def test_names_are_no_commands (self):
        """W8: A name that a stranger gave themselves never becomes a command on the line where it is completed."""
        trap = self.home / 'trap'
        names = [f'$(touch {trap})', f'`touch {trap}`', f"'; touch {trap}; '", f'"; touch {trap}; "', f'x; touch {trap}', '-x', 'a\\b']
        for name in names:
            with cli (self.profile, 'people', 'add', '--', name, '127.0.0.1:7667', media=None) as program:
                program.wait ()
        for start in ('', '"', "'", 'x', '$', '"$'):
            for offer in self.offers ('call', start):
                quote = start[0] if start[:1] in ('"', "'") else ''
                done = bash (f'set -- {quote}{offer}{quote}; printf "%s\\n" "$@"')
                self.assertIn (done.stdout.rstrip ('\n'), names)
                self.assertFalse (trap.exists (), offer)
        self.assertIn (f'$(touch {trap})', [bash (f'printf "%s" {offer}').stdout for offer in self.offers ('call', '')])
        self.offers ('--profile', f'$(touch {trap})', 'call', '')
        self.assertFalse (trap.exists ())

    def test_calls (self):
        """R8: hang-up is offered the numbers of the calls that run."""
        env = self.enterContext (xvfb.Bus ()).env
        call = self.enterContext (cli (self.profile, 'call', '', media='none', env=env))
        call.wait_event ('state', state='active')
        values = sorted ({str (event['value']) for event in call.named ('state')})
        self.assertEqual (sorted (self.offers ('hang-up', '', **env)), values)
        self.assertEqual (self.offers ('hang-up', values[0][:-1], **env), [v for v in values if v.startswith (values[0][:-1])])
        call.stop (status=0)
        self.assertEqual (self.offers ('hang-up', '', **env), [])

    def test_found_by_bash_completion (self):
        """bash-completion finds the file by the program's name where it is installed."""
        xvfb.need (LOADER)
        folders = self.home / 'share/bash-completion/completions'
        folders.mkdir (parents=True)
        for name in ('visavis', 'visavis-cli'):
            (folders / name).symlink_to (FILE)
            done = bash (f'. {LOADER}; _completion_loader {name}; complete -p {name}', XDG_DATA_DIRS=self.home / 'share',
                         BASH_COMPLETION_USER_DIR=self.home / 'nothing', HOME=self.home)
            self.assertEqual (done.stdout, f'complete -F _visavis {name}\n', done.stderr)


if __name__ == '__main__':
    main ()
