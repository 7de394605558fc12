/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-outbox.h"

struct _VavOutbox
{
  GQueue waiting;    /* of VavMessage, numbers rising */
  guint64 last;      /* the number of the last message */
  guint64 confirmed; /* up to there nothing need be kept */
  gboolean full;
};

VavOutbox *
vav_outbox_new (void)
{
  return g_new0 (VavOutbox, 1);
}

static void
clear (VavOutbox *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify)vav_message_unref);
}

void
vav_outbox_free (VavOutbox *self)
{
  clear (self);
  g_free (self);
}

void
vav_outbox_add (VavOutbox *self, VavMessage *message)
{
  self->last = vav_message_get_seq (message);
  if (self->full)
    return;
  if (self->waiting.length >= VAV_OUTBOX_MAX)
    {
      self->full = TRUE;
      clear (self);
      return;
    }
  g_queue_push_tail (&self->waiting, vav_message_ref (message));
}

void
vav_outbox_pass (VavOutbox *self, VavMessage *message)
{
  self->last = vav_message_get_seq (message);
}

void
vav_outbox_keep (VavOutbox *self, VavMessage *message)
{
  vav_message_set_seq (message, MAX (self->last, VAV_CHANNEL_RESERVED_SEQ) + 1);
  vav_outbox_add (self, message);
}

gboolean
vav_outbox_is_whole (VavOutbox *self)
{
  return !self->full;
}

guint
vav_outbox_get_n_waiting (VavOutbox *self)
{
  return self->waiting.length;
}

guint64
vav_outbox_get_confirmed (VavOutbox *self)
{
  return self->confirmed;
}

gboolean
vav_outbox_confirm (VavOutbox *self, guint64 seq)
{
  VavMessage *first;

  if (seq > self->last || seq < self->confirmed)
    return FALSE;

  self->confirmed = seq;
  while ((first = g_queue_peek_head (&self->waiting)) != NULL && vav_message_get_seq (first) <= seq)
    vav_message_unref (g_queue_pop_head (&self->waiting));
  return TRUE;
}

void
vav_outbox_send_again (VavOutbox *self, VavChannel *channel)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      vav_channel_continue (channel, vav_message_get_seq (link->data) - 1);
      if (!vav_channel_send (channel, link->data, NULL))
        break; /* it is lost as well */
    }
  vav_channel_continue (channel, self->last);
}
