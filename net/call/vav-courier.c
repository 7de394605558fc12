/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-courier-private.h"

#include <string.h>

#include "net/signal/vav-name.h"

#define MAX_EARLY 64 /* what a peer may give before the call is up on this side too: a moment earlier at most */

guint vav_courier_signals[VAV_COURIER_N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavCourier, vav_courier, G_TYPE_OBJECT)

static void
set_error (GError **error, VavError code)
{
  g_set_error_literal (error, VAV_ERROR, (int)code, vav_error_describe (code));
}

static void
send_cb (VavMessage *message, gpointer data)
{
  VavCourier *self = data;

  if (self->call != NULL)
    vav_call_send (self->call, message);
}

void
vav_courier_check_flushed (VavCourier *self)
{
  if (!self->flushing || !vav_post_is_empty (self->post) || g_hash_table_size (self->outgoing) > 0)
    return;
  self->flushing = FALSE;
  vav_call_dispatch (self->call, VAV_CALL_EVENT_FLUSHED, VAV_REASON_NONE, NULL);
}

static void
empty_cb (gpointer data)
{
  vav_courier_check_flushed (data);
}

gboolean
vav_courier_send (VavCourier *self, VavMessage *message, GError **error)
{
  if (self->call == NULL || self->call->call_id == NULL)
    {
      set_error (error, VAV_ERROR_CLOSED);
      return FALSE;
    }
  vav_message_set_call (message, self->call->call_id);
  return vav_post_add (self->post, message, error);
}

gboolean
vav_courier_may_give (VavCourier *self, const char *feature, GError **error)
{
  gboolean up
      = self->call != NULL && (vav_call_is_up (self->call) || self->call->phase == VAV_CALL_PHASE_GOODBYE_HEARD);

  if (!up || self->call->channel == NULL)
    set_error (error, VAV_ERROR_CLOSED);
  else if (!vav_channel_peer_has_feature (self->call->channel, feature))
    set_error (error, VAV_ERROR_NOT_SUPPORTED);
  else
    return vav_post_has_room (self->post, error);
  return FALSE;
}

/* texts */

static void
acknowledge (VavCourier *self, guint64 id)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_ACK);

  vav_message_set_uint (message, "id", id);
  vav_courier_send (self, message, NULL);
}

static gboolean
take_text (VavCourier *self, VavMessage *message)
{
  guint64 id = (guint64)vav_message_get_uint (message, "id", 0);
  g_autofree char *text = NULL;

  if (id != self->text_heard + 1)
    return FALSE;
  self->text_heard = id;
  text = vav_text_make_harmless (vav_message_get_string (message, "text"));
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_TEXT], 0, text);
  acknowledge (self, id);
  return TRUE;
}

/* They come in the order of the texts, each once. */
static gboolean
take_ack (VavCourier *self, VavMessage *message)
{
  guint64 id = (guint64)vav_message_get_uint (message, "id", 0);

  if (id != self->text_acknowledged + 1 || id > self->text_sent)
    return FALSE;
  self->text_acknowledged = id;
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_TEXT_ACKNOWLEDGED], 0, id);
  return TRUE;
}

/* vfuncs */

