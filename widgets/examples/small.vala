/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* small [ADDRESS [MEDIA]]: a window that calls somebody. Closed, it says goodbye before it leaves. */
int
main (string[] args)
{
  Gtk.init ();
  try
    {
      var loop = new MainLoop ();
      var endpoint = new Vav.Endpoint (null, args.length > 2 ? args[2] : "auto");
      var view = new VavGtk.Conference () { endpoint = endpoint };
      var window = new Gtk.Window () { child = view, title = "Visavis", default_width = 640, default_height = 400 };
      window.close_request.connect (() => {
        endpoint.close_async.begin (() => loop.quit ());
        return false;
      });
      window.present ();
      view.dial (args.length > 1 ? args[1] : "");
      loop.run ();
      return 0;
    }
  catch (Error error)
    {
      printerr ("%s\n", error.message);
      return 1;
    }
}
