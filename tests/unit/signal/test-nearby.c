/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/core/vav-id.h"
#include "net/signal/vav-nearby-record.h"

static char *
make_id (void)
{
  static const guint8 key[] = "a key";

  return vav_id_from_spki (key, sizeof key);
}

static GVariant *
make_txt (const char *const *strings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (; *strings != NULL; strings++)
    g_variant_builder_add_value (&builder,
                                 g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, *strings, strlen (*strings), 1));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

#define parse(...) parse_strings ((const char *[]){ __VA_ARGS__, NULL })

static char *
parse_strings (const char *const *strings)
{
  g_autoptr (GVariant) txt = make_txt (strings);

  return vav_nearby_record_parse (txt);
}

#define assert_nonsense(...)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *nothing = parse (__VA_ARGS__);                                                                    \
    g_assert_null (nothing);                                                                                           \
  }                                                                                                                    \
  G_STMT_END

/* What is announced is read back. */
static void
test_record (void)
{
  g_autofree char *id = make_id ();
  g_autoptr (GVariant) txt = g_variant_ref_sink (vav_nearby_record_make (id));
  g_autofree char *read = vav_nearby_record_parse (txt);

  g_assert_cmpstr (read, ==, id);
}

/* Keys in any case and order, keys that nobody knows, and the first of two that are equal. */
static void
test_tolerant (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *claim = g_strconcat ("ID=", id, NULL);
  g_autofree char *read = parse ("later", "Proto=1", "=", "", claim, "id=other", "proto=2", "color=red");

  g_assert_cmpstr (read, ==, id);
}

/* Nonsense is no person: wrong and long ids, other protocols, no strings, too many, and other types. */
static void
test_nonsense (void)
{
  g_autofree char *id = make_id ();
  g_autofree char *claim = g_strconcat ("id=", id, NULL);
  g_autofree char *longer = g_strconcat (claim, "a", NULL);
  g_autofree char *huge = g_strnfill (100000, 'a');
  g_autofree char *huge_claim = g_strconcat ("id=", huge, NULL);
  g_autofree char *wrong = g_strdup (claim);
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new ("(s)", claim));
  const char *many[64];

  wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = "x=y";
  many[61] = claim, many[62] = "proto=1", many[63] = NULL;

  assert_nonsense ("");
  assert_nonsense (claim);
  assert_nonsense ("proto=1");
  assert_nonsense (claim, "proto=");
  assert_nonsense (claim, "proto=1 ");
  assert_nonsense (claim, "proto=\xff");
  assert_nonsense ("id", "proto=1");
  assert_nonsense ("id=", "proto=1");
  assert_nonsense ("id=\xff\xfe", "proto=1");
  assert_nonsense (wrong, "proto=1");
  assert_nonsense (longer, "proto=1");
  assert_nonsense (huge_claim, "proto=1");
  g_assert_null (parse_strings (many));
  g_assert_null (vav_nearby_record_parse (other));
}

/* Random bytes are no person either, and none of them is read beyond its end. */
static void
test_random (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      GVariantBuilder builder;
      g_autoptr (GVariant) txt = NULL;
      guint8 bytes[300];

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
      for (int n = g_test_rand_int_range (0, 5); n > 0; n--)
        {
          gsize length = (gsize)g_test_rand_int_range (0, sizeof bytes);

          for (gsize i = 0; i < length; i++)
            bytes[i] = (guint8)g_test_rand_int ();
          memcpy (bytes, g_test_rand_bit () ? "id=" : "proto=1", 3);
          g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1));
        }
      txt = g_variant_ref_sink (g_variant_builder_end (&builder));
      g_assert_null (vav_nearby_record_parse (txt));
    }
}

static void
check_own_name (const char *name, guint attempt, const char *expected)
{
  g_autofree char *made = vav_nearby_record_make_name (name, attempt, "abcdefghijkl");

  g_assert_cmpstr (made, ==, expected);
  g_assert_cmpuint (strlen (made), <=, VAV_NEARBY_MAX_LABEL);
  g_assert_true (g_utf8_validate (made, -1, NULL));
}

/* A name fits into a label, whole characters only, with its number when somebody else has it. */
static void
test_own_name (void)
{
  g_autofree char *wide = g_strnfill (200, 'x');
  g_autofree char *cut = g_strnfill (63, 'x');
  g_autofree char *numbered = g_strnfill (59, 'x');
  g_autofree char *numbered_cut = g_strconcat (numbered, " (2)", NULL);

  check_own_name ("Léa", 1, "Léa");
  check_own_name ("Léa", 2, "Léa (2)");
  check_own_name ("Léa", 9, "Léa (abcdefgh)");
  check_own_name ("", 1, "Visavis");
  check_own_name ("\n\xe2\x80\x8b ", 3, "Visavis (3)");
  check_own_name (wide, 1, cut);
  check_own_name (wide, 2, numbered_cut);
  check_own_name ("ééééééééééééééééééééééééééééééééééééééééé", 1, "ééééééééééééééééééééééééééééééé");
}

static void
check_name (const char *service, const char *expected)
{
  g_autofree char *name = vav_nearby_record_read_name (service);

  g_assert_cmpstr (name, ==, expected);
}

/* A name from the network cannot break a line, turn the text around, or be no text. */
static void
test_name (void)
{
  check_name ("Karim (laptop)", "Karim (laptop)");
  check_name ("  A\nnna\x1b[31m ", "A\xef\xbf\xbdnna\xef\xbf\xbd[31m");
  check_name ("Anna\xe2\x80\xaegreB", "Anna\xef\xbf\xbdgreB");
  check_name ("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
  check_name ("\xe2\x80\x8b", "");
}

static void
check_address (const char *ip, guint port, gboolean own, const char *expected)
{
  g_autofree char *address = vav_nearby_record_make_address (ip, port, own);

  g_assert_cmpstr (address, ==, expected);
}

/* Only what can be another computer is dialled; this computer's own services may be on its loopback. */
static void
test_address (void)
{
  check_address ("192.168.1.20", 7667, FALSE, "192.168.1.20:7667");
  check_address ("169.254.3.4", 1, FALSE, "169.254.3.4:1");
  check_address ("fd00::1", 65535, FALSE, "[fd00::1]:65535");
  check_address ("127.0.0.1", 22, FALSE, NULL);
  check_address ("::1", 22, FALSE, NULL);
  check_address ("127.0.0.1", 7667, TRUE, "127.0.0.1:7667");
  check_address ("0.0.0.0", 7667, FALSE, NULL);
  check_address ("224.0.0.251", 7667, FALSE, NULL);
  check_address ("ff02::fb", 7667, FALSE, NULL);
  check_address ("fe80::1", 7667, FALSE, NULL);
  check_address ("192.168.1.20", 0, FALSE, NULL);
  check_address ("192.168.1.20", 65536, FALSE, NULL);
  check_address ("example.org", 7667, FALSE, NULL);
  check_address ("", 7667, FALSE, NULL);
  check_address ("visavis:x@1.2.3.4", 7667, FALSE, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearby/record", test_record);
  g_test_add_func ("/nearby/tolerant", test_tolerant);
  g_test_add_func ("/nearby/nonsense", test_nonsense);
  g_test_add_func ("/nearby/random", test_random);
  g_test_add_func ("/nearby/own-name", test_own_name);
  g_test_add_func ("/nearby/name", test_name);
  g_test_add_func ("/nearby/address", test_address);
  return g_test_run ();
}
