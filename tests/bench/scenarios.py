# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bad lines of the bench, as data. Settings of a line are those of tests/lab/impair.c: one way, so that a round trip of 60 ms is a delay of 30.

RFC 8867 describes a path with a delay of 50 ms each way and a tail-drop queue of 300 ms before the bottleneck; its cases last 100 to 300 s, and here
the time between events is SHORTER of that (--whole: as written). Where it has flows in one direction only, the called side sends nothing. Its
round-trip-time fairness has five flows, of which three are kept, the first, the middle and the last: two cores carry no more pictures than that. TCP is
the kernel's, with CUBIC."""

from dataclasses import dataclass, field, replace

SHORTER = 0.4

MBIT = 1000
RFC_LINE = {'delay': 50, 'queue': '300ms'}
# What a line without a stated bottleneck has.
HOME_LINE = {'delay': 30}
NARROW = {'delay': 30, 'queue': '300ms'}


@dataclass (frozen=True)
class Flow:
    """A call that begins at that time; delay: of its own, each way, before the line; pauses: (from, until) in which the caller sends nothing."""
    begins: float = 0
    delay: float = 0
    pauses: tuple = ()


@dataclass (frozen=True)
class Tcp:
    """A program that sends as much as it can from the caller's side; short ones as in RFC 8868, 5.1: `size` bytes (least, most) by each of
    `connections` at once, and then none for `rest` seconds and `idle` more, those on average and exponential; `late`: those come first."""
    begins: float = 0
    ends: float = None
    size: tuple = None
    rest: float = 0
    idle: float = 0
    connections: int = 1
    late: bool = False


@dataclass (frozen=True)
class Scenario:
    """`line`: both ways; `steps`: (second, settings) of the way there, `back`: of the way back; `figures_from`: the second from which is counted (before
    that the call begins); `aims`: figure → (least, most); `one_way`: only the caller sends."""
    name: str
    title: str
    seconds: float
    line: dict
    steps: tuple = ()
    back: tuple = ()
    flows: tuple = (Flow (),)
    tcp: tuple = ()
    one_way: bool = False
    figures_from: float = 3
    aims: dict = field (default_factory=dict)
    rfc: bool = False

    def shorter (self, factor):
        """The same with all times of events made shorter."""
        def cut (steps):
            return tuple ((at * factor, settings) for at, settings in steps)

        return replace (self, seconds=self.seconds * factor, steps=cut (self.steps), back=cut (self.back), figures_from=min (self.figures_from, self.seconds * factor / 4),
                        flows=tuple (replace (flow, begins=flow.begins * factor, pauses=cut (flow.pauses) if not flow.pauses else tuple ((a * factor, b * factor) for a, b in flow.pauses))
                                     for flow in self.flows),
                        tcp=tuple (replace (one, begins=one.begins * factor, ends=None if one.ends is None else one.ends * factor) for one in self.tcp))


def rates (base, *steps):
    """Capacities over time as RFC 8867 writes them: (second, ratio to the base)."""
    return tuple ((second, {'rate': base * ratio}) for second, ratio in steps)


