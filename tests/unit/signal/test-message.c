/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-message.h"

#include <string.h>

#include "net/signal/vav-message-trace.h"
#include "net/signal/vav-schema.h"

#define CALL "0123456789abcdef0123456789abcdef"

static VavMessage *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return vav_message_parse (body, error);
}

static void
assert_error (const char *text, VavError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavMessage) message = parse (text, &error);

  g_test_message ("%.100s", text);
  g_assert_null (message);
  g_assert_error (error, VAV_ERROR, (int)code);
}

static VavMessage *
assert_parses (const char *text)
{
  g_autoptr (GError) error = NULL;
  VavMessage *message = parse (text, &error);

  g_assert_no_error (error);
  return message;
}

static void
fill (VavMessage *message, const VavField *field)
{
  static const char *const list[] = { "audio", "video", NULL };
  g_autoptr (GBytes) data = g_bytes_new ("\0\1\2\xff", 4);

  switch (field->kind)
    {
    case VAV_FIELD_STRING:
      g_assert_true (vav_message_set_string (message, field->name, "é \"quoted\"\\\r\n"));
      break;
    case VAV_FIELD_NAME:
      g_assert_true (vav_message_set_string (message, field->name, "é \"quoted\"\\"));
      break;
    case VAV_FIELD_CHOICE:
      g_assert_true (vav_message_set_string (message, field->name, field->choices[1]));
      break;
    case VAV_FIELD_UINT:
      vav_message_set_uint (message, field->name, MIN (7, field->cap));
      break;
    case VAV_FIELD_DATA:
      vav_message_set_data (message, data);
      break;
    case VAV_FIELD_LIST:
      vav_message_set_strings (message, field->name, list);
      break;
    case VAV_FIELD_END:
    default:
      g_assert_not_reached ();
    }
}

static void
assert_same (VavMessage *a, VavMessage *b, const VavField *field)
{
  g_auto (GStrv) list_a = vav_message_dup_strings (a, field->name);
  g_auto (GStrv) list_b = vav_message_dup_strings (b, field->name);

  g_assert_true (vav_message_has (b, field->name));
  g_assert_cmpstr (vav_message_get_string (a, field->name), ==, vav_message_get_string (b, field->name));
  g_assert_cmpint (vav_message_get_uint (a, field->name, -1), ==, vav_message_get_uint (b, field->name, -1));
  g_assert_cmpstrv (list_a, list_b);
  if (field->kind == VAV_FIELD_DATA)
    g_assert_true (g_bytes_equal (vav_message_get_data (a), vav_message_get_data (b)));
}

/* Each type, with all its fields, comes back as it was sent. */
static void
test_round_trip (void)
{
  for (guint type = 0; type < VAV_N_MESSAGE_TYPES; type++)
    {
      const VavSchema *schema = vav_schema_get (type);
      g_autoptr (VavMessage) sent = vav_message_new (type);
      g_autoptr (VavMessage) received = NULL;
      g_autoptr (GBytes) body = NULL;
      g_autoptr (GError) error = NULL;

      vav_message_set_call (sent, CALL);
      vav_message_set_seq (sent, 1000 + type);
      for (guint i = 0; schema->fields[i].kind != VAV_FIELD_END; i++)
        fill (sent, &schema->fields[i]);
      body = vav_message_serialize (sent, &error);
      g_assert_no_error (error);
      received = vav_message_parse (body, &error);
      g_assert_no_error (error);
      g_assert_cmpint (vav_message_get_kind (received), ==, type);
      g_assert_cmpstr (vav_message_get_call (received), ==, CALL);
      g_assert_cmpuint (vav_message_get_seq (received), ==, 1000 + type);
      for (guint i = 0; schema->fields[i].kind != VAV_FIELD_END; i++)
        assert_same (sent, received, &schema->fields[i]);
    }
}

