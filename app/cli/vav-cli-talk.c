/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-talk.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/cli/vav-cli-status.h"

/* More of a peer's data is not shown. */
#define MAX_SHOWN 200

struct _VavCliTalk
{
  VavEndpoint *endpoint; /* owned */
  GHashTable *streams;   /* element-type VavStream Said: watched until their death, not held */
};

/* What was last said about a stream: a state is notified more often than it changes. */
typedef struct
{
  guint64 value;
  VavState state;
} Said;

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  line = vav_cli_printable (text);
  g_print ("%s\n", line);
}

static char *
name_of (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);
  const char *name = peer != NULL ? vav_peer_get_name (peer) : NULL;
  g_autofree char *entry = NULL;

  if (name != NULL && *name != '\0')
    return g_strdup (name);

  entry = vav_stream_dup_entry_name (stream);
  return entry != NULL && *entry != '\0' ? g_steal_pointer (&entry) : g_strdup (_ ("this computer"));
}

static void
say_data (const char *format, GBytes *data)
{
  g_autofree char *text = NULL;
  const char *bytes;
  gsize size;

  if (data == NULL)
    return;

  bytes = g_bytes_get_data (data, &size);
  if (g_utf8_validate_len (bytes, size, NULL) && size <= MAX_SHOWN)
    text = g_strchomp (g_strndup (bytes, size)); /* a command writes whole lines, this stands inside one */
  else
    text = g_strdup_printf (ngettext ("%zu byte of data", "%zu bytes of data", size), size);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  say (format, text);
#pragma GCC diagnostic pop
}

static void
on_state (VavStream *stream, GParamSpec *pspec, VavCliTalk *self)
{
  g_autofree char *name = name_of (stream);
  Said *said = g_hash_table_lookup (self->streams, stream);
  Said now = { vav_stream_get_value (stream), vav_stream_get_state (stream) };

  if (said->value == now.value && said->state == now.state)
    return;
  *said = now;

  switch (now.state)
    {
    case VAV_STATE_DIALLING:
      if (*vav_stream_get_address (stream) == '\0')
        say (_ ("Calling yourself…"));
      else
        say (_ ("Calling %s…"), name);
      break;
    case VAV_STATE_RINGING:
      say (_ ("It rings at %s’s…"), name);
      break;
    case VAV_STATE_ACTIVE:
      say (_ ("In the call with %s."), name);
      break;
    case VAV_STATE_RECONNECTING:
      say (_ ("The connection to %s is lost, trying again…"), name);
      break;
    case VAV_STATE_IDLE:
    case VAV_STATE_RESOLVING:
    case VAV_STATE_INCOMING:
    case VAV_STATE_CONNECTING:
    case VAV_STATE_CLOSING:
    case VAV_STATE_ENDED:
    case VAV_STATE_FAILED:
    default:
      break;
    }
}

static void
on_first_frame (VavStream *stream, double ms, VavCliTalk *self)
{
  say (_ ("The first picture came after %.0f ms."), ms);
}

static void
on_path (VavStream *stream, const char *local, const char *remote, gboolean relayed, VavCliTalk *self)
{
  if (relayed)
    say (_ ("The path for picture and sound is a relay, from %s to %s."), local, remote);
  else
    say (_ ("The path for picture and sound is direct, from %s to %s."), local, remote);
}

/* Each line of it, so that nobody takes a line of theirs for one of ours. */
static void
on_text (VavStream *stream, const char *text, VavCliTalk *self)
{
  g_autofree char *name = name_of (stream);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    say (_ ("%s writes: %s"), name, lines[i]);
}

static void
say_outgoing (VavFile *file, const char *name)
{
  const char *title = vav_file_get_name (file);

  switch (vav_file_get_state (file))
    {
    case VAV_FILE_STATE_OFFERED:
      say (_ ("The file %s is offered to %s."), title, name);
      break;
    case VAV_FILE_STATE_DONE:
      say (_ ("%s has the file %s."), name, title);
      break;
    case VAV_FILE_STATE_REFUSED:
      say (_ ("%s does not want the file %s."), name, title);
      break;
    case VAV_FILE_STATE_ACCEPTED:
    case VAV_FILE_STATE_RUNNING:
    case VAV_FILE_STATE_CANCELLED:
    case VAV_FILE_STATE_FAILED:
    case VAV_FILE_STATE_INTERRUPTED:
    default:
      break;
    }
}

static void
say_incoming (VavFile *file, const char *name)
{
  const char *title = vav_file_get_name (file);
  g_autofree char *size = g_format_size (vav_file_get_size (file));
  g_autofree char *path = NULL;

  switch (vav_file_get_state (file))
    {
    case VAV_FILE_STATE_OFFERED:
      say (_ ("%s offers the file %s (%s)."), name, title, size);
      break;
    case VAV_FILE_STATE_DONE:
      path = g_filename_display_name (vav_file_get_path (file));
      say (_ ("The file %s is whole: %s"), title, path);
      break;
    case VAV_FILE_STATE_REFUSED:
      say (_ ("The file %s was refused. “answer --save DIR” takes files."), title);
      break;
    case VAV_FILE_STATE_ACCEPTED:
    case VAV_FILE_STATE_RUNNING:
    case VAV_FILE_STATE_CANCELLED:
    case VAV_FILE_STATE_FAILED:
    case VAV_FILE_STATE_INTERRUPTED:
    default:
      break;
    }
}

