/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one side has said and the other has not confirmed. */
#include "net/call/vav-outbox.h"

/* The numbers first to last are sent, one after the other. */
static void
add (VavOutbox *box, guint64 first, guint64 last)
{
  for (guint64 seq = first; seq <= last; seq++)
    {
      g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_TEXT);

      vav_message_set_seq (message, seq);
      vav_outbox_add (box, message);
    }
}

static void
test_confirm (void)
{
  g_autoptr (VavOutbox) box = vav_outbox_new ();

  g_test_summary ("N7: what was confirmed is not kept; what was never said cannot be confirmed, and what was confirmed "
                  "not be taken back");
  add (box, 1, 5);
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 5);
  g_assert_true (vav_outbox_confirm (box, 3));
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 2);
  g_assert_true (vav_outbox_confirm (box, 3));
  g_assert_false (vav_outbox_confirm (box, 2));
  g_assert_false (vav_outbox_confirm (box, 6));
  g_assert_cmpuint (vav_outbox_get_confirmed (box), ==, 3);
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 2);
  g_assert_true (vav_outbox_confirm (box, 5));
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 0);
}

static void
test_keep (void)
{
  g_autoptr (VavOutbox) box = vav_outbox_new ();
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_TEXT);

  g_test_summary ("N7: what is said while there is no connection has the next number, and waits");
  add (box, 1, 2);
  g_assert_true (vav_outbox_confirm (box, 2));
  vav_outbox_keep (box, message);
  g_assert_cmpuint (vav_message_get_seq (message), ==, 3);
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 1);
  g_assert_true (vav_outbox_confirm (box, 3));
}

static void
test_full (void)
{
  g_autoptr (VavOutbox) box = vav_outbox_new ();

  g_test_summary ("N7, N12: a peer that confirms nothing costs so much and no more; the call cannot be resumed then");
  add (box, 1, VAV_OUTBOX_MAX);
  g_assert_true (vav_outbox_is_whole (box));
  add (box, VAV_OUTBOX_MAX + 1, VAV_OUTBOX_MAX + 1);
  g_assert_false (vav_outbox_is_whole (box));
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 0);
  add (box, VAV_OUTBOX_MAX + 2, VAV_OUTBOX_MAX + 10);
  g_assert_cmpuint (vav_outbox_get_n_waiting (box), ==, 0);
  g_assert_true (vav_outbox_confirm (box, VAV_OUTBOX_MAX + 10));
  g_assert_false (vav_outbox_is_whole (box));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/confirm", test_confirm);
  g_test_add_func ("/outbox/keep", test_keep);
  g_test_add_func ("/outbox/full", test_full);

  return g_test_run ();
}
