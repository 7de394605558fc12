/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-post.h"
#include "net/core/vav-error.h"

static void
on_send (VavMessage *message, gpointer n)
{
  (*(guint *)n)++;
}

static void
on_empty (gpointer n)
{
}

static VavMessage *
make_text (void)
{
  g_autofree char *text = g_strnfill (16 * 1024, 'a');
  VavMessage *message = vav_message_new (VAV_MESSAGE_TEXT);
  g_autofree char *call = vav_message_make_call_id ();

  vav_message_set_call (message, call);
  vav_message_set_uint (message, "id", 1);
  vav_message_set_string (message, "text", text);
  return message;
}

/* A call stays whole only if its answers go, however much is waiting; and even they have a limit. */
static void
test_room (void)
{
  guint n_sent = 0, n = 0, most = 0;
  g_autoptr (VavPost) post = vav_post_new (on_send, on_empty, &n_sent);
  g_autoptr (VavMessage) text = make_text ();
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: when too much waits nothing new is begun, but answers still go, up to a limit");
  for (; vav_post_has_room (post, &error) && n < 1000; n++)
    g_assert_true (vav_post_add (post, text, NULL));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_cmpuint (n, >, 64);
  g_assert_cmpuint (n_sent, <, n);

  for (most = n; vav_post_add (post, text, &error) && most < 1000; most++)
    ;
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_cmpuint (most, >=, n + 60);
  vav_post_clear (post);
  g_assert_true (vav_post_has_room (post, NULL));
  g_assert_true (vav_post_is_empty (post));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/post/room", test_room);

  return g_test_run ();
}
