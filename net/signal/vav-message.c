/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/signal/vav-frame.h"
#include "net/signal/vav-json.h"
#include "net/signal/vav-message-private.h"
#include "net/signal/vav-schema.h"

/* One field's content; which member holds it is told by the schema. */
typedef struct
{
  gboolean present;
  char *string;
  guint64 number;
  GBytes *data;
  char **list;
} Value;

struct _VavMessage
{
  grefcount ref_count;
  VavMessageType type;
  const VavSchema *schema;
  char *call;
  guint64 seq;
  Value values[VAV_MAX_FIELDS];
};

static void
value_clear (Value *value)
{
  g_clear_pointer (&value->string, g_free);
  g_clear_pointer (&value->data, g_bytes_unref);
  g_clear_pointer (&value->list, g_strfreev);
  value->present = FALSE;
}

static gboolean
malformed (GError **error, const char *type, const char *field)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent a wrong message (%s: %s)."), type, field);
  return FALSE;
}

/* A missing field, or one of another kind, is a mistake of the caller. */
static Value *
find_value (VavMessage *self, const char *name, VavFieldKind kind)
{
  int i = vav_schema_find_field (self->schema, name);
  VavFieldKind found = i >= 0 ? self->schema->fields[i].kind : VAV_FIELD_END;

  if (found == VAV_FIELD_NAME || found == VAV_FIELD_CHOICE)
    found = VAV_FIELD_STRING;
  return found == kind ? &self->values[i] : NULL;
}

/* reading the wire */

static gboolean
read_string (const VavField *field, JsonNode *node, Value *value)
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
read_data (const VavField *field, JsonNode *node, Value *value)
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
read_list (const VavField *field, JsonNode *node, Value *value)
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
      Value item = { FALSE };

      if (!read_string (field, json_array_get_element (array, i), &item))
        return FALSE;
      value->list[i] = item.string;
    }
  return TRUE;
}

static gboolean
read_field (const VavField *field, JsonNode *node, Value *value)
{
  value->present = TRUE;
  switch (field->kind)
    {
    case VAV_FIELD_STRING:
    case VAV_FIELD_NAME:
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
write_list (const VavField *field, const Value *value, JsonBuilder *builder)
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
write_data (const VavField *field, const Value *value, JsonBuilder *builder)
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
write_field (const VavField *field, const Value *value, JsonBuilder *builder)
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

VavMessage *
vav_message_new (VavMessageType type)
{
  VavMessage *self = g_new0 (VavMessage, 1);

  g_ref_count_init (&self->ref_count);
  self->type = type;
  self->schema = vav_schema_get (type);
  return self;
}

VavMessage *
vav_message_ref (VavMessage *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_message_unref (VavMessage *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < VAV_MAX_FIELDS; i++)
    value_clear (&self->values[i]);
  g_free (self->call);
  g_free (self);
}

VavMessageType
vav_message_get_kind (VavMessage *self)
{
  return self->type;
}

const char *
vav_message_kind_to_string (VavMessageType type)
{
  return vav_schema_get (type)->name;
}

const char *
vav_message_get_call (VavMessage *self)
{
  return self->call;
}

void
vav_message_set_call (VavMessage *self, const char *call)
{
  g_return_if_fail (call == NULL || vav_call_id_is_valid (call));

  g_free (self->call);
  self->call = g_strdup (call);
}

guint64
vav_message_get_seq (VavMessage *self)
{
  return self->seq;
}

void
vav_message_set_seq (VavMessage *self, guint64 seq)
{
  self->seq = seq;
}

const char *
vav_message_get_string (VavMessage *self, const char *field)
{
  Value *value = find_value (self, field, VAV_FIELD_STRING);

  return value != NULL ? value->string : NULL;
}

gboolean
vav_message_set_string (VavMessage *self, const char *field, const char *value)
{
  Value *slot = find_value (self, field, VAV_FIELD_STRING);
  g_autofree char *text = NULL;
  const VavField *rule;

  g_return_val_if_fail (slot != NULL, FALSE);

  rule = &self->schema->fields[slot - self->values];
  if (value != NULL && rule->kind == VAV_FIELD_NAME && g_utf8_validate (value, -1, NULL))
    text = vav_name_make_harmless (value, rule->cap);
  else
    text = g_strdup (value);
  if (text != NULL && !vav_field_takes_string (rule, text))
    return FALSE;

  value_clear (slot);
  slot->string = g_steal_pointer (&text);
  slot->present = slot->string != NULL;
  return TRUE;
}

gint64
vav_message_get_uint (VavMessage *self, const char *field, gint64 fallback)
{
  Value *value = find_value (self, field, VAV_FIELD_UINT);

  return value != NULL && value->present ? (gint64)value->number : fallback;
}

void
vav_message_set_uint (VavMessage *self, const char *field, guint64 value)
{
  Value *slot = find_value (self, field, VAV_FIELD_UINT);

  g_return_if_fail (slot != NULL);

  slot->number = value;
  slot->present = TRUE;
}

GBytes *
vav_message_get_data (VavMessage *self)
{
  Value *value = find_value (self, "data", VAV_FIELD_DATA);

  return value != NULL ? value->data : NULL;
}

void
vav_message_set_data (VavMessage *self, GBytes *data)
{
  Value *slot = find_value (self, "data", VAV_FIELD_DATA);

  g_return_if_fail (slot != NULL);

  if (data != NULL)
    g_bytes_ref (data);
  value_clear (slot);
  slot->data = data;
  slot->present = data != NULL;
}

char **
vav_message_dup_strings (VavMessage *self, const char *field)
{
  Value *value = find_value (self, field, VAV_FIELD_LIST);

  return value != NULL && value->list != NULL ? g_strdupv (value->list) : g_new0 (char *, 1);
}

gboolean
vav_message_has (VavMessage *self, const char *field)
{
  int i = vav_schema_find_field (self->schema, field);

  return i >= 0 && self->values[i].present;
}

void
vav_message_set_strings (VavMessage *self, const char *field, const char *const *values)
{
  Value *slot = find_value (self, field, VAV_FIELD_LIST);
  char **list;

  g_return_if_fail (slot != NULL);

  list = g_strdupv ((char **)values);
  value_clear (slot);
  slot->list = list;
  slot->present = list != NULL;
}

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
