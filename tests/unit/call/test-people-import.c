/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-import.h"
#include "net/call/vav-vcard.h"
#include "net/core/vav-id.h"

#include <string.h>

/* People from a file of vCards: as other programs write them, broken ones, and what becomes of people who are there already. */

typedef struct
{
  VavPeople *people;
  char *anna;
  char *bob;
  char *own;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->people = vav_people_open (NULL, NULL);
  fixture->anna = vav_id_from_spki ((const guint8 *)"anna", 4);
  fixture->bob = vav_id_from_spki ((const guint8 *)"bob", 3);
  fixture->own = vav_id_from_spki ((const guint8 *)"own", 3);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->people);
  g_free (fixture->anna);
  g_free (fixture->bob);
  g_free (fixture->own);
}

static VavPeopleFile *
read_bytes (const char *text, gsize length, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize)length, NULL);

  return vav_people_file_read (stream, NULL, error);
}

static GPtrArray *
import_bytes (Fixture *fixture, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeopleFile) file = read_bytes (text, length, &error);
  GPtrArray *results;

  g_assert_no_error (error);
  results = vav_people_import_cards (fixture->people, file, fixture->own, &error);
  g_assert_no_error (error);
  return results;
}

static const VavImported *
get (GPtrArray *results, guint position)
{
  g_assert_cmpuint (position, <, results->len);
  return results->pdata[position];
}

/* One card, and what came of it. */
static void
assert_one (Fixture *fixture, const char *text, VavImportOutcome outcome, guint line)
{
  g_autoptr (GPtrArray) results = import_bytes (fixture, text, strlen (text));

  if (get (results, 0)->outcome != outcome || get (results, 0)->line != line || results->len != 1)
    g_error ("%u: %d at %u (%s) of: %s", results->len, get (results, 0)->outcome, get (results, 0)->line,
             get (results, 0)->fault, text);
  g_assert_true ((outcome == VAV_IMPORT_FAULT) == (get (results, 0)->fault != NULL));
}

static void
assert_fault (Fixture *fixture, const char *text, guint line, const char *word)
{
  g_autoptr (GPtrArray) results = import_bytes (fixture, text, strlen (text));

  g_assert_cmpuint (results->len, ==, 1);
  if (get (results, 0)->outcome != VAV_IMPORT_FAULT || get (results, 0)->line != line
      || strstr (get (results, 0)->fault, word) == NULL)
    g_error ("%d at %u (%s) of: %s", get (results, 0)->outcome, get (results, 0)->line, get (results, 0)->fault, text);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 0);
}

/* name: it is known by, with these addresses, joined by blanks */
static void
assert_person (Fixture *fixture, const char *name, const char *id, const char *addresses)
{
  g_autoptr (VavPerson) person = vav_people_find_by_name (fixture->people, name);
  g_autofree char *joined = NULL;

  g_assert_nonnull (person);
  g_assert_cmpstr (vav_person_get_name (person), ==, name);
  g_assert_cmpstr (vav_person_get_id (person), ==, id);
  joined = g_strjoinv (" ", (char **)vav_person_get_addresses (person));
  g_assert_cmpstr (joined, ==, addresses);
  g_assert_cmpint (vav_person_get_trust (person), ==, VAV_TRUST_UNKNOWN);
}

static char *
card (const char *name, const char *id, const char *place)
{
  return g_strdup_printf ("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:%s\r\nIMPP:visavis:%s%s%s\r\nEND:VCARD\r\n", name,
                          id != NULL ? id : "", id != NULL && place != NULL ? "@" : "", place != NULL ? place : "");
}

