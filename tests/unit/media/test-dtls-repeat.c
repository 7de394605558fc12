/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a handshake is sent once more, and what is not. */
#include "net/media/vav-dtls-repeat.h"

#define HEADER 13
#define HANDSHAKE 22
#define DATA 23
#define LIMIT_S 20

typedef struct
{
  VavDtlsRepeat *repeat;
  GPtrArray *sent; /* of GBytes */
} Fixture;

static void
on_send (gpointer user_data, GBytes *packet)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->sent, g_bytes_ref (packet));
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  self->sent = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->repeat = vav_dtls_repeat_new (NULL, on_send, self);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  vav_dtls_repeat_free (self->repeat);
  g_ptr_array_unref (self->sent);
}

/* (transfer full) */
static GBytes *
make (guint8 type, guint8 number)
{
  const guint8 packet[HEADER] = { type, 254, 253, 0, 0, 0, 0, 0, 0, 0, number };

  return g_bytes_new (packet, sizeof packet);
}

static void
add (Fixture *self, guint8 number)
{
  g_autoptr (GBytes) packet = make (HANDSHAKE, number);

  vav_dtls_repeat_add (self->repeat, packet);
}

static void
receive (Fixture *self, guint8 type, guint8 number)
{
  g_autoptr (GBytes) packet = make (type, number);

  vav_dtls_repeat_receive (self->repeat, g_bytes_get_data (packet, NULL), HEADER);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Fixture *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint ticks = g_timeout_add (20, on_tick, NULL);

  while (self->sent->len < n && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticks);
  g_assert_cmpuint (self->sent->len, >=, n);
}

/* Until nothing waits any more: for what must not happen. */
static void
run_out (void)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;
  guint ticks = g_timeout_add (20, on_tick, NULL);

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticks);
}

static void
expect (Fixture *self, guint i, guint8 number)
{
  g_autoptr (GBytes) packet = make (HANDSHAKE, number);

  g_assert_true (g_bytes_equal (self->sent->pdata[i], packet));
}

static void
test_again (Fixture *self, gconstpointer unused)
{
  g_test_summary ("Each packet of a handshake is sent twice more, in its order, and then no more");
  add (self, 1);
  add (self, 2);
  g_assert_cmpuint (self->sent->len, ==, 0);
  wait_for (self, 4);
  for (guint i = 0; i < 4; i++)
    expect (self, i, 1 + i % 2);
  add (self, 3);
  wait_for (self, 6);
  expect (self, 4, 3);
  expect (self, 5, 3);
  run_out ();
  g_assert_cmpuint (self->sent->len, ==, 6);
}

static void
test_answered (Fixture *self, gconstpointer unused)
{
  g_test_summary ("An answer ends that, and what is only repeated, or no handshake, is none");
  receive (self, HANDSHAKE, 7);
  add (self, 1);
  receive (self, HANDSHAKE, 7);
  receive (self, HANDSHAKE, 6);
  receive (self, DATA, 9);
  vav_dtls_repeat_receive (self->repeat, (const guint8 *)"\x16", 1);
  wait_for (self, 1);
  g_ptr_array_set_size (self->sent, 0);
  receive (self, HANDSHAKE, 8);
  add (self, 2);
  wait_for (self, 2);
  expect (self, 0, 2);
  expect (self, 1, 2);
}

static void
test_caps (Fixture *self, gconstpointer unused)
{
  g_test_summary ("However many packets there are, few wait, and few are sent in all");
  for (guint round = 0; round < 3; round++)
    {
      guint before = self->sent->len;

      for (guint i = 0; i < 3 * VAV_DTLS_REPEAT_MAX_WAITING; i++)
        add (self, (guint8)i);
      wait_for (self, MIN (before + 2 * VAV_DTLS_REPEAT_MAX_WAITING, VAV_DTLS_REPEAT_MAX_SENT));
    }
  run_out ();
  g_assert_cmpuint (self->sent->len, ==, VAV_DTLS_REPEAT_MAX_SENT);
}

static void
test_kinds (void)
{
  const guint8 numbers[] = { 20, 22 }, others[] = { 0, 19, 21, 23, 63, 128, 255 };
  guint8 packet[HEADER] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      packet[0] = numbers[i];
      g_assert_true (vav_dtls_is_handshake (packet, HEADER));
      g_assert_false (vav_dtls_is_handshake (packet, HEADER - 1));
      g_assert_false (vav_dtls_is_handshake (packet, 0));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      packet[0] = others[i];
      g_assert_false (vav_dtls_is_handshake (packet, HEADER));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/dtls-repeat/again", Fixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/dtls-repeat/answered", Fixture, NULL, set_up, test_answered, tear_down);
  g_test_add ("/dtls-repeat/caps", Fixture, NULL, set_up, test_caps, tear_down);
  g_test_add_func ("/dtls-repeat/kinds", test_kinds);

  return g_test_run ();
}
