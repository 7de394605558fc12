/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-chat-button.h"

#include <glib/gi18n.h>

struct _VavAppChatButton
{
  GtkToggleButton parent_instance;

  /* owned by the widget tree */
  GtkLabel *badge;
};

G_DEFINE_FINAL_TYPE (VavAppChatButton, vav_app_chat_button, GTK_TYPE_TOGGLE_BUTTON)

static void
vav_app_chat_button_class_init (VavAppChatButtonClass *klass)
{
}

static void
vav_app_chat_button_init (VavAppChatButton *self)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *badge = g_object_new (GTK_TYPE_LABEL, "visible", FALSE, "halign", GTK_ALIGN_END, "valign", GTK_ALIGN_START,
                                   "can-target", FALSE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  self->badge = GTK_LABEL (badge);
  gtk_widget_add_css_class (badge, "badge");
  gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_image_new_from_icon_name ("visavis-chat-symbolic"));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), badge);
  gtk_button_set_child (GTK_BUTTON (self), overlay);
  /* a header bar makes buttons flat that have an icon and nothing else */
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self), "image-button");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ ("Chat and files (C)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Chat and files"), -1);
}

void
vav_app_chat_button_set_unread (VavAppChatButton *self, guint unread)
{
  g_autofree char *number = unread > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", unread);
  g_autofree char *sentence = NULL;

  gtk_label_set_text (self->badge, number);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), unread > 0);
  if (unread > 0)
    sentence = g_strdup_printf (ngettext ("%u unread message", "%u unread messages", unread), unread);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence != NULL ? sentence : "", -1);
}
