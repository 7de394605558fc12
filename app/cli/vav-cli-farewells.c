/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-farewells.h"

#include "app/cli/vav-cli-filter.h"
#include "app/cli/vav-cli-status.h"

struct _VavCliFarewells
{
  const VavCliOptions *options; /* borrowed */
  GPtrArray *farewells;         /* element-type Farewell */
  GCancellable *cancellable;    /* of all commands */
  VavCliFarewellsDone done;
  gpointer user_data;
};

typedef struct
{
  VavCliFarewells *owner; /* (nullable): gone */
  VavStream *stream;      /* owned (nullable): its call is over */
  GBytes *data;           /* (nullable): ours */
  gboolean said;          /* our goodbye */
  gboolean holding;       /* the close, as the other side said goodbye first */
  gboolean computing;
  guint timer;
} Farewell;

static void
let_go_of_stream (Farewell *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->stream != NULL)
    g_signal_handlers_disconnect_by_data (self->stream, self);
  g_clear_object (&self->stream);
}

static void
farewell_free (gpointer data)
{
  Farewell *self = data;

  let_go_of_stream (self);
  g_clear_pointer (&self->data, g_bytes_unref);
  /* a command that runs comes back to it */
  self->owner = NULL;
  if (!self->computing)
    g_free (self);
}

static gboolean
on_close_time (gpointer user_data)
{
  Farewell *self = user_data;

  self->timer = 0;
  vav_stream_close (self->stream);
  return G_SOURCE_REMOVE;
}

static void
on_goodbye_sent (VavStream *stream, GBytes *data, Farewell *self)
{
  self->said = TRUE;
  if (self->holding)
    self->timer = g_timeout_add ((guint)self->owner->options->hold_close, on_close_time, self);
}

/* The first act when all is ready for it; the second follows. */
static void
say_goodbye (Farewell *self)
{
  g_autoptr (GError) error = NULL;

  if (self->timer != 0 || self->computing || self->stream == NULL)
    return;

  self->holding = self->owner->options->hold_close > 0;
  if (!vav_stream_say_goodbye (self->stream, self->data, &error))
    {
      vav_cli_complain (error->message);
      vav_stream_hang_up (self->stream, NULL); /* without it the held call would stay */
    }
  else if (!self->holding)
    vav_stream_close (self->stream);
}

static gboolean
on_goodbye_time (gpointer user_data)
{
  Farewell *self = user_data;

  self->timer = 0;
  say_goodbye (self);
  return G_SOURCE_REMOVE;
}

static void
on_computed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Farewell *self = user_data;
  VavCliFarewells *owner = self->owner;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) output = vav_cli_filter_finish (result, &error);

  self->computing = FALSE;
  if (owner == NULL)
    {
      g_free (self);
      return;
    }
  if (output == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    vav_cli_complain (error->message);

  if (output != NULL)
    {
      g_clear_pointer (&self->data, g_bytes_unref);
      self->data = g_bytes_get_size (output) > 0 ? g_bytes_ref (output) : NULL;
    }
  if (self->stream != NULL)
    say_goodbye (self);
  else
    {
      g_ptr_array_remove (owner->farewells, self);
      owner->done (owner->user_data);
    }
}

static void
compute (Farewell *self, GBytes *data)
{
  VavPeer *peer = vav_stream_get_peer (self->stream);
  const char *id = peer != NULL ? vav_peer_get_id (peer) : NULL;
  const char *name = peer != NULL ? vav_peer_get_name (peer) : NULL;
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, vav_stream_get_value (self->stream));
  const char *environment[]
      = { "VISAVIS_VALUE",          value, "VISAVIS_PEER_ID", id != NULL ? id : "", "VISAVIS_PEER_NAME",
          name != NULL ? name : "", NULL };

  self->computing = TRUE;
  vav_cli_filter_async (self->owner->options->on_closing, data, environment, self->owner->cancellable, on_computed,
                        self);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Farewell *self)
{
  if (self->computing)
    let_go_of_stream (self);
  else
    g_ptr_array_remove (self->owner->farewells, self);
}

/* An end that this side began needs no answer. */
static void
on_closing (VavStream *stream, GBytes *data, Farewell *self)
{
  const VavCliOptions *options = self->owner->options;

  if (self->said)
    return;
  if (options->hold_close == 0 && options->on_closing == NULL)
    {
      vav_stream_hang_up (stream, options->bye_data);
      return;
    }

  vav_stream_hold_closing (stream);
  if (options->hold_close > 0)
    self->timer = g_timeout_add ((guint)options->hold_close, on_goodbye_time, self);
  if (options->on_closing != NULL)
    compute (self, data);
}

void
vav_cli_farewells_watch (VavCliFarewells *self, VavStream *stream)
{
  Farewell *farewell = g_new0 (Farewell, 1);

  farewell->owner = self;
  farewell->stream = g_object_ref (stream);
  if (self->options->bye_data != NULL)
    farewell->data = g_bytes_ref (self->options->bye_data);
  g_ptr_array_add (self->farewells, farewell);

  g_signal_connect (stream, "closing", G_CALLBACK (on_closing), farewell);
  g_signal_connect (stream, "goodbye-sent", G_CALLBACK (on_goodbye_sent), farewell);
  g_signal_connect (stream, "ended", G_CALLBACK (on_ended), farewell);
}

guint
vav_cli_farewells_count_left (VavCliFarewells *self)
{
  guint n = 0;

  for (guint i = 0; i < self->farewells->len; i++)
    n += ((Farewell *)g_ptr_array_index (self->farewells, i))->stream == NULL;

  return n;
}

void
vav_cli_farewells_stop (VavCliFarewells *self)
{
  g_ptr_array_set_size (self->farewells, 0);
  g_cancellable_cancel (self->cancellable);
}

VavCliFarewells *
vav_cli_farewells_new (const VavCliOptions *options, VavCliFarewellsDone done, gpointer user_data)
{
  VavCliFarewells *self = g_new0 (VavCliFarewells, 1);

  self->options = options;
  self->farewells = g_ptr_array_new_with_free_func (farewell_free);
  self->cancellable = g_cancellable_new ();
  self->done = done;
  self->user_data = user_data;

  return self;
}

void
vav_cli_farewells_free (VavCliFarewells *self)
{
  vav_cli_farewells_stop (self);
  g_ptr_array_unref (self->farewells);
  g_object_unref (self->cancellable);
  g_free (self);
}
