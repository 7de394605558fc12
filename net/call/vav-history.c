/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-history-private.h"

#include "net/core/vav-error.h"

#define DAY_MS G_GINT64_CONSTANT (24 * 60 * 60 * 1000)
#define LOOK_US                                                                                                        \
  (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC) /* between two looks for outdated entries: deleting waits for the disk */

struct _VavHistory
{
  GObject parent_instance;

  VavStore *store;
  gint64 version; /* of the store, when the lists were last read anew */
  VavHistoryList *all;
  GPtrArray *parts; /* of VavHistoryList, not owned: each takes itself out when it goes */
  GHashTable *
      alive; /* number → VavHistoryEntry, not owned: that somebody holds. The same entry is the same object in all lists */
  guint n_unseen;
  guint days;
  gint64 looked_us; /* monotonic: for outdated entries; 0: never */
};

enum
{
  PROP_N_UNSEEN = 1,
  PROP_DAYS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavHistory, vav_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return VAV_TYPE_HISTORY_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (VAV_HISTORY (model)->all));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (VAV_HISTORY (model)->all), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
on_entry_gone (gpointer history, GObject *entry)
{
  VavHistory *self = history;

  g_hash_table_remove (self->alive, &((VavHistoryEntry *)entry)->number);
}

static void
remember (VavHistory *self, VavHistoryEntry *entry)
{
  g_hash_table_insert (self->alive, &entry->number, entry);
  g_object_weak_ref (G_OBJECT (entry), on_entry_gone, self);
}

/* Lists of parts hold the history: none is left. */
static void
vav_history_finalize (GObject *object)
{
  VavHistory *self = VAV_HISTORY (object);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_object_weak_unref (entry, on_entry_gone, self);
  g_hash_table_unref (self->alive);
  g_signal_handlers_disconnect_by_data (self->all, self);
  g_object_unref (self->all);
  g_ptr_array_unref (self->parts);
  vav_store_unref (self->store);

  G_OBJECT_CLASS (vav_history_parent_class)->finalize (object);
}

static void
vav_history_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_UNSEEN)
    g_value_set_uint (value, VAV_HISTORY (object)->n_unseen);
  else if (id == PROP_DAYS)
    g_value_set_uint (value, VAV_HISTORY (object)->days);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_history_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DAYS)
    vav_history_set_days (VAV_HISTORY (object), g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_history_class_init (VavHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = vav_history_finalize;
  object_class->get_property = vav_history_get_property;
  object_class->set_property = vav_history_set_property;
  properties[PROP_N_UNSEEN]
      = g_param_spec_uint ("n-unseen", "Unseen calls", "Missed calls that were not looked at yet", 0, G_MAXUINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_DAYS] = g_param_spec_uint ("days", "Days", "After how many days entries go by themselves; 0: never",
                                             0, VAV_HISTORY_MAX_DAYS, 0,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_history_init (VavHistory *self)
{
  self->parts = g_ptr_array_new ();
  self->alive = g_hash_table_new (g_int64_hash, g_int64_equal);
}

static void
count_unseen (VavHistory *self)
{
  sqlite3_stmt *row
      = vav_store_prepare (self->store, NULL, "SELECT count (*) FROM history WHERE missed AND NOT seen", "");
  guint before = self->n_unseen;

  if (row != NULL && sqlite3_step (row) == SQLITE_ROW)
    self->n_unseen = (guint)sqlite3_column_int (row, 0);
  sqlite3_finalize (row);
  if (self->n_unseen != before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_UNSEEN]);
}

/* (transfer full): lists of them stay whole while handlers let go of entries */
static GPtrArray *
dup_alive (VavHistory *self)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (entries, g_object_ref (entry));

  return entries;
}

static GPtrArray *
dup_parts (VavHistory *self)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->parts->len; i++)
    g_ptr_array_add (parts, g_object_ref (self->parts->pdata[i]));

  return parts;
}

/* What others may change of entries that somebody holds: whose they are, and whether they were seen. */
static void
reread_alive (VavHistory *self)
{
  g_autoptr (GPtrArray) entries = dup_alive (self);

  for (guint i = 0; i < entries->len; i++)
    {
      VavHistoryEntry *entry = entries->pdata[i];
      sqlite3_stmt *row = vav_store_prepare (self->store, NULL, "SELECT person, seen FROM history WHERE number = ?",
                                             "l", entry->number);
      gboolean found = row != NULL && sqlite3_step (row) == SQLITE_ROW;
      gboolean seen = found && sqlite3_column_int (row, 1) != 0;

      if (found)
        entry->person = sqlite3_column_int64 (row, 0);
      sqlite3_finalize (row);
      if (seen)
        vav_history_entry_set_seen (entry);
    }
}

