/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/rogue.h"

#include "net/signal/vav-direct.h"
#include "tests/loop/pair.h"

static void
on_rogue_message (VavChannel *channel, VavMessage *message, Rogue *rogue)
{
  rogue->answer = vav_message_get_kind (message);
  rogue->n_answers++;
}

static void
on_rogue_closed (VavChannel *channel, GError *error, Rogue *rogue)
{
  rogue->over = TRUE;
}

static void
on_rogue_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  Rogue *rogue = data;
  g_autoptr (GError) error = NULL;

  rogue->channel = vav_direct_dial_finish (result, &error);
  g_assert_no_error (error);
  rogue->dialled = TRUE;
}

void
rogue_say (Rogue *rogue, const char *call, guint64 last_seq)
{
  g_autoptr (VavMessage) resume = vav_message_new (VAV_MESSAGE_RESUME);

  vav_message_set_call (resume, call);
  vav_message_set_uint (resume, "last_seq", last_seq);
  g_assert_true (vav_channel_send (rogue->channel, resume, NULL));
}

void
rogue_resume (Rogue *rogue, const char *where, VavIdentity *identity, const char *call, guint64 last_seq)
{
  g_autoptr (VavAddress) address = vav_address_parse (where, NULL);

  *rogue = (Rogue){ NULL };
  vav_direct_dial_async (identity, address, "Eve", NULL, NULL, NULL, on_rogue_dialled, rogue);
  wait_until (rogue->dialled);
  g_signal_connect (rogue->channel, "message", G_CALLBACK (on_rogue_message), rogue);
  g_signal_connect (rogue->channel, "closed", G_CALLBACK (on_rogue_closed), rogue);
  vav_channel_start (rogue->channel);
  rogue_say (rogue, call, last_seq);
}

void
rogue_clear (Rogue *rogue)
{
  g_signal_handlers_disconnect_by_data (rogue->channel, rogue);
  vav_channel_abort (rogue->channel);
  g_clear_object (&rogue->channel);
}
