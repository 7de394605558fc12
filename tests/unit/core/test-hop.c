/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-hop.h"
#include "net/core/vav-outlet.h"

#define N_THREADS 4
#define N_POSTS 500

typedef struct
{
  GThread *home;
  guint arrived;
  guint freed;
  guint last[N_THREADS];
} Record;

static Record record;

static void
on_post (gpointer owner, gpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  guint thread = number / N_POSTS;

  g_assert_true (G_IS_OBJECT (owner));
  g_assert_true (g_thread_self () == record.home);
  g_assert_cmpuint (number % N_POSTS, ==, record.last[thread]);
  record.last[thread]++;
  record.arrived++;
}

static void
on_freed (gpointer data)
{
  record.freed++;
}

static gpointer
post_many (gpointer data)
{
  gpointer *args = data;
  guint base = GPOINTER_TO_UINT (args[1]) * N_POSTS;

  for (guint i = 0; i < N_POSTS; i++)
    vav_hop_post (args[0], on_post, GUINT_TO_POINTER (base + i), on_freed);
  return NULL;
}

/* Posts of several threads arrive in the owner's thread, each thread's in order, and each is freed once. */
static void
test_order (void)
{
  g_autoptr (GObject) owner = g_object_new (VAV_TYPE_OUTLET, NULL);
  g_autoptr (VavHop) hop = vav_hop_new (owner);
  GThread *threads[N_THREADS];
  gpointer args[N_THREADS][2];

  record = (Record){ .home = g_thread_self () };
  for (guint i = 0; i < N_THREADS; i++)
    {
      args[i][0] = hop;
      args[i][1] = GUINT_TO_POINTER (i);
      threads[i] = g_thread_new ("poster", post_many, args[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpuint (record.arrived, ==, N_THREADS * N_POSTS);
  g_assert_cmpuint (record.freed, ==, N_THREADS * N_POSTS);
}

/* What arrives after the owner's death goes nowhere, and is freed. */
static void
test_dead_owner (void)
{
  GObject *owner = g_object_new (VAV_TYPE_OUTLET, NULL);
  g_autoptr (VavHop) hop = vav_hop_new (owner);

  record = (Record){ .home = g_thread_self () };
  vav_hop_post (hop, on_post, GUINT_TO_POINTER (0), on_freed);
  g_assert_cmpuint (record.arrived, ==, 0);
  g_object_unref (owner);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpuint (record.arrived, ==, 0);
  g_assert_cmpuint (record.freed, ==, 1);
}

static void
count (gpointer sample, gpointer data)
{
  g_atomic_int_inc ((int *)data);
}

/* Each consumer gets each sample while it is attached, and none after it was detached. */
static void
test_outlet (void)
{
  g_autoptr (VavOutlet) outlet = vav_outlet_new ();
  int first = 0, second = 0;
  guint a = vav_outlet_attach (outlet, count, &first, NULL);
  guint b = vav_outlet_attach (outlet, count, &second, NULL);

  g_assert_cmpuint (a, !=, b);
  vav_outlet_push (outlet, NULL);
  vav_outlet_detach (outlet, a);
  vav_outlet_detach (outlet, a);
  vav_outlet_push (outlet, NULL);
  g_assert_cmpint (first, ==, 1);
  g_assert_cmpint (second, ==, 2);
  g_assert_cmpuint (vav_outlet_get_n_consumers (outlet), ==, 1);
}

static gpointer
push_many (gpointer data)
{
  for (guint i = 0; i < 20000; i++)
    vav_outlet_push (data, NULL);
  return NULL;
}

/* When detach has returned the consumer no longer runs, also with a producer in full flow on another thread. */
static void
test_outlet_threads (void)
{
  g_autoptr (VavOutlet) outlet = vav_outlet_new ();
  GThread *producer = g_thread_new ("producer", push_many, outlet);

  for (guint i = 0; i < 2000; i++)
    {
      int *counter = g_new0 (int, 1);
      guint id = vav_outlet_attach (outlet, count, counter, NULL);

      vav_outlet_detach (outlet, id);
      g_free (counter); /* AddressSanitizer tells if it is used after this */
    }
  g_thread_join (producer);
  g_assert_cmpuint (vav_outlet_get_n_consumers (outlet), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/hop/order", test_order);
  g_test_add_func ("/core/hop/dead-owner", test_dead_owner);
  g_test_add_func ("/core/outlet/attach", test_outlet);
  g_test_add_func ("/core/outlet/threads", test_outlet_threads);
  return g_test_run ();
}
