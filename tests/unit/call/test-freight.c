/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include "net/call/vav-freight.h"

/* A pipe that ends when and as a test says: with a real one it is a matter of luck which of its two threads sees the end first. */

#define TORN_TYPE_PIPE (torn_pipe_get_type ())
G_DECLARE_FINAL_TYPE (TornPipe, torn_pipe, TORN, PIPE, GObject)

struct _TornPipe
{
  GObject parent_instance;

  const VavPipeEvents *events;
  gpointer user_data;
  GDestroyNotify destroy;
  gboolean works; /* takes pieces, when it is let */
  int held;       /* atomic: it is not, yet */
  int n_sent;     /* atomic */
  int n_closed;   /* atomic */
};

static gsize
get_max_piece (VavPipe *pipe)
{
  return 1000;
}

static void
start (VavPipe *pipe, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy)
{
  TornPipe *self = TORN_PIPE (pipe);

  self->events = events;
  self->user_data = user_data;
  self->destroy = destroy;
}

static gboolean
send_piece (VavPipe *pipe, GBytes *piece, GError **error)
{
  TornPipe *self = TORN_PIPE (pipe);

  g_atomic_int_inc (&self->n_sent);
  while (g_atomic_int_get (&self->held))
    g_thread_yield ();
  if (self->works)
    return TRUE;
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  return FALSE;
}

static void
close_pipe (VavPipe *pipe)
{
  g_atomic_int_inc (&TORN_PIPE (pipe)->n_closed);
}

static void
torn_pipe_iface_init (VavPipeInterface *iface)
{
  iface->get_max_piece = get_max_piece;
  iface->start = start;
  iface->send = send_piece;
  iface->close = close_pipe;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TornPipe, torn_pipe, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VAV_TYPE_PIPE, torn_pipe_iface_init))

static void
torn_pipe_class_init (TornPipeClass *klass)
{
}

static void
torn_pipe_init (TornPipe *self)
{
}

static void
torn_pipe_end (TornPipe *self, VavError code)
{
  g_autoptr (GError) error = g_error_new_literal (VAV_ERROR, (int)code, vav_error_describe (code));

  self->events->closed (self->user_data, error);
  self->destroy (self->user_data);
}

/* what the freight tells */

static GString *told;

static void
on_progress (gpointer owner, gboolean incoming, guint32 file, guint64 transferred)
{
}

static void
on_ended (gpointer owner, gboolean incoming, guint32 file, const char *sha256, const char *path, const GError *error)
{
  g_string_append_printf (told, "ended(%u,%d) ", file, error != NULL ? error->code : -1);
}

static void
on_lost (gpointer owner, const GError *error)
{
  g_string_append_printf (told, "lost(%d) ", error != NULL ? error->code : -1);
}

static const VavFreightEvents events = { on_progress, on_ended, on_lost };

static void
on_gone (gpointer data)
{
  g_atomic_int_set ((int *)data, TRUE);
}

static gboolean
keep_turning (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
turn_until_told (const char *all)
{
  guint ticking = g_timeout_add (20, keep_turning, NULL);
  gint64 limit = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (g_strcmp0 (told->str, all) != 0 && g_get_monotonic_time () < limit)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticking);
  g_assert_cmpstr (told->str, ==, all);
}

static VavFileSource *
open_source (gsize size)
{
  g_autofree char *content = g_strnfill (size, 'x');
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("freight-XXXXXX", &path, NULL);
  VavFileSource *source;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  source = vav_file_source_open (path, NULL);
  g_unlink (path);
  return source;
}

static void
close_freight (VavFreight *freight, int *gone)
{
  gint64 limit = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  vav_freight_close (freight);
  while (!g_atomic_int_get (gone) && g_get_monotonic_time () < limit)
    g_thread_yield ();
  g_assert_true (*gone);
}

static void
send_and_tear (VavError code, const char *at_first, const char *then)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (TornPipe) pipe = g_object_new (TORN_TYPE_PIPE, NULL);
  int gone = FALSE;
  VavFreight *freight = vav_freight_new (&events, owner, on_gone, &gone);

  told = g_string_new (NULL);
  vav_freight_use (freight, VAV_PIPE (pipe));
  vav_freight_listen (freight, VAV_PIPE (pipe));
  vav_freight_send (freight, 1, open_source (4));
  turn_until_told (at_first);
  torn_pipe_end (pipe, code);
  turn_until_told (then);
  close_freight (freight, &gone);
  g_assert_cmpint (pipe->n_sent, ==, 1);
  g_string_free (g_steal_pointer (&told), TRUE);
}

static void
test_nonsense (void)
{
  g_autofree char *at_first = g_strdup_printf ("ended(1,%d) lost(-1) ", VAV_ERROR_RESET);
  g_autofree char *then = g_strdup_printf ("%slost(%d) ", at_first, VAV_ERROR_PROTOCOL);

  g_test_summary ("W20: that the other side sent what it must not is told, also if the sender saw the pipe end before");
  send_and_tear (VAV_ERROR_PROTOCOL, at_first, then);
}

static void
test_reset (void)
{
  g_autofree char *at_first = g_strdup_printf ("ended(1,%d) lost(-1) ", VAV_ERROR_RESET);

  g_test_summary ("W20: a pipe that is lost is told once, whichever thread sees it first");
  send_and_tear (VAV_ERROR_RESET, at_first, at_first);
}

static void
test_moved (void)
{
  g_autofree char *then = g_strdup_printf ("ended(1,%d) ", VAV_ERROR_RESET);
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (TornPipe) old = g_object_new (TORN_TYPE_PIPE, NULL), fresh = g_object_new (TORN_TYPE_PIPE, NULL);
  int gone = FALSE;
  VavFreight *freight = vav_freight_new (&events, owner, on_gone, &gone);

  g_test_summary ("W20: a file that began on a pipe does not go on by another one, where nobody knows its beginning");
  told = g_string_new (NULL);
  old->works = fresh->works = TRUE;
  old->held = TRUE;
  vav_freight_use (freight, VAV_PIPE (old));
  vav_freight_send (freight, 1, open_source (2500));
  while (g_atomic_int_get (&old->n_sent) == 0)
    g_thread_yield ();
  vav_freight_forget_pipes (freight);
  vav_freight_use (freight, VAV_PIPE (fresh));
  g_atomic_int_set (&old->held, FALSE);
  turn_until_told (then);
  close_freight (freight, &gone);
  g_assert_cmpint (old->n_sent, ==, 1);
  g_assert_cmpint (old->n_closed, >, 0);
  g_assert_cmpint (fresh->n_sent, ==, 0);
  g_string_free (g_steal_pointer (&told), TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/freight/nonsense", test_nonsense);
  g_test_add_func ("/freight/reset", test_reset);
  g_test_add_func ("/freight/moved", test_moved);

  return g_test_run ();
}
