/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages as JSON: reading holds the wire to the schema, writing holds us to it. */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/signal/vav-frame.h"
#include "net/signal/vav-json.h"
#include "net/signal/vav-message-private.h"

static gboolean
malformed (GError **error, const char *type, const char *field)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent a wrong message (%s: %s)."), type, field);
  return FALSE;
}

/* reading the wire */

static gboolean
read_string (const VavField *field, JsonNode *node, VavValue *value)
{
  const char *text;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  text = json_node_get_string (node);
  if (text == NULL || !vav_field_takes_string (field, text))
    return FALSE;
  value->string = field->kind == VAV_FIELD_NAME ? vav_name_make_harmless (text, field->cap) : g_strdup (text);
  return TRUE;
}

static gboolean
read_number (JsonNode *node, guint64 least, guint64 most, guint64 *number)
{
  gint64 n;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  n = json_node_get_int (node);
  if (n < 0 || (guint64)n < least || (guint64)n > most)
    return FALSE;
  *number = (guint64)n;
  return TRUE;
}

/* RFC 4648, 4, with padding; g_base64_decode() would pass over what does not belong there. */
static gboolean
is_base64 (const char *text, gsize length)
{
  gsize digits = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize padding = strspn (text + digits, "=");

  return length % 4 == 0 && padding <= 2 && digits + padding == length;
}

static gboolean
read_data (const VavField *field, JsonNode *node, VavValue *value)
{
  const char *text;
  gsize length;
  guchar *data;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  text = json_node_get_string (node);
  length = strlen (text);
  if (length > (field->cap + 2) / 3 * 4 || !is_base64 (text, length))
    return FALSE;
  data = g_base64_decode (text, &length);
  value->data = g_bytes_new_take (data, length);
  return length <= field->cap;
}

static gboolean
read_list (const VavField *field, JsonNode *node, VavValue *value)
{
  JsonArray *array;
  guint n;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  n = json_array_get_length (array);
  if (n > VAV_MAX_LIST)
    return FALSE;
  value->list = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      VavValue item = { FALSE };

      if (!read_string (field, json_array_get_element (array, i), &item))
        return FALSE;
      value->list[i] = item.string;
    }
  return TRUE;
}

static gboolean
read_field (const VavField *field, JsonNode *node, VavValue *value)
{
  value->present = TRUE;
  switch (field->kind)
    {
    case VAV_FIELD_NAME:
      if (!read_string (field, node, value))
        return FALSE;
      value->present = *value->string != '\0';
      if (!value->present)
        g_clear_pointer (&value->string, g_free);
      return TRUE;
    case VAV_FIELD_STRING:
    case VAV_FIELD_CHOICE:
      return read_string (field, node, value);
    case VAV_FIELD_UINT:
      return read_number (node, field->floor, field->cap, &value->number);
    case VAV_FIELD_DATA:
      return read_data (field, node, value);
    case VAV_FIELD_LIST:
      return read_list (field, node, value);
    case VAV_FIELD_END:
    default:
      return FALSE;
    }
}

static gboolean
read_fields (VavMessage *self, JsonObject *object, GError **error)
{
  for (guint i = 0; self->schema->fields[i].kind != VAV_FIELD_END; i++)
    {
      const VavField *field = &self->schema->fields[i];
      JsonNode *node = json_object_get_member (object, field->name);

      if (node == NULL ? field->required : !read_field (field, node, &self->values[i]))
        return malformed (error, self->schema->name, field->name);
    }
  return TRUE;
}

static gboolean
read_envelope (VavMessage *self, JsonObject *object, guint64 seq, GError **error)
{
  JsonNode *call = json_object_get_member (object, "call");

  self->seq = seq;
  if (call == NULL)
    return self->schema->needs_call ? malformed (error, self->schema->name, "call") : TRUE;
  if (!JSON_NODE_HOLDS_VALUE (call) || json_node_get_value_type (call) != G_TYPE_STRING
      || !vav_call_id_is_valid (json_node_get_string (call)))
    return malformed (error, self->schema->name, "call");
  self->call = g_strdup (json_node_get_string (call));
  return TRUE;
}

static const char *
read_type (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "type");
  const char *type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  type = json_node_get_string (node);
  return g_utf8_validate (type, -1, NULL) && *type != '\0' ? type : NULL;
}

/* writing to the wire */

static gboolean
too_large (GError **error, const char *type, const char *field)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("That is too much for one message (%s: %s)."), type, field);
  return FALSE;
}

