/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-refusal.h"

#include "app/vav-app-caller.h"

struct _VavAppRefusal
{
  GtkPopover parent_instance;

  /* template children */
  GtkEditable *entry;
  GtkWidget *send_button;
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppRefusal, vav_app_refusal, GTK_TYPE_POPOVER)

static void
choose (VavAppRefusal *self, const char *text)
{
  g_autofree char *message = g_strdup (text);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, message);
}

static void
on_prepared (VavAppRefusal *self, GtkButton *button)
{
  choose (self, gtk_button_get_label (button));
}

static gboolean
has_text (VavAppRefusal *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  return *text != '\0';
}

static void
on_own (VavAppRefusal *self)
{
  if (has_text (self))
    choose (self, gtk_editable_get_text (self->entry));
}

static void
on_changed (VavAppRefusal *self)
{
  gtk_widget_set_sensitive (self->send_button, has_text (self));
}

static void
vav_app_refusal_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_REFUSAL);
  G_OBJECT_CLASS (vav_app_refusal_parent_class)->dispose (object);
}

static void
vav_app_refusal_class_init (VavAppRefusalClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_refusal_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-refusal.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppRefusal, entry);
  gtk_widget_class_bind_template_child (widget_class, VavAppRefusal, send_button);
  gtk_widget_class_bind_template_callback (widget_class, on_prepared);
  gtk_widget_class_bind_template_callback (widget_class, on_own);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
vav_app_refusal_init (VavAppRefusal *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), VAV_APP_MAX_MESSAGE);
  on_changed (self);
}