static void
vav_courier_finalize (GObject *object)
{
  VavCourier *self = VAV_COURIER (object);

  g_queue_clear_full (&self->early, (GDestroyNotify)vav_message_unref);
  vav_post_free (self->post);
  vav_hop_unref (self->hop);
  g_hash_table_unref (self->outgoing);
  g_hash_table_unref (self->incoming);
  G_OBJECT_CLASS (vav_courier_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, GType type)
{
  return g_signal_new (name, VAV_TYPE_COURIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, type);
}

static void
vav_courier_class_init (VavCourierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_courier_finalize;

  vav_courier_signals[VAV_COURIER_TEXT] = add_signal ("text", G_TYPE_STRING);
  vav_courier_signals[VAV_COURIER_TEXT_ACKNOWLEDGED] = add_signal ("text-acknowledged", G_TYPE_UINT64);
  vav_courier_signals[VAV_COURIER_FILE_OFFERED] = add_signal ("file-offered", VAV_TYPE_FILE);
  vav_courier_signals[VAV_COURIER_FILE_CHANGED] = add_signal ("file-changed", VAV_TYPE_FILE);
}

static void
vav_courier_init (VavCourier *self)
{
  self->post = vav_post_new (send_cb, empty_cb, self);
  self->hop = vav_hop_new (self);
  self->outgoing = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->incoming = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/* Before the end is told, all that belongs to the call has its own. */
static void
end (VavCourier *self)
{
  self->flushing = FALSE;
  vav_post_clear (self->post);
  g_clear_pointer (&self->freight, vav_freight_close);
  vav_courier_end_files (self);
  vav_courier_leave_path (self);
}

static void
on_call_changed (VavCall *call, VavCourier *self)
{
  if (vav_call_phase_is_over (call->phase))
    end (self);
}

static gboolean
take (VavCourier *self, VavMessage *message)
{
  static gboolean (*const takers[VAV_N_MESSAGE_TYPES]) (VavCourier *, VavMessage *) = {
    [VAV_MESSAGE_TEXT] = take_text,
    [VAV_MESSAGE_ACK] = take_ack,
    [VAV_MESSAGE_FILE_OFFER] = vav_courier_take_offer,
    [VAV_MESSAGE_FILE_ACCEPT] = vav_courier_take_accept,
    [VAV_MESSAGE_FILE_REFUSE] = vav_courier_take_refuse,
    [VAV_MESSAGE_FILE_CANCEL] = vav_courier_take_cancel,
    [VAV_MESSAGE_FILE_WAY] = vav_courier_take_way,
    [VAV_MESSAGE_FILE_DONE] = vav_courier_take_done,
  };
  VavMessageType type = vav_message_get_kind (message);
  g_autoptr (VavCourier) alive = g_object_ref (self);

  return takers[type] != NULL && takers[type](self, message);
}

/* After the program heard that the call is up: it can answer now. */
static void
on_call_up (VavCall *call, VavCourier *self)
{
  g_autoptr (VavCourier) alive = g_object_ref (self);

  while (call->phase > VAV_CALL_PHASE_CONNECTING && !g_queue_is_empty (&self->early))
    {
      g_autoptr (VavMessage) message = g_queue_pop_head (&self->early);

      if (!vav_call_phase_is_over (call->phase) && !take (self, message))
        vav_call_dispatch (call, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
    }
}

/* public functions */

VavCourier *
vav_courier_new (VavCall *call)
{
  VavCourier *self = g_object_new (VAV_TYPE_COURIER, NULL);

  self->call = call;
  g_signal_connect (call, "changed", G_CALLBACK (on_call_changed), self);
  g_signal_connect_after (call, "changed", G_CALLBACK (on_call_up), self);
  return self;
}

/* The call goes; whoever still holds the courier finds it closed. */
void
vav_courier_leave (VavCourier *self)
{
  if (self->call == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->call, self);
  end (self);
  self->call = NULL;
}

VavCallEvent
vav_courier_judge (VavCourier *self, VavMessage *message)
{
  switch ((int)vav_message_get_kind (message))
    {
    case VAV_MESSAGE_TEXT:
    case VAV_MESSAGE_FILE_OFFER:
    case VAV_MESSAGE_FILE_ACCEPT:
      return VAV_CALL_EVENT_PEER_GIVES;
    case VAV_MESSAGE_FILE_CANCEL: /* an offer may be taken back before our path is up */
      return self->call->phase == VAV_CALL_PHASE_CONNECTING ? VAV_CALL_EVENT_PEER_GIVES : VAV_CALL_EVENT_PEER_CONFIRMS;
    default:
      return VAV_CALL_EVENT_PEER_CONFIRMS;
    }
}

gboolean
vav_courier_flush (VavCourier *self)
{
  gboolean done = vav_courier_flush_files (self);

  self->flushing = !done || !vav_post_is_empty (self->post);
  return !self->flushing;
}

void
vav_courier_cut (VavCourier *self)
{
  self->flushing = FALSE;
  vav_post_clear (self->post);
  vav_courier_cut_files (self);
}

gboolean
vav_courier_take (VavCourier *self, VavMessage *message)
{
  if (self->call->phase != VAV_CALL_PHASE_CONNECTING)
    return take (self, message);
  if (g_queue_get_length (&self->early) >= MAX_EARLY)
    return FALSE;
  g_queue_push_tail (&self->early, vav_message_ref (message));
  return TRUE;
}

gboolean
vav_courier_send_text (VavCourier *self, const char *text, guint64 *id, GError **error)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_TEXT);

  if (!vav_courier_may_give (self, "text", error))
    return FALSE;
  if (strlen (text) > VAV_MAX_TEXT)
    {
      set_error (error, VAV_ERROR_TOO_LARGE);
      return FALSE;
    }
  if (!vav_message_set_string (message, "text", text))
    {
      set_error (error, VAV_ERROR_FAILED);
      return FALSE;
    }
  vav_message_set_uint (message, "id", self->text_sent + 1);
  if (!vav_courier_send (self, message, error))
    return FALSE;
  self->text_sent++;
  if (id != NULL)
    *id = self->text_sent;
  return TRUE;
}
