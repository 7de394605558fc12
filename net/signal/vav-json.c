/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Where reading is, and where it must end. */
typedef struct
{
  const char *at;
  const char *end;
  guint depth;
} Reader;

static gboolean read_value (Reader *reader);

static gboolean
take (Reader *reader, char c)
{
  if (reader->at == reader->end || *reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

static gboolean
take_word (Reader *reader, const char *word)
{
  gsize length = strlen (word);

  if ((gsize)(reader->end - reader->at) < length || memcmp (reader->at, word, length) != 0)
    return FALSE;
  reader->at += length;
  return TRUE;
}

static void
skip_space (Reader *reader)
{
  while (take (reader, ' ') || take (reader, '\t') || take (reader, '\r') || take (reader, '\n'))
    ;
}

/* Four hexadecimal digits; -1: they are not. */
static int
read_unit (Reader *reader)
{
  int unit = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = reader->at < reader->end ? g_ascii_xdigit_value (*reader->at) : -1;

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
      reader->at++;
    }
  return unit;
}

/* Behind a backslash: surrogates must come in pairs, and never a NUL. */
static gboolean
read_escape (Reader *reader)
{
  int unit;

  if (!take (reader, 'u'))
    return reader->at < reader->end && strchr ("\"\\/bfnrt", *reader->at++) != NULL;
  unit = read_unit (reader);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      unit = take_word (reader, "\\u") ? read_unit (reader) : -1;
      return unit >= 0xdc00 && unit <= 0xdfff;
    }
  return unit > 0 && (unit < 0xdc00 || unit > 0xdfff);
}

/* Behind the opening quote. */
static gboolean
read_string (Reader *reader)
{
  while (reader->at < reader->end)
    {
      guint8 c = (guint8)*reader->at++;

      if (c == '"')
        return TRUE;
      if (c < 0x20 || (c == '\\' && !read_escape (reader)))
        return FALSE;
    }
  return FALSE;
}

static gboolean
read_digits (Reader *reader)
{
  const char *from = reader->at;

  while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
    reader->at++;
  return reader->at > from;
}

static gboolean
read_number (Reader *reader)
{
  (void)take (reader, '-');
  if (!take (reader, '0') && !read_digits (reader))
    return FALSE;
  if (take (reader, '.') && !read_digits (reader))
    return FALSE;
  if (!take (reader, 'e') && !take (reader, 'E'))
    return TRUE;
  if (!take (reader, '-'))
    (void)take (reader, '+');
  return read_digits (reader);
}

static gboolean
read_member (Reader *reader)
{
  skip_space (reader);
  if (!take (reader, '"') || !read_string (reader))
    return FALSE;
  skip_space (reader);
  return take (reader, ':') && read_value (reader);
}

/* Behind the opening bracket of an object or array. */
static gboolean
read_items (Reader *reader, gboolean (*read_item) (Reader *reader), char close)
{
  if (++reader->depth > VAV_JSON_MAX_DEPTH)
    return FALSE;
  skip_space (reader);
  if (!take (reader, close))
    {
      do
        if (!read_item (reader))
          return FALSE;
      while (take (reader, ','));
      if (!take (reader, close))
        return FALSE;
    }
  reader->depth--;
  return TRUE;
}

/* With the white space around it. It calls itself, VAV_JSON_MAX_DEPTH deep at most. */
static gboolean
read_value (Reader *reader)
{
  gboolean fine;

  skip_space (reader);
  if (take (reader, '{'))
    fine = read_items (reader, read_member, '}');
  else if (take (reader, '['))
    fine = read_items (reader, read_value, ']');
  else if (take (reader, '"'))
    fine = read_string (reader);
  else
    fine = take_word (reader, "true") || take_word (reader, "false") || take_word (reader, "null")
           || read_number (reader);
  skip_space (reader);
  return fine;
}

static gboolean
is_json (const char *text, gsize length)
{
  Reader reader = { text, text + length, 0 };

  return read_value (&reader) && reader.at == reader.end;
}

gboolean
vav_json_guard (const char *text, gsize length, GError **error)
{
  /* g_utf8_validate() with a length takes no NUL either */
  if (length > 0 && g_utf8_validate (text, (gssize)length, NULL) && is_json (text, length))
    return TRUE;
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent a message that cannot be read."));
  return FALSE;
}

JsonObject *
vav_json_parse_object (GBytes *body, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  JsonNode *root;

  if (!vav_json_guard (text, length, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (json_parser_load_from_data (parser, text, (gssize)length, NULL))
    {
      root = json_parser_get_root (parser);
      if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
        return json_node_dup_object (root);
    }
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent a message that cannot be read."));
  return NULL;
}