/* Each field of each type, given every wrong kind of JSON value, is refused; and required ones must be there, at both ends. */
static void
test_wrong_fields (void)
{
  static const char *const values[]
      = { "null", "true", "-1",     "1.5",       "1e400",     "9007199254740993",    "\"*\"",
          "{}",   "[1]",  "[null]", "[\"\",{}]", "123456789", "\"\xf0\x9f\x98\x80\"" };
  static const char good[VAV_FIELD_LIST + 1][64] = {
    [VAV_FIELD_STRING] = "\"\xf0\x9f\x98\x80\" \"*\"",
    [VAV_FIELD_NAME] = "\"\xf0\x9f\x98\x80\" \"*\"",
    [VAV_FIELD_CHOICE] = "",
    [VAV_FIELD_UINT] = "",
    [VAV_FIELD_DATA] = "",
    [VAV_FIELD_LIST] = "",
  };

  for (guint type = 0; type < VAV_N_MESSAGE_TYPES; type++)
    {
      const VavSchema *schema = vav_schema_get (type);

      for (guint i = 0; schema->fields[i].kind != VAV_FIELD_END; i++)
        for (guint v = 0; v < G_N_ELEMENTS (values); v++)
          {
            g_autofree char *text = g_strdup_printf ("{\"type\":\"%s\",\"seq\":1,\"call\":\"" CALL "\",\"%s\":%s}",
                                                     schema->name, schema->fields[i].name, values[v]);

            if (schema->fields[i].kind == VAV_FIELD_UINT && schema->fields[i].cap >= 123456789
                && strcmp (values[v], "123456789") == 0)
              continue; /* a number that may stand there */
            if (strstr (good[schema->fields[i].kind], values[v]) == NULL)
              assert_error (text, VAV_ERROR_PROTOCOL);
          }
    }
  assert_error ("{\"type\":\"request\",\"seq\":1,\"call\":\"" CALL "\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"hello\",\"seq\":1}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"hello\",\"seq\":1,\"version\":0}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"candidate\",\"seq\":1,\"call\":\"" CALL "\",\"mline\":16,\"candidate\":\"x\"}",
                VAV_ERROR_PROTOCOL);
}

