/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-people-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-first-items.h"
#include "app/vav-app-nearby-list.h"
#include "app/vav-app-person-row.h"

/* So many rows are made at once, and a few more at a time as one scrolls towards the last: hundreds would hold up the start and each typed letter. */
#define ROWS_AT_ONCE 16
#define ROWS_MORE 6

struct _VavAppPeopleList
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *scroller;
  GtkListBox *list;
  GtkWidget *nobody;
  GtkLabel *nobody_label;
  GtkWidget *card_button;
  VavAppNearbyList *nearby_list;

  /* owned */
  VavNearby *nearby; /* nullable: not yet started */
  VavPeople *people; /* nullable: not yet started */
  GtkFilterListModel *found;
  VavAppFirstItems *shown; /* the first of these */
  GHashTable *rows;        /* by person: made once, whatever is typed */
  GtkFilter *filter;
  GtkSorter *sorter;
  char *text; /* folded; "": all */

  guint more_source;  /* 0: no rows are being made */
  gboolean searching; /* for people nearby */
};

enum
{
  CALL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppPeopleList, vav_app_people_list, GTK_TYPE_WIDGET)

/* --- which people, in what order --- */

static gboolean
contains (const char *text, const char *wanted)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, wanted) != NULL;
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  VavAppPeopleList *self = user_data;
  const char *const *addresses = vav_person_get_addresses (item);

  if (vav_person_get_blocked (item))
    return FALSE;
  if (*self->text == '\0' || contains (vav_person_get_name (item), self->text))
    return TRUE;
  for (; *addresses != NULL; addresses++)
    if (contains (*addresses, self->text))
      return TRUE;
  return FALSE;
}

/* The people come in the order in which they were last seen, and stay in it. */
static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return vav_person_get_favourite ((VavPerson *)b) - vav_person_get_favourite ((VavPerson *)a);
}

static void
update_nobody (VavAppPeopleList *self)
{
  gboolean all = *self->text == '\0';
  gboolean empty = self->shown == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->shown)) == 0;

  /* no placeholder of the list: what stands in one cannot be reached by keys */
  gtk_widget_set_visible (GTK_WIDGET (self->list), !empty);
  gtk_widget_set_visible (self->nobody, empty);
  gtk_label_set_label (self->nobody_label, all ? _ ("The people you talk to will appear here.")
                                               : _ ("Nobody of that name. Enter calls it as an address."));
  gtk_widget_set_visible (self->card_button, all);
}

/* Whether the last row is seen, or would be after the next page. Below it others follow. */
static gboolean
end_is_near (VavAppPeopleList *self)
{
  GtkAdjustment *across = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  return gtk_adjustment_get_value (across) + 2 * gtk_adjustment_get_page_size (across)
         > gtk_widget_get_height (GTK_WIDGET (self->list));
}

/* A few rows; the layout that follows tells whether they reach far enough. */
static gboolean
on_more (gpointer user_data)
{
  VavAppPeopleList *self = user_data;
  guint limit = vav_app_first_items_get_limit (self->shown);

  self->more_source = 0;
  if (limit < g_list_model_get_n_items (G_LIST_MODEL (self->found)) && end_is_near (self))
    vav_app_first_items_set_limit (self->shown, limit + ROWS_MORE);
  return G_SOURCE_REMOVE;
}

static void
show_more (VavAppPeopleList *self)
{
  if (self->more_source == 0 && self->shown != NULL && end_is_near (self))
    self->more_source = g_idle_add_full (G_PRIORITY_LOW, on_more, self, NULL);
}

static void
on_person_changed (VavAppPeopleList *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}

static void
on_people_changed (VavAppPeopleList *self, guint position, guint removed, guint added)
{
  static const char *const changing[] = { "notify::blocked", "notify::favourite", "notify::name" };
  GHashTableIter rows;
  gpointer known;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);

      g_signal_handlers_disconnect_by_func (person, on_person_changed, self);
      for (gsize j = 0; j < G_N_ELEMENTS (changing); j++)
        g_signal_connect_object (person, changing[j], G_CALLBACK (on_person_changed), self, G_CONNECT_SWAPPED);
    }
  show_more (self);
  if (removed <= added)
    return;
  g_hash_table_iter_init (&rows, self->rows);
  while (g_hash_table_iter_next (&rows, &known, NULL))
    {
      g_autoptr (VavPerson) person = vav_people_find_by_number (self->people, vav_person_get_number (known));

      if (person == NULL)
        g_hash_table_iter_remove (&rows);
    }
}

/* --- rows --- */

static void
update_nearby (VavAppPeopleList *self, VavPerson *person, GtkWidget *row)
{
  const char *id = vav_person_get_id (person);
  g_autoptr (VavNearbyPerson) found = id != NULL ? vav_nearby_find (self->nearby, id) : NULL;

  vav_app_person_row_set_nearby (VAV_APP_PERSON_ROW (row), found != NULL);
}

static void
on_nearby_changed (VavAppPeopleList *self)
{
  GHashTableIter rows;
  gpointer person, row;

  g_hash_table_iter_init (&rows, self->rows);
  while (g_hash_table_iter_next (&rows, &person, &row))
    update_nearby (self, person, row);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  VavAppPeopleList *self = user_data;
  GtkWidget *row = g_hash_table_lookup (self->rows, item);

  if (row == NULL)
    {
      row = g_object_ref_sink (vav_app_person_row_new (item));
      g_hash_table_insert (self->rows, item, row);
      update_nearby (self, item, row);
    }
  return g_object_ref (row);
}

