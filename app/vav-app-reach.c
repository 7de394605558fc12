/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-reach.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-tooltip.h"

struct _VavAppReach
{
  GtkPopover parent_instance;

  /* template children */
  GtkLabel *heading;
  GtkBox *list;
  GtkLabel *meeting;
  GtkLabel *firewall;

  /* owned */
  VavAppHost *host; /* nullable: not yet started */
  char *trouble;    /* nullable */
  char **shown;     /* nullable: the addresses in the list */
};

G_DEFINE_FINAL_TYPE (VavAppReach, vav_app_reach, GTK_TYPE_POPOVER)

static void
on_copy (GtkButton *button, const char *address)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), address);
  gtk_button_set_icon_name (button, "object-select-symbolic");
}

static GtkWidget *
make_label (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (dim)
    {
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
    }
  return label;
}

/* How far an address is known, in words. */
static const char *
describe (const char *address)
{
  if (g_str_has_prefix (address, "127.") || g_str_has_prefix (address, "[::1]"))
    return _ ("On this computer only");
  return vav_address_is_local (address) ? _ ("In your network") : _ ("From everywhere");
}

static GtkWidget *
make_row (const char *address)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: an address */
  g_autofree char *name = g_strdup_printf (_ ("Copy %s"), address);

  gtk_box_append (GTK_BOX (words), make_label (address, FALSE));
  gtk_box_append (GTK_BOX (words), make_label (describe (address), TRUE));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  vav_app_tooltip_set (button, _ ("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_copy), g_strdup (address),
                         (GClosureNotify)(void (*) (void))g_free, 0);
  gtk_widget_add_css_class (row, "address");
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), button);
  return row;
}

static void
show_addresses (VavAppReach *self, char **addresses)
{
  GtkWidget *child;

  if (self->shown != NULL && g_strv_equal ((const char *const *)self->shown, (const char *const *)addresses))
    return;
  g_strfreev (self->shown);
  self->shown = g_strdupv (addresses);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, child);
  for (guint i = 0; addresses[i] != NULL; i++)
    gtk_box_append (self->list, make_row (addresses[i]));
}

static void
show_firewall (VavAppReach *self, const char *address)
{
  g_autofree char *sentence = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->firewall), address != NULL);
  if (address == NULL)
    return;
  /* Translators: the number of a port */
  sentence
      = g_strdup_printf (_ ("A firewall must let in TCP port %s for being called, and UDP for picture and sound. From "
                            "outside your network, the router must forward that port to this computer."),
                         strrchr (address, ':') + 1);
  gtk_label_set_label (self->firewall, sentence);
}

/* Returns: (transfer full) (nullable): %NULL: nothing to tell, or not yet */
static char *
describe_meeting (VavEndpoint *endpoint)
{
  const char *url = vav_endpoint_get_broker (endpoint);
  g_autofree char *host = url != NULL ? vav_server_url_dup_host (url) : NULL;
  g_autofree char *trouble = vav_endpoint_dup_broker_trouble (endpoint);

  if (host == NULL)
    return NULL;
  if (vav_endpoint_get_meeting_address (endpoint) != NULL)
    /* Translators: the name of a computer */
    return g_strdup_printf (_ ("Whoever uses the meeting server %s too can call you from anywhere."), host);
  if (trouble == NULL)
    return NULL;
  /* Translators: a sentence that says why */
  return g_strdup_printf (_ ("Nobody can call you by your meeting server now. %s"), trouble);
}

static void
show_meeting (VavAppReach *self, VavEndpoint *endpoint)
{
  g_autofree char *sentence = endpoint != NULL ? describe_meeting (endpoint) : NULL;

  gtk_label_set_label (self->meeting, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->meeting), sentence != NULL);
}

void
vav_app_reach_update (VavAppReach *self)
{
  VavEndpoint *endpoint = self->host != NULL ? vav_app_host_get_endpoint (self->host) : NULL;
  const char *bound = endpoint != NULL ? vav_endpoint_get_listening_address (endpoint) : NULL;
  gboolean wanted = endpoint != NULL && vav_app_host_get_detection (self->host);
  g_auto (GStrv) addresses = endpoint != NULL ? vav_endpoint_dup_addresses (endpoint) : g_new0 (char *, 1);

  if (addresses[0] != NULL)
    gtk_label_set_label (self->heading, _ ("You can be called at"));
  else if (bound != NULL)
    gtk_label_set_label (self->heading,
                         _ ("This computer is in no network. Connect it, and the addresses appear here."));
  else if (wanted && self->trouble != NULL)
    gtk_label_set_label (self->heading, self->trouble);
  else if (self->host == NULL)
    gtk_label_set_label (self->heading, _ ("Starting…"));
  else
    gtk_label_set_label (self->heading, _ ("Nobody can call you. Turn “Reachable” on to be called."));
  show_addresses (self, addresses);
  show_meeting (self, wanted ? endpoint : NULL);
  show_firewall (self, bound);
}

/* --- GObject --- */

static void
vav_app_reach_dispose (GObject *object)
{
  VavAppReach *self = VAV_APP_REACH (object);

  g_clear_object (&self->host);
  g_clear_pointer (&self->trouble, g_free);
  g_clear_pointer (&self->shown, g_strfreev);
  G_OBJECT_CLASS (vav_app_reach_parent_class)->dispose (object);
}

static void
vav_app_reach_class_init (VavAppReachClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_reach_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-reach.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppReach, heading);
  gtk_widget_class_bind_template_child (widget_class, VavAppReach, list);
  gtk_widget_class_bind_template_child (widget_class, VavAppReach, meeting);
  gtk_widget_class_bind_template_child (widget_class, VavAppReach, firewall);
}

static void
vav_app_reach_init (VavAppReach *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  vav_app_reach_update (self);
}

void
vav_app_reach_set_host (VavAppReach *self, VavAppHost *host)
{
  g_set_object (&self->host, host);
  vav_app_reach_update (self);
}

void
vav_app_reach_set_trouble (VavAppReach *self, const char *sentence)
{
  g_free (self->trouble);
  self->trouble = g_strdup (sentence);
  vav_app_reach_update (self);
}