/* A message that lacks something required, or holds too much, is not sent. */
static void
test_serialize_refuses (void)
{
  g_autoptr (VavMessage) request = vav_message_new (VAV_MESSAGE_REQUEST);
  g_autoptr (VavMessage) closing = vav_message_new (VAV_MESSAGE_CLOSING);
  g_autofree char *zeros = g_malloc0 (VAV_MAX_DATA + 1);
  g_autofree char *letters = g_strnfill (64 * 1024 + 1, 'x');
  g_autoptr (GBytes) most = g_bytes_new (zeros, VAV_MAX_DATA);
  g_autoptr (GBytes) more = g_bytes_new (zeros, VAV_MAX_DATA + 1);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (vav_message_serialize (request, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (vav_message_set_string (request, "description", letters));
  g_assert_false (vav_message_set_string (request, "description", "\xff"));
  letters[64 * 1024] = '\0';
  g_assert_true (vav_message_set_string (request, "description", letters));

  vav_message_set_call (closing, CALL);
  vav_message_set_data (closing, more);
  g_assert_null (vav_message_serialize (closing, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_clear_error (&error);
  vav_message_set_data (closing, most);
  body = vav_message_serialize (closing, &error);
  g_assert_no_error (error);

  /* both at their caps still fit a frame */
  vav_message_set_call (request, CALL);
  vav_message_set_data (request, most);
  g_clear_pointer (&body, g_bytes_unref);
  body = vav_message_serialize (request, &error);
  g_assert_no_error (error);
}

/* Type, seq and call: missing, of a wrong kind, out of range, of a wrong form. */
static void
test_envelope (void)
{
  g_autoptr (VavMessage) message = NULL;

  assert_error ("{}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":1,\"seq\":1}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"\",\"seq\":1}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\",\"seq\":-1}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\",\"seq\":1.0}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\",\"seq\":\"1\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\",\"seq\":9007199254740993}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"ping\",\"seq\":99999999999999999999999999999999999999}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"withdraw\",\"seq\":1}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"withdraw\",\"seq\":1,\"call\":7}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"withdraw\",\"seq\":1,\"call\":\"abc\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"withdraw\",\"seq\":1,\"call\":\"0123456789ABCDEF0123456789ABCDEF\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"withdraw\",\"seq\":1,\"call\":\"0123456789abcdef0123456789abcdef0\"}", VAV_ERROR_PROTOCOL);
  assert_error ("{\"type\":\"dance\",\"seq\":1}", VAV_ERROR_NOT_SUPPORTED);
  assert_error ("{\"type\":\"dance\"}", VAV_ERROR_PROTOCOL);

  message = assert_parses ("{\"type\":\"ping\",\"seq\":9007199254740992}");
  g_assert_null (vav_message_get_call (message));
  g_assert_cmpuint (vav_message_get_seq (message), ==, VAV_MAX_NUMBER);
}

/* Unknown fields are passed over; of a key that comes twice the last one counts. */
static void
test_tolerance (void)
{
  g_autoptr (VavMessage) message
      = assert_parses ("{\"future\":[{}],\"seq\":1,\"type\":\"hello\",\"version\":2,\"name\":\"A\",\"name\":\"B\"}");

  g_assert_cmpstr (vav_message_get_string (message, "name"), ==, "B");
  g_assert_cmpint (vav_message_get_uint (message, "version", 0), ==, 2);
  g_assert_false (vav_message_has (message, "future"));
  g_assert_null (vav_message_get_string (message, "future"));
  g_assert_false (vav_message_has (message, "agent"));
}

/* What can hold neither data nor a description is small, also with fields that are not known here. */
static void
test_size (void)
{
  static const char *const can_be_large[] = { "request", "ringing", "accept", "reject", "closing", "text", NULL };

  for (guint type = 0; type < VAV_N_MESSAGE_TYPES; type++)
    {
      const char *kind = vav_message_kind_to_string (type);
      gboolean large = g_strv_contains (can_be_large, kind);
      g_autofree char *junk = g_strnfill (9000, 'x');
      g_autofree char *text = g_strdup_printf (
          "{\"type\":\"%s\",\"seq\":1,\"call\":\"" CALL "\",\"description\":\"\",\"reason\":\"busy\","
          "\"version\":1,\"mline\":0,\"candidate\":\"\",\"id\":1,\"text\":\"\",\"junk\":\"%s\"}",
          kind, junk);

      if (large)
        vav_message_unref (assert_parses (text));
      else
        assert_error (text, VAV_ERROR_PROTOCOL);
    }
}

/* How much the peer wants at most: any whole number that a wire carries; what cannot be meant is refused. */
static void
test_limit (void)
{
  static const char *const wrong[]
      = { "-1",   "-300000", "1000000001", "1e400",    "1e5",       "300000.5",        "\"300000\"",
          "\"\"", "true",    "null",       "[300000]", "{\"a\":1}", "9007199254740993" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"type\":\"flows\",\"seq\":1,\"call\":\"" CALL "\",\"limit\":%s}", wrong[i]);

      assert_error (text, VAV_ERROR_PROTOCOL);
    }
  for (gint64 limit = 0; limit <= VAV_MAX_RATE; limit = limit * 10 + 1000)
    {
      g_autofree char *text = g_strdup_printf (
          "{\"type\":\"flows\",\"seq\":1,\"call\":\"" CALL "\",\"limit\":%" G_GINT64_FORMAT "}", limit);
      g_autoptr (VavMessage) message = assert_parses (text);

      g_assert_cmpint (vav_message_get_uint (message, "limit", -1), ==, limit);
    }
}

static char *
closing_with (const char *base64)
{
  return g_strdup_printf ("{\"type\":\"closing\",\"seq\":1,\"call\":\"" CALL "\",\"data\":\"%s\"}", base64);
}

/* Data must be whole, clean base64 of at most 64 KiB. */
static void
test_data (void)
{
  static const char *const bad[] = { "a", "ab", "abc", "ab=c", "a===", "====", "YWJj\\n", " YWJj", "YW-j", "YWJj=" };
  g_autofree char *zeros = g_malloc0 (VAV_MAX_DATA + 1);
  g_autofree char *most = g_base64_encode ((guchar *)zeros, VAV_MAX_DATA);
  g_autofree char *more = g_base64_encode ((guchar *)zeros, VAV_MAX_DATA + 1);
  g_autofree char *most_text = closing_with (most);
  g_autofree char *more_text = closing_with (more);
  g_autofree char *empty_text = closing_with ("");
  g_autoptr (VavMessage) largest = assert_parses (most_text);
  g_autoptr (VavMessage) empty = assert_parses (empty_text);

  g_assert_cmpuint (g_bytes_get_size (vav_message_get_data (largest)), ==, VAV_MAX_DATA);
  g_assert_cmpuint (g_bytes_get_size (vav_message_get_data (empty)), ==, 0);
  assert_error (more_text, VAV_ERROR_PROTOCOL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = closing_with (bad[i]);

      assert_error (text, VAV_ERROR_PROTOCOL);
    }
}

/* A list of 32 strings of 64 bytes passes, one more of either does not. */
static void
test_list (void)
{
  for (guint n = 32; n <= 33; n++)
    for (guint length = 64; length <= 65; length++)
      {
        g_autofree char *item = g_strnfill (length, 'x');
        g_autoptr (GString) text = g_string_new ("{\"type\":\"hello\",\"seq\":1,\"version\":1,\"features\":[");

        for (guint i = 0; i < n; i++)
          g_string_append_printf (text, "%s\"%s\"", i > 0 ? "," : "", item);
        g_string_append (text, "]}");
        if (n == 32 && length == 64)
          vav_message_unref (assert_parses (text->str));
        else
          assert_error (text->str, VAV_ERROR_PROTOCOL);
      }
}

/* Of what a stranger says, a trace shows only what can be no line of its own. */
static void
test_trace (void)
{
  g_autoptr (VavMessage) message = assert_parses (
      "{\"type\":\"hello\",\"seq\":1,\"version\":1,\"name\":\"Anna\",\"features\":[\"parity\",\"a\\n<- bye\"]}");
  g_autofree char *line = vav_message_to_trace (message);

  g_assert_nonnull (strstr (line, "features=parity,(8 bytes)"));
  g_assert_null (strpbrk (line, "\n<"));
  g_assert_null (strstr (line, "Anna"));
}

/* Names come in harmless: no control characters, nothing that turns the direction of writing; and at most 128 bytes. */
static void
test_names (void)
{
  g_autoptr (VavMessage) message
      = assert_parses ("{\"type\":\"hello\",\"seq\":1,\"version\":1,\"name\":\"A\\n\\u202eB\\u200dé\"}");
  g_autofree char *long_name = g_strnfill (129, 'x');
  g_autofree char *text = g_strdup_printf ("{\"type\":\"hello\",\"seq\":1,\"version\":1,\"name\":\"%s\"}", long_name);
  g_autoptr (VavMessage) own = vav_message_new (VAV_MESSAGE_HELLO);
  g_autofree char *accents = g_malloc0 (201);

  g_assert_cmpstr (vav_message_get_string (message, "name"), ==, "A��B\xe2\x80\x8dé");
  assert_error (text, VAV_ERROR_PROTOCOL);

  /* one that shows nothing is none */
  g_clear_pointer (&message, vav_message_unref);
  message = assert_parses ("{\"type\":\"hello\",\"seq\":1,\"version\":1,\"name\":\" \\u200b\"}");
  g_assert_false (vav_message_has (message, "name"));
  g_assert_null (vav_message_get_string (message, "name"));

  /* an own name that is too long is cut at a whole character */
  for (int i = 0; i < 200; i += 2)
    memcpy (accents + i, "é", 2);
  g_assert_true (vav_message_set_string (own, "name", accents));
  g_assert_cmpuint (strlen (vav_message_get_string (own, "name")), ==, 128);
  g_assert_true (g_utf8_validate (vav_message_get_string (own, "name"), -1, NULL));
  g_assert_true (vav_message_set_string (own, "name", NULL));
  g_assert_false (vav_message_has (own, "name"));
}

/* Two names that look the same are the same, and one that shows nothing is none. */
static void
test_name_looks (void)
{
  static const char *const names[][2] = {
    { "Ann", "Ann" },
    { "  \xc2\xa0\xe3\x80\x80 Ann \xe2\x80\xaf\t\r\n", "Ann" },
    { "Ann\xc2\xa0Lee", "Ann\xc2\xa0Lee" },
    { "\xe2\x80\x8b \xef\xbb\xbf"
      "An\xc2\xadn\xe2\x81\xa0 \xe2\x80\x8e",
      "Ann" },
    { "Jose\xcc\x81", "Jos\xc3\xa9" },
    { "An\xef\xb8\x8fn", "Ann" },
    { "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae" },
    { "\xe2\x80\x8d"
      "Ann\xe2\x80\x8c",
      "Ann" },
    { "A\xe2\x80\x8d\xe2\x80\x8d"
      "B",
      "A\xe2\x80\x8d"
      "B" },
    { "A \xe2\x80\x8d"
      "B",
      "A B" },
    { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb" },
    { "\xe2\x9d\xa4\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x94\xa5", "\xe2\x9d\xa4\xe2\x80\x8d\xf0\x9f\x94\xa5" },
    { "A\xe2\x80\xae"
      "B",
      "A\xef\xbf\xbd"
      "B" },
    { "", "" },
    { " \xc2\xa0", "" },
    { "\xe2\x80\x8d\xe2\x80\x8c", "" },
    { "\xe1\x85\x9f\xe1\x85\xa0\xe3\x85\xa4\xef\xbe\xa0", "" },
    { "\xe2\xa0\x80\xef\xb8\x8f\xf3\xa0\x81\x81", "" },
    { "\xcc\x81\xcd\x8f", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = vav_name_make_harmless (names[i][0], VAV_MAX_NAME);
      g_autofree char *again = vav_name_make_harmless (name, VAV_MAX_NAME);

      g_assert_cmpstr (name, ==, names[i][1]);
      g_assert_cmpstr (again, ==, name);
    }
}

/* However it is cut, it stays whole: characters, and no white space or joiner at its end. */
static void
test_name_cut (void)
{
  static const char name[]
      = "\xd9\x85\xe2\x80\x8c\xd8\xae \xc2\xa0\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb e\xcc\x81";

  for (gsize cap = 0; cap < sizeof name; cap++)
    {
      g_autofree char *cut = vav_name_make_harmless (name, cap);
      g_autofree char *again = vav_name_make_harmless (cut, VAV_MAX_NAME);

      g_assert_cmpuint (strlen (cut), <=, cap);
      g_assert_true (g_utf8_validate (cut, -1, NULL));
      g_assert_cmpstr (again, ==, cut);
    }
}

/* Half a surrogate pair in an escape is no way to smuggle in what is not UTF-8. */
static void
test_surrogates (void)
{
  static const char *const texts[] = { "\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"type\":\"hello\",\"seq\":1,\"version\":1,\"name\":\"%s\"}", texts[i]);
      g_autoptr (VavMessage) message = parse (text, NULL);

      if (message != NULL)
        g_assert_true (g_utf8_validate (vav_message_get_string (message, "name"), -1, NULL));
    }
}

/* Ids of calls are 32 hexadecimal digits, each time others. */
static void
test_call_id (void)
{
  g_autofree char *a = vav_message_make_call_id ();
  g_autofree char *b = vav_message_make_call_id ();

  g_assert_true (vav_call_id_is_valid (a));
  g_assert_cmpstr (a, !=, b);
}

/* Texts keep their lines and scripts, and nothing that turns what follows, or drives a terminal. */
static void
test_texts (void)
{
  static const char *const texts[][2] = {
    { "one\ntwo\tthree", "one\ntwo\tthree" },
    { "one\r\ntwo\rthree\xe2\x80\xa8"
      "four",
      "one\ntwo\nthree\nfour" },
    { "\x1b[2Jgone\x07", "�[2Jgone�" },
    { "a\xe2\x80\xae"
      "b\xe2\x81\xa6"
      "c",
      "a�b�c" },
    { "  spaces stay  ", "  spaces stay  " },
    { "👩\xe2\x80\x8d🚀 ❤\xef\xb8\x8f שלום\xe2\x80\x8e!", "👩\xe2\x80\x8d🚀 ❤\xef\xb8\x8f שלום\xe2\x80\x8e!" },
    { "\xee\x80\x80\xc2\x9b", "��" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = vav_text_make_harmless (texts[i][0]);

      g_assert_cmpstr (text, ==, texts[i][1]);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/message/round-trip", test_round_trip);
  g_test_add_func ("/signal/message/wrong-fields", test_wrong_fields);
  g_test_add_func ("/signal/message/serialize-refuses", test_serialize_refuses);
  g_test_add_func ("/signal/message/envelope", test_envelope);
  g_test_add_func ("/signal/message/tolerance", test_tolerance);
  g_test_add_func ("/signal/message/limit", test_limit);
  g_test_add_func ("/signal/message/size", test_size);
  g_test_add_func ("/signal/message/data", test_data);
  g_test_add_func ("/signal/message/list", test_list);
  g_test_add_func ("/signal/message/names", test_names);
  g_test_add_func ("/signal/message/texts", test_texts);
  g_test_add_func ("/signal/message/name-looks", test_name_looks);
  g_test_add_func ("/signal/message/name-cut", test_name_cut);
  g_test_add_func ("/signal/message/surrogates", test_surrogates);
  g_test_add_func ("/signal/message/call-id", test_call_id);
  g_test_add_func ("/signal/message/trace", test_trace);
  return g_test_run ();
}
