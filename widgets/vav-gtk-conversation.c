/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conversation.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "widgets/vav-gtk-message-private.h"

struct _VavGtkConversation
{
  GObject parent_instance;

  VavStream *stream; /* weak: it holds us; nullable: somebody else holds us longer */
  GListStore *rows;
  char *peer_id; /* nullable: whom it is with */
  guint unread;
  GQueue unconfirmed; /* of VavGtkMessage, owned: that the other side has not said to have, in order */
};

enum
{
  PROP_UNREAD = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  ARRIVED,
  OTHER_PERSON,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return VAV_GTK_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (VAV_GTK_CONVERSATION (model)->rows));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (VAV_GTK_CONVERSATION (model)->rows), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (VavGtkConversation, vav_gtk_conversation, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
set_unread (VavGtkConversation *self, guint unread)
{
  if (self->unread == unread)
    return;
  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

/* Those that may still be answered or given up are at most 272 in each direction, so there is always one that may go. */
static void
drop_oldest (VavGtkConversation *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavGtkMessage) message = get_item (G_LIST_MODEL (self), i);

      if (message->file == NULL || vav_file_is_over (message->file))
        {
          g_list_store_remove (self->rows, i);
          return;
        }
    }
}

static void
add (VavGtkConversation *self, VavGtkMessage *message)
{
  if (get_n_items (G_LIST_MODEL (self)) >= VAV_GTK_MAX_CONVERSATION)
    drop_oldest (self);
  g_list_store_append (self->rows, message);
  if (!message->incoming)
    return;
  set_unread (self, self->unread + 1); /* before it is told: who shows it at once marks it read */
  g_signal_emit (self, signals[ARRIVED], 0, message);
}

/* --- the stream tells --- */

static void
on_text (VavGtkConversation *self, const char *text)
{
  VavPeer *peer = vav_stream_get_peer (self->stream);
  gboolean trusted = peer != NULL && vav_peer_get_trust (peer) != VAV_TRUST_UNKNOWN;
  g_autoptr (VavGtkMessage) message = vav_gtk_message_new_text (TRUE, trusted, text);

  add (self, message);
}

static void
on_text_acknowledged (VavGtkConversation *self, guint64 id)
{
  VavGtkMessage *message = NULL;

  while ((message = g_queue_peek_head (&self->unconfirmed)) != NULL && message->id <= id)
    {
      g_queue_pop_head (&self->unconfirmed);
      vav_gtk_message_set_state (message, VAV_GTK_MESSAGE_ARRIVED, NULL);
      g_object_unref (message);
    }
}

static void
give_up_unconfirmed (VavGtkConversation *self)
{
  VavGtkMessage *message = NULL;

  while ((message = g_queue_pop_head (&self->unconfirmed)) != NULL)
    {
      vav_gtk_message_set_state (message, VAV_GTK_MESSAGE_UNSURE, NULL);
      g_object_unref (message);
    }
}

/* A file is told of again with each state; it has its row from the first time. */
static void
on_file_changed (VavGtkConversation *self, VavFile *file)
{
  static const char key[] = "vav-gtk-has-row";
  g_autoptr (VavGtkMessage) message = NULL;

  if (g_object_get_data (G_OBJECT (file), key) != NULL)
    return;
  g_object_set_data (G_OBJECT (file), key, GINT_TO_POINTER (TRUE));
  message = vav_gtk_message_new_file (file);
  add (self, message);
}

/* With another person another conversation begins. */
static void
on_peer (VavGtkConversation *self)
{
  VavPeer *peer = vav_stream_get_peer (self->stream);
  gboolean another;

  if (peer == NULL || g_strcmp0 (vav_peer_get_id (peer), self->peer_id) == 0)
    return;
  another = self->peer_id != NULL;
  g_free (self->peer_id);
  self->peer_id = g_strdup (vav_peer_get_id (peer));
  if (!another)
    return;
  give_up_unconfirmed (self);
  g_list_store_remove_all (self->rows);
  set_unread (self, 0);
  g_signal_emit (self, signals[OTHER_PERSON], 0);
}

