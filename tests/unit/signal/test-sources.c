/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>

#include "fixture.h"
#include "net/signal/vav-sources.h"

/* Who is put out and who is served, of many strangers. */

static gboolean
knows_home (const char *source, gpointer data)
{
  ++*(guint *)data;
  return g_str_equal (source, "192.0.2.1");
}

/* Of two sources the one with more connections yields, and of two alike neither; our people's place never yields to others'. */
static void
test_who_yields (void)
{
  guint asked = 0;
  VavSources *sources = vav_sources_new (knows_home, &asked);
  VavSource *home = vav_sources_take (sources, "192.0.2.1");
  VavSource *few = vav_sources_take (sources, "198.51.100.1");
  VavSource *many = vav_sources_take (sources, "203.0.113.1");

  g_assert_false (vav_source_yields (few, many) || vav_source_yields (many, few));
  g_assert_true (vav_sources_take (sources, "203.0.113.1") == many);
  g_assert_true (vav_source_yields (many, few));
  g_assert_false (vav_source_yields (few, many));
  for (int i = 0; i < 5; i++)
    vav_sources_take (sources, "192.0.2.1");
  g_assert_true (vav_source_yields (few, home));
  g_assert_true (vav_source_yields (many, home));
  g_assert_false (vav_source_yields (home, few));
  g_assert_cmpuint (vav_sources_get_n (sources), ==, 9);
  g_assert_cmpuint (asked, ==, 4); /* never again of whom we know */
  vav_sources_free (sources);
}

static gboolean
knows_by_now (const char *source, gpointer data)
{
  return *(gboolean *)data;
}

/* N12: whoever has become one of our people with their first call has a place of theirs at the next, however soon it comes. */
static void
test_new_friend (void)
{
  gboolean ours = FALSE;
  VavSources *sources = vav_sources_new (knows_by_now, &ours);
  VavSource *first = vav_sources_take (sources, "192.0.2.1");

  first->recent = 1;
  vav_sources_release (sources, first);
  ours = TRUE;
  g_assert_true (vav_sources_take (sources, "192.0.2.1") == first);
  g_assert_true (first->known);
  vav_sources_release (sources, first);
  vav_sources_cool (sources);
  vav_sources_free (sources);
}

/* Who had fewer handshakes is served first, our people before all; what was had is forgotten by halves, and then the source itself. */
static void
test_who_precedes (void)
{
  guint asked = 0;
  VavSources *sources = vav_sources_new (knows_home, &asked);
  VavSource *home = vav_sources_take (sources, "192.0.2.1");
  VavSource *calm = vav_sources_take (sources, "198.51.100.1");
  VavSource *busy = vav_sources_take (sources, "203.0.113.1");

  home->recent = 9;
  busy->recent = 3;
  g_assert_true (vav_source_precedes (calm, busy) && !vav_source_precedes (busy, calm));
  g_assert_true (vav_source_precedes (home, calm) && !vav_source_precedes (calm, home));

  vav_sources_release (sources, busy);
  g_assert_true (vav_sources_take (sources, "203.0.113.1") == busy); /* going and coming again does not help */
  g_assert_cmpuint (busy->recent, ==, 3);
  vav_sources_release (sources, busy);
  vav_sources_release (sources, calm);
  vav_sources_release (sources, home);
  for (int i = 0; i < 3; i++)
    g_assert_true (vav_sources_cool (sources));
  g_assert_false (vav_sources_cool (sources));
  g_assert_cmpuint (vav_sources_get_n (sources), ==, 0);
  vav_sources_free (sources);
}

/* An address as it is written and as a connection has it are one source; of IPv6 a whole /64 is. A name is none. */
static void
test_names (void)
{
  g_autofree char *one = vav_listener_dup_source ("2001:db8:1:2::3");
  g_autofree char *other = vav_listener_dup_source ("2001:0DB8:1:2:ffff::1");
  g_autofree char *next = vav_listener_dup_source ("2001:db8:1:3::3");
  g_autofree char *four = vav_listener_dup_source ("192.0.2.1");

  g_assert_cmpstr (one, ==, other);
  g_assert_cmpstr (one, !=, next);
  g_assert_cmpstr (four, ==, "192.0.2.1");
  g_assert_null (vav_listener_dup_source ("anna.example"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/sources/who-yields", test_who_yields);
  g_test_add_func ("/signal/sources/who-precedes", test_who_precedes);
  g_test_add_func ("/signal/sources/new-friend", test_new_friend);
  g_test_add_func ("/signal/sources/names", test_names);
  return g_test_run ();
}
