/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-address.h"
#include "net/core/vav-card.h"
#include "net/core/vav-id.h"
#include "net/core/vav-types.h"

#include <string.h>

static char *
make_id (void)
{
  return vav_id_from_spki ((const guint8 *)"key", 3);
}

/* What one card says, the link says, and the card read from it again. */
static void
test_round_trip (void)
{
  static const char *const names[] = { NULL, "Léa", "Anna & Berg? 100% #1 + =", "مريم", "a/b@c:d" };
  static const char *const addresses[] = { NULL, "anna.example:7667", "192.0.2.7:1", "[2001:db8::1]:65535" };
  g_autofree char *id = make_id ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < G_N_ELEMENTS (addresses); j++)
      {
        g_autoptr (VavCard) card = vav_card_new (names[i], id, addresses[j]);
        g_autofree char *link = vav_card_to_link (card);
        g_autoptr (GError) error = NULL;
        g_autoptr (VavCard) read = vav_card_parse (link, &error);

        g_assert_no_error (error);
        g_assert_cmpstr (read->name, ==, names[i]);
        g_assert_cmpstr (read->id, ==, id);
        g_assert_cmpstr (read->address, ==, addresses[j]);
      }
}

/* A card can be called as it is: what it says beside the address does not count. */
static void
test_is_an_address (void)
{
  g_autofree char *id = make_id ();
  g_autoptr (VavCard) card = vav_card_new ("Léa@evil.example:1", id, "anna.example:7");
  g_autofree char *link = vav_card_to_link (card);
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAddress) address = vav_address_parse (link, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (address->host, ==, "anna.example");
  g_assert_cmpint (address->port, ==, 7);
  g_assert_cmpstr (address->id, ==, id);
}

/* Whatever may come from a newer program, and a link that mail has broken at its end. */
static void
test_forgiving (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *link = g_strdup_printf ("\n VISAVIS:%s@anna.example?later=x&name=L%%C3%%A9a+B&name=&broken ", id);
  g_autoptr (GError) error = NULL;
  g_autoptr (VavCard) card = vav_card_parse (link, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (card->id, ==, id);
  g_assert_cmpstr (card->address, ==, "anna.example:7667");
}

static void
test_nonsense (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *wrong = g_strdup_printf ("visavis:%s", id);
  g_autofree char *long_name = g_strnfill (5 * VAV_MAX_LINK, 'a');
  g_autofree char *too_long = g_strconcat ("visavis:anna.example?name=", long_name, NULL);
  const char *const table[] = { "",
                                "visavis:",
                                "anna.example",
                                "http://anna.example/",
                                "visavis:?name=Anna",
                                "visavis:anna example",
                                "visavis:@anna.example",
                                "visavis:\xff\xfe",
                                "visavis://anna.example/x",
                                wrong,
                                too_long };

  wrong[20] = wrong[20] == 'a' ? 'b' : 'a'; /* the check digits do not fit any more */
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VavCard) card = vav_card_parse (table[i], &error);

      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
      g_assert_null (card);
    }
}

/* Names are shown, and come from strangers: one line, no marks that turn text around, no more than a name. */
static void
test_names (void)
{
  g_autoptr (VavCard) lines = vav_card_parse ("visavis:anna.example?name=%0aA%09b%07c%e2%80%aed%00", NULL);
  g_autoptr (VavCard) broken = vav_card_parse ("visavis:anna.example?name=%ff%fe", NULL);
  g_autofree char *many = g_strnfill (900, 'x');
  g_autofree char *link = g_strconcat ("visavis:anna.example?name=", many, NULL);
  g_autoptr (VavCard) long_name = vav_card_parse (link, NULL);

  g_assert_true (lines == NULL || lines->name == NULL || strpbrk (lines->name, "\n\t\a") == NULL);
  g_assert_nonnull (broken);
  g_assert_null (broken->name);
  g_assert_cmpuint (strlen (long_name->name), <=, VAV_MAX_NAME);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/card/round-trip", test_round_trip);
  g_test_add_func ("/core/card/is-an-address", test_is_an_address);
  g_test_add_func ("/core/card/forgiving", test_forgiving);
  g_test_add_func ("/core/card/nonsense", test_nonsense);
  g_test_add_func ("/core/card/names", test_names);

  return g_test_run ();
}