static void
on_rows_changed (VavGtkConversation *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* --- GObject --- */

static void
vav_gtk_conversation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_UNREAD)
    g_value_set_uint (value, VAV_GTK_CONVERSATION (object)->unread);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_conversation_finalize (GObject *object)
{
  VavGtkConversation *self = VAV_GTK_CONVERSATION (object);

  g_clear_weak_pointer (&self->stream);
  g_queue_clear_full (&self->unconfirmed, g_object_unref);
  g_object_unref (self->rows);
  g_free (self->peer_id);
  G_OBJECT_CLASS (vav_gtk_conversation_parent_class)->finalize (object);
}

static void
vav_gtk_conversation_class_init (VavGtkConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_gtk_conversation_get_property;
  object_class->finalize = vav_gtk_conversation_finalize;
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", "Unread", "What came since it was read", 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ARRIVED] = g_signal_new ("arrived", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, VAV_GTK_TYPE_MESSAGE);
  signals[OTHER_PERSON] = g_signal_new ("other-person", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
}

static void
vav_gtk_conversation_init (VavGtkConversation *self)
{
  g_queue_init (&self->unconfirmed);
  self->rows = g_list_store_new (VAV_GTK_TYPE_MESSAGE);
  g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (on_rows_changed), self, G_CONNECT_SWAPPED);
}

/* --- public --- */

static void
fill (VavGtkConversation *self)
{
  GListModel *files = vav_stream_get_files (self->stream);

  on_peer (self);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (VavFile) file = g_list_model_get_item (files, i);

      on_file_changed (self, file);
    }
}

/**
 * vav_gtk_conversation_of:
 * @stream: a stream
 *
 * Returns: (transfer none): what its two people have given each other; the stream holds it
 */