RFC_AIMS = {'use': (70, None), 'queue95': (None, 200)}
PAGE = (30_000, 50_000)  # bytes of what a page of the web is made of (RFC 8868, 5.1)
RFC_8867 = (
    Scenario ('5.1', 'RFC 8867 5.1 variable capacity, one flow', 100, RFC_LINE, rates (1 * MBIT, (0, 1), (40, 2.5), (60, 0.6), (80, 1)), one_way=True, aims=RFC_AIMS),
    Scenario ('5.2', 'RFC 8867 5.2 variable capacity, two flows', 125, RFC_LINE, rates (2 * MBIT, (0, 2), (25, 1), (50, 1.75), (75, 0.5), (100, 1)),
              flows=(Flow (), Flow ()), one_way=True, aims=RFC_AIMS),
    Scenario ('5.3', 'RFC 8867 5.3 congested feedback link', 100, RFC_LINE, rates (2 * MBIT, (0, 1), (20, 0.5), (40, 0.25), (60, 1)),
              back=rates (2 * MBIT, (0, 1), (35, 0.4), (70, 1)), aims=RFC_AIMS),
    Scenario ('5.4', 'RFC 8867 5.4 three flows of one kind', 120, RFC_LINE, rates (3.5 * MBIT, (0, 1)), flows=(Flow (0), Flow (20), Flow (40)), one_way=True,
              aims=RFC_AIMS | {'shares': (None, 1.6)}),
    Scenario ('5.5', 'RFC 8867 5.5 fairness over round trips', 120, {'delay': 0, 'queue': '300ms'}, rates (4 * MBIT, (0, 1)),
              flows=(Flow (0, 10), Flow (20, 50), Flow (40, 150)), one_way=True, aims=RFC_AIMS | {'shares': (None, 1.6)}),
    Scenario ('5.6', 'RFC 8867 5.6 against a long TCP flow', 120, RFC_LINE, rates (2 * MBIT, (0, 1)), flows=(Flow (5),), tcp=(Tcp (),), one_way=True,
              aims={'use': (70, None), 'ours': (20, None)}),
    Scenario ('5.6-alone', 'the TCP flow of 5.6 alone, without a call', 120, RFC_LINE, rates (2 * MBIT, (0, 1)), flows=(), tcp=(Tcp (),), one_way=True),
    Scenario ('5.7', 'RFC 8867 5.7 two flows against short TCP flows', 300, RFC_LINE, rates (2 * MBIT, (0, 1)), flows=(Flow (), Flow ()),
              tcp=tuple (Tcp (size=PAGE, idle=10, late=number >= 2) for number in range (10)), one_way=True, aims={'use': (70, None), 'ours': (20, None)}),
    Scenario ('5.8', 'RFC 8867 5.8 pause and resume', 120, RFC_LINE, rates (3.5 * MBIT, (0, 1)), flows=(Flow (pauses=((40, 60),)), Flow (), Flow ()), one_way=True,
              aims=RFC_AIMS),
)

# Of RFC 8869 (wireless) what a line without radio can do: capacity that comes and goes each second, and a Wi-Fi's uneven times. Made up once and
# written down, so that each run has the same.
CELLULAR = (1.8, 2.2, 1.6, 1.1, 1.5, 2.4, 3.1, 2.6, 1.4, 0.7, 0.5, 0.8, 1.3, 1.9, 2.7, 2.2, 1.2, 0.6, 0.9, 1.6, 2.3, 1.7, 1.0, 0.5, 0.4, 0.7, 1.2, 2.0, 2.8, 2.1)
WIFI = (4.2, 3.0, 2.1, 3.6, 4.8, 2.4, 1.6, 2.9, 4.1, 3.3, 1.4, 2.2, 3.9, 4.6, 2.7, 1.8, 3.2, 4.4, 2.0, 1.5, 2.8, 3.7, 4.9, 3.1, 1.7, 2.5, 3.8, 4.3, 2.3, 3.4)
WIRELESS = (
    Scenario ('cellular', 'cellular, capacity 0.4–3.1 Mbit/s (after RFC 8869)', 30, {'delay': 40, 'jitter': 10, 'queue': '500ms'},
              tuple ((second, {'rate': rate * MBIT}) for second, rate in enumerate (CELLULAR)), one_way=True, aims=RFC_AIMS),
    Scenario ('wifi', 'Wi-Fi, 1.4–4.9 Mbit/s, jitter 30 ms (after RFC 8869)', 30, {'delay': 10, 'jitter': 30, 'loss': 0.5, 'burst': 3, 'queue': '300ms'},
              tuple ((second, {'rate': rate * MBIT}) for second, rate in enumerate (WIFI)), one_way=True, aims={'queue95': (None, 200)}),
)