static gboolean
write_list (const VavField *field, const VavValue *value, JsonBuilder *builder)
{
  if (g_strv_length (value->list) > VAV_MAX_LIST)
    return FALSE;
  json_builder_begin_array (builder);
  for (guint i = 0; value->list[i] != NULL; i++)
    {
      if (!vav_field_takes_string (field, value->list[i]))
        return FALSE;
      json_builder_add_string_value (builder, value->list[i]);
    }
  json_builder_end_array (builder);
  return TRUE;
}

static gboolean
write_data (const VavField *field, const VavValue *value, JsonBuilder *builder)
{
  g_autofree char *text = NULL;
  gsize length;
  const guchar *data = g_bytes_get_data (value->data, &length);

  if (length > field->cap)
    return FALSE;
  text = g_base64_encode (data, length);
  json_builder_add_string_value (builder, text);
  return TRUE;
}

static gboolean
write_field (const VavField *field, const VavValue *value, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, field->name);
  switch (field->kind)
    {
    case VAV_FIELD_STRING:
    case VAV_FIELD_NAME:
    case VAV_FIELD_CHOICE:
      json_builder_add_string_value (builder, value->string);
      return TRUE;
    case VAV_FIELD_UINT:
      json_builder_add_int_value (builder, (gint64)value->number);
      return value->number >= field->floor && value->number <= field->cap;
    case VAV_FIELD_DATA:
      return write_data (field, value, builder);
    case VAV_FIELD_LIST:
      return write_list (field, value, builder);
    case VAV_FIELD_END:
    default:
      return FALSE;
    }
}

static void
write_envelope (VavMessage *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, self->schema->name);
  json_builder_set_member_name (builder, "seq");
  json_builder_add_int_value (builder, (gint64)self->seq);
  if (self->call == NULL)
    return;
  json_builder_set_member_name (builder, "call");
  json_builder_add_string_value (builder, self->call);
}

static gboolean
is_complete (VavMessage *self, GError **error)
{
  const char *missing = self->schema->needs_call && self->call == NULL ? "call" : NULL;

  for (guint i = 0; self->schema->fields[i].kind != VAV_FIELD_END; i++)
    if (self->schema->fields[i].required && !self->values[i].present)
      missing = self->schema->fields[i].name;
  if (missing != NULL)
    g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, "Incomplete message (%s: %s)", self->schema->name, missing);
  return missing == NULL;
}

static gboolean
write_message (VavMessage *self, JsonBuilder *builder, GError **error)
{
  if (!is_complete (self, error))
    return FALSE;
  json_builder_begin_object (builder);
  write_envelope (self, builder);
  for (guint i = 0; self->schema->fields[i].kind != VAV_FIELD_END; i++)
    if (self->values[i].present && !write_field (&self->schema->fields[i], &self->values[i], builder))
      return too_large (error, self->schema->name, self->schema->fields[i].name);
  json_builder_end_object (builder);
  return TRUE;
}

/* public functions */

GBytes *
vav_message_serialize (VavMessage *self, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonGenerator) generator = NULL;
  g_autoptr (JsonNode) root = NULL;
  char *text;
  gsize length;

  if (!write_message (self, builder, error))
    return NULL;
  root = json_builder_get_root (builder);
  generator = json_generator_new ();
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &length);
  if (length <= VAV_FRAME_MAX)
    return g_bytes_new_take (text, length);
  g_free (text);
  too_large (error, self->schema->name, "all");
  return NULL;
}

VavMessage *
vav_message_parse_full (GBytes *body, char **unknown, guint64 *seq, GError **error)
{
  g_autoptr (VavMessage) self = NULL;
  g_autoptr (JsonObject) object = NULL;
  VavMessageType type;
  const char *name;
  JsonNode *node;

  object = vav_json_parse_object (body, error);
  if (object == NULL)
    return NULL;
  name = read_type (object);
  node = json_object_get_member (object, "seq");
  if (name == NULL || node == NULL || !read_number (node, 0, VAV_MAX_NUMBER, seq))
    {
      malformed (error, "?", name == NULL ? "type" : "seq");
      return NULL;
    }
  if (!vav_schema_find_type (name, &type))
    {
      *unknown = vav_name_make_harmless (name, VAV_MAX_LIST_STRING);
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_NOT_SUPPORTED,
                           _ ("The other side sent a message of a kind that is not known here."));
      return NULL;
    }

  self = vav_message_new (type);
  if (g_bytes_get_size (body) > vav_schema_get_max_body (self->schema))
    {
      malformed (error, name, "size");
      return NULL;
    }
  if (!read_envelope (self, object, *seq, error) || !read_fields (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}

VavMessage *
vav_message_parse (GBytes *body, GError **error)
{
  g_autofree char *unknown = NULL;
  guint64 seq;

  return vav_message_parse_full (body, &unknown, &seq, error);
}