/* The same person, as five programs write them. */
static void
test_forms (Fixture *fixture, gconstpointer data)
{
  static const char *const forms[] = {
    /* 4.0, with preferences, a language and a portrait in the address of its place */
    "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:individual\r\nFN;LANGUAGE=de;PREF=1:Berg\\, Anna\r\nN:Berg;Anna;;;\r\n"
    "PHOTO:data:image/png;base64,iVBORw0KGgo=\r\nIMPP;PREF=1;TYPE=home:xmpp:anna@chat.example\r\n"
    "IMPP;TYPE=\"home,work\";PREF=2:visavis:%1$s@anna.\r\n example:7700\r\nURL;TYPE=home:visavis:%1$s@192.0.2.7\r\n"
    "END:VCARD\r\n",
    /* 3.0 of GNOME's address book, with LF, escapes and properties of its own */
    "BEGIN:VCARD\nVERSION:3.0\nUID:pas-id-5\nFN:Berg\\, Anna\nN:Berg;Anna;;;\nX-EVOLUTION-FILE-AS:Berg\\, Anna\n"
    "X-EVOLUTION-BLOG-URL:\nX-VISAVIS;X-EVOLUTION-UI-SLOT=1;TYPE=HOME:visavis:%1$s@anna.example:7700\n"
    "URL:visavis:%1$s@192.0.2.7\nREV:2026-11-02T10:00:00Z\nEND:VCARD\n",
    /* 3.0 with groups, where colons are escaped, too */
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Berg\\, Anna\r\nN:Berg;Anna;;;\r\n"
    "item1.URL:visavis\\:%1$s@anna.example\\:7700\r\nitem1.X-ABLabel:Visavis\r\n"
    "item2.URL;type=pref:visavis\\:%1$s@192.0.2.7\r\nitem2.X-ABLabel:_$!<HomePage>!$_\r\n\r\nEND:VCARD\r\n",
    /* 2.1 of a telephone: parameters without a name, a picture in lines, a note with soft line breaks, one of which looks like an end */
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Berg;Anna;;;\r\nFN;CHARSET=UTF-8:Berg, Anna\r\nTEL;CELL:+49123\r\n"
    "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:one =\r\nEND:VCARD =\r\nthree=0A\r\n"
    "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r\n /4AAQSkZJRgABAQAAAQABAAD=\r\n\r\n"
    "X-VISAVIS;HOME:visavis:%1$s@anna.example:7700\r\nX-VISAVIS:VISAVIS:%1$s@192.0.2.7:7667\r\nEND:VCARD\r\n",
    /* in small letters, with CR alone, a byte order mark, and folded within a word */
    "\xef\xbb\xbf"
    "begin:vcard\rversion:4.0\rfn:Berg\\,\r  "
    "An\r\tna\rimpp:visavis:%1$s@anna.example:7700\rimpp:visavis:%1$s@192.0.2.7\r"
    "end:vcard\r",
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_auto (GStrv) parts = g_strsplit (forms[i], "%1$s", -1);
      g_autofree char *text = g_strjoinv (fixture->anna, parts);

      assert_one (fixture, text, VAV_IMPORT_ADDED, 1);
      assert_person (fixture, "Berg, Anna", fixture->anna, "anna.example:7700 192.0.2.7:7667");
      assert_one (fixture, text, VAV_IMPORT_KNOWN, 1);
      g_assert_true (vav_people_remove (fixture->people, "Berg, Anna", NULL));
    }
}

/* A letter of several bytes may be cut by a fold; such a name is whole, and composed. */
static void
test_fold (Fixture *fixture, gconstpointer data)
{
  assert_one (fixture, "BEGIN:VCARD\nFN:Gran\xc3\n \xa9 e\xcc\x81\nIMPP:visavis:mere.example\nEND:VCARD\n",
              VAV_IMPORT_ADDED, 1);
  assert_person (fixture, "Gran\xc3\xa9 \xc3\xa9", NULL, "mere.example:7667");
}

