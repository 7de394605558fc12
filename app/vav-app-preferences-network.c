/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-network.h"
#include "app/vav-app-preferences-private.h"
#include "app/vav-app-secrets.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define TURN_PORT 3478 /* RFC 8656 */

static const char *
text_of (GtkEditable *row)
{
  return gtk_editable_get_text (row);
}

static char *
dup_stripped (GtkEditable *row)
{
  return g_strstrip (g_strdup (text_of (row)));
}

static gboolean
is_port (const char *text, guint minimum)
{
  return *text == '\0' || g_ascii_string_to_unsigned (text, 10, minimum, G_MAXUINT16, NULL, NULL);
}

/* --- where to listen --- */

/* What the rows say, as `listen` is kept; empty: the default. */
static char *
join_listen (VavAppPreferences *self, const char **fault)
{
  g_autofree char *port = dup_stripped (self->port_row);
  g_autofree char *host = dup_stripped (self->only_address_row);
  gboolean only = adw_expander_row_get_enable_expansion (self->only_row);

  if (!is_port (port, 0))
    *fault = _ ("A port is a number from 1 to 65535.");
  else if (only && *host != '\0' && !g_hostname_is_ip_address (host) && g_ascii_strcasecmp (host, "localhost") != 0)
    *fault = _ ("Give an IP address of this computer, like 192.168.1.20.");
  if (*fault != NULL)
    return NULL;
  if (!only || *host == '\0')
    return *port != '\0' ? g_strconcat (":", port, NULL) : g_strdup ("");
  return *port != '\0' ? vav_address_join (host, (guint16)atoi (port)) : g_strdup (host);
}

static void
on_listen_failed (VavEndpoint *endpoint, GError *error, GError **failure)
{
  g_set_error_literal (failure, error->domain, error->code, error->message);
}

/* Back to where it was, whoever had asked for that. */
static void
listen_again (VavEndpoint *endpoint, const char *before)
{
  g_autofree char *host = NULL;
  g_autofree char *everywhere = NULL;
  g_autoptr (GInetAddress) ip = NULL;
  guint16 port;

  if (!vav_address_parse_listen (before, &host, &port, NULL))
    return;
  ip = g_inet_address_new_from_string (host);
  if (ip != NULL && g_inet_address_get_is_any (ip))
    everywhere = g_strdup_printf (":%u", port);
  (void)vav_endpoint_set_listen (endpoint, everywhere != NULL ? everywhere : before, NULL);
}

/* If one is reachable the port is tried at once; one that cannot be had leaves all as it was. */
static gboolean
try_listen (VavAppPreferences *self, const char *listen, GError **error)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (self->host);
  g_autofree char *before = g_strdup (vav_endpoint_get_listening_address (endpoint));
  g_autoptr (GError) failure = NULL;
  gulong handler = g_signal_connect (endpoint, "listen-failed", G_CALLBACK (on_listen_failed), &failure);

  (void)vav_endpoint_set_listen (endpoint, *listen != '\0' ? listen : NULL, &failure);
  g_signal_handler_disconnect (endpoint, handler);
  if (failure == NULL)
    return TRUE;
  if (before != NULL && vav_endpoint_get_listening_address (endpoint) == NULL)
    listen_again (endpoint, before);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
apply_listen (VavAppPreferences *self)
{
  const char *fault = NULL;
  g_autofree char *listen = NULL;
  g_autoptr (GError) error = NULL;

  if (self->filling)
    return;
  listen = join_listen (self, &fault);
  if (listen != NULL && self->host != NULL && !try_listen (self, listen, &error))
    fault = error->message;
  vav_app_preferences_tell (GTK_WIDGET (self->port_row), self->listen_error, fault);
  if (fault == NULL)
    vav_app_settings_set_string (self->settings, "listen", listen);
}

static void
fill_listen (VavAppPreferences *self)
{
  g_autofree char *listen = vav_app_settings_dup_string (self->settings, "listen");
  g_autofree char *host = NULL;
  g_autofree char *text = NULL;
  guint16 port;

  if (listen == NULL || !vav_address_parse_listen (listen, &host, &port, NULL))
    return;
  text = g_strdup_printf ("%u", port);
  gtk_editable_set_text (self->port_row, text);
  gtk_editable_set_text (self->only_address_row, host != NULL ? host : "");
  adw_expander_row_set_enable_expansion (self->only_row, host != NULL);
}

/* --- ports for media --- */

