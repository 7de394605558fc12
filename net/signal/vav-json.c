/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What may stand outside of strings: brackets, separators, white space, numbers, true, false, null (RFC 8259). */
static const char outside[] = "{}[],: \t\r\n0123456789+-.eEtrufalsn";

typedef struct
{
  guint depth;
  gboolean in_string;
  gboolean escaped;
} Scanner;

static gboolean
scan_in_string (Scanner *scanner, const char *at, gsize left)
{
  guint8 c = (guint8)*at;

  if (c < 0x20)
    return FALSE;
  if (scanner->escaped)
    {
      scanner->escaped = FALSE;
      return c != 'u' || left < 5 || strncmp (at + 1, "0000", 4) != 0;
    }
  scanner->escaped = c == '\\';
  scanner->in_string = c != '"';
  return TRUE;
}

static gboolean
scan_outside (Scanner *scanner, char c)
{
  if (c == '"')
    scanner->in_string = TRUE;
  else if (c == '\0' || strchr (outside, c) == NULL)
    return FALSE;
  else if (c == '{' || c == '[')
    return ++scanner->depth <= VAV_JSON_MAX_DEPTH;
  else if (c == '}' || c == ']')
    return scanner->depth-- > 0;
  return TRUE;
}

static gboolean
scan (const char *text, gsize length)
{
  Scanner scanner = { 0, FALSE, FALSE };

  for (gsize i = 0; i < length; i++)
    {
      gboolean fine
          = scanner.in_string ? scan_in_string (&scanner, text + i, length - i) : scan_outside (&scanner, text[i]);

      if (!fine)
        return FALSE;
    }
  return scanner.depth == 0 && !scanner.in_string;
}

gboolean
vav_json_guard (const char *text, gsize length, GError **error)
{
  /* g_utf8_validate() with a length takes no NUL either */
  if (length > 0 && g_utf8_validate (text, (gssize)length, NULL) && scan (text, length))
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
