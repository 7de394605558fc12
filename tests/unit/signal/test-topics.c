/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/core/vav-id.h"
#include "net/signal/vav-pair-secret.h"
#include "net/signal/vav-topics.h"

/* The forms that vav-topics.h promises to who writes a broker's access list, and to later versions: computed apart from our code. */
static void
test_forms (void)
{
  g_autofree char *a = g_strnfill (VAV_ID_LENGTH, 'a');
  g_autofree char *b = g_strnfill (VAV_ID_LENGTH, 'b');
  g_autofree char *inbox = vav_topic_inbox (a);
  guint8 secret[VAV_PAIR_SECRET_SIZE], other[VAV_PAIR_SECRET_SIZE] = { 0 };
  g_autofree char *pair = NULL, *back = NULL, *of_others = NULL;

  for (guint i = 0; i < sizeof secret; i++)
    secret[i] = (guint8)i;
  pair = vav_topic_pair (secret, a, b);
  back = vav_topic_pair (secret, b, a);
  of_others = vav_topic_pair (other, a, b);

  g_assert_cmpstr (inbox, ==, "visavis/1/in/gqkeo3zloyi5iosqfqjqqqncngkps2sz");
  g_assert_cmpstr (pair, ==, "visavis/1/at/ehic3kvcx77xdmy464zneirje6kpfrye");
  g_assert_cmpstr (pair, !=, back);
  g_assert_cmpstr (pair, !=, of_others);
}

/* Random names are of the form that is demanded of those that come from outside. */
static void
test_names (void)
{
  g_autofree char *one = vav_topic_make_name ();
  g_autofree char *two = vav_topic_make_name ();
  g_autofree char *answers = vav_topic_answers (one);

  g_assert_true (vav_topic_is_name (one, strlen (one)));
  g_assert_cmpstr (one, !=, two);
  g_assert_true (g_str_has_prefix (answers, "visavis/1/re/"));
  g_assert_false (vav_topic_is_name (one, strlen (one) - 1));
  one[3] = '#';
  g_assert_false (vav_topic_is_name (one, VAV_TOPIC_NAME_LENGTH));
  one[3] = '\0';
  g_assert_false (vav_topic_is_name (one, VAV_TOPIC_NAME_LENGTH));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/topics/forms", test_forms);
  g_test_add_func ("/signal/topics/names", test_names);
  return g_test_run ();
}
