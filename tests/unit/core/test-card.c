/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-address.h"
#include "net/core/vav-card.h"
#include "net/core/vav-id.h"
#include "net/core/vav-server-url.h"
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

static const char *const good_servers[VAV_N_SERVER_KINDS][5] = {
  { "mqtts://visavis:a-b_c@home.example:8883?sha256=0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
    "mqtts://a%40b:p%25%26%3Dw@[2001:db8::1]:443", "mqtt://192.0.2.7", "mqtts://home.example/" },
  { "stun://home.example:3478", "stun://[2001:db8::1]:3478", "stun://192.0.2.7" },
  { "turn://visavis:p%40ss@home.example:3478", "turn://u:p@192.0.2.7?transport=tcp", "turn://u:p@[2001:db8::1]:443" },
};

/* A card that carries the servers of a household, and the household's own link without a person, come back as they went. */
static void
test_servers (void)
{
  g_autofree char *id = make_id ();

  for (guint person = 0; person < 2; person++)
    for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
      for (guint i = 0; good_servers[kind][i] != NULL; i++)
        {
          g_autoptr (VavCard) card
              = vav_card_new (person ? "Léa & Jo" : NULL, person ? id : NULL, person ? "192.168.1.2:7667" : NULL);
          g_autofree char *link = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (VavCard) read = NULL;

          g_assert_false (vav_card_has_servers (card));
          vav_card_set_server (card, kind, good_servers[kind][i]);
          vav_card_set_server (card, VAV_SERVER_STUN, good_servers[VAV_SERVER_STUN][0]);
          if (kind == VAV_SERVER_STUN)
            vav_card_set_server (card, kind, good_servers[kind][i]);
          link = vav_card_to_link (card);
          read = vav_card_parse (link, &error);
          g_assert_no_error (error);
          g_assert_true (vav_card_has_servers (read));
          g_assert_cmpstr (read->servers[kind], ==, good_servers[kind][i]);
          g_assert_cmpstr (read->id, ==, person ? id : NULL);
          g_assert_cmpstr (read->name, ==, person ? "Léa & Jo" : NULL);
        }
}

/* Of servers only what a link may say is taken; the person is read all the same. A link of nothing but wrong servers is none. */
static void
test_wrong_servers (void)
{
  static const struct
  {
    VavServerKind kind;
    const char *url;
  } table[] = {
    { VAV_SERVER_BROKER, "" },
    { VAV_SERVER_BROKER, "home.example" },
    { VAV_SERVER_BROKER, "http://home.example" },
    { VAV_SERVER_BROKER, "stun://home.example" },
    { VAV_SERVER_BROKER, "mqtts://" },
    { VAV_SERVER_BROKER, "mqtts://:8883" },
    { VAV_SERVER_BROKER, "mqtts://home.example:0" },
    { VAV_SERVER_BROKER, "mqtts://home.example:65536" },
    { VAV_SERVER_BROKER, "mqtts://user@home.example" },
    { VAV_SERVER_BROKER, "mqtts://user:@home.example" },
    { VAV_SERVER_BROKER, "mqtts://home.example/path" },
    { VAV_SERVER_BROKER, "mqtts://home.example#here" },
    { VAV_SERVER_BROKER, "mqtts://home.example?ca=/etc/passwd" },
    { VAV_SERVER_BROKER, "mqtts://home.example?sha256=12" },
    { VAV_SERVER_BROKER,
      "mqtts://home.example?sha256=0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdeg" },
    { VAV_SERVER_BROKER,
      "mqtt://home.example?sha256=0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef" },
    { VAV_SERVER_BROKER, "mqtts://a\nb.example" },
    { VAV_SERVER_BROKER, "mqtts://ho me.example" },
    { VAV_SERVER_BROKER, "mqtts://Call%20the%20bank%20now" },
    { VAV_SERVER_STUN, "stun://user:pass@home.example" },
    { VAV_SERVER_STUN, "stun://home.example?transport=tcp" },
    { VAV_SERVER_STUN, "stun:home.example" },
    { VAV_SERVER_TURN, "turn://home.example" },
    { VAV_SERVER_TURN, "turn://user@home.example" },
    { VAV_SERVER_TURN, "turn://user:pass@home.example?transport=pigeon" },
    { VAV_SERVER_TURN, "turns://user:pass@home.example" },
    { VAV_SERVER_TURN, "turn://user:pass@home.ex\u202eample" },
  };
  static const char *const keys[] = { "broker", "stun", "turn" };
  g_autofree char *long_name = g_strnfill (VAV_MAX_SERVER_URL, 'a');
  g_autofree char *long_url = g_strconcat ("stun://", long_name, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *escaped = g_uri_escape_string (table[i].url, NULL, FALSE);
      g_autofree char *with = g_strdup_printf ("visavis:anna.example?%s=%s", keys[table[i].kind], escaped);
      g_autofree char *without = g_strdup_printf ("visavis:?%s=%s", keys[table[i].kind], escaped);
      g_autoptr (VavCard) card = vav_card_parse (with, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (card);
      g_assert_cmpstr (card->servers[table[i].kind], ==, NULL);
      g_assert_false (vav_card_has_servers (card));
      g_assert_null (vav_card_parse (without, &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
    }
  g_assert_false (vav_server_url_is_valid (VAV_SERVER_STUN, long_url));
}

/* Any link that was damaged anywhere is read as one that may be shown and kept, or not at all. */
static void
test_damaged (void)
{
  g_autofree char *id = make_id ();
  g_autoptr (VavCard) whole = vav_card_new ("Léa", id, "anna.example:7");
  g_autofree char *link = NULL;
  gsize length;

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    vav_card_set_server (whole, kind, good_servers[kind][0]);
  link = vav_card_to_link (whole);
  length = strlen (link);
  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *damaged = g_strdup (link);
      g_autoptr (VavCard) card = NULL;

      for (gint i = g_test_rand_int_range (0, 6); i >= 0; i--)
        damaged[g_test_rand_int_range (0, (gint32)length)] = (char)g_test_rand_int_range (0, 256);
      card = vav_card_parse (damaged, NULL);
      if (card == NULL)
        continue;
      g_assert_true (card->id != NULL || card->address != NULL || vav_card_has_servers (card));
      for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
        if (card->servers[kind] != NULL)
          {
            g_autofree char *host = vav_server_url_dup_host (card->servers[kind]);

            g_assert_true (vav_server_url_is_valid (kind, card->servers[kind]));
            g_assert_nonnull (host);
            g_assert_cmpuint (strlen (host), <=, 253);
            for (const char *c = host; *c != '\0'; c++)
              g_assert_true (g_ascii_isgraph (*c));
          }
    }
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
  g_test_add_func ("/core/card/servers", test_servers);
  g_test_add_func ("/core/card/wrong-servers", test_wrong_servers);
  g_test_add_func ("/core/card/damaged", test_damaged);

  return g_test_run ();
}
