/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program of somebody else, in Vala: caller ADDRESS. It calls, tells what came with the answer, and hangs up with a goodbye. */

VavGtk.Conference view;
Vav.Endpoint endpoint;
MainLoop loop;

async void
talk (Vav.Stream stream, string address) throws Error
{
  stream.answered.connect ((data) => print ("{\"event\": \"answered\", \"data\": \"%s\"}\n", data != null ? (string) data.get_data () : ""));
  stream.ended.connect ((graceful, reason, data) => print ("{\"event\": \"ended\", \"graceful\": %s, \"reason\": \"%s\"}\n",
                                                           graceful.to_string (), reason.to_nick ()));
  yield stream.connect_async (address, new Bytes ("from Vala".data), null);
  print ("{\"event\": \"connected\", \"all\": %s}\n", (stream.flows == Vav.Flows.ALL).to_string ());
  uint64 number;
  stream.send_text ("Good day", out number);
  yield stream.disconnect_async (new Bytes ("bye from Vala".data));
  endpoint.close_async.begin ((object, result) => loop.quit ());
}

int
main (string[] args)
{
  Gtk.init ();
  loop = new MainLoop ();
  try
    {
      endpoint = new Vav.Endpoint (null, "test");
      Vav.Address.parse ("a:b:c]");
    }
  catch (Vav.Error.INVALID_ADDRESS error)
    {
      print ("{\"event\": \"error\"}\n");
    }
  catch (Error error)
    {
      return 1;
    }
  view = new VavGtk.Conference () { view = VavGtk.View.REMOTE };
  var window = new Gtk.Window () { child = view };
  window.present ();
  var stream = new Vav.Stream (endpoint);
  view.stream = stream;
  talk.begin (stream, args[1], (object, result) => {
    try { talk.end (result); } catch (Error error) { printerr ("%s\n", error.message); loop.quit (); }
  });
  loop.run ();
  return 0;
}
