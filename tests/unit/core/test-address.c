/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-address.h"
#include "net/core/vav-id.h"

#include <string.h>

static char *
make_id (void)
{
  return vav_id_from_spki ((const guint8 *)"key", 3);
}

typedef struct
{
  const char *text;
  const char *host;
  guint16 port;
} Good;

/* Every form that the contract names is read, with the default port where none was given. */
static void
test_good (void)
{
  static const Good table[] = {
    { "anna.example", "anna.example", VAV_DEFAULT_PORT },
    { "anna", "anna", VAV_DEFAULT_PORT },
    { " anna.example:80 ", "anna.example", 80 },
    { "192.0.2.7", "192.0.2.7", VAV_DEFAULT_PORT },
    { "192.0.2.7:1", "192.0.2.7", 1 },
    { "2001:db8::1", "2001:db8::1", VAV_DEFAULT_PORT },
    { "[2001:db8::1]", "2001:db8::1", VAV_DEFAULT_PORT },
    { "[2001:db8::1]:65535", "2001:db8::1", 65535 },
    { "::1", "::1", VAV_DEFAULT_PORT },
    { "[fe80::1%wlan-0.1]:80", "fe80::1%wlan-0.1", 80 },
    { "visavis:anna.example:99", "anna.example", 99 },
    { "VISAVIS:anna.example", "anna.example", VAV_DEFAULT_PORT },
    { "bücher.example", "xn--bcher-kva.example", VAV_DEFAULT_PORT },
    { "my_host.local", "my_host.local", VAV_DEFAULT_PORT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VavAddress) address = vav_address_parse (table[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (address->host, ==, table[i].host);
      g_assert_cmpuint (address->port, ==, table[i].port);
      g_assert_false (address->self);
      g_assert_null (address->id);
    }
}

/* The empty address is this computer. */
static void
test_self (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAddress) address = vav_address_parse ("", &error);

  g_assert_no_error (error);
  g_assert_true (address->self);
  g_assert_null (address->host);
}

/* A link carries an id that must answer, with or without a place. */
static void
test_link (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *display = vav_id_to_display (id);
  g_autofree char *upper = g_ascii_strup (display, -1);
  g_autofree char *full = g_strdup_printf ("visavis:%s@[::1]:7000", upper);
  g_autofree char *bare = g_strdup_printf ("visavis:%s", id);
  g_autoptr (VavAddress) with_place = vav_address_parse (full, NULL);
  g_autoptr (VavAddress) without = vav_address_parse (bare, NULL);
  g_autoptr (VavAddress) copy = NULL;

  g_assert_nonnull (with_place);
  g_assert_cmpstr (with_place->id, ==, id);
  g_assert_cmpstr (with_place->host, ==, "::1");
  g_assert_cmpuint (with_place->port, ==, 7000);

  g_assert_nonnull (without);
  g_assert_cmpstr (without->id, ==, id);
  g_assert_null (without->host);

  copy = vav_address_copy (with_place);
  g_assert_cmpstr (copy->id, ==, id);
  g_assert_cmpstr (copy->text, ==, full);
}

/* Nonsense is refused with a sentence that shows what was typed. */
static void
test_bad (void)
{
  g_autofree char *long_text = g_strnfill (5000, 'a');
  g_autofree char *id = make_id ();
  g_autofree char *mistyped = g_strdup_printf ("visavis:%s@host", id);
  const char *table[] = {
    "a b",
    "host:",
    "host:0",
    "host:65536",
    "host:-1",
    "host:port",
    "[::1",
    "[::1]x",
    "[host]:1",
    "[fe80::1%]:1",
    "[fe80::1%<b>]:1",
    "fe80::1%a&b",
    "fe80::1%sixteen-letters0",
    "[127.0.0.1]:1",
    ":80",
    "-host",
    ".host",
    "ho..st",
    "host/path",
    "http://host",
    "user@host",
    "ho\nst",
    "\xff\xfe",
    "visavis:",
    "visavis:@host",
    "host:1:2",
    "999.0.0.1:x",
    long_text,
    mistyped,
    "a\x01b",
    "host:7667:",
    "%",
    "visavis:zzzz@host",
  };

  mistyped[strlen ("visavis:")] = mistyped[strlen ("visavis:")] == 'a' ? 'b' : 'a';
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VavAddress) address = vav_address_parse (table[i], &error);

      if (address != NULL)
        g_test_message ("taken: %s", table[i]);
      g_assert_null (address);
      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (strlen (error->message), <, 400);
    }
}

/* Where to listen: port 0 is any, no host is every address. */
static void
test_display (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *link = g_strconcat ("visavis:", id, "@[2001:db8::1]:7667", NULL);
  g_autofree char *bare = g_strconcat ("visavis:", id, NULL);
  g_autofree char *groups = g_strdup_printf ("%.4s %.4s…", id, &id[4]);
  const char *const table[][2]
      = { { link, "[2001:db8::1]:7667" },     { bare, groups }, { "Anna Berg", "Anna Berg" },
          { "anna.example", "anna.example" }, { "", "" },       { "visavis:nonsense", "visavis:nonsense" } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *shown = vav_address_to_display (table[i][0]);

      g_assert_cmpstr (shown, ==, table[i][1]);
    }
}

static void
test_listen (void)
{
  g_autofree char *host = NULL;
  g_autofree char *none = NULL;
  g_autofree char *six = NULL;
  guint16 port;

  g_assert_true (vav_address_parse_listen ("127.0.0.1:0", &host, &port, NULL));
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpuint (port, ==, 0);
  g_assert_true (vav_address_parse_listen (":99", &none, &port, NULL));
  g_assert_null (none);
  g_assert_cmpuint (port, ==, 99);
  g_assert_true (vav_address_parse_listen ("[::]:5", &six, &port, NULL));
  g_assert_cmpstr (six, ==, "::");
  g_assert_false (vav_address_parse_listen ("", &none, &port, NULL));
  g_assert_false (vav_address_parse_listen ("host:70000", &none, &port, NULL));
}

/* An id is its key's hash; any writing of it is read, one wrong digit is not. */
static void
test_id (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *other = vav_id_from_spki ((const guint8 *)"kez", 3);
  g_autofree char *display = vav_id_to_display (id);
  g_autofree char *parsed = vav_id_parse (display);

  g_assert_cmpuint (strlen (id), ==, VAV_ID_LENGTH);
  g_assert_cmpstr (id, !=, other);
  g_assert_cmpstr (parsed, ==, id);
  /* base32 (RFC 4648) of SHA-256 ("key"), by other tools */
  g_assert_true (g_str_has_prefix (id, "fryock32"));

  for (guint i = 0; i < VAV_ID_LENGTH; i++)
    {
      g_autofree char *wrong = g_strdup (id);

      wrong[i] = wrong[i] == 'q' ? 'r' : 'q';
      g_assert_null (vav_id_parse (wrong));
    }
  g_assert_null (vav_id_parse (""));
  g_assert_null (vav_id_parse ("0189"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/address/good", test_good);
  g_test_add_func ("/core/address/self", test_self);
  g_test_add_func ("/core/address/link", test_link);
  g_test_add_func ("/core/address/bad", test_bad);
  g_test_add_func ("/core/address/display", test_display);
  g_test_add_func ("/core/address/listen", test_listen);
  g_test_add_func ("/core/id", test_id);
  return g_test_run ();
}
