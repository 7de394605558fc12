/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app/vav-app-preferences-private.h"
#include "app/vav-app-secrets.h"

/* Where the passwords of the servers are, in one row: what is worst counts. */

/* From what needs nobody's hand to what needs it most. */
static const VavAppSecretsPlace order[] = { VAV_APP_SECRETS_NONE, VAV_APP_SECRETS_KEYRING, VAV_APP_SECRETS_ASKING,
                                            VAV_APP_SECRETS_FILE, VAV_APP_SECRETS_UNKNOWN };

static guint
rank (VavAppSecretsPlace place)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (order) && order[i] != place)
    i++;
  return i;
}

static VavServerKind
find_worst (VavAppSecrets *secrets)
{
  VavServerKind worst = VAV_SERVER_TURN;

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    if (rank (vav_app_secrets_get_place (secrets, kind)) > rank (vav_app_secrets_get_place (secrets, worst)))
      worst = kind;
  return worst;
}

static const char *
describe_unknown (VavServerKind kind)
{
  return kind == VAV_SERVER_TURN ? _ ("The relay is not used until its password is known.")
                                 : _ ("The meeting server is not used until its password is known.");
}

/* Returns: (transfer full) */
static char *
describe (VavAppSecrets *secrets, VavServerKind kind)
{
  const GError *error = vav_app_secrets_get_error (secrets, kind);
  const char *why = error != NULL ? error->message : _ ("The keyring has no password for this server: type it again.");

  switch (vav_app_secrets_get_place (secrets, kind))
    {
    case VAV_APP_SECRETS_ASKING:
      return g_strdup (_ ("The keyring is being asked…"));
    case VAV_APP_SECRETS_FILE:
      return g_strdup_printf ("%s %s", why,
                              _ ("Until one takes them, they are in the file of your settings, which only you can "
                                 "read."));
    case VAV_APP_SECRETS_UNKNOWN:
      return g_strdup_printf ("%s %s", why, describe_unknown (kind));
    case VAV_APP_SECRETS_NONE:
    case VAV_APP_SECRETS_KEYRING:
    default:
      return g_strdup (_ ("Kept in the keyring of your desktop"));
    }
}

static void
update (VavAppPreferences *self)
{
  VavAppSecrets *secrets = vav_app_settings_get_secrets (self->settings);
  VavServerKind worst = find_worst (secrets);
  VavAppSecretsPlace place = vav_app_secrets_get_place (secrets, worst);
  g_autofree char *sentence = describe (secrets, worst);

  gtk_widget_set_visible (self->secrets_group, place != VAV_APP_SECRETS_NONE);
  adw_action_row_set_subtitle (self->secrets_row, sentence);
  gtk_widget_set_visible (self->secrets_button, rank (place) > rank (VAV_APP_SECRETS_ASKING));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->secrets_row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence,
                                  -1);
}

static void
on_changed (VavAppSecrets *secrets, VavServerKind kind, VavAppPreferences *self)
{
  if (kind == VAV_SERVER_TURN)
    vav_app_preferences_fill_turn_password (self);
  update (self);
}

static void
try_secrets_again (VavAppPreferences *self)
{
  vav_app_secrets_try_again (vav_app_settings_get_secrets (self->settings));
}

void
vav_app_preferences_fill_secrets (VavAppPreferences *self)
{
  g_signal_connect_object (vav_app_settings_get_secrets (self->settings), "changed", G_CALLBACK (on_changed), self, 0);
  update (self);
}

void
vav_app_preferences_bind_secrets (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, secrets_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, secrets_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, secrets_button);
  gtk_widget_class_bind_template_callback (widget_class, try_secrets_again);
}
