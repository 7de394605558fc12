# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program of somebody else, in Python: caller.py ADDRESS, or caller.py --properties.

Made of a .ui file, it calls, tells each thing that happens as a line of JSON, writes a text, and hangs up with a goodbye when it is told to on stdin."""

import json
import sys

import gi

gi.require_version ('Gst', '1.0')
gi.require_version ('Gtk', '4.0')
gi.require_version ('Vav', '1')
gi.require_version ('VavGtk', '1')
from gi.repository import Gio, GLib, GObject, Gst, Gtk, Vav, VavGtk  # noqa: E402

WINDOW = """<interface>
  <object class="GtkWindow" id="window">
    <property name="default-width">640</property>
    <property name="default-height">360</property>
    <property name="child">
      <object class="GtkBox">
        <child>
          <object class="VavGtkConference" id="view">
            <property name="hexpand">1</property>
            <property name="view">remote</property>
            <property name="own-corner">top-start</property>
            <property name="dialler-visible">0</property>
          </object>
        </child>
        <child><object class="VavGtkChat" id="chat"><property name="stream" bind-source="view" bind-property="stream"/></object></child>
        <child><object class="VavGtkDetails" id="details"><property name="stream" bind-source="view" bind-property="stream"/></object></child>
        <child><object class="VavGtkDevices" id="devices"><property name="visible">0</property></object></child>
      </object>
    </property>
  </object>
</interface>"""


def tell (event, **fields):
    print (json.dumps ({'event': event, **fields}), flush=True)


def properties ():
    """Of each class of both libraries: name, nick, blurb of what it adds."""
    for module in (Vav, VavGtk):
        for name in dir (module):
            kind = getattr (module, name)
            if isinstance (kind, type) and issubclass (kind, GObject.Object):
                for spec in kind.list_properties ():
                    if spec.owner_type == kind.__gtype__:
                        tell ('property', type=spec.owner_type.name, name=spec.name, nick=spec.nick, blurb=spec.blurb)


class Caller:
    def __init__ (self, address):
        VavGtk.init ()
        self.loop = GLib.MainLoop ()
        self.endpoint = Vav.Endpoint.new (None, 'test')
        builder = Gtk.Builder.new_from_string (WINDOW, -1)
        self.view = builder.get_object ('view')
        self.view.set_endpoint (self.endpoint)
        self.stream = Vav.Stream.new (self.endpoint)
        self.stream.connect ('notify::state', lambda stream, spec: tell ('state', state=stream.props.state.value_nick))
        self.stream.connect ('answered', lambda stream, data: tell ('answered', data=data and data.get_data ().decode ()))
        self.stream.connect ('text', lambda stream, text: tell ('text', text=text))
        self.stream.connect ('stats', lambda stream, stats: tell ('stats', frames=stats.video_in.frames, fps=stats.video_in.fps))
        self.stream.connect ('ended', self.on_ended)
        self.view.set_stream (self.stream)
        builder.get_object ('window').present ()
        self.refused (address)
        self.stream.connect_async (address, GLib.Bytes.new (b'from Python'), None, self.on_connected)

    def refused (self, address):
        """What is wrong is told by an exception with the library's domain, and no call comes of it."""
        try:
            Vav.Address.parse ('a:b:c]')
        except GLib.Error as error:
            tell ('error', known=error.matches (Vav.error_quark (), Vav.Error.INVALID_ADDRESS), message=error.message)
        parsed = Vav.Address.parse (address)
        tell ('address', host=parsed.host, port=parsed.port)

    def on_connected (self, stream, result):
        stream.connect_finish (result)
        peer = stream.get_peer ()
        tell ('connected', id=peer.get_id (), trust=peer.get_trust ().value_nick, calls=len (list (self.endpoint)), all=stream.get_flows () == Vav.Flows.ALL)
        sent, number = stream.send_text ('Good day')
        tell ('sent', sent=sent, number=number)
        entry = Gio.DataInputStream.new (Gio.UnixInputStream.new (0, False))
        entry.read_line_async (GLib.PRIORITY_DEFAULT, None, lambda *_: stream.disconnect_async (GLib.Bytes.new (b'bye from Python'), self.on_disconnected))

    def on_disconnected (self, stream, result):
        tell ('disconnected', graceful=stream.disconnect_finish (result))
        self.endpoint.close_async (lambda endpoint, result: self.loop.quit ())

    def on_ended (self, stream, graceful, reason, data):
        tell ('ended', graceful=graceful, reason=reason.value_nick, data=data and data.get_data ().decode ())


if sys.argv[1] == '--properties':
    Gtk.init ()
    Gst.init (None)
    properties ()
else:
    Caller (sys.argv[1]).loop.run ()