/* Each kind of fault is told with its line, and changes nothing. */
static void
test_faults (Fixture *fixture, gconstpointer data)
{
  g_autofree char *two = g_strdup_printf ("BEGIN:VCARD\nFN:A\nIMPP:visavis:%s\nIMPP:visavis:%s\nEND:VCARD\n",
                                          fixture->anna, fixture->bob);
  g_autofree char *long_name = g_strnfill (VAV_MAX_NAME + 1, 'a');
  g_autofree char *named = g_strdup_printf ("BEGIN:VCARD\nFN:%s\nIMPP:visavis:a.example\nEND:VCARD\n", long_name);
  g_autofree char *long_line = g_strnfill (VAV_VCARD_MAX_LINE, 'a');
  g_autofree char *lined = g_strdup_printf ("BEGIN:VCARD\nFN:A\nURL:visavis:%s\nEND:VCARD\n", long_line);

  assert_fault (fixture, two, 4, "two keys");
  assert_fault (fixture, named, 2, "128");
  assert_fault (fixture, lined, 3, "8192");
  assert_fault (fixture, "BEGIN:VCARD\n\nIMPP:visavis:a.example\nEND:VCARD\n", 1, "FN");
  assert_fault (fixture, "\nBEGIN:VCARD\nFN:A\nIMPP:visavis:a.example\n", 2, "no end");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nno colon\nIMPP:visavis:a.example\nEND:VCARD\n", 3, "NAME:VALUE");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nTEL;X=\"open:1\nIMPP:visavis:a.example\nEND:VCARD\n", 3, "NAME:VALUE");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nIMPP:visavis:a b\nEND:VCARD\n", 3, "“visavis:a b”");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nIMPP:visavis:\nEND:VCARD\n", 3, "visavis:");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nIMPP:visavis:?broker=mqtt://b.example\nEND:VCARD\n", 3, "visavis:?");
  assert_fault (fixture, "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:J=C3=BCrg\nURL:visavis:a.example\nEND:VCARD\n", 2,
                "quoted-printable");
  assert_fault (fixture, "BEGIN:VCARD\nFN;QUOTED-PRINTABLE:A\nURL:visavis:a.example\nEND:VCARD\n", 2,
                "quoted-printable");
  assert_fault (fixture, "BEGIN:VCARD\nFN:A\nURL;ENCODING=QUOTED-PRINTABLE:visavis:a=2Eexample\nEND:VCARD\n", 3,
                "quoted-printable");
  assert_fault (fixture, "BEGIN:VCARD\nFN;ENCODING=b:QW5uYQ==\nURL:visavis:a.example\nEND:VCARD\n", 2, "encoded");
  assert_fault (fixture, "BEGIN:VCARD\nFN;CHARSET=ISO-8859-1:J\xfcrg\nURL:visavis:a.example\nEND:VCARD\n", 2, "UTF-8");
  assert_fault (fixture, "BEGIN:VCARD\nFN:J\xfcrg\nURL:visavis:a.example\nEND:VCARD\n", 2, "UTF-8");
  assert_fault (fixture, "BEGIN:VCARD\nFN:\xe2\x80\x8b\nURL:visavis:a.example\nEND:VCARD\n", 1, "name");
  assert_fault (fixture, "BEGIN:VCARD\nFN:a.example\nURL:visavis:b.example\nEND:VCARD\n", 1, "is an address");
  assert_fault (fixture,
                "BEGIN:VCARD\nFN:A\nURL:visavis:1.example\nURL:visavis:2.example\nURL:visavis:3.example\n"
                "URL:visavis:4.example\nURL:visavis:5.example\nURL:visavis:6.example\nURL:visavis:7.example\n"
                "URL:visavis:8.example\nURL:visavis:9.example\nEND:VCARD\n",
                11, "at most 8");
}

/* Where the beginning of the key does not tell somebody apart, the whole key does: a count of them would have to be tried from the start each time. */
static void
test_alike (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = card ("Anna", fixture->anna, NULL);
  g_autofree char *marked = g_strdup_printf ("Anna (%.8s)", fixture->anna);
  g_autofree char *whole = g_strdup_printf ("Anna (%s)", fixture->anna);
  g_autoptr (VavPerson) namesake = vav_people_add (fixture->people, "Anna", NULL, NULL);
  g_autoptr (VavPerson) other = vav_people_add (fixture->people, marked, NULL, NULL);

  assert_one (fixture, text, VAV_IMPORT_ADDED, 1);
  assert_person (fixture, whole, fixture->anna, "");
  g_assert_cmpstr (vav_person_get_id (namesake), ==, NULL);
  g_assert_cmpstr (vav_person_get_id (other), ==, NULL);
}

/* What is told of a card, its name and its address, is text that can be shown. */
static void
test_harmless (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "BEGIN:VCARD\nFN:A\xe2\x80\xae\x1b"
                             "b\nIMPP:visavis:\xe2\x80\xae\x1b nowhere\nEND:VCARD\n";
  g_autoptr (GPtrArray) results = import_bytes (fixture, text, strlen (text));

  g_assert_cmpstr (get (results, 0)->name, ==,
                   "A\xef\xbf\xbd\xef\xbf\xbd"
                   "b");
  g_assert_null (strstr (get (results, 0)->fault, "\xe2\x80\xae"));
  g_assert_null (strchr (get (results, 0)->fault, '\x1b'));
}

