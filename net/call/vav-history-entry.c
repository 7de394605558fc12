/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-history-private.h"

G_DEFINE_FINAL_TYPE (VavHistoryEntry, vav_history_entry, G_TYPE_OBJECT)

enum
{
  PROP_SEEN = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
vav_history_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SEEN)
    g_value_set_boolean (value, VAV_HISTORY_ENTRY (object)->seen);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_history_entry_finalize (GObject *object)
{
  VavHistoryEntry *self = VAV_HISTORY_ENTRY (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->address);
  g_free (self->text);
  g_free (self->path);

  G_OBJECT_CLASS (vav_history_entry_parent_class)->finalize (object);
}

static void
vav_history_entry_class_init (VavHistoryEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = vav_history_entry_finalize;
  object_class->get_property = vav_history_entry_get_property;
  properties[PROP_SEEN] = g_param_spec_boolean ("seen", "Seen", "Whether it was looked at", TRUE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_history_entry_init (VavHistoryEntry *self)
{
  self->seen = TRUE;
}

VavHistoryEntry *
vav_history_entry_new (VavHistoryKind kind)
{
  VavHistoryEntry *self = g_object_new (VAV_TYPE_HISTORY_ENTRY, NULL);

  self->kind = kind;
  self->time = g_get_real_time () / 1000;

  return self;
}

static char *
dup_column (sqlite3_stmt *row, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (row, column));
}

VavHistoryEntry *
vav_history_entry_from_row (sqlite3_stmt *row)
{
  VavHistoryEntry *self
      = vav_history_entry_new ((VavHistoryKind)CLAMP (sqlite3_column_int (row, 1), VAV_HISTORY_CALL, VAV_HISTORY_FILE));

  self->number = sqlite3_column_int64 (row, 0);
  self->time = sqlite3_column_int64 (row, 2);
  self->incoming = sqlite3_column_int (row, 3) != 0;
  self->person = sqlite3_column_int64 (row, 4);
  self->id = dup_column (row, 5);
  self->name = dup_column (row, 6);
  self->address = dup_column (row, 7);
  self->duration = MAX (sqlite3_column_int64 (row, 8), 0);
  self->reason = (VavReason)CLAMP (sqlite3_column_int (row, 9), 0, VAV_N_REASONS - 1);
  self->missed = sqlite3_column_int (row, 10) != 0;
  self->seen = sqlite3_column_int (row, 11) != 0;
  self->picture = sqlite3_column_int (row, 12) != 0;
  self->text = dup_column (row, 13);
  self->path = dup_column (row, 14);
  self->size = (guint64)MAX (sqlite3_column_int64 (row, 15), 0);
  self->state = (VavFileState)CLAMP (sqlite3_column_int (row, 16), VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_INTERRUPTED);

  return self;
}

void
vav_history_entry_set_seen (VavHistoryEntry *self)
{
  if (self->seen)
    return;
  self->seen = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEEN]);
}

#define GETTER(type, function, field, otherwise)                                                                       \
  type vav_history_entry_##function (VavHistoryEntry *self)                                                            \
  {                                                                                                                    \
    g_return_val_if_fail (VAV_IS_HISTORY_ENTRY (self), otherwise);                                                     \
    return field;                                                                                                      \
  }

GETTER (VavHistoryKind, get_kind, self->kind, VAV_HISTORY_CALL)
GETTER (gint64, get_time, self->time / 1000, 0)
GETTER (gboolean, is_incoming, self->incoming, FALSE)
GETTER (const char *, get_id, self->id, NULL)
GETTER (const char *, get_name, self->name, NULL)
GETTER (const char *, get_address, self->address, NULL)
GETTER (gint64, get_person, self->person, 0)
GETTER (gint64, get_duration, self->duration, 0)
GETTER (VavReason, get_reason, self->reason, VAV_REASON_NONE)
GETTER (gboolean, is_missed, self->missed, FALSE)
GETTER (gboolean, is_seen, self->seen, FALSE)
GETTER (gboolean, had_picture, self->picture, FALSE)
GETTER (const char *, get_text, self->kind == VAV_HISTORY_TEXT ? self->text : NULL, NULL)
GETTER (const char *, get_file_name, self->kind == VAV_HISTORY_FILE ? self->text : NULL, NULL)
GETTER (const char *, get_path, self->path, NULL)
GETTER (guint64, get_size, self->size, 0)
GETTER (VavFileState, get_file_state, self->state, VAV_FILE_STATE_OFFERED)
