/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-portrait.h"

#include "widgets/vav-gtk-words.h"

/* As many as AdwAvatar has; the colours are in vav-gtk.css. */
#define N_COLORS 14

struct _VavGtkPortrait
{
  GtkWidget parent_instance;

  /* owned by the widget tree */
  GtkWidget *label;
  GtkWidget *image;

  char *color; /* owned, nullable: the style class */
};

G_DEFINE_FINAL_TYPE (VavGtkPortrait, vav_gtk_portrait, GTK_TYPE_WIDGET)

static void
vav_gtk_portrait_dispose (GObject *object)
{
  VavGtkPortrait *self = VAV_GTK_PORTRAIT (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->image, gtk_widget_unparent);
  G_OBJECT_CLASS (vav_gtk_portrait_parent_class)->dispose (object);
}

static void
vav_gtk_portrait_finalize (GObject *object)
{
  g_free (VAV_GTK_PORTRAIT (object)->color);
  G_OBJECT_CLASS (vav_gtk_portrait_parent_class)->finalize (object);
}

static void
vav_gtk_portrait_class_init (VavGtkPortraitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vav_gtk_portrait_dispose;
  object_class->finalize = vav_gtk_portrait_finalize;
  gtk_widget_class_set_css_name (widget_class, "portrait");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
vav_gtk_portrait_init (VavGtkPortrait *self)
{
  self->label = gtk_label_new (NULL);
  self->image = gtk_image_new_from_icon_name ("avatar-default-symbolic");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->image, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "portrait");
  vav_gtk_portrait_set_name (self, NULL);
}

void
vav_gtk_portrait_set_name (VavGtkPortrait *self, const char *name)
{
  g_autofree char *initials = vav_gtk_words_initials (name);
  g_autofree char *text = vav_gtk_words_portrait (name);
  gboolean lettered = g_unichar_isalpha (g_utf8_get_char (initials));
  char *color = NULL;

  if (name != NULL && *name != '\0')
    color = g_strdup_printf ("color%u", g_str_hash (text) % N_COLORS + 1);
  if (self->color != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->color);
  if (color != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), color);
  g_free (self->color);
  self->color = color;
  gtk_label_set_label (GTK_LABEL (self->label), initials);
  gtk_widget_set_visible (self->label, lettered);
  gtk_widget_set_visible (self->image, !lettered);
}