static gboolean
is_favourite (GtkListBoxRow *row)
{
  return row != NULL && vav_person_get_favourite (vav_app_person_row_get_person (VAV_APP_PERSON_ROW (row)));
}

/* Favourites have a heading if there are any, and then so have the others. */
static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  gboolean favourite = is_favourite (row);
  gboolean first = favourite ? before == NULL : is_favourite (before);
  GtkWidget *label;

  if (!first)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (favourite ? _ ("Favourites") : _ ("People"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_list_box_row_set_header (row, label);
}

static void
on_row_activated (VavAppPeopleList *self, GtkListBoxRow *row)
{
  g_autofree char *name = g_strdup (vav_person_get_name (vav_app_person_row_get_person (VAV_APP_PERSON_ROW (row))));

  g_signal_emit (self, signals[CALL], 0, name);
}

static void
on_nearby_call (VavAppPeopleList *self, const char *link)
{
  g_signal_emit (self, signals[CALL], 0, link);
}

/* --- who is searched for while the list is seen --- */

static void
set_searching (VavAppPeopleList *self, gboolean searching)
{
  if (self->nearby == NULL || self->searching == searching)
    return;
  self->searching = searching;
  if (searching)
    vav_nearby_begin (self->nearby);
  else
    vav_nearby_end (self->nearby);
}

static void
vav_app_people_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_app_people_list_parent_class)->map (widget);
  set_searching (VAV_APP_PEOPLE_LIST (widget), TRUE);
}

static void
vav_app_people_list_unmap (GtkWidget *widget)
{
  set_searching (VAV_APP_PEOPLE_LIST (widget), FALSE);
  GTK_WIDGET_CLASS (vav_app_people_list_parent_class)->unmap (widget);
}

/* --- GObject --- */

static void
vav_app_people_list_dispose (GObject *object)
{
  VavAppPeopleList *self = VAV_APP_PEOPLE_LIST (object);

  set_searching (self, FALSE);
  if (self->nearby != NULL)
    g_signal_handlers_disconnect_by_data (self->nearby, self);
  g_clear_object (&self->nearby);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_handle_id (&self->more_source, g_source_remove);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filter), NULL, NULL, NULL);
  g_clear_object (&self->shown);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  if (self->people != NULL)
    g_signal_handlers_disconnect_by_data (self->people, self);
  g_clear_object (&self->people);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_PEOPLE_LIST);
  G_OBJECT_CLASS (vav_app_people_list_parent_class)->dispose (object);
}

static void
vav_app_people_list_finalize (GObject *object)
{
  g_free (VAV_APP_PEOPLE_LIST (object)->text);
  G_OBJECT_CLASS (vav_app_people_list_parent_class)->finalize (object);
}

static void
vav_app_people_list_class_init (VavAppPeopleListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_people_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_app_people_list_finalize;
  signals[CALL] = g_signal_new ("call", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  widget_class->map = vav_app_people_list_map;
  widget_class->unmap = vav_app_people_list_unmap;
  g_type_ensure (VAV_APP_TYPE_NEARBY_LIST);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-people-list.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, scroller);
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, list);
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, nobody);
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, nobody_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, card_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPeopleList, nearby_list);
  gtk_widget_class_bind_template_callback (widget_class, on_nearby_call);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
vav_app_people_list_init (VavAppPeopleList *self)
{
  GtkAdjustment *across;

  self->text = g_strdup ("");
  self->rows = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref); /* a row keeps its person */
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, set_header, NULL, NULL);
  across = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (across, "changed", G_CALLBACK (show_more), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (across, "value-changed", G_CALLBACK (show_more), self, G_CONNECT_SWAPPED);
  update_nobody (self);
}

/* Once, when the program is ready to call. */
void
vav_app_people_list_set_endpoint (VavAppPeopleList *self, VavEndpoint *endpoint)
{
  VavPeople *people = vav_endpoint_get_people (endpoint);
  GtkSortListModel *sorted;

  g_return_if_fail (self->people == NULL);

  self->people = g_object_ref (people);
  self->nearby = g_object_ref (vav_endpoint_get_nearby (endpoint));
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (people)), g_object_ref (self->sorter));
  self->found = gtk_filter_list_model_new (G_LIST_MODEL (sorted), g_object_ref (self->filter));
  self->shown = vav_app_first_items_new (G_LIST_MODEL (self->found), ROWS_AT_ONCE);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), make_row, self, NULL);
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update_nobody), self);
  update_nobody (self);
  g_signal_connect_swapped (people, "items-changed", G_CALLBACK (on_people_changed), self);
  on_people_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (people)));
  vav_app_nearby_list_set_endpoint (self->nearby_list, endpoint);
  g_signal_connect_swapped (self->nearby, "items-changed", G_CALLBACK (on_nearby_changed), self);
  set_searching (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

void
vav_app_people_list_set_text (VavAppPeopleList *self, const char *text)
{
  g_free (self->text);
  self->text = g_strstrip (g_utf8_casefold (text, -1));
  update_nobody (self);
  vav_app_nearby_list_set_text (self->nearby_list, self->text);
  if (self->filter == NULL)
    return;
  vav_app_first_items_set_limit (self->shown, ROWS_AT_ONCE);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

VavPerson *
vav_app_people_list_get_first (VavAppPeopleList *self)
{
  return self->found != NULL ? g_list_model_get_item (G_LIST_MODEL (self->found), 0) : NULL;
}
