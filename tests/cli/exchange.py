# SPDX-License-Identifier: LGPL-2.1-or-later
"""The eight steps: a client's number out, the grand total back. Run many times between two programs, and judged by their clocks."""

import random
from pathlib import Path

from lines import answer
from procs import BUILD, Process

CLERK = BUILD / 'tests/cli/clerk'
TOTAL = Path (__file__).resolve ().parent / 'total.sh'
CLIENT_MS = 25  # what the client takes for a step, at most


class Exchanges:
    """rounds: how often a called program is started, at least; each takes so many calls with a hold of its own."""

    def __init__ (self, home, rounds, calls):
        self.home, self.rounds, self.calls = home, rounds, calls
        self.random = random.Random ()
        self.total = 0
        self.begun = self.early = self.late = 0

    def run (self):
        """As many rounds as told, and more if in all of them the server's own close came in one order only: which one it is is up to the computer."""
        while self.begun < self.rounds or (not (self.early and self.late) and self.begun < 5 * self.rounds):
            number = self.begun
            self.begun += 1
            # none at all and longer than any client takes in turn, and anything between
            hold = (0, 3 * CLIENT_MS, self.random.randrange (2 * CLIENT_MS))[number % 3]
            seed = self.random.randrange (2 ** 32)
            try:
                self.round (hold, seed)
            except AssertionError as error:
                raise AssertionError (f'round {number}, hold {hold} ms, seed {seed}: {error}') from error

    def round (self, hold, seed):
        command = f"'{TOTAL}' '{self.home}/total'"
        with answer (self.home / 'b', '--anyone', '--calls', str (self.calls), '--hold-close', str (hold), '--on-closing',
                     command, media='none') as server:
            environment = {'DBUS_SESSION_BUS_ADDRESS': None, 'XDG_RUNTIME_DIR': None}
            argv = [CLERK, self.home / 'a', server.address, self.calls, seed, CLIENT_MS]
            with Process (argv, env=environment, name='clerk') as client:
                client.wait (0, timeout=30 + 2 * self.calls)
                server.wait (0)
            self.judge (client, server)

    @staticmethod
    def steps (program, values):
        steps = {value: {} for value in values}
        for event in program.events:
            if event.get ('value') in steps:
                steps[event['value']].setdefault (event['event'], event)
        return [steps[value] for value in values]

    def judge (self, client, server):
        dialled = list (dict.fromkeys (e['value'] for e in client.named ('state', state='resolving')))
        asked = [e['value'] for e in server.named ('request')]
        assert len (dialled) == len (asked) == self.calls, (len (dialled), len (asked))
        for ours, theirs in zip (self.steps (client, dialled), self.steps (server, asked)):
            try:
                self.judge_one (ours, theirs)
            except (AssertionError, KeyError) as error:
                raise AssertionError (f'{error!r}\nclient: {ours}\nserver: {theirs}') from error

    def judge_one (self, client, server):
        said, told = client['goodbye-sent'], server['closing']
        answered, heard = server['goodbye-sent'], client['closing']
        order = [said, told, answered, heard, client['closed']]
        times = [event['mono_ns'] for event in order]
        assert times == sorted (times) and len (set (times)) == 5, f'out of order: {times}'
        assert answered['mono_ns'] < server['closed']['mono_ns'], 'closed before the goodbye'
        self.early += server['closed']['mono_ns'] < heard['mono_ns']
        self.late += server['closed']['mono_ns'] > client['closed']['mono_ns']

        assert told['data'] == said['data'], 'another number'
        self.total += int (said['data'])
        assert int (heard['data']) == self.total, f'the grand total is {self.total}'
        assert answered['data'] == heard['data'] == client['ended']['data'], 'another total'
        assert server['ended']['data'] == said['data'], 'another number at the end'
        assert client['ended']['graceful'] and server['ended']['graceful'], 'not graceful'

    def told (self):
        """What the server's file says in the end."""
        return int ((self.home / 'total').read_text ())


def check (test, home, rounds, calls):
    exchanges = Exchanges (home, rounds, calls)
    exchanges.run ()
    n = exchanges.begun * calls
    print (f'{n} exchanges; the server closed before the client was told {exchanges.early} times, after it had closed '
           f'{exchanges.late} times; total {exchanges.total}')
    test.assertEqual (exchanges.told (), exchanges.total)
    test.assertGreater (exchanges.early, 0)
    test.assertGreater (exchanges.late, 0)
