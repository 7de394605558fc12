/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-json.h"

#include <math.h>
#include <string.h>

static void append_node (GString *line, JsonNode *node);

JsonNode *
vav_app_json_data_node (GBytes *data)
{
  g_autoptr (JsonObject) coded = NULL;
  g_autofree char *text = NULL;
  const char *bytes;
  gsize size;

  if (data == NULL)
    return json_node_new (JSON_NODE_NULL);

  bytes = g_bytes_get_data (data, &size);
  if (size == 0)
    return json_node_init_string (json_node_alloc (), "");
  if (g_utf8_validate_len (bytes, size, NULL))
    {
      text = g_strndup (bytes, size);
      return json_node_init_string (json_node_alloc (), text);
    }

  text = g_base64_encode ((const guchar *)bytes, size);
  coded = json_object_new ();
  json_object_set_string_member (coded, "base64", text);

  return json_node_init_object (json_node_alloc (), coded);
}

void
vav_app_json_set_rounded (JsonObject *object, const char *member, double value, int decimals)
{
  double scale = pow (10, decimals);

  json_object_set_double_member (object, member, round (value * scale) / scale);
}

void
vav_app_json_set_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

/* What json-glib writes with 17 digits: 15 are enough for what we round, and read as a person would write it. Small numbers keep
 * their plain form too, 0.000012. */
static void
append_double (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char *end;

  if (!isfinite (value))
    {
      g_string_append (line, "null");
      return;
    }

  if (value == 0 || fabs (value) >= 0.0001)
    g_ascii_formatd (text, sizeof text, "%.15g", value == 0 ? 0 : value);
  else
    {
      g_ascii_formatd (text, sizeof text, "%.12f", value);
      for (end = text + strlen (text); end[-1] == '0'; end--)
        end[-1] = '\0';
    }
  g_string_append (line, text);
}

static void
append_object (GString *line, JsonObject *object)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  const char *separator = "";

  g_string_append_c (line, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &member, &node))
    {
      g_autoptr (JsonNode) name = json_node_init_string (json_node_alloc (), member);
      g_autofree char *quoted = json_to_string (name, FALSE);

      g_string_append_printf (line, "%s%s:", separator, quoted);
      append_node (line, node);
      separator = ",";
    }
  g_string_append_c (line, '}');
}

static void
append_node (GString *line, JsonNode *node)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    append_object (line, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    append_double (line, json_node_get_double (node));
  else
    {
      text = json_to_string (node, FALSE);
      g_string_append (line, text);
    }
}

char *
vav_app_json_to_line (JsonObject *object)
{
  GString *line = g_string_new (NULL);

  append_object (line, object);
  return g_string_free (line, FALSE);
}