static void
on_file_changed (VavStream *stream, VavFile *file, VavCliTalk *self)
{
  g_autofree char *name = name_of (stream);
  const GError *error = vav_file_get_error (file);

  if (vav_file_get_state (file) == VAV_FILE_STATE_CANCELLED)
    say (_ ("The file %s was given up."), vav_file_get_name (file));
  else if (vav_file_get_state (file) == VAV_FILE_STATE_INTERRUPTED)
    say (_ ("The end of the call cut the file %s. Offered again, it goes on from there."), vav_file_get_name (file));
  else if (vav_file_get_state (file) == VAV_FILE_STATE_FAILED)
    say (_ ("The file %s failed. %s"), vav_file_get_name (file), error != NULL ? error->message : "");
  else if (vav_file_is_incoming (file))
    say_incoming (file, name);
  else
    say_outgoing (file, name);
}

static void
on_answered (VavStream *stream, GBytes *data, VavCliTalk *self)
{
  say_data (_ ("The answer came with: %s"), data);
}

static void
on_closing (VavStream *stream, GBytes *data, VavCliTalk *self)
{
  g_autofree char *name = name_of (stream);

  say (_ ("%s said goodbye."), name);
  say_data (_ ("The goodbye came with: %s"), data);
}

/* Why a call that this user made failed is told on stderr. */
static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, VavCliTalk *self)
{
  g_autofree char *name = name_of (stream);

  if (reason == VAV_REASON_UNREACHABLE && vav_stream_is_incoming (stream))
    say (_ ("The call from %s was left unanswered."), name);
  else if (graceful || vav_stream_is_incoming (stream))
    say (_ ("The call with %s is over. %s"), name, vav_reason_describe (reason));
}

static void
on_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, VavCliTalk *self)
{
  VavPeer *peer = vav_request_get_peer (request);
  const char *format;

  vav_cli_talk_watch_stream (self, stream);

  if (vav_peer_is_impostor (peer))
    format = _ ("Somebody calls from %2$s as %1$s, but with another key than the %1$s that you know.");
  else if (vav_peer_get_trust (peer) == VAV_TRUST_UNKNOWN && !vav_peer_is_self (peer))
    format = _ ("%s calls from %s; they are not among your people.");
  else
    format = _ ("%s calls from %s.");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  say (format, vav_peer_get_name (peer),
       vav_peer_get_address (peer) != NULL ? vav_peer_get_address (peer) : _ ("the meeting server"));
#pragma GCC diagnostic pop
  say_data (_ ("The request came with: %s"), vav_request_get_data (request));
}

static void
on_listening (VavEndpoint *endpoint, GParamSpec *pspec, VavCliTalk *self)
{
  const char *address = vav_endpoint_get_listening_address (endpoint);
  g_autofree char *id = vav_id_to_display (vav_endpoint_get_id (endpoint));

  if (address == NULL)
    return;
  /* all addresses: nobody dials that, the port is what one tells */
  if (g_str_has_prefix (address, "[::]:") || g_str_has_prefix (address, "0.0.0.0:"))
    say (_ ("Waiting for calls on port %s of this computer. Your id is %s."), strrchr (address, ':') + 1, id);
  else
    say (_ ("Waiting for calls at %s. Your id is %s."), address, id);
}

static void
on_meeting (VavEndpoint *endpoint, GParamSpec *pspec, VavCliTalk *self)
{
  if (vav_endpoint_get_meeting_address (endpoint) != NULL)
    say (_ ("Waiting for calls by the meeting server, at %s."), vav_endpoint_get_meeting_address (endpoint));
}

static void
on_stream_gone (gpointer user_data, GObject *stream)
{
  VavCliTalk *self = user_data;

  g_hash_table_remove (self->streams, stream);
}

void
vav_cli_talk_watch_stream (VavCliTalk *self, VavStream *stream)
{
  if (g_hash_table_contains (self->streams, stream))
    return;

  g_hash_table_insert (self->streams, stream, g_new0 (Said, 1));
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);
  g_signal_connect (stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (stream, "first-frame", G_CALLBACK (on_first_frame), self);
  g_signal_connect (stream, "path", G_CALLBACK (on_path), self);
  g_signal_connect (stream, "file-changed", G_CALLBACK (on_file_changed), self);
  g_signal_connect (stream, "text", G_CALLBACK (on_text), self);
  g_signal_connect (stream, "answered", G_CALLBACK (on_answered), self);
  g_signal_connect (stream, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (stream, "ended", G_CALLBACK (on_ended), self);
}

static void
on_items_changed (GListModel *streams, guint position, guint removed, guint added, VavCliTalk *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      vav_cli_talk_watch_stream (self, stream);
    }
}

VavCliTalk *
vav_cli_talk_new (VavEndpoint *endpoint)
{
  VavCliTalk *self = g_new0 (VavCliTalk, 1);

  self->endpoint = g_object_ref (endpoint);
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_signal_connect (endpoint, "notify::listening-address", G_CALLBACK (on_listening), self);
  g_signal_connect (endpoint, "notify::meeting-address", G_CALLBACK (on_meeting), self);
  g_signal_connect (endpoint, "connection-requested", G_CALLBACK (on_request), self);
  g_signal_connect (endpoint, "items-changed", G_CALLBACK (on_items_changed), self);

  return self;
}

void
vav_cli_talk_free (VavCliTalk *self)
{
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    {
      g_signal_handlers_disconnect_by_data (stream, self);
      g_object_weak_unref (stream, on_stream_gone, self);
    }
  g_signal_handlers_disconnect_by_data (self->endpoint, self);

  g_hash_table_unref (self->streams);
  g_object_unref (self->endpoint);
  g_free (self);
}