/* Somebody was removed, or has become one with another: what was with them is nobody's now, or the other's. */
static void
on_people_changed (VavHistory *self, guint position, guint removed, guint added)
{
  g_autoptr (GPtrArray) parts = NULL;

  if (removed <= added)
    return;
  reread_alive (self);
  parts = dup_parts (self);
  g_ptr_array_foreach (parts, (GFunc)(void (*) (void))vav_history_list_reload, NULL);
}

/* people: those of the same store */
VavHistory *
vav_history_new (VavStore *store, VavPeople *people)
{
  VavHistory *self = g_object_new (VAV_TYPE_HISTORY, NULL);

  self->store = vav_store_ref (store);
  vav_store_was_changed (store, &self->version);
  self->all = vav_history_list_new (self, store, FALSE, NULL, NULL);
  g_signal_connect_swapped (self->all, "items-changed", G_CALLBACK (g_list_model_items_changed), self);
  g_signal_connect_object (people, "items-changed", G_CALLBACK (on_people_changed), self, G_CONNECT_SWAPPED);
  count_unseen (self);

  return self;
}

/* One statement for each entry: some microseconds, and nothing for those that nobody looks at. */
VavHistoryEntry *
vav_history_read (VavHistory *self, gint64 number)
{
  VavHistoryEntry *entry = g_hash_table_lookup (self->alive, &number);
  sqlite3_stmt *row;

  if (entry != NULL)
    return g_object_ref (entry);

  row = vav_store_prepare (self->store, NULL, "SELECT " VAV_HISTORY_COLUMNS " FROM history WHERE number = ?", "l",
                           number);
  if (row != NULL && sqlite3_step (row) == SQLITE_ROW)
    {
      entry = vav_history_entry_from_row (row);
      remember (self, entry);
    }
  sqlite3_finalize (row);

  return entry;
}

static void
on_part_gone (gpointer parts, GObject *list)
{
  g_ptr_array_remove (parts, list);
}

static GListModel *
make_part (VavHistory *self, VavPerson *person, const char *id)
{
  VavHistoryList *list = vav_history_list_new (self, self->store, TRUE, person, id);

  g_ptr_array_add (self->parts, list);
  g_object_weak_ref (G_OBJECT (list), on_part_gone, self->parts);

  return G_LIST_MODEL (list);
}

/**
 * vav_history_get_for:
 * @person: one of the people of the same profile
 *
 * Returns: (transfer full): all that was with @person, the newest first; it follows
 */
GListModel *
vav_history_get_for (VavHistory *self, VavPerson *person)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), NULL);
  g_return_val_if_fail (VAV_IS_PERSON (person), NULL);

  return make_part (self, person, NULL);
}

/**
 * vav_history_get_for_id:
 * @id: a key
 *
 * Returns: (transfer full): all that was with whoever has that key, the newest first; it follows
 */
GListModel *
vav_history_get_for_id (VavHistory *self, const char *id)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return make_part (self, NULL, id);
}

/**
 * vav_history_get_n_unseen:
 *
 * Returns: missed calls that were not looked at yet
 */
guint
vav_history_get_n_unseen (VavHistory *self)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), 0);
  return self->n_unseen;
}

/**
 * vav_history_mark_seen:
 * @person: (nullable): only their calls; %NULL: all
 * @error: VAV_ERROR_PROFILE
 *
 * The user has looked at the missed calls.
 */
gboolean
vav_history_mark_seen (VavHistory *self, VavPerson *person, GError **error)
{
  g_autoptr (GPtrArray) shown = NULL;
  gint64 number;
  const char *id;
  gboolean done;

  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);

  number = person != NULL ? vav_person_get_number (person) : 0;
  id = person != NULL ? vav_person_get_id (person) : NULL;
  if (!vav_store_begin (self->store, FALSE, error))
    return FALSE;
  done = vav_store_run (self->store, error,
                        "UPDATE history SET seen = 1 WHERE missed AND NOT seen AND (?1 = 0 OR person = ?1 OR id = ?2)",
                        "ls", number, id);
  if (!vav_store_end (self->store, done, error))
    return FALSE;

  shown = dup_alive (self);
  for (guint i = 0; i < shown->len; i++)
    {
      VavHistoryEntry *one = shown->pdata[i];

      if (person == NULL || one->person == number || (id != NULL && g_strcmp0 (one->id, id) == 0))
        vav_history_entry_set_seen (one);
    }
  count_unseen (self);

  return TRUE;
}

/* After something was deleted, or written by another process. Handlers may let go of lists. */
static void
review (VavHistory *self)
{
  g_autoptr (GPtrArray) parts = dup_parts (self);

  vav_history_list_reload (self->all);
  for (guint i = 0; i < parts->len; i++)
    vav_history_list_reload (parts->pdata[i]);
  count_unseen (self);
}

void
vav_history_refresh (VavHistory *self)
{
  if (!vav_store_was_changed (self->store, &self->version))
    return;
  reread_alive (self);
  review (self);
}

