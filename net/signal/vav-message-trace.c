/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-message-trace.h"

#include <string.h>

#include "net/signal/vav-message-private.h"

/* So much of a call's id tells calls apart, and is of no use to anybody. */
#define CALL_DIGITS 8

/* A stranger may put anything into a list, also what looks like a line of the trace. */
static char *
tell_list (char **list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; list[i] != NULL; i++)
    {
      gboolean plain = strspn (list[i], "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (list[i]);

      g_string_append (text, i > 0 ? "," : "");
      if (plain)
        g_string_append (text, list[i]);
      else
        g_string_append_printf (text, "(%" G_GSIZE_FORMAT " bytes)", strlen (list[i]));
    }

  return g_string_free (text, FALSE);
}

/* Which kinds tell nothing of anybody: numbers, words of ours, and lists of such. */
static char *
tell_value (const VavField *field, const VavValue *value)
{
  switch (field->kind)
    {
    case VAV_FIELD_UINT:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value->number);
    case VAV_FIELD_CHOICE:
      return g_strdup (value->string);
    case VAV_FIELD_LIST:
      return tell_list (value->list);
    case VAV_FIELD_DATA:
      return g_strdup_printf ("(%" G_GSIZE_FORMAT " bytes)", g_bytes_get_size (value->data));
    case VAV_FIELD_STRING:
    case VAV_FIELD_NAME:
    case VAV_FIELD_END:
    default:
      return g_strdup_printf ("(%" G_GSIZE_FORMAT " bytes)", strlen (value->string));
    }
}

char *
vav_message_to_trace (VavMessage *self)
{
  GString *line = g_string_new (vav_message_kind_to_string (self->type));

  g_string_append_printf (line, " %" G_GUINT64_FORMAT, self->seq);
  if (self->call != NULL)
    g_string_append_printf (line, " of %.*s", CALL_DIGITS, self->call);
  for (guint i = 0; self->schema->fields[i].kind != VAV_FIELD_END; i++)
    {
      g_autofree char *value = NULL;

      if (!self->values[i].present)
        continue;
      value = tell_value (&self->schema->fields[i], &self->values[i]);
      g_string_append_printf (line, " %s=%s", self->schema->fields[i].name, value);
    }

  return g_string_free (line, FALSE);
}

void
vav_message_trace (VavMessage *self, const char *way)
{
  g_autofree char *line = NULL;

  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    return;
  line = vav_message_to_trace (self);
  g_debug ("%s %s", way, line);
}
