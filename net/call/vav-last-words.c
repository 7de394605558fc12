/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-last-words.h"

#define KEPT_S 30

typedef struct
{
  char *call;
  char *peer;
  guint64 heard;
  VavOutbox *outbox;
  VavErrand *errand; /* nullable */
  gint64 until;      /* monotonic, µs */
} Words;

struct _VavLastWords
{
  GQueue kept; /* of Words, the oldest first */
};

static void
words_free (gpointer data)
{
  Words *words = data;

  g_clear_pointer (&words->errand, vav_errand_free);
  vav_outbox_free (words->outbox);
  g_free (words->call);
  g_free (words->peer);
  g_free (words);
}

VavLastWords *
vav_last_words_new (void)
{
  return g_new0 (VavLastWords, 1);
}

void
vav_last_words_free (VavLastWords *self)
{
  g_queue_clear_full (&self->kept, words_free);
  g_free (self);
}

/* They are few and small: they go when somebody looks. */
static void
drop_old (VavLastWords *self)
{
  gint64 now = g_get_monotonic_time ();
  Words *oldest;

  while ((oldest = g_queue_peek_head (&self->kept)) != NULL
         && (oldest->until < now || self->kept.length > VAV_LAST_WORDS_MAX))
    words_free (g_queue_pop_head (&self->kept));
}

void
vav_last_words_keep (VavLastWords *self, const char *call, const char *peer, guint64 heard, VavOutbox *outbox,
                     VavErrand *errand)
{
  Words *words = g_new0 (Words, 1);

  words->call = g_strdup (call);
  words->peer = g_strdup (peer);
  words->heard = heard;
  words->outbox = outbox;
  words->errand = errand;
  words->until = g_get_monotonic_time () + KEPT_S * G_TIME_SPAN_SECOND;
  g_queue_push_tail (&self->kept, words);
  drop_old (self);
}

static Words *
find (VavLastWords *self, const char *call, const char *peer)
{
  for (GList *link = self->kept.head; link != NULL; link = link->next)
    {
      Words *words = link->data;

      if (g_strcmp0 (words->call, call) == 0 && g_strcmp0 (words->peer, peer) == 0)
        return words;
    }

  return NULL;
}

gboolean
vav_last_words_say (VavLastWords *self, VavChannel *channel, VavMessage *resume)
{
  g_autoptr (VavMessage) answer = vav_message_new (VAV_MESSAGE_RESUME);
  Words *words;

  drop_old (self);
  words = find (self, vav_message_get_call (resume), vav_channel_get_peer_id (channel));
  if (words == NULL || !vav_outbox_confirm (words->outbox, (guint64)vav_message_get_uint (resume, "last_seq", 0)))
    return FALSE;

  vav_message_set_call (answer, words->call);
  vav_message_set_uint (answer, "last_seq", words->heard);
  if (vav_channel_send (channel, answer, NULL))
    vav_outbox_send_again (words->outbox, channel);
  g_clear_pointer (&words->errand, vav_errand_free); /* they came for it */
  return TRUE;
}

gboolean
vav_last_words_add (VavLastWords *self, VavChannel *channel, VavMessage *resume)
{
  Words *words = find (self, vav_message_get_call (resume), vav_channel_get_peer_id (channel));

  if (words == NULL || !vav_outbox_confirm (words->outbox, (guint64)vav_message_get_uint (resume, "last_seq", 0)))
    return FALSE;

  vav_outbox_send_again (words->outbox, channel);
  return TRUE;
}

void
vav_last_words_give_up (VavLastWords *self)
{
  for (GList *link = self->kept.head; link != NULL; link = link->next)
    g_clear_pointer (&((Words *)link->data)->errand, vav_errand_free);
}
