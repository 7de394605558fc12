// SPDX-License-Identifier: LGPL-2.1-or-later
// gjs -m small.js [ADDRESS [MEDIA]]: a window that calls somebody. Closed, it says goodbye before it leaves.
import GLib from 'gi://GLib';
import Gtk from 'gi://Gtk?version=4.0';
import Vav from 'gi://Vav?version=1';
import VavGtk from 'gi://VavGtk?version=1';

Gtk.init ();
const [address = '', media = 'auto'] = ARGV;
const loop = new GLib.MainLoop (null, false);
const endpoint = Vav.Endpoint.new (null, media);
const view = new VavGtk.Conference ({ endpoint });
const window = new Gtk.Window ({ child: view, title: 'Visavis', default_width: 640, default_height: 400 });

window.connect ('close-request', () => {
  endpoint.close_async (() => loop.quit ());
});
window.present ();
view.dial (address);
loop.run ();
