# SPDX-License-Identifier: LGPL-2.1-or-later
"""small.py [ADDRESS [MEDIA]]: a window that calls somebody. Closed, it says goodbye before it leaves."""
import sys
import gi
gi.require_version ('VavGtk', '1')
from gi.repository import VavGtk, Vav, Gtk, GLib  # noqa: E402 (VavGtk first: it says which GTK)
address, media, *_ = sys.argv[1:] + ['', 'auto'][len (sys.argv) - 1:]
loop = GLib.MainLoop ()
endpoint = Vav.Endpoint.new (None, media)
view = VavGtk.Conference (endpoint=endpoint)
window = Gtk.Window (child=view, title='Visavis', default_width=640, default_height=400)
window.connect ('close-request', lambda window: endpoint.close_async (lambda endpoint, result: loop.quit ()))
window.present ()
view.dial (address)
loop.run ()
