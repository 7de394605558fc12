/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-network.h"
#include "app/vav-app-preferences-private.h"
#include "app/vav-app-secrets.h"
#include "app/vav-app-tooltip.h"

/* The meeting server: where it is, and how it stands with it. */

#define PIN "sha256="
#define URI_FLAGS (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY)

enum
{
  WITH_TLS,
  WITHOUT_TLS,
};

/* While its password is not known, all but that. */
static GUri *
parse_broker (VavAppPreferences *self)
{
  g_autofree char *whole = vav_app_network_dup_server (self->settings, VAV_SERVER_BROKER);
  g_autofree char *bare = vav_app_settings_dup_string (self->settings, "broker");
  const char *url = whole != NULL ? whole : bare;

  return url != NULL ? g_uri_parse (url, URI_FLAGS, NULL) : NULL;
}

static char *
dup_param (GUri *uri, const char *name)
{
  const char *query = uri != NULL ? g_uri_get_query (uri) : NULL;
  g_autoptr (GHashTable) params = query != NULL ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;

  return params != NULL ? g_strdup (g_hash_table_lookup (params, name)) : NULL;
}

/* The fingerprint that an invitation named goes with its server. */
static char *
dup_pin (VavAppPreferences *self, const char *host)
{
  g_autoptr (GUri) present = parse_broker (self);

  if (present == NULL || g_strcmp0 (g_uri_get_host (present), host) != 0)
    return NULL;
  return dup_param (present, "sha256");
}

/* --- how it stands --- */

static char *
describe_state (VavAppPreferences *self)
{
  VavEndpoint *endpoint = self->host != NULL ? vav_app_host_get_endpoint (self->host) : NULL;
  g_autofree char *trouble = endpoint != NULL ? vav_endpoint_dup_broker_trouble (endpoint) : NULL;

  if (endpoint == NULL || vav_endpoint_get_broker (endpoint) == NULL)
    return g_strdup (vav_app_secrets_get_place (vav_app_settings_get_secrets (self->settings), VAV_SERVER_BROKER)
                             == VAV_APP_SECRETS_NONE
                         ? _ ("Not used")
                         : _ ("Not used: its password is not known"));
  if (vav_endpoint_get_meeting_address (endpoint) != NULL)
    return g_strdup (_ ("Connected: whoever uses it too can call you from anywhere"));
  if (vav_endpoint_is_broker_connected (endpoint))
    return g_strdup (_ ("Connected. Nobody can call you by it unless you are reachable"));
  if (trouble != NULL)
    /* Translators: a sentence that says why there is no connection */
    return g_strdup_printf (_ ("%s It is tried again by itself."), trouble);
  return g_strdup (_ ("Connecting…"));
}

static void
update_state (VavAppPreferences *self)
{
  g_autofree char *present = vav_app_settings_dup_string (self->settings, "broker");
  g_autofree char *sentence = describe_state (self);

  gtk_widget_set_visible (GTK_WIDGET (self->broker_state_row), present != NULL);
  adw_action_row_set_subtitle (self->broker_state_row, sentence);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->broker_state_row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence, -1);
}

/* What the choice means: the truth, also where it is not nice. */
static void
update_tls (VavAppPreferences *self)
{
  gboolean tls = adw_combo_row_get_selected (self->broker_tls_row) == WITH_TLS;
  g_autoptr (GUri) present = parse_broker (self);
  g_autofree char *pin = dup_param (present, "sha256");
  const char *words = _ ("Who watches the line sees that you use this server, and nothing else.");

  if (!tls)
    words = _ ("Who watches the line can read your password, and sees when you call and are called. What you say stays "
               "sealed.");
  else if (pin != NULL)
    words = _ ("Only with the certificate that your invitation named. Who watches the line sees that you use this "
               "server, and nothing else.");
  gtk_label_set_label (self->broker_words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->broker_tls_row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self->broker_ca_row), tls);
}

/* --- what the rows say --- */

static char *
make_query (const char *ca, const char *pin)
{
  g_autofree char *escaped = g_uri_escape_string (ca, "/", FALSE);

  if (*ca != '\0')
    return g_strconcat ("ca=", escaped, NULL);
  return pin != NULL ? g_strconcat (PIN, pin, NULL) : NULL;
}

static const char *
find_fault (GUri *uri, const char *user, const char *password)
{
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || strlen (g_uri_get_path (uri)) > 1)
    return _ ("Give the name or the IP address of the server, and a port if need be: home.example:8883.");
  if (*user == '\0' && *password != '\0')
    return _ ("Not used yet: a password needs a user name.");
  return NULL;
}

/* Returns: (transfer full) (nullable): the URL; "": no server; NULL with a fault */
static char *
join_broker (VavAppPreferences *self, const char **fault)
{
  g_autofree char *host = g_strstrip (g_strdup (gtk_editable_get_text (self->broker_host_row)));
  g_autofree char *ca = g_strstrip (g_strdup (gtk_editable_get_text (self->broker_ca_row)));
  const char *user = gtk_editable_get_text (self->broker_user_row);
  const char *password = gtk_editable_get_text (self->broker_password_row);
  gboolean tls = adw_combo_row_get_selected (self->broker_tls_row) == WITH_TLS;
  g_autofree char *text = g_strconcat ("mqtt://", host, NULL);
  g_autoptr (GUri) uri = NULL;
  g_autofree char *pin = NULL;
  g_autofree char *query = NULL;

  if (*host == '\0' || strstr (host, "://") != NULL) /* a whole one was pasted */
    return g_steal_pointer (&host);
  uri = g_uri_parse (text, URI_FLAGS, NULL);
  *fault = find_fault (uri, user, password);
  if (*fault != NULL)
    return NULL;
  pin = dup_pin (self, g_uri_get_host (uri));
  query = tls ? make_query (ca, pin) : NULL;
  return g_uri_join_with_user (URI_FLAGS, tls ? "mqtts" : "mqtt", *user != '\0' ? user : NULL,
                               *password != '\0' ? password : NULL, NULL, g_uri_get_host (uri), g_uri_get_port (uri),
                               "", query, NULL);
}

