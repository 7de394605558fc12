/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-share.h"

#include <glib/gi18n.h>

#include "app/vav-app-code.h"
#include "app/vav-app-network.h"

struct _VavAppShare
{
  AdwWindow parent_instance;

  /* template children */
  AdwToastOverlay *toast_overlay;
  GtkLabel *name_label;
  GtkPicture *picture;
  GtkLabel *note_label;
  GtkDropDown *address_chooser;
  GtkStringList *addresses;
  GtkCheckButton *servers_check;
  GtkEditable *link_entry;
  GtkWidget *copy_button;

  /* owned */
  VavEndpoint *endpoint;
  GdkTexture *code; /* nullable: before there is a card */

  /* borrowed */
  VavAppSettings *settings; /* nullable; outlives all windows */
};

G_DEFINE_FINAL_TYPE (VavAppShare, vav_app_share, ADW_TYPE_WINDOW)

/* Returns: (nullable): the address that the person chose to give away; %NULL: nobody can call */
static const char *
get_address (VavAppShare *self)
{
  GObject *item = gtk_drop_down_get_selected_item (self->address_chooser);

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : NULL;
}

static gboolean
has_broker (VavAppShare *self)
{
  g_autofree char *broker = vav_app_network_dup_server (self->settings, VAV_SERVER_BROKER);

  return broker != NULL;
}

static const char *
describe (VavAppShare *self, const char *address)
{
  if (address == NULL)
    return _ ("Nobody can call you now. Turn “Reachable” on first.");
  if (has_broker (self) && gtk_check_button_get_active (self->servers_check))
    return _ ("Whoever opens your link or scans the code can call you from anywhere. It carries the passwords of your "
              "servers: "
              "give it only to people who may use them.");
  if (has_broker (self) && vav_address_is_local (address))
    return _ ("Whoever opens your link or scans the code can call you, if both of you are in the same network, or they "
              "use your "
              "meeting server already.");
  if (vav_address_is_local (address))
    return _ (
        "Whoever opens your link or scans the code can call you, as long as both of you are in the same network.");
  return _ ("Whoever opens your link or scans the code can call you.");
}

static void
add_servers (VavAppShare *self, VavCard *card)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autofree char *url = vav_app_network_dup_server (self->settings, kind);

      vav_card_set_server (card, kind, url);
    }
}

static void
update_card (VavAppShare *self)
{
  const char *address = get_address (self);
  g_autoptr (VavCard) card = NULL;
  g_autofree char *link = NULL;

  if (self->endpoint == NULL)
    return; /* while the window is made */
  card = vav_card_new (vav_endpoint_get_identifier (self->endpoint), vav_endpoint_get_id (self->endpoint), address);
  gtk_widget_set_visible (GTK_WIDGET (self->servers_check), has_broker (self));
  if (has_broker (self) && gtk_check_button_get_active (self->servers_check))
    add_servers (self, card);
  link = vav_card_to_link (card);
  g_clear_object (&self->code);
  self->code = vav_app_code_draw (link);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (self->code));
  gtk_editable_set_text (self->link_entry, link);
  gtk_label_set_label (self->name_label, vav_endpoint_get_identifier (self->endpoint));
  gtk_label_set_label (self->note_label, describe (self, address));
}

static void
update_addresses (VavAppShare *self)
{
  g_auto (GStrv) found = vav_endpoint_dup_addresses (self->endpoint);
  g_autofree char *chosen = g_strdup (get_address (self));
  guint n = g_strv_length (found);

  gtk_string_list_splice (self->addresses, 0, g_list_model_get_n_items (G_LIST_MODEL (self->addresses)),
                          (const char *const *)found);
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (found[i], chosen) == 0)
      gtk_drop_down_set_selected (self->address_chooser, i);
  gtk_widget_set_visible (GTK_WIDGET (self->address_chooser), n > 1);
  update_card (self);
}

static void
tell (VavAppShare *self, const char *sentence)
{
  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (sentence));
}

static void
on_copy (VavAppShare *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_editable_get_text (self->link_entry));
  tell (self, _ ("Link copied. Paste it into a message to whoever is to call you."));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavAppShare) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      tell (self, _ ("Picture saved."));
      return;
    }
  {
    g_autofree char *escaped = g_markup_escape_text (error->message, -1);

    tell (self, escaped);
  }
}

static void
on_save_response (GtkNativeDialog *dialog, int response, VavAppShare *self)
{
  if (response == GTK_RESPONSE_ACCEPT && self->code != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (self->code);

      g_file_replace_contents_bytes_async (file, png, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_written,
                                           g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_save (VavAppShare *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the picture of my card"), GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  /* Translators: the name that a picture file of one's own card has at first; %s is one's name */
  g_autofree char *name = g_strdup_printf (_ ("Visavis %s.png"), vav_endpoint_get_identifier (self->endpoint));

  g_strdelimit (name, "/\\", '-');
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
vav_app_share_dispose (GObject *object)
{
  VavAppShare *self = VAV_APP_SHARE (object);

  g_clear_object (&self->endpoint);
  g_clear_object (&self->code);
  G_OBJECT_CLASS (vav_app_share_parent_class)->dispose (object);
}

static void
vav_app_share_class_init (VavAppShareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_share_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-share.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, picture);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, note_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, address_chooser);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, addresses);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, servers_check);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, link_entry);
  gtk_widget_class_bind_template_child (widget_class, VavAppShare, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, update_card);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
vav_app_share_init (VavAppShare *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * vav_app_share_new:
 * @parent: over which it is shown
 * @endpoint: whose card it is
 * @settings: (nullable): where the servers stand
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWidget *
vav_app_share_new (GtkWindow *parent, VavEndpoint *endpoint, VavAppSettings *settings)
{
  VavAppShare *self = g_object_new (VAV_APP_TYPE_SHARE, "transient-for", parent, NULL);

  self->endpoint = g_object_ref (endpoint);
  self->settings = settings;
  gtk_widget_grab_focus (self->copy_button);
  g_signal_connect_object (endpoint, "notify::listening-address", G_CALLBACK (update_addresses), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (update_addresses), self,
                           G_CONNECT_SWAPPED);
  update_addresses (self);
  return GTK_WIDGET (self);
}
