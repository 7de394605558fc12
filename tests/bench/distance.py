# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many round trips a call takes until there is a picture: calls over lines of several lengths, and the straight line through their medians."""

import statistics

from far import Far, fit

LENGTHS = (0, 50, 200, 500)  # ms, there and back
KINDS = {'open': 'open homes', 'cone': 'homes behind routers'}
STEPS = {'dial → accept': 'the called side', 'dial → path': 'caller', 'dial → first frame': 'caller', 'dial → first frame, callee': 'callee'}
RANG = {'caller': 'accept → first frame, caller', 'callee': 'accept → first frame, callee'}


def calls_over (kind, length, runs):
    """The times of each step, over one line: a stranger's calls, then those of somebody who rang."""
    times = {}
    with Far (kind, length) as far:
        for _ in range (runs):
            cold = far.cold ()[0]
            for step in STEPS:
                times.setdefault (step, []).append (cold[step])
        profile = far.known ()
        for _ in range (runs):
            for step, time in far.rang (profile)[0].items ():
                times.setdefault (step, []).append (time)
    return times


def measure (table, runs):
    for kind, homes in KINDS.items ():
        by_length = {length: calls_over (kind, length, runs) for length in LENGTHS}
        rows = [(step.removesuffix (', callee'), f'{where}, a stranger, {homes}', step) for step, where in STEPS.items ()]
        rows += [('accept → first frame', f'{where}, it rang, {homes}', step) for where, step in RANG.items ()]
        for what, where, step in rows:
            table.add (f'{what} over 500 ms', where, by_length[500][step], 'ms')
            slope, rest = fit ([(length, statistics.median (by_length[length][step])) for length in LENGTHS])
            table.add_line (what, where, slope, rest)
