# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file manager as far as a drag needs one: a window out of which files are dragged. Arguments: their paths."""

import sys

import gi
gi.require_version ('Gtk', '4.0')
from gi.repository import Gdk, Gio, GLib, Gtk


def main ():
    files = Gdk.FileList.new_from_list ([Gio.File.new_for_path (path) for path in sys.argv[1:]])
    source = Gtk.DragSource (content=Gdk.ContentProvider.new_for_value (files), actions=Gdk.DragAction.COPY)
    label = Gtk.Label (label='Files')
    label.add_controller (source)
    window = Gtk.Window (title='Files', child=label)
    loop = GLib.MainLoop ()
    source.connect ('drag-begin', lambda *_: print ('begun', flush=True))
    source.connect ('drag-end', lambda *_: print ('over', flush=True))
    window.connect ('close-request', lambda *_: loop.quit ())
    window.present ()
    loop.run ()


if __name__ == '__main__':
    main ()