/* Without an endpoint, before the profile is there, nobody can say whether it is a range: kept is what one has taken. */
static void
apply_media_ports (VavAppPreferences *self)
{
  g_autofree char *ports = dup_stripped (self->media_ports_row);
  g_autoptr (GError) error = NULL;

  if (self->filling || self->host == NULL)
    return;
  (void)vav_endpoint_set_media_ports (vav_app_host_get_endpoint (self->host), ports, &error);
  vav_app_preferences_tell (GTK_WIDGET (self->media_ports_row), self->media_ports_error,
                            error != NULL ? error->message : NULL);
  if (error == NULL)
    vav_app_settings_set_string (self->settings, "media-ports", ports);
}

static void
fill_media_ports (VavAppPreferences *self)
{
  g_autofree char *ports = vav_app_settings_dup_string (self->settings, "media-ports");

  gtk_editable_set_text (self->media_ports_row, ports != NULL ? ports : "");
}

/* --- STUN --- */

static void
apply_stun (VavAppPreferences *self)
{
  g_autofree char *text = dup_stripped (self->stun_row);
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  if (self->filling)
    return;
  if (*text != '\0' && strstr (text, "://") == NULL)
    url = g_strconcat ("stun://", text, NULL);
  else
    url = g_steal_pointer (&text);
  if (self->host != NULL)
    (void)vav_endpoint_set_stun (vav_app_host_get_endpoint (self->host), *url != '\0' ? url : NULL, &error);
  vav_app_preferences_tell (GTK_WIDGET (self->stun_row), self->stun_error, error != NULL ? error->message : NULL);
  if (error == NULL)
    vav_app_secrets_set_server (vav_app_settings_get_secrets (self->settings), VAV_SERVER_STUN, url);
}

static void
fill_stun (VavAppPreferences *self)
{
  g_autofree char *url = vav_app_settings_dup_string (self->settings, "stun");

  if (url != NULL)
    gtk_editable_set_text (self->stun_row, g_str_has_prefix (url, "stun://") ? url + strlen ("stun://") : url);
}

/* --- TURN --- */

/* A relay can be used once there is one. */
static void
update_relay (VavAppPreferences *self)
{
  g_autofree char *turn = vav_app_settings_dup_string (self->settings, "turn");

  gtk_widget_set_sensitive (GTK_WIDGET (self->relay_row), turn != NULL || gtk_switch_get_active (self->relay_switch));
  adw_action_row_set_subtitle (
      self->relay_row,
      turn != NULL ? _ ("The other person then does not learn where you are; the relay sees that you call, not what "
                        "you say")
                   : _ ("Needs a relay: give one on the page “Network” first"));
}

/* What the rows say as a URL; NULL with a fault: not yet, or not at all. */
static char *
join_turn (VavAppPreferences *self, const char **fault)
{
  g_autofree char *host = dup_stripped (self->turn_host_row);
  g_autofree char *port = dup_stripped (self->turn_port_row);
  gboolean tcp = adw_combo_row_get_selected (self->turn_transport_row) == 1;
  const char *user = text_of (self->turn_user_row);
  const char *password = text_of (self->turn_password_row);

  if (*host == '\0')
    return g_strdup ("");
  if (!is_port (port, 1))
    *fault = _ ("A port is a number from 1 to 65535.");
  else if (*user == '\0' || *password == '\0')
    *fault = _ ("Not used yet: a relay also needs a user name and a password.");
  if (*fault != NULL)
    return NULL;
  return g_uri_join_with_user (G_URI_FLAGS_HAS_PASSWORD, "turn", user, password, NULL, host,
                               *port != '\0' ? atoi (port) : TURN_PORT, "", tcp ? "transport=tcp" : NULL, NULL);
}

static void
apply_turn (VavAppPreferences *self)
{
  const char *fault = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  if (self->filling)
    return;
  url = join_turn (self, &fault);
  if (url != NULL && self->host != NULL
      && !vav_endpoint_set_turn (vav_app_host_get_endpoint (self->host), *url != '\0' ? url : NULL, &error))
    fault = _ ("This relay cannot be used: its server is no host name and no IP address.");
  vav_app_preferences_tell (GTK_WIDGET (self->turn_host_row), self->turn_error, fault);
  if (fault != NULL)
    return;
  vav_app_secrets_set_server (vav_app_settings_get_secrets (self->settings), VAV_SERVER_TURN, url);
  if (*url == '\0' && gtk_switch_get_active (self->relay_switch))
    gtk_switch_set_active (self->relay_switch, FALSE);
  update_relay (self);
}