/* Who is not called by Visavis is no fault, whatever their card looks like: it is only counted. */
static void
test_others (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = g_strnfill (2 * VAV_VCARD_MAX_LINE, 'a');
  g_autofree char *picture = g_strdup_printf ("BEGIN:VCARD\nFN:A\nPHOTO:%s\nX-NOTE:%s\nEND:VCARD\n", line, line);
  g_autofree char *self = card ("Me", fixture->own, "me.example");

  assert_one (fixture, picture, VAV_IMPORT_NO_ADDRESS, 1);
  assert_one (fixture, "BEGIN:VCARD\nVERSION:2.1\nN:Berg;Anna\nTEL:1\nno colon\nEND:VCARD\n", VAV_IMPORT_NO_ADDRESS, 1);
  assert_one (fixture, "BEGIN:VCARD\nFN:A\nURL:http://visavis:80/\nNOTE:visavis:a.example\nEND:VCARD\n",
              VAV_IMPORT_NO_ADDRESS, 1);
  assert_one (fixture, self, VAV_IMPORT_SELF, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 0);
}

/* What is good comes in, whatever stands around it: each other thing is told once. */
static void
test_mixed (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "Content-Type: text/vcard\r\nmore\r\n"
                             "BEGIN:VCARD\r\nFN:Anna\r\nIMPP:visavis:anna.example\r\n"
                             "BEGIN:VCARD\r\nFN:Bob\r\nIMPP:visavis:bob.example\r\nEND:VCARD\r\n"
                             "END:VCARD\r\n"
                             "BEGIN:VCARD\r\nFN:Carl\r\nTEL:1\r\nEND:VCARD\r\n"
                             "BEGIN:VCARD\r\nFN:Dora\r\nIMPP:visavis:nothing here\r\nEND:VCARD\r\n"
                             "BEGIN:VCARD\r\nFN:Emil\r\nIMPP:visavis:emil.example\r\nEND:VCARD";
  static const struct
  {
    VavImportOutcome outcome;
    guint line;
    const char *name;
  } expected[] = {
    { VAV_IMPORT_FAULT, 1, NULL },    { VAV_IMPORT_FAULT, 3, "Anna" },       { VAV_IMPORT_ADDED, 6, "Bob" },
    { VAV_IMPORT_FAULT, 10, NULL },   { VAV_IMPORT_NO_ADDRESS, 11, "Carl" }, { VAV_IMPORT_FAULT, 17, "Dora" },
    { VAV_IMPORT_ADDED, 19, "Emil" },
  };
  g_autoptr (GPtrArray) results = import_bytes (fixture, text, strlen (text));

  g_assert_cmpuint (results->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpint (get (results, i)->outcome, ==, expected[i].outcome);
      g_assert_cmpuint (get (results, i)->line, ==, expected[i].line);
      g_assert_cmpstr (get (results, i)->name, ==, expected[i].name);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 2);
  assert_person (fixture, "Bob", NULL, "bob.example:7667");
  assert_person (fixture, "Emil", NULL, "emil.example:7667");
}

static void
assert_refused (const char *text, gsize length, VavError code, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_bytes (text, length, &error));
  g_assert_error (error, VAV_ERROR, code);
  g_assert_nonnull (strstr (error->message, word));
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  (*(guint *)data)++;
}

/* A file that is none, or too large, is refused as a whole: at the cap it is read, above it nothing is. */
static void
test_caps (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_malloc (VAV_VCARD_MAX_FILE + 1);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GPtrArray) results = NULL;
  g_autofree char *one = card ("Anna", fixture->anna, NULL);
  guint changes = 0;

  assert_refused ("", 0, VAV_ERROR_FAILED, "no card");
  assert_refused ("\x89PNG\r\n\x1a\n\0\0\0\0", 12, VAV_ERROR_FAILED, "no card");
  assert_refused ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", 30, VAV_ERROR_FAILED, "no card");
  assert_refused ("\xff\xfe"
                  "B\0E\0",
                  6, VAV_ERROR_FAILED, "UTF-8");
  assert_refused ("\xfe\xff\0B\0E", 6, VAV_ERROR_FAILED, "UTF-8");

  memset (large, 'a', VAV_VCARD_MAX_FILE + 1);
  memcpy (large, one, strlen (one));
  assert_refused (large, VAV_VCARD_MAX_FILE + 1, VAV_ERROR_TOO_LARGE, "32 MiB");

  for (guint i = 0; i < VAV_VCARD_MAX_CARDS; i++)
    g_string_append_printf (many, "BEGIN:VCARD\nFN:Anna %u\nIMPP:visavis:a%u.example\nEND:VCARD\n", i, i);
  g_string_append (many, one);
  assert_refused (many->str, many->len, VAV_ERROR_TOO_LARGE, "10000");
  g_string_truncate (many, many->len - strlen (one));
  g_signal_connect (fixture->people, "items-changed", G_CALLBACK (count_changes), &changes);
  results = import_bytes (fixture, many->str, many->len);
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpuint (results->len, ==, VAV_VCARD_MAX_CARDS);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, VAV_VCARD_MAX_CARDS);
  g_clear_pointer (&results, g_ptr_array_unref);
  results = import_bytes (fixture, large, VAV_VCARD_MAX_FILE);
  g_assert_cmpint (get (results, 0)->outcome, ==, VAV_IMPORT_ADDED);
  assert_person (fixture, "Anna", fixture->anna, "");
}

