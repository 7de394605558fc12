/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-json.h"

#include <string.h>

static gboolean
is_let_in (const char *text, gsize length)
{
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  JsonObject *object = vav_json_parse_object (body, &error);

  if (object == NULL)
    g_assert_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  else
    g_assert_no_error (error);
  g_clear_pointer (&object, json_object_unref);
  return error == NULL;
}

static gboolean
is_object (const char *text)
{
  return is_let_in (text, strlen (text));
}

/* What is JSON passes, also with brackets and quotes inside of strings. */
static void
test_good (void)
{
  g_assert_true (is_object ("{}"));
  g_assert_true (is_object (" {\"a\": [1, -2, 3.5e1, true, false, null]}\r\n"));
  g_assert_true (is_object ("{\"a\":\"[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{{{{{{{{{{{ // ' }\"}"));
  g_assert_true (is_object ("{\"a\":\"\\\"\\\\\",\"b\":\"\\u00e9\"}"));
  g_assert_true (is_object ("{\"a\":\"\\\\u0000\"}"));
  g_assert_true (is_object ("{\"a\":\"\\b\\f\\n\\r\\t\\/\\ud83d\\ude00\"}"));
  g_assert_true (is_object ("{ \"a\" : [ ] , \"b\" : { } , \"c\":[0,-0,10,0.5,1E+2,1e-2]}"));
}

/* What is not JSON, or not an object, does not; nothing crashes. */
static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    " ",
    "null",
    "7",
    "\"a\"",
    "[]",
    "[1]",
    "{",
    "}",
    "{]",
    "{\"a\"",
    "{\"a\":}",
    "{\"a\":1",
    "{\"a\":1}}",
    "{a:1}",
    "{'a':1}",
    "var a = {}",
    "/* */{}",
    "{\"a\":1}//",
    "{\"a\":NaN}",
    "{\"a\":0x10}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":\"",
    "{\"a\":\"\\",
    "{\"a\":\"\\u",
    "{\"a\":\"\\u12",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\ud83d\"}",
    "{\"a\":\"\\ud83dx\"}",
    "{\"a\":\"\\ud83d\\u0041\"}",
    "{\"a\":\"\\ude00\"}",
    "{\"a\":\"b\\ude00\\ud83d\"}",
    "{\"\\ud83d\":1}",
    "{\"a\":\"b\nc\"}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":[1,]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{\"a\":01}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":+1}",
    "{\"a\":1e}",
    "{\"a\":-}",
    "{\"a\":truefalse}",
    "{\"a\":nul}",
    "{} {}",
    "GET / HTTP/1.1\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (is_object (bad[i]));
    }
  g_assert_false (is_let_in ("{}\0", 3));
  g_assert_false (is_let_in ("{\"a\":\"\0\"}", 9));
  g_assert_false (is_object ("{\"a\":\"\xff\xfe\"}"));
  g_assert_false (is_object ("{\"a\":\"\xc0\x80\"}"));
  g_assert_false (is_object ("{\"a\":\"\xed\xa0\x80\"}"));
}

/* Everything that is one byte off from something good: not one may end in a crash or, with a sanitizer, in a leak. */
static void
test_one_off (void)
{
  static const char good[] = "{\"a\":\"\\ud83d\\ude00\\n\",\"b\":[1.5e+1,{}],\"c\":true}";
  static const char other[] = "\"\\{}[],:u0dexn \x01\xff";

  for (gsize i = 0; i < strlen (good); i++)
    {
      g_assert_false (is_let_in (good, i));
      for (gsize k = 0; k < strlen (other); k++)
        {
          g_autofree char *text = g_strdup (good);

          text[i] = other[k];
          (void)is_object (text);
        }
    }
}

static char *
nest (guint depth, const char *open, const char *close)
{
  GString *text = g_string_new ("{\"a\":");

  for (guint i = 1; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, "1");
  for (guint i = 1; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (g_string_append_c (text, '}'), FALSE);
}

/* Sixteen deep passes, seventeen does not, and 200 kB of brackets, which would crash the parser, neither. */
static void
test_depth (void)
{
  g_autofree char *deep = nest (VAV_JSON_MAX_DEPTH, "[", "]");
  g_autofree char *deeper = nest (VAV_JSON_MAX_DEPTH + 1, "[", "]");
  g_autofree char *objects = nest (VAV_JSON_MAX_DEPTH + 1, "{\"a\":", "}");
  g_autofree char *brackets = g_strnfill (200 * 1000, '[');
  g_autofree char *braces = g_strnfill (200 * 1000, '{');

  g_assert_true (is_object (deep));
  g_assert_false (is_object (deeper));
  g_assert_false (is_object (objects));
  g_assert_false (is_object (brackets));
  g_assert_false (is_object (braces));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/json/good", test_good);
  g_test_add_func ("/signal/json/bad", test_bad);
  g_test_add_func ("/signal/json/one-off", test_one_off);
  g_test_add_func ("/signal/json/depth", test_depth);
  return g_test_run ();
}