VavGtkConversation *
vav_gtk_conversation_of (VavStream *stream)
{
  static const char key[] = "vav-gtk-conversation";
  VavGtkConversation *self = NULL;

  g_return_val_if_fail (VAV_IS_STREAM (stream), NULL);

  self = g_object_get_data (G_OBJECT (stream), key);
  if (self != NULL)
    return self;
  self = g_object_new (VAV_GTK_TYPE_CONVERSATION, NULL);
  g_set_weak_pointer (&self->stream, stream);
  g_object_set_data_full (G_OBJECT (stream), key, self, g_object_unref);
  fill (self);
  g_signal_connect_object (stream, "text", G_CALLBACK (on_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stream, "text-acknowledged", G_CALLBACK (on_text_acknowledged), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stream, "file-changed", G_CALLBACK (on_file_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stream, "notify::peer", G_CALLBACK (on_peer), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stream, "ended", G_CALLBACK (give_up_unconfirmed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * vav_gtk_conversation_get_stream:
 *
 * Returns: (transfer none) (nullable): whose it is; %NULL: that is gone
 */
VavStream *
vav_gtk_conversation_get_stream (VavGtkConversation *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONVERSATION (self), NULL);
  return self->stream;
}

/**
 * vav_gtk_conversation_get_unread:
 *
 * Returns: what came since vav_gtk_conversation_mark_read()
 */
guint
vav_gtk_conversation_get_unread (VavGtkConversation *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONVERSATION (self), 0);
  return self->unread;
}

/**
 * vav_gtk_conversation_mark_read:
 *
 * All that came is read.
 */
void
vav_gtk_conversation_mark_read (VavGtkConversation *self)
{
  g_return_if_fail (VAV_GTK_IS_CONVERSATION (self));
  set_unread (self, 0);
}

/* A row that says why it was not sent. */
static void
add_failed (VavGtkConversation *self, const char *text, const char *sentence)
{
  g_autoptr (VavGtkMessage) message = vav_gtk_message_new_text (FALSE, TRUE, text);

  vav_gtk_message_set_state (message, VAV_GTK_MESSAGE_FAILED, sentence);
  add (self, message);
}

/**
 * vav_gtk_conversation_send_text:
 * @text: what to send
 *
 * A text that cannot be sent stands there with why, except one that is too long: %VAV_ERROR_TOO_LARGE, and nothing has happened.
 */
gboolean
vav_gtk_conversation_send_text (VavGtkConversation *self, const char *text, GError **error)
{
  g_autoptr (VavGtkMessage) message = NULL;
  g_autoptr (GError) refusal = NULL;
  guint64 id = 0;

  g_return_val_if_fail (VAV_GTK_IS_CONVERSATION (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (self->stream == NULL)
    {
      add_failed (self, text, vav_error_describe (VAV_ERROR_CLOSED));
      return TRUE;
    }
  if (!vav_stream_send_text (self->stream, text, &id, &refusal))
    {
      if (g_error_matches (refusal, VAV_ERROR, VAV_ERROR_TOO_LARGE))
        {
          g_propagate_error (error, g_steal_pointer (&refusal));
          return FALSE;
        }
      add_failed (self, text, refusal->message);
      return TRUE;
    }
  message = vav_gtk_message_new_text (FALSE, TRUE, text);
  message->id = id;
  g_queue_push_tail (&self->unconfirmed, g_object_ref (message));
  add (self, message);
  return TRUE;
}

/* --- files --- */

typedef struct
{
  VavGtkConversation *conversation; /* owned */
  char *path;
  char *temporary; /* nullable */
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->conversation);
  g_free (sending->path);
  g_free (sending->temporary);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static void
remove_temporary (const char *path, const char *folder)
{
  g_unlink (path);
  g_rmdir (folder);
}

static void
forget_temporary (gpointer data)
{
  char **names = data;

  remove_temporary (names[0], names[1]);
  g_strfreev (names);
}

/* As long as it is sent; if nobody holds it any more, it goes too. */
static void
on_temporary_changed (VavFile *file)
{
  if (vav_file_is_over (file))
    g_object_set_data (G_OBJECT (file), "vav-gtk-temporary", NULL);
}

static void
keep_temporary (VavFile *file, const char *path, const char *folder)
{
  const char *names[] = { path, folder, NULL };

  g_object_set_data_full (G_OBJECT (file), "vav-gtk-temporary", g_strdupv ((char **)names), forget_temporary);
  g_signal_connect (file, "notify::state", G_CALLBACK (on_temporary_changed), NULL);
  on_temporary_changed (file);
}

static void
on_file_sent (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavFile) file = vav_stream_send_file_finish (VAV_STREAM (stream), result, &error);
  g_autofree char *name = NULL;

  if (file != NULL && sending->temporary != NULL)
    keep_temporary (file, sending->path, sending->temporary);
  if (file != NULL)
    return; /* its row came with `file-changed` */
  if (sending->temporary != NULL)
    remove_temporary (sending->path, sending->temporary);
  name = g_filename_display_basename (sending->path);
  add_failed (sending->conversation, name, error->message);
}

/**
 * vav_gtk_conversation_send_file:
 * @path: of a file
 * @temporary: (nullable): a folder of which the file is all, removed when the file is over
 *
 * Offers a file. If that fails, a row says so.
 */
void
vav_gtk_conversation_send_file (VavGtkConversation *self, const char *path, const char *temporary)
{
  Sending *sending = NULL;

  g_return_if_fail (VAV_GTK_IS_CONVERSATION (self));
  g_return_if_fail (self->stream != NULL);
  g_return_if_fail (path != NULL);

  sending = g_new0 (Sending, 1);
  sending->conversation = g_object_ref (self);
  sending->path = g_strdup (path);
  sending->temporary = g_strdup (temporary);
  vav_stream_send_file_async (self->stream, path, NULL, on_file_sent, sending);
}
