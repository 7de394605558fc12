/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-incoming.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-block.h"
#include "app/vav-app-compare.h"
#include "app/vav-app-portrait.h"
#include "app/vav-app-refusal.h"
#include "app/vav-app-switch.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-words.h"

struct _VavAppIncoming
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *card;
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *trust_label;
  GtkLabel *address_label;
  GtkWidget *warning_label;
  GtkLabel *offer_label;
  GtkLabel *data_label;
  GtkButton *accept_button;
  GtkWidget *without_picture_button;
  GtkButton *silence_button;
  GtkWidget *block_button;

  /* owned */
  VavAppHost *host;
  VavAppCaller *caller;
};

G_DEFINE_FINAL_TYPE (VavAppIncoming, vav_app_incoming, GTK_TYPE_WIDGET)

/* --- the decision --- */

static void
on_accept (VavAppIncoming *self)
{
  vav_app_host_answer (self->host, self->caller, VAV_FLOW_ALL);
}

static void
on_accept_without_picture (VavAppIncoming *self)
{
  vav_app_host_answer (self->host, self->caller, VAV_FLOW_ALL & ~VAV_FLOW_VIDEO_OUT);
}

static void
on_decline (VavAppIncoming *self)
{
  vav_app_caller_decline (self->caller, NULL);
}

static void
on_message (VavAppIncoming *self, const char *message)
{
  vav_app_caller_decline (self->caller, message);
}

static void
on_silence (VavAppIncoming *self)
{
  vav_app_caller_silence (self->caller);
}

static void
on_block (VavAppIncoming *self)
{
  vav_app_block_caller (self->host, self->caller);
}

/* Somebody with a new key, or somebody else: who can be reached otherwise says which. */
static void
on_compare (VavAppIncoming *self)
{
  VavPeer *peer = vav_request_get_peer (vav_app_caller_get_request (self->caller));
  VavEndpoint *endpoint = vav_app_host_get_endpoint (self->host);
  g_autoptr (VavPerson) person
      = vav_people_find_by_name (vav_endpoint_get_people (endpoint), vav_peer_get_claimed_name (peer));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (person != NULL)
    gtk_window_present (GTK_WINDOW (vav_app_compare_new (GTK_WINDOW (root), endpoint, person, vav_peer_get_id (peer))));
}

/* In a call the present one waits on hold meanwhile; one to oneself just ends. */
static void
update_buttons (VavAppIncoming *self)
{
  gboolean in_call = vav_app_host_is_busy (self->host);
  gboolean holds = in_call && !vav_app_switch_is_test (vav_app_host_get_stream (self->host));

  gtk_button_set_label (self->accept_button, holds ? _ ("Answer and hold") : _ ("Accept"));
  gtk_button_set_label (self->silence_button, in_call ? _ ("Later") : _ ("Silence"));
  vav_app_tooltip_set (GTK_WIDGET (self->silence_button),
                       _ ("Goes on waiting in the list; the caller still hears it ring"));
}

static void
vav_app_incoming_dispose (GObject *object)
{
  VavAppIncoming *self = VAV_APP_INCOMING (object);

  g_clear_object (&self->caller);
  g_clear_object (&self->host);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_INCOMING);
  G_OBJECT_CLASS (vav_app_incoming_parent_class)->dispose (object);
}

static void
vav_app_incoming_class_init (VavAppIncomingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_incoming_dispose;
  g_type_ensure (VAV_APP_TYPE_REFUSAL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "incoming");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-incoming.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, card);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, trust_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, address_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, warning_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, offer_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, data_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, accept_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, without_picture_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, silence_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, block_button);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_accept_without_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
  gtk_widget_class_bind_template_callback (widget_class, on_message);
  gtk_widget_class_bind_template_callback (widget_class, on_silence);
  gtk_widget_class_bind_template_callback (widget_class, on_block);
  gtk_widget_class_bind_template_callback (widget_class, on_compare);
}

static void
vav_app_incoming_init (VavAppIncoming *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (VavAppIncoming *self)
{
  VavRequest *request = vav_app_caller_get_request (self->caller);
  VavPeer *peer = vav_request_get_peer (request);
  g_autofree char *title = vav_app_words_calling (self->caller);
  g_autofree char *trust = vav_app_words_trust (peer, vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)));
  g_autofree char *line = vav_app_words_line (self->caller);

  vav_app_portrait_show (self->avatar, vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)), peer,
                         vav_app_caller_get_name (self->caller));
  gtk_label_set_label (self->name_label, title);
  gtk_label_set_label (self->trust_label, trust);
  gtk_label_set_label (self->address_label,
                       vav_peer_get_address (peer) != NULL ? vav_peer_get_address (peer) : _ ("By the meeting server"));
  gtk_widget_set_visible (self->warning_label, vav_peer_is_impostor (peer));
  gtk_widget_set_visible (self->block_button, vav_app_block_is_for (self->host, self->caller));
  gtk_label_set_label (self->offer_label, vav_app_words_offer (vav_request_get_offer (request)));
  gtk_label_set_label (self->data_label, line != NULL ? line : "");
  gtk_widget_set_visible (GTK_WIDGET (self->data_label), line != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, trust, -1);
}

/**
 * vav_app_incoming_new:
 *
 * Returns: (transfer floating): a card for that caller
 */
GtkWidget *
vav_app_incoming_new (VavAppHost *host, VavAppCaller *caller)
{
  VavAppIncoming *self = g_object_new (VAV_APP_TYPE_INCOMING, NULL);

  self->host = g_object_ref (host);
  self->caller = g_object_ref (caller);
  fill (self);
  update_buttons (self);
  g_signal_connect_object (host, "notify::busy", G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