static void
set_text (GtkEditable *row, const char *text)
{
  if (g_strcmp0 (gtk_editable_get_text (row), text != NULL ? text : "") != 0)
    gtk_editable_set_text (row, text != NULL ? text : "");
}

static void
fill_rows (VavAppPreferences *self, GUri *uri)
{
  gboolean port = uri != NULL && g_uri_get_port (uri) > 0;
  g_autofree char *host = uri == NULL ? NULL
                          : port      ? vav_address_join (g_uri_get_host (uri), (guint16)g_uri_get_port (uri))
                                      : g_strdup (g_uri_get_host (uri));
  g_autofree char *ca = dup_param (uri, "ca");

  self->filling = TRUE;
  set_text (self->broker_host_row, host);
  set_text (self->broker_user_row, uri != NULL ? g_uri_get_user (uri) : NULL);
  set_text (self->broker_password_row, uri != NULL ? g_uri_get_password (uri) : NULL);
  set_text (self->broker_ca_row, ca);
  adw_combo_row_set_selected (self->broker_tls_row,
                              uri != NULL && strcmp (g_uri_get_scheme (uri), "mqtt") == 0 ? WITHOUT_TLS : WITH_TLS);
  self->filling = FALSE;
}

static void
apply_broker (VavAppPreferences *self)
{
  const char *fault = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  if (self->filling)
    return;
  url = join_broker (self, &fault);
  if (url != NULL && self->host != NULL
      && !vav_endpoint_set_broker (vav_app_host_get_endpoint (self->host), *url != '\0' ? url : NULL, &error))
    fault = error->message;
  vav_app_preferences_tell (GTK_WIDGET (self->broker_host_row), self->broker_error, fault);
  if (fault == NULL)
    {
      g_autoptr (GUri) uri = *url != '\0' ? g_uri_parse (url, URI_FLAGS, NULL) : NULL;

      if (strstr (gtk_editable_get_text (self->broker_host_row), "://") != NULL)
        fill_rows (self, uri);
      vav_app_secrets_set_server (vav_app_settings_get_secrets (self->settings), VAV_SERVER_BROKER, url);
    }
  update_tls (self);
}

/* --- the certificate's file --- */

static void
on_ca_chosen (VavAppPreferences *self, int response)
{
  g_autofree char *path = vav_app_preferences_take_choice (self, response);

  if (path == NULL)
    return;
  if (!g_utf8_validate (path, -1, NULL))
    {
      vav_app_preferences_toast (self, _ ("This file cannot be used: give it a name in plain letters"));
      return;
    }
  set_text (self->broker_ca_row, path);
  apply_broker (self);
}

/* It begins where the present one is. */
static void
choose_ca (VavAppPreferences *self)
{
  g_autofree char *present = g_strstrip (g_strdup (gtk_editable_get_text (self->broker_ca_row)));
  g_autoptr (GFile) file = *present != '\0' ? g_file_new_for_path (present) : NULL;

  vav_app_preferences_choose (self, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Certificate of the Meeting Server"),
                              _ ("_Select"), G_CALLBACK (on_ca_chosen));
  if (file != NULL)
    (void)gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), file, NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_chooser (VavAppPreferences *self)
{
  const char *words = _ ("Choose the certificate file");
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  vav_app_tooltip_set (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (choose_ca), self, G_CONNECT_SWAPPED);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->broker_ca_row), button);
}

/* --- filling --- */

/* Its password is known now. What somebody is typing is left alone. */
static void
on_secret_changed (VavAppSecrets *secrets, VavServerKind kind, VavAppPreferences *self)
{
  g_autoptr (GUri) uri = NULL;

  if (kind != VAV_SERVER_BROKER)
    return;
  uri = parse_broker (self);
  if (uri != NULL && *gtk_editable_get_text (self->broker_password_row) == '\0')
    {
      self->filling = TRUE;
      set_text (self->broker_password_row, g_uri_get_password (uri));
      self->filling = FALSE;
    }
  update_state (self);
}

void
vav_app_preferences_fill_broker (VavAppPreferences *self)
{
  g_autoptr (GUri) uri = parse_broker (self);
  VavEndpoint *endpoint = self->host != NULL ? vav_app_host_get_endpoint (self->host) : NULL;

  add_chooser (self);
  fill_rows (self, uri);
  update_tls (self);
  update_state (self);
  vav_app_preferences_lock (self, "broker", self->broker_error, self->broker_host_row, self->broker_user_row,
                            self->broker_password_row, self->broker_tls_row, self->broker_ca_row, NULL);
  g_signal_connect_object (vav_app_settings_get_secrets (self->settings), "changed", G_CALLBACK (on_secret_changed),
                           self, 0);
  if (endpoint == NULL)
    return;
  g_signal_connect_object (endpoint, "notify::broker-trouble", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::meeting-address", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
}

void
vav_app_preferences_bind_broker (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_host_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_user_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_password_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_tls_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_ca_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_state_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_words);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, broker_error);
  gtk_widget_class_bind_template_callback (widget_class, apply_broker);
}