# What RFC 8867 leaves open: how a call does beside whole pages, and beside flows that leave it hardly a second.
SHORT = (
    Scenario ('pages', 'pages of 30 TCP flows at once (RFC 8868 5.1), 2 Mbit/s', 60, RFC_LINE, rates (2 * MBIT, (0, 1)), tcp=(Tcp (size=PAGE, idle=10, connections=30),),
              one_way=True, aims={'use': (70, None), 'ours': (20, None)}),
    Scenario ('short', 'five TCP flows of 100 kB each 3 s, 2 Mbit/s', 48, RFC_LINE, rates (2 * MBIT, (0, 1)),
              tcp=tuple (Tcp (size=(100_000, 100_000), rest=2 + number / 2) for number in range (5)), one_way=True, aims={'use': (70, None), 'ours': (20, None)}),
)


def lossy (percent, **aims):
    return Scenario (f'loss-{percent}', f'loss {percent} %, 60 ms', 25, HOME_LINE | {'loss': percent}, aims=aims)


PROFILES = (
    Scenario ('clean', 'clean, 10 ms', 20, {'delay': 5}, aims={'fps': (29, None), 'frozen': (None, 0.1), 'psnr': (30, None), 'sharp': (None, 1)}),
    Scenario ('moderate', 'moderate: 100 ± 25 ms each way, 5 %', 25, {'delay': 75, 'jitter': 50, 'loss': 5}, aims={'fps': (27, None), 'frozen': (None, 1)}),
    Scenario ('international', 'international: 250 ± 100 ms each way, bursts, 300 kbit/s', 30, {'delay': 150, 'jitter': 200, 'loss': 2, 'burst': 4, 'rate': 300, 'queue': '300ms'},
              figures_from=5, aims={'frozen': (None, 10), 'queue95': (None, 200)}),
    lossy (5, fps=(27, None), frozen=(None, 1)), lossy (10, frozen=(None, 3)), lossy (20, frozen=(None, 10)), lossy (30, fps=(1, None)),
    Scenario ('bursts', 'bursts of 8 packets, 5 %, 60 ms', 25, HOME_LINE | {'loss': 5, 'burst': 8}, aims={'frozen': (None, 3)}),
    Scenario ('limit-300', 'limit 300 kbit/s', 30, NARROW | {'rate': 300}, figures_from=5, aims={'use': (70, None), 'queue95': (None, 200), 'longest': (None, 1000)}),
    Scenario ('limit-100', 'limit 100 kbit/s', 30, NARROW | {'rate': 100}, figures_from=5, aims={'use': (70, None), 'queue95': (None, 200)}),
    Scenario ('limit-50', 'limit 50 kbit/s', 30, NARROW | {'rate': 50}, figures_from=5, aims={'concealed': (None, 10)}),
    Scenario ('fall', '3 Mbit/s → 300 kbit/s → 3 Mbit/s', 45, NARROW, rates (3 * MBIT, (0, 1), (12, 0.1), (27, 1)), one_way=True,
              aims={'fitted': (None, 2), 'wait_after': (None, 200), 'longest': (None, 1000), 'back': (None, 15)}),
    Scenario ('tcp', 'against a TCP flow, 3 Mbit/s', 35, NARROW | {'rate': 3 * MBIT}, tcp=(Tcp (8, 27),), one_way=True, aims={'frozen': (None, 5), 'ours': (20, None)}),
    Scenario ('two', 'two calls share 2 Mbit/s', 40, NARROW | {'rate': 2 * MBIT}, flows=(Flow (), Flow (5)), one_way=True, figures_from=15,
              aims={'shares': (None, 1.6), 'use': (70, None), 'queue95': (None, 200)}),
)


def all_scenarios (whole=False):
    return PROFILES + tuple (one if whole else one.shorter (SHORTER) for one in RFC_8867) + SHORT + WIRELESS
