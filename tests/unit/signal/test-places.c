/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "rogue.h"

/* Where nobody listens. */
static char *
dup_empty_place (void)
{
  g_autoptr (GSocketListener) placeholder = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (placeholder, NULL, NULL);

  g_socket_listener_close (placeholder);
  return g_strdup_printf ("127.0.0.1:%u", port);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* The first place is dialled with the id, the others stand beside it. */
static GAsyncResult *
race (const char *id, const char *first, const char *const *others, guint cancel_after)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autofree char *text = g_strdup_printf ("visavis:%s@%s", id, first);
  g_autoptr (VavAddress) address = vav_address_parse (text, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *result = NULL;

  g_assert_nonnull (address);
  vav_direct_dial_places_async (identity, &(const VavDialPlaces){ .address = address, .others = others }, "Alice",
                                cancellable, NULL, NULL, result_cb, &result);
  if (cancel_after > 0)
    {
      for (guint i = 1; i < cancel_after; i++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
    }
  WAIT_FOR (result != NULL);
  return result;
}

static void
assert_reached (House *house, const char *first, const char *const *others)
{
  g_autofree char *place = vav_listener_dup_address (house->listener);
  g_autoptr (GAsyncResult) result = race (vav_identity_get_id (house->identity), first, others, 0);
  g_autoptr (VavAddress) reached = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavChannel) channel = vav_direct_dial_places_finish (result, &reached, &error);
  g_autofree char *where = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (vav_channel_get_peer_id (channel), ==, vav_identity_get_id (house->identity));
  where = vav_address_join (reached->host, reached->port);
  g_assert_cmpstr (where, ==, place);
}

static void
assert_failed (const char *id, const char *first, const char *const *others, VavError code)
{
  g_autoptr (GAsyncResult) result = race (id, first, others, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (vav_direct_dial_places_finish (result, NULL, &error));
  g_assert_error (error, VAV_ERROR, (int)code);
}

/* Nobody listens at the first place, or it stays silent, or somebody else answers there: the person is found at the next. */
static void
test_next (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (House) stranger = house_new ("127.0.0.1");
  g_autofree char *right = vav_listener_dup_address (house->listener);
  g_autofree char *wrong = vav_listener_dup_address (stranger->listener);
  g_autofree char *empty = dup_empty_place ();
  guint16 port = 0;
  int silent = rogue_listen ("127.0.0.1", &port);
  g_autofree char *deaf = g_strdup_printf ("127.0.0.1:%u", port);

  assert_reached (house, right, NULL);
  assert_reached (house, empty, (const char *[]){ right, NULL });
  assert_reached (house, wrong, (const char *[]){ right, NULL });
  assert_reached (house, deaf, (const char *[]){ right, NULL });
  assert_reached (house, deaf, (const char *[]){ empty, wrong, deaf, "nobody.invalid", right, empty, NULL });
  /* what is no place is passed over */
  assert_reached (house, empty, (const char *[]){ "", "visavis:", "a b", right, NULL });
  close (silent);
}

/* Nobody anywhere: the first place is told. Somebody else at one of them: that is told. */
static void
test_nobody (void)
{
  g_autoptr (VavIdentity) person = vav_identity_new_ephemeral (NULL);
  g_autoptr (House) stranger = house_new ("127.0.0.1");
  g_autofree char *wrong = vav_listener_dup_address (stranger->listener);
  g_autofree char *empty = dup_empty_place ();
  g_autofree char *other = dup_empty_place ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  assert_failed (vav_identity_get_id (person), empty, (const char *[]){ "nobody.invalid", NULL },
                 VAV_ERROR_UNREACHABLE);
  assert_failed (vav_identity_get_id (person), "nobody.invalid", (const char *[]){ empty, NULL }, VAV_ERROR_RESOLVE);
  assert_failed (vav_identity_get_id (person), empty, (const char *[]){ wrong, other, NULL }, VAV_ERROR_UNTRUSTED);

  result = race (vav_identity_get_id (person), empty, (const char *[]){ other, NULL }, 0);
  g_assert_null (vav_direct_dial_places_finish (result, NULL, &error));
  g_assert_nonnull (strstr (error->message, empty));
}

/* Given up at any moment: told once, and nothing is left. */
static void
test_cancel (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autofree char *right = vav_listener_dup_address (house->listener);
  g_autofree char *empty = dup_empty_place ();
  guint descriptors = fixture_count_descriptors ();

  for (guint turns = 1; turns <= 40; turns++)
    {
      g_autoptr (GAsyncResult) result
          = race (vav_identity_get_id (house->identity), empty, (const char *[]){ right, NULL }, turns);
      g_autoptr (GError) error = NULL;

      g_assert_null (vav_direct_dial_places_finish (result, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  WAIT_FOR (fixture_count_descriptors () <= descriptors + house->ends->len);
}

typedef struct
{
  int listener;
  int heard; /* atomic: our hello has come; nothing is said in return */
} Mute;

static gpointer
run_mute (gpointer data)
{
  Mute *self = data;
  g_autoptr (Rogue) rogue = rogue_new (accept (self->listener, NULL, NULL), TRUE);
  g_autofree char *hello = NULL;

  g_assert_true (rogue_handshake (rogue, &(RogueStyle){ .alpn = "visavis/1" }));
  hello = rogue_receive (rogue, 10000);
  g_assert_nonnull (hello);
  g_atomic_int_set (&self->heard, TRUE);
  rogue_await_end (rogue, 10000);
  return NULL;
}

static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* As a person gives up: by a press that the main loop tells of, while what answers has taken the connection and says nothing. */
static void
test_cancel_from_loop (gconstpointer places)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Mute mute = { 0 };
  guint16 port = 0;
  g_autofree char *text = NULL;
  g_autoptr (VavAddress) address = NULL;
  GThread *thread;

  mute.listener = rogue_listen ("127.0.0.1", &port);
  text = g_strdup_printf ("127.0.0.1:%u", port);
  address = vav_address_parse (text, NULL);
  thread = g_thread_new ("mute", run_mute, &mute);
  if (places != NULL)
    vav_direct_dial_places_async (identity, &(const VavDialPlaces){ .address = address }, "Alice", cancellable, NULL,
                                  NULL, result_cb, &result);
  else
    vav_direct_dial_async (identity, address, "Alice", cancellable, NULL, NULL, result_cb, &result);
  WAIT_FOR (g_atomic_int_get (&mute.heard));
  g_timeout_add (1, cancel_cb, cancellable);
  WAIT_FOR (result != NULL);
  if (places != NULL)
    g_assert_null (vav_direct_dial_places_finish (result, NULL, &error));
  else
    g_assert_null (vav_direct_dial_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  close (mute.listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/signal/places/next", test_next);
  g_test_add_func ("/signal/places/nobody", test_nobody);
  g_test_add_func ("/signal/places/cancel", test_cancel);

  g_test_add_data_func ("/signal/places/cancel-from-loop/one", NULL, test_cancel_from_loop);
  g_test_add_data_func ("/signal/places/cancel-from-loop/places", "places", test_cancel_from_loop);

  return g_test_run ();
}