/* Who is there, by their key, keeps the name that this user gave them, their key, their trust and their addresses, and gets what is new behind them. */
static void
test_merge (Fixture *fixture, gconstpointer data)
{
  g_autofree char *again = card ("Anna Berg", fixture->anna, "anna.example");
  g_autofree char *more = card ("Anna Berg", fixture->anna, "new.example");
  g_autoptr (VavPerson) anna = NULL;

  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Anna", "anna.example:7667", TRUE, NULL));
  anna = vav_people_find_by_id (fixture->people, fixture->anna);
  assert_one (fixture, again, VAV_IMPORT_KNOWN, 1);
  assert_one (fixture, more, VAV_IMPORT_CHANGED, 1);
  assert_one (fixture, more, VAV_IMPORT_KNOWN, 1);
  g_assert_cmpstr (vav_person_get_name (anna), ==, "Anna");
  g_assert_cmpstr (vav_person_get_addresses (anna)[0], ==, "anna.example:7667");
  g_assert_cmpstr (vav_person_get_addresses (anna)[1], ==, "new.example:7667");
  g_assert_cmpint (vav_person_get_trust (anna), ==, VAV_TRUST_ACCEPTED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 1);
}

/* A person has no more addresses than one may give them: what would be more is told, and changes nothing. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = card ("Anna", fixture->anna, "0.example");
  g_autofree char *last = card ("Anna", fixture->anna, "8.example");
  g_autoptr (VavPerson) anna = NULL;

  assert_one (fixture, first, VAV_IMPORT_ADDED, 1);
  anna = vav_people_find_by_id (fixture->people, fixture->anna);
  for (guint i = 1; i < VAV_MAX_ADDRESSES; i++)
    {
      g_autofree char *address = g_strdup_printf ("%u.example", i);

      g_assert_true (vav_people_add_address (fixture->people, anna, address, NULL));
    }
  assert_one (fixture, last, VAV_IMPORT_FAULT, 1);
  g_assert_cmpuint (g_strv_length ((char **)vav_person_get_addresses (anna)), ==, VAV_MAX_ADDRESSES);
  g_assert_cmpstr (vav_person_get_addresses (anna)[7], ==, "7.example:7667");
}

/* No file changes who somebody is. Another key under a name that is taken is somebody else, told apart by it; a key that was replaced does not come
 * back; and without a key no file says where somebody is called who has that name. */
