/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* person PROFILE MEDIA ADDRESS: calls somebody and does at the desk what stdin says, over the public header.
 *
 * Commands, one a line: "camera NAME", "microphone NAME", "speaker NAME" (no name: the default), "volume N", "muted 0|1", "processing 0|1",
 * "picture auto|low|medium|high", "held 0|1", "stop FLOW…", "play FLOW…", "share NODE" (of PipeWire), "share-nothing" (what is no connection to
 * PipeWire), "unshare", "hang-up".
 * Tells on stdout {"event":"active"}, "done" with "command" (taken), "flows" with "mine" and "peer", "sharing" with "value", "sharing-ended" and
 * "refused" with "error", "ended" with "graceful". */
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/visavis.h"

typedef struct
{
  VavEndpoint *endpoint;
  VavStream *stream;
  GDataInputStream *input;
  GMainLoop *loop;
  gboolean sharing;
} Person;

static int
read_nick (GType type, const char *nick)
{
  g_autoptr (GTypeClass) class = g_type_class_ref (type);

  if (G_IS_FLAGS_CLASS (class))
    {
      GFlagsValue *flag = g_flags_get_value_by_nick (G_FLAGS_CLASS (class), nick);

      return flag != NULL ? (int)flag->value : 0;
    }

  return g_enum_get_value_by_nick (G_ENUM_CLASS (class), nick)->value;
}

static VavFlows
read_flows (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint flows = 0;

  for (guint i = 0; words[i] != NULL; i++)
    flows |= (guint)read_nick (VAV_TYPE_FLOWS, words[i]);

  return (VavFlows)flows;
}

/* As the portal does it, but with all rights. */
static int
connect_to_pipewire (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/pipewire-0", g_get_user_runtime_dir ());
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_error ("no PipeWire at %s", address.sun_path);

  return fd;
}

static void
share (Person *self, int fd, guint32 node)
{
  g_autoptr (GError) error = NULL;

  if (!vav_stream_share_screen (self->stream, fd, node, &error))
    g_print ("{\"event\":\"refused\",\"error\":\"%s\"}\n", error->message);
}

static void
obey (Person *self, const char *command, const char *value)
{
  if (g_str_equal (command, "camera") || g_str_equal (command, "microphone") || g_str_equal (command, "speaker"))
    g_object_set (self->endpoint, command, *value != '\0' ? value : NULL, NULL);
  else if (g_str_equal (command, "volume"))
    g_object_set (self->endpoint, "volume", g_ascii_strtod (value, NULL), NULL);
  else if (g_str_equal (command, "muted"))
    g_object_set (self->endpoint, "muted", *value == '1', NULL);
  else if (g_str_equal (command, "processing"))
    g_object_set (self->endpoint, "voice-processing", *value == '1', NULL);
  else if (g_str_equal (command, "picture"))
    g_object_set (self->endpoint, "picture-quality", read_nick (VAV_TYPE_PICTURE_QUALITY, value), NULL);
  else if (g_str_equal (command, "held"))
    g_object_set (self->stream, "held", *value == '1', NULL);
  else if (g_str_equal (command, "stop"))
    vav_stream_stop (self->stream, read_flows (value));
  else if (g_str_equal (command, "play"))
    vav_stream_play (self->stream, read_flows (value));
  else if (g_str_equal (command, "share"))
    share (self, connect_to_pipewire (), (guint32)g_ascii_strtoull (value, NULL, 10));
  else if (g_str_equal (command, "share-nothing"))
    share (self, open ("/dev/null", O_RDWR | O_CLOEXEC), 1);
  else if (g_str_equal (command, "unshare"))
    vav_stream_stop_sharing (self->stream);
  else if (g_str_equal (command, "hang-up"))
    vav_stream_hang_up (self->stream, NULL);
  else
    g_error ("no such command: %s", command);
  g_print ("{\"event\":\"done\",\"command\":\"%s\"}\n", command);
}

static void on_line (GObject *source, GAsyncResult *result, gpointer user_data);

static void
read_line (Person *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Person *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->input, result, NULL, NULL);
  char *value;

  if (line == NULL)
    return; /* nobody commands any more */
  value = strchr (line, ' ');
  if (value != NULL)
    *value++ = '\0';
  obey (self, line, value != NULL ? value : "");
  read_line (self);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Person *self)
{
  if (vav_stream_get_state (stream) == VAV_STATE_ACTIVE)
    g_print ("{\"event\":\"active\"}\n");
}

/* Notified also when nothing changed. */
static void
on_sharing (VavStream *stream, GParamSpec *pspec, Person *self)
{
  if (self->sharing == vav_stream_get_sharing (stream))
    return;
  self->sharing = !self->sharing;
  g_print ("{\"event\":\"sharing\",\"value\":\"%s\"}\n", self->sharing ? "yes" : "no");
}

static void
on_sharing_ended (VavStream *stream, const GError *error, Person *self)
{
  g_print ("{\"event\":\"sharing-ended\",\"error\":\"%s\"}\n", error != NULL ? error->message : "");
}

static void
on_first_sound (VavStream *stream, double ms, Person *self)
{
  g_print ("{\"event\":\"sound\"}\n");
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Person *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Person *self)
{
  g_print ("{\"event\":\"ended\",\"graceful\":\"%s\"}\n", graceful ? "yes" : "no");
  vav_endpoint_close_async (self->endpoint, on_closed, self);
}

int
main (int argc, char **argv)
{
  Person self = { 0 };
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    {
      g_printerr ("person PROFILE MEDIA ADDRESS\n");
      return 2;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.endpoint = vav_endpoint_new (argv[1], argv[2], &error);
  if (self.endpoint == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  self.stream = vav_stream_new (self.endpoint);
  self.input = g_data_input_stream_new (input);
  g_signal_connect (self.stream, "notify::state", G_CALLBACK (on_state), &self);
  g_signal_connect (self.stream, "first-sound", G_CALLBACK (on_first_sound), &self);
  g_signal_connect (self.stream, "notify::sharing", G_CALLBACK (on_sharing), &self);
  g_signal_connect (self.stream, "sharing-ended", G_CALLBACK (on_sharing_ended), &self);
  g_signal_connect (self.stream, "ended", G_CALLBACK (on_ended), &self);
  read_line (&self);
  vav_stream_set_address (self.stream, argv[3]);
  g_main_loop_run (self.loop);

  g_clear_object (&self.input);
  g_clear_object (&self.stream);
  g_clear_object (&self.endpoint);
  g_main_loop_unref (self.loop);

  return 0;
}
