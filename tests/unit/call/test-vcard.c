/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-vcard.h"

#include <string.h>

/* What a card says, whoever is there already. */

/* lines: of the one card, without where it begins and ends */
static GPtrArray *
read_one (const char *lines)
{
  g_autofree char *text = g_strdup_printf ("BEGIN:VCARD\n%s\nEND:VCARD\n", lines);
  g_autoptr (GError) error = NULL;
  GPtrArray *cards = vav_vcard_read (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (cards->len, ==, 1);
  return cards;
}

static void
assert_name (const char *lines, const char *name)
{
  g_autoptr (GPtrArray) cards = read_one (lines);
  const VavVcard *card = cards->pdata[0];

  g_assert_cmpstr (card->fault, ==, NULL);
  g_assert_cmpstr (card->name, ==, name);
}

static void
assert_fault (const char *lines, guint line, const char *words)
{
  g_autoptr (GPtrArray) cards = read_one (lines);
  const VavVcard *card = cards->pdata[0];

  g_assert_nonnull (card->fault);
  if (card->fault_line != line || strstr (card->fault, words) == NULL)
    g_error ("%u: %s", card->fault_line, card->fault);
}

/* FN is what somebody is called. Where there is none, as in vCard 2.1 and of some programs, N says it: the given name first. */
static void
test_names (void)
{
  g_autofree char *long_name = g_strnfill (VAV_MAX_NAME, 'a');
  g_autofree char *too_long = g_strdup_printf ("N:Berg;%s\nURL:visavis:a.example", long_name);

  assert_name ("VERSION:2.1\nN:Berg;Anna\nURL:visavis:a.example", "Anna Berg");
  assert_name ("VERSION:3.0\nN;LANGUAGE=de:Berg\\; the elder;Anna;Maria,Eva;Dr.;M.Sc.\nURL:visavis:a.example",
               "Dr. Anna Maria Eva Berg; the elder M.Sc.");
  assert_name ("N:Berg\\\\;Anna\\,;;\nURL:visavis:a.example", "Anna, Berg\\");
  assert_name ("N:Berg\nURL:visavis:a.example", "Berg");
  assert_name ("N:;Anna;;;\nN:Carl;Bob\nURL:visavis:a.example", "Anna");
  assert_name ("FN: \nN:  Berg ; Anna\nURL:visavis:a.example", "Anna Berg");
  assert_name ("N:Berg;Anna\nFN:Annie\nURL:visavis:a.example", "Annie");
  assert_name ("FN:Annie\nN;ENCODING=QUOTED-PRINTABLE:B=C3=A9rg;Anna\nURL:visavis:a.example", "Annie");
  assert_name ("N:Berg;Anna\nTEL:1", "Anna Berg");
  assert_name ("N;ENCODING=b:QQ==\nTEL:1", NULL);

  assert_fault ("N:;;;;\nURL:visavis:a.example", 1, "FN or N");
  assert_fault ("URL:visavis:a.example\nN;ENCODING=b:QQ==", 3, "encoded");
  assert_fault (too_long, 2, "1 to 128 bytes");
}

/* What belongs to a card stays with it. */
static void
test_next (void)
{
  static const char text[] = "BEGIN:VCARD\nVERSION:2.1\nN:Berg;Anna\nBEGIN:VCARD\nURL:visavis:a.example\nEND:VCARD\n"
                             "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:A\nURL:visavis:a.example\nEND:VCARD\n";
  g_autoptr (GPtrArray) cards = vav_vcard_read (text, strlen (text), NULL);

  g_assert_nonnull (cards);
  g_assert_cmpuint (cards->len, ==, 3);
  g_assert_nonnull (strstr (((const VavVcard *)cards->pdata[1])->fault, "FN or N"));
  g_assert_nonnull (strstr (((const VavVcard *)cards->pdata[2])->fault, "no vCard but 2.1"));
}

/* What is quoted-printable is told as what it is in that card: vCard 2.1 has it, and no later one. */
static void
test_quoted_printable (void)
{
  static const char name[] = "FN;ENCODING=QUOTED-PRINTABLE:J=C3=BCrg\nURL:visavis:a.example";
  g_autofree char *old = g_strconcat ("VERSION:2.1\n", name, NULL);
  g_autofree char *new = g_strconcat ("VERSION:3.0\n", name, NULL);

  assert_fault (old, 3, "as vCard 2.1 has it");
  assert_fault (new, 3, "no vCard but 2.1 has");
}

/* What an address looks like is told where there is none. */
static void
test_address (void)
{
  assert_fault ("FN:Anna\nURL:visavis:not here", 3,
                "“visavis:not here” is not an address. Write visavis:HOST, visavis:HOST:PORT or visavis:ID@HOST.");
}

/* Of a card with a fault no more is kept, however many addresses it has; the first fault stays. */
static void
test_many_addresses (void)
{
  g_autoptr (GString) text = g_string_new ("FN:Anna");
  g_autoptr (GPtrArray) cards = NULL;
  const VavVcard *card;

  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (text, "\nURL:visavis:%u.example", i);
  cards = read_one (text->str);
  card = cards->pdata[0];
  g_assert_cmpuint (card->addresses->len, ==, VAV_VCARD_MAX_ADDRESSES + 1);
  g_assert_cmpuint (card->fault_line, ==, VAV_VCARD_MAX_ADDRESSES + 3);
  g_assert_nonnull (strstr (card->fault, "at most 8"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vcard/names", test_names);
  g_test_add_func ("/vcard/next", test_next);
  g_test_add_func ("/vcard/quoted-printable", test_quoted_printable);
  g_test_add_func ("/vcard/address", test_address);
  g_test_add_func ("/vcard/many-addresses", test_many_addresses);
  return g_test_run ();
}