static gboolean
delete_where (VavHistory *self, GError **error, const char *sql, const char *types, ...)
{
  gboolean done;
  va_list arguments;

  if (!vav_store_begin (self->store, FALSE, error))
    return FALSE;
  va_start (arguments, types);
  done = vav_store_run_va (self->store, error, sql, types, arguments);
  va_end (arguments);
  if (!vav_store_end (self->store, done, error))
    return FALSE;
  vav_store_wipe_log (self->store);
  review (self);

  return TRUE;
}

/**
 * vav_history_delete:
 * @entry: what goes
 *
 * Deleted is deleted: it is overwritten in the file.
 */
gboolean
vav_history_delete (VavHistory *self, VavHistoryEntry *entry, GError **error)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (VAV_IS_HISTORY_ENTRY (entry), FALSE);

  return delete_where (self, error, "DELETE FROM history WHERE number = ?", "l", entry->number);
}

/**
 * vav_history_delete_for:
 * @person: whose entries go
 *
 * Deletes all with one person, under whichever key.
 */
gboolean
vav_history_delete_for (VavHistory *self, VavPerson *person, GError **error)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  return delete_where (self, error, "DELETE FROM history WHERE person = ? OR id = ?", "ls",
                       vav_person_get_number (person), vav_person_get_id (person));
}

/**
 * vav_history_delete_for_id:
 * @id: a canonical id
 *
 * Deletes all with one key.
 */
gboolean
vav_history_delete_for_id (VavHistory *self, const char *id, GError **error)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return delete_where (self, error, "DELETE FROM history WHERE id = ?", "s", id);
}

static gint64
days_ago (guint days)
{
  return g_get_real_time () / 1000 - days * DAY_MS;
}

/**
 * vav_history_delete_older:
 * @days: how old they may be
 *
 * Deletes what is older.
 */
gboolean
vav_history_delete_older (VavHistory *self, guint days, GError **error)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);

  return delete_where (self, error, "DELETE FROM history WHERE time < ?", "l", days_ago (days));
}

/**
 * vav_history_delete_all:
 *
 * Deletes everything.
 */
gboolean
vav_history_delete_all (VavHistory *self, GError **error)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), FALSE);

  return delete_where (self, error, "DELETE FROM history", "");
}

static void
delete_outdated (VavHistory *self)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row;
  gboolean outdated;

  if (self->days == 0 || (self->looked_us > 0 && g_get_monotonic_time () - self->looked_us < LOOK_US))
    return;
  self->looked_us = g_get_monotonic_time ();
  row = vav_store_prepare (self->store, NULL, "SELECT 1 FROM history WHERE time < ? LIMIT 1", "l",
                           days_ago (self->days));
  outdated = row != NULL && sqlite3_step (row) == SQLITE_ROW;
  sqlite3_finalize (row);
  if (outdated && !vav_history_delete_older (self, self->days, &error))
    g_debug ("old entries stay: %s", error->message);
}

/**
 * vav_history_set_days:
 * @days: how long entries are kept; 0: for ever
 */
void
vav_history_set_days (VavHistory *self, guint days)
{
  g_return_if_fail (VAV_IS_HISTORY (self));

  days = MIN (days, VAV_HISTORY_MAX_DAYS);
  if (self->days == days)
    return;
  self->days = days;
  self->looked_us = 0;
  delete_outdated (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DAYS]);
}

/**
 * vav_history_get_days:
 *
 * Returns: after how many days entries go by themselves; 0: never
 */
guint
vav_history_get_days (VavHistory *self)
{
  g_return_val_if_fail (VAV_IS_HISTORY (self), 0);
  return self->days;
}

static gboolean
write_entry (VavHistory *self, VavHistoryEntry *entry, GError **error)
{
  return vav_store_run (
      self->store, error,
      "INSERT INTO history (kind, time, incoming, person, id, name, address, duration, reason, missed, seen, picture,"
      " text, path, size, state) VALUES (?, ?, ?, nullif (?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ililsssliiiissli", (int)entry->kind, entry->time, (int)entry->incoming, entry->person, entry->id, entry->name,
      entry->address, entry->duration, (int)entry->reason, (int)entry->missed, (int)entry->seen, (int)entry->picture,
      entry->text, entry->path, (gint64)entry->size, (int)entry->state);
}

gboolean
vav_history_keep (VavHistory *self, VavHistoryEntry *entry, GError **error)
{
  g_autoptr (GPtrArray) parts = NULL;

  if (!vav_store_begin (self->store, FALSE, error)
      || !vav_store_end (self->store, write_entry (self, entry, error), error))
    return FALSE;

  entry->number = vav_store_get_last_number (self->store);
  remember (self, entry);
  parts = dup_parts (self);
  vav_history_list_insert (self->all, entry);
  for (guint i = 0; i < parts->len; i++)
    vav_history_list_insert (parts->pdata[i], entry);
  if (entry->missed && !entry->seen)
    count_unseen (self);
  delete_outdated (self);

  return TRUE;
}
