/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-incoming.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* So much of the caller's data is shown. */
#define MAX_LINE 120

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
  GtkWidget *without_picture_button;

  VavRequest *request; /* owned */
};

enum
{
  DONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppIncoming, vav_app_incoming, GTK_TYPE_WIDGET)

/* --- words --- */

static char *
describe_trust (VavPeer *peer, VavPeople *people)
{
  VavPerson *person = vav_people_find_by_id (people, vav_peer_get_id (peer));
  g_autoptr (GDateTime) seen = NULL;
  g_autofree char *day = NULL;

  if (vav_peer_get_trust (peer) == VAV_TRUST_VERIFIED)
    return g_strdup (_ ("Verified"));
  if (vav_peer_get_trust (peer) == VAV_TRUST_UNKNOWN)
    return g_strdup (_ ("Unknown: not among your people"));
  if (person != NULL && vav_person_get_last_seen (person) > 0)
    seen = g_date_time_new_from_unix_local (vav_person_get_last_seen (person));
  if (seen == NULL)
    return g_strdup (_ ("Known: you have talked before"));
  day = g_date_time_format (seen, "%x");
  return g_strdup_printf (_ ("Known: you last talked on %s"), day);
}

static const char *
describe_offer (VavFlows offer)
{
  gboolean sound = (offer & VAV_FLOW_AUDIO_IN) != 0;
  gboolean picture = (offer & VAV_FLOW_VIDEO_IN) != 0;

  if (sound && picture)
    return _ ("Offers picture and sound");
  if (picture)
    return _ ("Offers picture, no sound");
  if (sound)
    return _ ("Offers sound, no picture");
  return _ ("Offers neither picture nor sound");
}

/* Returns: (nullable): the first line of the connect data, if that is text that a person can read */
static char *
first_line (GBytes *data)
{
  gsize length;
  const char *text = data != NULL ? g_bytes_get_data (data, &length) : NULL;
  g_autofree char *line = NULL;

  if (text == NULL || length == 0 || !g_utf8_validate_len (text, length, NULL))
    return NULL;
  line = g_strndup (text, length);
  g_strdelimit (line, "\r\n", '\0');
  for (const char *at = line; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)) && *at != '\t')
      return NULL;
  g_strstrip (line);
  if (*line == '\0')
    return NULL;
  if (g_utf8_strlen (line, -1) > MAX_LINE)
    {
      g_autofree char *start = g_utf8_substring (line, 0, MAX_LINE);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&line);
}

/* --- the decision --- */

static void
decide (VavAppIncoming *self, VavFlows flows)
{
  g_autoptr (VavRequest) request = g_object_ref (self->request);

  if (!vav_request_is_pending (request))
    return;
  if (flows == VAV_FLOW_NONE)
    vav_request_reject (request, VAV_REASON_DECLINED, NULL);
  else
    vav_request_accept (request, flows, NULL);
}

static void
on_accept (VavAppIncoming *self)
{
  decide (self, VAV_FLOWS_ALL);
}

static void
on_accept_without_picture (VavAppIncoming *self)
{
  decide (self, VAV_FLOWS_ALL & ~VAV_FLOW_VIDEO_OUT);
}

static void
on_decline (VavAppIncoming *self)
{
  decide (self, VAV_FLOW_NONE);
}

static void
on_settled (VavAppIncoming *self)
{
  g_object_ref (self);
  g_signal_emit (self, signals[DONE], 0);
  g_object_unref (self);
}

static void
vav_app_incoming_dispose (GObject *object)
{
  VavAppIncoming *self = VAV_APP_INCOMING (object);

  g_clear_object (&self->request);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_INCOMING);
  G_OBJECT_CLASS (vav_app_incoming_parent_class)->dispose (object);
}

static void
vav_app_incoming_class_init (VavAppIncomingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_incoming_dispose;
  signals[DONE]
      = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

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
  gtk_widget_class_bind_template_child (widget_class, VavAppIncoming, without_picture_button);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_accept_without_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
}

static void
vav_app_incoming_init (VavAppIncoming *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (VavAppIncoming *self, VavPeople *people)
{
  VavPeer *peer = vav_request_get_peer (self->request);
  const char *name = vav_peer_get_name (peer);
  g_autofree char *title = NULL;
  g_autofree char *trust = describe_trust (peer, people);
  g_autofree char *line = first_line (vav_request_get_data (self->request));

  if (name == NULL || *name == '\0')
    name = _ ("Somebody");
  /* Translators: %s is a person's name */
  title = g_strdup_printf (_ ("%s is calling"), name);
  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->name_label, title);
  gtk_label_set_label (self->trust_label, trust);
  gtk_label_set_label (self->address_label, vav_peer_get_address (peer));
  gtk_widget_set_visible (self->warning_label, vav_peer_is_impostor (peer));
  gtk_label_set_label (self->offer_label, describe_offer (vav_request_get_offer (self->request)));
  gtk_label_set_label (self->data_label, line != NULL ? line : "");
  gtk_widget_set_visible (GTK_WIDGET (self->data_label), line != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, trust, -1);
}

/**
 * vav_app_incoming_new:
 *
 * Returns: (transfer floating): a card for that request
 */
GtkWidget *
vav_app_incoming_new (VavRequest *request, VavPeople *people)
{
  VavAppIncoming *self = g_object_new (VAV_APP_TYPE_INCOMING, NULL);

  self->request = g_object_ref (request);
  fill (self, people);
  g_signal_connect_object (request, "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
