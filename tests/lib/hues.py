# SPDX-License-Identifier: LGPL-2.1-or-later
"""The colours of test pictures, in degrees: each key has its own."""


def hue_of (identity):
    """The hue of the test picture of whoever has that id."""
    value = 2166136261
    for byte in identity.encode ():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return (value ^ value >> 15) % 360


def apart (one, other):
    difference = abs (one - other) % 360
    return min (difference, 360 - difference)
