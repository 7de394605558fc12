/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

void
fixture_iterate (void)
{
  guint id = g_timeout_add (50, tick_cb, NULL);
  GSource *source = g_main_context_find_source_by_id (NULL, id);

  g_source_ref (source);
  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
}

void
fixture_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
message_cb (VavChannel *channel, VavMessage *message, gpointer data)
{
  End *end = data;

  g_ptr_array_add (end->messages, vav_message_ref (message));
}

static void
closed_cb (VavChannel *channel, const GError *error, gpointer data)
{
  End *end = data;

  end->closed = TRUE;
  end->n_closed++;
  end->error = error != NULL ? g_error_copy (error) : NULL;
}

End *
end_new (VavChannel *channel)
{
  End *end = g_new0 (End, 1);

  end->channel = channel;
  end->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_message_unref);
  g_signal_connect (channel, "message", G_CALLBACK (message_cb), end);
  g_signal_connect (channel, "closed", G_CALLBACK (closed_cb), end);
  return end;
}

void
end_free (End *end)
{
  g_signal_handlers_disconnect_by_data (end->channel, end);
  g_object_unref (end->channel);
  g_ptr_array_unref (end->messages);
  g_clear_error (&end->error);
  g_free (end);
}

static void
channel_cb (VavListener *listener, VavChannel *channel, gpointer data)
{
  House *house = data;

  g_ptr_array_add (house->ends, end_new (g_object_ref (channel)));
  vav_channel_start (channel);
}

House *
house_new (const char *host)
{
  House *house = g_new0 (House, 1);
  g_autoptr (GError) error = NULL;

  house->identity = vav_identity_new_ephemeral (&error);
  g_assert_no_error (error);
  house->listener = vav_listener_new (house->identity);
  house->ends = g_ptr_array_new_with_free_func ((GDestroyNotify)end_free);
  vav_listener_set_name (house->listener, "Bob");
  g_signal_connect (house->listener, "channel", G_CALLBACK (channel_cb), house);
  vav_listener_open (house->listener, host, 0, FALSE, &error);
  g_assert_no_error (error);
  return house;
}

void
house_free (House *house)
{
  g_ptr_array_unref (house->ends);
  g_object_unref (house->listener);
  g_object_unref (house->identity);
  g_free (house);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

VavChannel *
fixture_dial (VavIdentity *identity, const char *address, GError **error)
{
  g_autoptr (VavAddress) parsed = vav_address_parse (address, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (parsed);
  vav_direct_dial_async (identity, parsed, "Alice", NULL, NULL, NULL, result_cb, &result);
  WAIT_FOR (result != NULL);
  return vav_direct_dial_finish (result, error);
}

VavChannel *
fixture_dial_port (guint16 port, GError **error)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);

  return fixture_dial (identity, address, error);
}

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

GSubprocess *
fixture_start_mosquitto (char **url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf ("%u", find_port ());
  g_autofree char *path = g_strconcat (g_getenv ("PATH"), ":/usr/sbin", NULL);
  GSubprocess *program;

  g_setenv ("PATH", path, TRUE);
  program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                              "mosquitto", "-p", port, NULL);
  g_assert_no_error (error);
  *url = g_strconcat ("mqtt://127.0.0.1:", port, NULL);

  return program;
}

void
fixture_stop_mosquitto (GSubprocess *program)
{
  g_subprocess_force_exit (program);
  g_subprocess_wait (program, NULL, NULL);
  g_object_unref (program);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

guint
fixture_count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}

guint
fixture_count_threads (void)
{
  return count_entries ("/proc/self/task");
}