/* While its password is not known, all but that. */
static char *
dup_turn (VavAppPreferences *self)
{
  char *url = vav_app_network_dup_server (self->settings, VAV_SERVER_TURN);

  return url != NULL ? url : vav_app_settings_dup_string (self->settings, "turn");
}

void
vav_app_preferences_fill_turn_password (VavAppPreferences *self)
{
  g_autofree char *url = dup_turn (self);
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;

  if (uri == NULL || g_uri_get_password (uri) == NULL || *text_of (self->turn_password_row) != '\0')
    return;
  self->filling = TRUE;
  gtk_editable_set_text (self->turn_password_row, g_uri_get_password (uri));
  self->filling = FALSE;
}

static void
fill_turn (VavAppPreferences *self)
{
  g_autofree char *url = dup_turn (self);
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;
  g_autofree char *port = NULL;

  if (uri == NULL)
    return;
  if (g_uri_get_port (uri) > 0)
    port = g_strdup_printf ("%d", g_uri_get_port (uri));
  gtk_editable_set_text (self->turn_host_row, g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "");
  gtk_editable_set_text (self->turn_port_row, port != NULL ? port : "");
  gtk_editable_set_text (self->turn_user_row, g_uri_get_user (uri) != NULL ? g_uri_get_user (uri) : "");
  gtk_editable_set_text (self->turn_password_row, g_uri_get_password (uri) != NULL ? g_uri_get_password (uri) : "");
  adw_combo_row_set_selected (self->turn_transport_row,
                              g_strcmp0 (g_uri_get_query (uri), "transport=tcp") == 0 ? 1 : 0);
}

static void
on_relay_only (VavAppPreferences *self)
{
  gboolean active = gtk_switch_get_active (self->relay_switch);

  if (self->filling)
    return;
  vav_app_settings_set_boolean (self->settings, "relay-only", active);
  if (self->host != NULL)
    vav_endpoint_set_relay_only (vav_app_host_get_endpoint (self->host), active);
}

/* --- the local network --- */

static void
update_findable (VavAppPreferences *self)
{
  VavNearby *nearby = self->host != NULL ? vav_endpoint_get_nearby (vav_app_host_get_endpoint (self->host)) : NULL;
  const char *trouble = nearby != NULL ? vav_nearby_get_trouble (nearby) : NULL;
  const char *what = _ ("While you are reachable, everybody on this network can see your name and your id, and so that "
                        "you are there");
  g_autofree char *both = trouble != NULL ? g_strdup_printf ("%s.\n%s", what, trouble) : NULL;

  /* what one agrees to is told in any case */
  adw_action_row_set_subtitle (self->findable_row, both != NULL ? both : what);
}

static void
fill_findable (VavAppPreferences *self)
{
  vav_app_settings_bind (self->settings, "findable", self->findable_switch, "active");
  if (self->host != NULL)
    g_signal_connect_object (vav_endpoint_get_nearby (vav_app_host_get_endpoint (self->host)), "notify::trouble",
                             G_CALLBACK (update_findable), self, G_CONNECT_SWAPPED);
  update_findable (self);
}

void
vav_app_preferences_fill_network (VavAppPreferences *self)
{
  fill_findable (self);
  fill_listen (self);
  fill_media_ports (self);
  fill_stun (self);
  fill_turn (self);
  vav_app_preferences_lock (self, "stun", self->stun_error, self->stun_row, NULL);
  vav_app_preferences_lock (self, "turn", self->turn_error, self->turn_host_row, self->turn_port_row,
                            self->turn_user_row, self->turn_password_row, self->turn_transport_row, NULL);
  gtk_switch_set_active (self->relay_switch, vav_app_settings_get_boolean (self->settings, "relay-only", FALSE));
  update_relay (self);
}

void
vav_app_preferences_bind_network (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, findable_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, findable_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, port_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, only_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, only_address_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, listen_error);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, media_ports_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, media_ports_error);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, stun_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, stun_error);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_host_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_port_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_user_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_password_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_transport_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, turn_error);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, relay_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, relay_switch);
  gtk_widget_class_bind_template_callback (widget_class, apply_listen);
  gtk_widget_class_bind_template_callback (widget_class, apply_media_ports);
  gtk_widget_class_bind_template_callback (widget_class, apply_stun);
  gtk_widget_class_bind_template_callback (widget_class, apply_turn);
  gtk_widget_class_bind_template_callback (widget_class, on_relay_only);
}
