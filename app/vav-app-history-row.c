/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-history-row.h"

#include <glib/gi18n.h>

#include "app/vav-app-tooltip.h"
#include "app/vav-app-words.h"
#include "widgets/visavis-gtk.h"

struct _VavAppHistoryRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkWidget *delete_button;

  VavHistoryEntry *entry; /* owned */
};

enum
{
  DELETE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppHistoryRow, vav_app_history_row, GTK_TYPE_LIST_BOX_ROW)

/* --- words --- */

static const char *
call_title (VavHistoryEntry *entry)
{
  if (vav_history_entry_is_missed (entry))
    return _ ("Missed call");
  if (vav_history_entry_get_duration (entry) == 0)
    return vav_history_entry_is_incoming (entry) ? _ ("They called; you did not talk")
                                                 : _ ("You called; you did not talk");
  return vav_history_entry_is_incoming (entry) ? _ ("They called") : _ ("You called");
}

static const char *
file_detail (VavHistoryEntry *entry)
{
  if (vav_history_entry_get_file_state (entry) != VAV_FILE_STATE_DONE)
    return _ ("did not arrive");
  return vav_history_entry_is_incoming (entry) ? _ ("received") : _ ("sent");
}

/* Returns: (nullable) (transfer full): what stands beside the day */
static char *
describe (VavHistoryEntry *entry)
{
  g_autofree char *size = NULL;

  switch (vav_history_entry_get_kind (entry))
    {
    case VAV_HISTORY_CALL:
      return vav_history_entry_get_duration (entry) > 0 ? vav_gtk_words_clock (vav_history_entry_get_duration (entry))
                                                        : NULL;
    case VAV_HISTORY_FILE:
      size = g_format_size (vav_history_entry_get_size (entry));
      /* Translators: the size of a file, and "received", "sent" or "did not arrive" */
      return g_strdup_printf (_ ("%s, %s"), size, file_detail (entry));
    case VAV_HISTORY_TEXT:
    default:
      return g_strdup (vav_history_entry_is_incoming (entry) ? _ ("they wrote") : _ ("you wrote"));
    }
}

static const char *
get_title (VavHistoryEntry *entry)
{
  switch (vav_history_entry_get_kind (entry))
    {
    case VAV_HISTORY_CALL:
      return call_title (entry);
    case VAV_HISTORY_FILE:
      return vav_history_entry_get_file_name (entry);
    case VAV_HISTORY_TEXT:
    default:
      return vav_history_entry_get_text (entry);
    }
}

static const char *
get_icon (VavHistoryEntry *entry)
{
  switch (vav_history_entry_get_kind (entry))
    {
    case VAV_HISTORY_CALL:
      if (vav_history_entry_is_missed (entry))
        return "call-missed-symbolic";
      return vav_history_entry_is_incoming (entry) ? "call-incoming-symbolic" : "call-outgoing-symbolic";
    case VAV_HISTORY_FILE:
      return "text-x-generic-symbolic";
    case VAV_HISTORY_TEXT:
    default:
      return "visavis-chat-symbolic";
    }
}

/* --- GObject --- */

static void
on_delete (VavAppHistoryRow *self)
{
  g_signal_emit (self, signals[DELETE], 0);
}

static void
vav_app_history_row_dispose (GObject *object)
{
  g_clear_object (&VAV_APP_HISTORY_ROW (object)->entry);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_HISTORY_ROW);
  G_OBJECT_CLASS (vav_app_history_row_parent_class)->dispose (object);
}

static void
vav_app_history_row_class_init (VavAppHistoryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_history_row_dispose;
  signals[DELETE]
      = g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-history-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryRow, icon);
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryRow, delete_button);
  gtk_widget_class_bind_template_callback (widget_class, on_delete);
}

static void
vav_app_history_row_init (VavAppHistoryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_history_row_new (VavHistoryEntry *entry, gboolean with_name)
{
  VavAppHistoryRow *self = g_object_new (VAV_APP_TYPE_HISTORY_ROW, NULL);
  const char *title = get_title (entry);
  g_autofree char *day = vav_app_words_day (vav_history_entry_get_time (entry));
  g_autofree char *more = describe (entry);
  g_autofree char *when = more != NULL ? g_strdup_printf ("%s · %s", day, more) : g_strdup (day);
  g_autofree char *detail
      = with_name ? g_strdup_printf ("%s · %s", vav_history_entry_get_name (entry), when) : g_strdup (when);
  /* Translators: %s is an entry of the history, such as "Missed call" */
  g_autofree char *words = g_strdup_printf (_ ("Delete “%s” from the history"), title);

  self->entry = g_object_ref (entry);
  gtk_image_set_from_icon_name (self->icon, get_icon (entry));
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->detail_label, detail);
  if (vav_history_entry_is_missed (entry))
    gtk_widget_add_css_class (GTK_WIDGET (self->title_label), "error");
  vav_app_tooltip_set (self->delete_button, _ ("Delete from the history"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->delete_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, detail, -1);
  return GTK_WIDGET (self);
}

VavHistoryEntry *
vav_app_history_row_get_entry (VavAppHistoryRow *self)
{
  return self->entry;
}
