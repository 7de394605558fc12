/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-saver-group.h"

#include <glib/gi18n.h>

#include "app/vav-app-saver.h"

struct _VavAppSaverGroup
{
  AdwPreferencesGroup parent_instance;

  /* template children */
  AdwComboRow *when_row;
  AdwComboRow *amount_row;
  GtkLabel *words; /* below the rows: beside a choice they would leave it no room in a narrow window */

  VavAppSettings *settings; /* borrowed, nullable */
};

G_DEFINE_FINAL_TYPE (VavAppSaverGroup, vav_app_saver_group, ADW_TYPE_PREFERENCES_GROUP)

/* In the order of the rows of their lists. */
static const char *const whens[] = { "never", "metered", "always", NULL };
static const char *const amounts[] = { "least", "less", "some", NULL };

static void
update (VavAppSaverGroup *self)
{
  guint when = adw_combo_row_get_selected (self->when_row);
  const char *words = _ ("Smaller pictures, both yours and the other person’s; sound stays as it is");

  if (g_strcmp0 (when < G_N_ELEMENTS (whens) ? whens[when] : NULL, "metered") == 0)
    words = vav_app_saver_is_metered () ? _ ("Less now: this connection is metered")
                                        : _ ("Not now: this connection is not metered");
  gtk_label_set_label (self->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->when_row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->amount_row), when != 0);
}

static void
keep (VavAppSaverGroup *self, AdwComboRow *row, const char *key, const char *const *values)
{
  guint selected = adw_combo_row_get_selected (row);

  if (self->settings != NULL && selected < g_strv_length ((char **)values))
    vav_app_settings_set_string (self->settings, key, values[selected]);
}

static void
on_when_selected (VavAppSaverGroup *self)
{
  keep (self, self->when_row, "data-saver", whens);
  update (self);
}

static void
on_amount_selected (VavAppSaverGroup *self)
{
  keep (self, self->amount_row, "data-saver-amount", amounts);
}

static void
vav_app_saver_group_class_init (VavAppSaverGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-saver-group.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppSaverGroup, when_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppSaverGroup, amount_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppSaverGroup, words);
  gtk_widget_class_bind_template_callback (widget_class, on_when_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_selected);
}

static void
vav_app_saver_group_init (VavAppSaverGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (g_network_monitor_get_default (), "notify::network-metered", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

/* A value that is not known leaves the row as it is. */
static void
fill (VavAppSettings *settings, AdwComboRow *row, const char *key, const char *const *values)
{
  g_autofree char *value = vav_app_settings_dup_string (settings, key);

  for (guint i = 0; values[i] != NULL; i++)
    if (g_strcmp0 (value, values[i]) == 0)
      adw_combo_row_set_selected (row, i);
}

void
vav_app_saver_group_set_settings (VavAppSaverGroup *self, VavAppSettings *settings)
{
  self->settings = NULL; /* what is chosen now is chosen by nobody */
  fill (settings, self->when_row, "data-saver", whens);
  fill (settings, self->amount_row, "data-saver-amount", amounts);
  self->settings = settings;
  update (self);
}
