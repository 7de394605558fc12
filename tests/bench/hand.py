# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mouse and keys of a virtual screen, without a program of its own for each press: by the XTEST extension."""

import ctypes
import unittest


class Hand:
    def __init__ (self, display):
        try:
            self.x11, self.xtst = ctypes.CDLL ('libX11.so.6'), ctypes.CDLL ('libXtst.so.6')
        except OSError as missing:
            raise unittest.SkipTest (str (missing)) from None
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p (self.x11.XOpenDisplay (display.encode ()))
        if not self.display:
            raise unittest.SkipTest (f'the display {display} does not open')

    def click (self, x, y):
        self.xtst.XTestFakeMotionEvent (self.display, -1, x, y, ctypes.c_ulong (0))
        for pressed in (1, 0):
            self.xtst.XTestFakeButtonEvent (self.display, 1, pressed, ctypes.c_ulong (0))
        self.x11.XFlush (self.display)

    def key (self, character):
        code = self.x11.XKeysymToKeycode (self.display, ctypes.c_ulong (ord (character)))
        for pressed in (1, 0):
            self.xtst.XTestFakeKeyEvent (self.display, code, pressed, ctypes.c_ulong (0))
        self.x11.XFlush (self.display)

    def close (self):
        self.x11.XCloseDisplay (self.display)
