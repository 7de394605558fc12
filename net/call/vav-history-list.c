/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-history-private.h"

/* An entry's place in the list, without the entry. */
typedef struct
{
  gint64 time;
  gint64 number;
} Place;

struct _VavHistoryList
{
  GObject parent_instance;

  VavStore *store;
  VavHistory *history; /* owned if `owns` */
  gboolean owns;
  VavPerson *person; /* owned, nullable: whose */
  char *id;          /* nullable: the same, of somebody who is nobody of this user's people */

  GArray *places; /* of Place, the newest first */
  gboolean read;  /* once somebody has asked */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavHistoryList, vav_history_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static const char *
get_id (VavHistoryList *self)
{
  return self->person != NULL ? vav_person_get_id (self->person) : self->id;
}

static GArray *
read_places (VavHistoryList *self)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  sqlite3_stmt *rows;

  if (self->person == NULL && self->id == NULL)
    rows
        = vav_store_prepare (self->store, NULL, "SELECT time, number FROM history ORDER BY time DESC, number DESC", "");
  else
    rows = vav_store_prepare (
        self->store, NULL,
        "SELECT time, number FROM history WHERE person = ? OR id = ? ORDER BY time DESC, number DESC", "ls",
        self->person != NULL ? vav_person_get_number (self->person) : G_GINT64_CONSTANT (-1), get_id (self));
  while (rows != NULL && sqlite3_step (rows) == SQLITE_ROW)
    {
      Place place = { sqlite3_column_int64 (rows, 0), sqlite3_column_int64 (rows, 1) };

      g_array_append_val (places, place);
    }
  sqlite3_finalize (rows);

  return places;
}

static void
ensure_read (VavHistoryList *self)
{
  if (self->read)
    return;
  self->read = TRUE;
  g_array_unref (self->places);
  self->places = read_places (self);
}

static gboolean
is_same (GArray *a, guint i, GArray *b, guint j)
{
  return g_array_index (a, Place, i).number == g_array_index (b, Place, j).number;
}

/* Something was deleted: what begins and ends as before is not told of. */
void
vav_history_list_reload (VavHistoryList *self)
{
  g_autoptr (GArray) before = NULL;
  guint head = 0;
  guint tail = 0;
  guint least;

  if (!self->read)
    return;

  before = self->places;
  self->places = read_places (self);
  least = MIN (before->len, self->places->len);
  while (head < least && is_same (before, head, self->places, head))
    head++;
  while (tail < least - head && is_same (before, before->len - 1 - tail, self->places, self->places->len - 1 - tail))
    tail++;
  if (before->len != self->places->len || head + tail < before->len)
    g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail, self->places->len - head - tail);
}

static gboolean
is_part (VavHistoryList *self, VavHistoryEntry *entry)
{
  if (self->person == NULL && self->id == NULL)
    return TRUE;
  if (self->person != NULL && entry->person == vav_person_get_number (self->person))
    return TRUE;

  return entry->id != NULL && g_strcmp0 (entry->id, get_id (self)) == 0;
}

/* Among those of the same time, the newest first. */
static gboolean
holds_at (VavHistoryList *self, guint position, gint64 number)
{
  return position < self->places->len && g_array_index (self->places, Place, position).number == number;
}

void
vav_history_list_insert (VavHistoryList *self, VavHistoryEntry *entry)
{
  Place place = { entry->time, entry->number };
  guint position = 0;

  if (!self->read || !is_part (self, entry))
    return;

  /* a call stands where it began, below what was written in it */
  while (position < self->places->len && g_array_index (self->places, Place, position).time > entry->time)
    position++;
  if (holds_at (self, position, entry->number))
    return; /* it was read after the entry was written */
  g_array_insert_val (self->places, position, place);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static GType
get_item_type (GListModel *model)
{
  return VAV_TYPE_HISTORY_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  VavHistoryList *self = VAV_HISTORY_LIST (model);

  ensure_read (self);
  return self->places->len;
}

/* Another program has deleted it a moment ago, which was not told yet: whoever shows the list is promised something at each place. */
static VavHistoryEntry *
make_gone (const Place *place)
{
  VavHistoryEntry *entry = vav_history_entry_new (VAV_HISTORY_CALL);

  entry->number = place->number;
  entry->time = place->time;
  entry->name = g_strdup ("");

  return entry;
}

static gpointer
get_item (GListModel *model, guint position)
{
  VavHistoryList *self = VAV_HISTORY_LIST (model);
  VavHistoryEntry *entry;
  Place place;

  ensure_read (self);
  if (position >= self->places->len)
    return NULL;

  place = g_array_index (self->places, Place, position);
  entry = vav_history_read (self->history, place.number);
  return entry != NULL ? entry : make_gone (&place);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
vav_history_list_finalize (GObject *object)
{
  VavHistoryList *self = VAV_HISTORY_LIST (object);

  g_array_unref (self->places);
  g_clear_pointer (&self->store, vav_store_unref);
  g_clear_object (&self->person);
  g_free (self->id);
  if (self->owns)
    g_object_unref (self->history);

  G_OBJECT_CLASS (vav_history_list_parent_class)->finalize (object);
}

static void
vav_history_list_class_init (VavHistoryListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_history_list_finalize;
}

static void
vav_history_list_init (VavHistoryList *self)
{
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
}

VavHistoryList *
vav_history_list_new (VavHistory *history, VavStore *store, gboolean owns, VavPerson *person, const char *id)
{
  VavHistoryList *self = g_object_new (VAV_TYPE_HISTORY_LIST, NULL);

  self->history = owns ? g_object_ref (history) : history;
  self->owns = owns;
  self->store = vav_store_ref (store);
  self->id = g_strdup (id);
  if (person != NULL)
    {
      self->person = g_object_ref (person);
      g_signal_connect_object (person, "notify::id", G_CALLBACK (vav_history_list_reload), self, G_CONNECT_SWAPPED);
    }

  return self;
}
