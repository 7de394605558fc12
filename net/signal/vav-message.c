/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-message.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "net/signal/vav-message-private.h"

static void
value_clear (VavValue *value)
{
  g_clear_pointer (&value->string, g_free);
  g_clear_pointer (&value->data, g_bytes_unref);
  g_clear_pointer (&value->list, g_strfreev);
  value->present = FALSE;
}

/* A missing field, or one of another kind, is a mistake of the caller. */
static VavValue *
find_value (VavMessage *self, const char *name, VavFieldKind kind)
{
  int i = vav_schema_find_field (self->schema, name);
  VavFieldKind found = i >= 0 ? self->schema->fields[i].kind : VAV_FIELD_END;

  if (found == VAV_FIELD_NAME || found == VAV_FIELD_CHOICE)
    found = VAV_FIELD_STRING;
  return found == kind ? &self->values[i] : NULL;
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
  VavValue *value = find_value (self, field, VAV_FIELD_STRING);

  return value != NULL ? value->string : NULL;
}

gboolean
vav_message_set_string (VavMessage *self, const char *field, const char *value)
{
  VavValue *slot = find_value (self, field, VAV_FIELD_STRING);
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
  VavValue *value = find_value (self, field, VAV_FIELD_UINT);

  return value != NULL && value->present ? (gint64)value->number : fallback;
}

void
vav_message_set_uint (VavMessage *self, const char *field, guint64 value)
{
  VavValue *slot = find_value (self, field, VAV_FIELD_UINT);

  g_return_if_fail (slot != NULL);

  slot->number = value;
  slot->present = TRUE;
}

GBytes *
vav_message_get_data (VavMessage *self)
{
  VavValue *value = find_value (self, "data", VAV_FIELD_DATA);

  return value != NULL ? value->data : NULL;
}

void
vav_message_set_data (VavMessage *self, GBytes *data)
{
  VavValue *slot = find_value (self, "data", VAV_FIELD_DATA);

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
  VavValue *value = find_value (self, field, VAV_FIELD_LIST);

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
  VavValue *slot = find_value (self, field, VAV_FIELD_LIST);
  char **list;

  g_return_if_fail (slot != NULL);

  list = g_strdupv ((char **)values);
  value_clear (slot);
  slot->list = list;
  slot->present = list != NULL;
}

char *
vav_message_make_call_id (void)
{
  guint8 random[VAV_CALL_ID_LENGTH / 2];
  char *id = g_malloc (VAV_CALL_ID_LENGTH + 1);

  /* an id is a name, no secret: without entropy GLib's numbers do */
  if (gnutls_rnd (GNUTLS_RND_RANDOM, random, sizeof random) < 0)
    for (guint i = 0; i < sizeof random; i++)
      random[i] = (guint8)g_random_int ();
  for (guint i = 0; i < sizeof random; i++)
    g_snprintf (id + 2 * i, 3, "%02x", random[i]);
  return id;
}