static void
test_identity (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = card ("anna", fixture->bob, "anna.example");
  g_autofree char *nobody = card ("Anna", NULL, "mallory.example");
  g_autofree char *same = card ("ANNA", NULL, "anna.example");
  g_autofree char *marked = g_strdup_printf ("anna (%.8s)", fixture->bob);
  g_autofree char *host = card ("bank.example", fixture->own, NULL);
  g_autofree char *former = card ("Bobby", fixture->bob, "old.example");
  g_autoptr (VavPerson) anna = vav_people_add (fixture->people, "Anna", "anna.example", NULL);
  g_autoptr (VavPerson) bob = NULL;

  assert_one (fixture, nobody, VAV_IMPORT_FAULT, 1);
  assert_one (fixture, same, VAV_IMPORT_KNOWN, 1);
  assert_one (fixture, other, VAV_IMPORT_ADDED, 1);
  assert_person (fixture, "Anna", NULL, "anna.example:7667");
  assert_person (fixture, marked, fixture->bob, "anna.example:7667");

  bob = vav_people_find_by_id (fixture->people, fixture->bob);
  g_assert_true (vav_people_replace_key (fixture->people, bob, fixture->anna, NULL));
  assert_one (fixture, former, VAV_IMPORT_FAULT, 1);
  g_assert_cmpstr (vav_person_get_id (bob), ==, fixture->anna);

  g_free (fixture->own);
  fixture->own = vav_id_from_spki ((const guint8 *)"me", 2);
  assert_one (fixture, host, VAV_IMPORT_ADDED, 1);
  g_assert_null (vav_people_find_by_name (fixture->people, "bank.example"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 3);
}

/* An address without a key stands for one person, who gets the key that is met there: a file cannot make it somebody else's, neither with a person who is
 * there nor with another card. With a key it is nobody's but theirs. */
static void
test_same_address (Fixture *fixture, gconstpointer data)
{
  g_autofree char *aaron = card ("Aaron", NULL, "zoe.example");
  g_autofree char *second = g_strdup_printf ("%s%s%s", "BEGIN:VCARD\nFN:Aaron\nIMPP:visavis:a.example\n",
                                             "IMPP:visavis:zoe.example\n", "END:VCARD\n");
  g_autofree char *keyed = card ("Bob", fixture->bob, "zoe.example");
  g_autofree char *carl = card ("Carl", NULL, "carl.example");
  g_autofree char *dora = card ("Dora", NULL, "carl.example");
  g_autofree char *text = g_strconcat (carl, dora, NULL);
  g_autoptr (VavPerson) zoe = vav_people_add (fixture->people, "Zoe", "zoe.example", NULL);
  g_autoptr (GPtrArray) results = NULL;

  assert_one (fixture, aaron, VAV_IMPORT_FAULT, 1);
  assert_one (fixture, second, VAV_IMPORT_FAULT, 1);
  assert_one (fixture, keyed, VAV_IMPORT_ADDED, 1);
  results = import_bytes (fixture, text, strlen (text));
  g_assert_cmpint (get (results, 0)->outcome, ==, VAV_IMPORT_ADDED);
  g_assert_cmpint (get (results, 1)->outcome, ==, VAV_IMPORT_FAULT);
  g_assert_cmpuint (get (results, 1)->line, ==, 6);
  g_assert_nonnull (strstr (get (results, 1)->fault, "Carl has the address carl.example:7667"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 3);

  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Z", "zoe.example:7667", TRUE, NULL));
  g_assert_cmpstr (vav_person_get_id (zoe), ==, fixture->anna);
}

/* Two cards of one person in a file are one person; the same name of two keys are two. */
static void
test_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = card ("Dr. Anna Berg", fixture->anna, "anna.example");
  g_autofree char *second = card ("Anna", fixture->anna, "anna.example:9");
  g_autofree char *other = card ("dr. anna berg", fixture->bob, NULL);
  g_autofree char *text = g_strconcat (first, second, other, NULL);
  g_autoptr (GPtrArray) results = import_bytes (fixture, text, strlen (text));

  g_assert_cmpint (get (results, 0)->outcome, ==, VAV_IMPORT_ADDED);
  g_assert_cmpint (get (results, 1)->outcome, ==, VAV_IMPORT_CHANGED);
  g_assert_cmpint (get (results, 2)->outcome, ==, VAV_IMPORT_ADDED);
  assert_person (fixture, "Dr. Anna Berg", fixture->anna, "anna.example:7667 anna.example:9");
  assert_person (fixture, get (results, 2)->name, fixture->bob, "");
  g_assert_cmpstr (get (results, 2)->name, !=, "dr. anna berg");
}

static const char *const odd_names[]
    = { "Anna Berg",
        "Berg, Anna; the elder",
        "a\\b\\n",
        "  blanks  ",
        "Ga\xcc\x8a\xcc\x8a",
        "anna.example",
        "\xe2\x80\xab"
        "right\xe2\x80\xac",
        "Gran\xc3\xa9 of a name that is so long that its line must be folded somewhere, \xc3\xa9\xc3\xa9\xc3\xa9",
        "=?",
        "BEGIN:VCARD" };

static void
assert_moved (VavPeople *people, VavPeople *others)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (people)); i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);
      g_autoptr (VavPerson) other = NULL;

      if (vav_person_get_id (person) == NULL)
        continue;
      other = vav_people_find_by_id (others, vav_person_get_id (person));
      g_assert_nonnull (other);
      g_assert_true (g_strv_equal (vav_person_get_addresses (other), vav_person_get_addresses (person)));
    }
}

/* Property: what is exported and imported again changes nothing, whatever people are called, and in another home it makes the same keys and addresses. */
static void
test_export (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (VavPeople) own = g_object_ref (fixture->people);
  guint changes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (odd_names); i++)
    {
      g_autofree char *id = vav_id_from_spki ((const guint8 *)&i, sizeof i);
      g_autofree char *address = g_strdup_printf ("visavis:%s@[2001:db8::%u]:%u", id, i, i + 1);
      g_autofree char *name = g_strdup_printf ("%s!", odd_names[i]);
      g_autoptr (VavPerson) person
          = vav_people_add (fixture->people, odd_names[i], i % 2 == 0 ? address : "b.example", NULL);
      g_autoptr (VavPerson) other = vav_people_add (fixture->people, name, NULL, NULL);

      g_assert_true (vav_people_add_address (fixture->people, person, "192.0.2.1:65535", NULL));
      g_assert_nonnull (other);
    }
  g_signal_connect (fixture->people, "items-changed", G_CALLBACK (count_changes), &changes);
  text = vav_people_export_cards (fixture->people, NULL);
  g_assert_nonnull (strstr (text, "\r\nFN:Berg\\, Anna\\; the elder\r\n"));
  results = import_bytes (fixture, text, strlen (text));
  again = vav_people_export_cards (fixture->people, NULL);
  g_assert_true (g_str_equal (again, text));
  g_assert_cmpuint (changes, ==, 0);
  g_assert_cmpuint (results->len, ==, 2 * G_N_ELEMENTS (odd_names));
  for (guint i = 0; i < results->len; i++)
    g_assert_true (get (results, i)->outcome == VAV_IMPORT_KNOWN || get (results, i)->outcome == VAV_IMPORT_NO_ADDRESS);
  for (const char *line = text; *line != '\0'; line = strstr (line, "\r\n") + 2)
    g_assert_cmpint (strstr (line, "\r\n") - line, <=, 75);

  g_set_object (&fixture->people, vav_people_open (NULL, NULL));
  g_object_unref (fixture->people);
  g_ptr_array_unref (results);
  results = import_bytes (fixture, text, strlen (text));
  assert_moved (own, fixture->people);
}

/* Whoever was talked to meanwhile, the same people are the same text: in the order of their names. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = g_strdup_printf ("visavis:%s@b.example", fixture->bob);
  g_autoptr (VavPerson) bob = vav_people_add (fixture->people, "Bob", address, NULL);
  g_autoptr (VavPerson) anna = vav_people_add (fixture->people, "anna", "a.example", NULL);
  g_autofree char *before = vav_people_export_cards (fixture->people, NULL);
  g_autofree char *after = NULL;

  g_assert_true (strstr (before, "FN:anna") < strstr (before, "FN:Bob"));
  g_assert_true (vav_people_remember (fixture->people, fixture->bob, "Bob", "b.example:7667", TRUE, NULL));
  after = vav_people_export_cards (fixture->people, NULL);
  g_assert_cmpstr (after, ==, before);
}

/* Who is blocked is given to nobody. */
static void
test_blocked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = card ("Anna", fixture->anna, NULL);
  g_autofree char *exported = NULL;
  g_autoptr (VavPerson) anna = NULL;
  guint n = 0;

  assert_one (fixture, text, VAV_IMPORT_ADDED, 1);
  exported = vav_people_export_cards (fixture->people, &n);
  g_assert_cmpstr (exported, ==, text);
  g_assert_cmpuint (n, ==, 1);
  anna = vav_people_find_by_id (fixture->people, fixture->anna);
  g_assert_true (vav_people_set_blocked (fixture->people, anna, TRUE, NULL));
  g_free (exported);
  exported = vav_people_export_cards (fixture->people, &n);
  g_assert_cmpstr (exported, ==, "");
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "forms", test_forms },       { "fold", test_fold },
    { "harmless", test_harmless }, { "faults", test_faults },
    { "others", test_others },     { "mixed", test_mixed },
    { "caps", test_caps },         { "merge", test_merge },
    { "full", test_full },         { "twice", test_twice },
    { "export", test_export },     { "identity", test_identity },
    { "alike", test_alike },       { "blocked", test_blocked },
    { "order", test_order },       { "same-address", test_same_address },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/people-import/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  return g_test_run ();
}
