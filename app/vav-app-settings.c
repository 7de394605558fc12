/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_SETTINGS_ENABLE_BACKEND
#include "app/vav-app-settings.h"

#include <gio/gsettingsbackend.h>
#include <string.h>

#include "app/service/vav-app-profile.h"
#include "app/service/vav-app-site.h"
#include "app/vav-app-paths.h"
#include "app/vav-app-secrets.h"
#include "app/vav-app-settings-mend.h"

#define SCHEMA "org.visavis.Visavis"

struct _VavAppSettings
{
  GSettings *settings; /* nullable: no schema */
  GSettingsSchema *schema;
  char *trouble; /* nullable */
  VavAppSecrets *secrets;
  VavAppSite *site;
};

static void
load_site (VavAppSettings *self)
{
  self->site = vav_app_site_load ();
  for (guint i = 0; i < self->site->faults->len; i++)
    g_message ("%s", (const char *)self->site->faults->pdata[i]);
}

VavAppSettings *
vav_app_settings_new (const char *profile)
{
  VavAppSettings *self = g_new0 (VavAppSettings, 1);
  g_autofree char *file = vav_app_profile_dup_settings_file (profile);
  g_autoptr (GSettingsBackend) backend = NULL;
  gboolean usable;

  self->secrets = vav_app_secrets_new (self, profile);
  self->schema = vav_app_paths_find_schema (SCHEMA);
  if (self->schema == NULL)
    {
      g_message ("The settings schema %s is not installed; preferences keep their defaults and are not stored.",
                 SCHEMA);
      load_site (self);
      return self;
    }
  self->trouble = vav_app_settings_mend (file, self->schema, &usable);
  backend = usable ? g_keyfile_settings_backend_new (file, "/", NULL) : g_memory_settings_backend_new ();
  self->settings = g_settings_new_full (self->schema, backend, NULL);
  load_site (self);
  return self;
}

void
vav_app_settings_free (VavAppSettings *self)
{
  vav_app_secrets_close (self->secrets);
  g_clear_object (&self->secrets);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->schema, g_settings_schema_unref);
  vav_app_site_free (self->site);
  g_free (self->trouble);
  g_free (self);
}

/* GSettings aborts on a key that its schema lacks. */
static gboolean
has (VavAppSettings *self, const char *key, const GVariantType *type)
{
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;

  if (self->settings == NULL || !g_settings_schema_has_key (self->schema, key))
    return FALSE;
  schema_key = g_settings_schema_get_key (self->schema, key);
  return g_variant_type_equal (g_settings_schema_key_get_value_type (schema_key), type);
}

gboolean
vav_app_settings_get_boolean (VavAppSettings *self, const char *key, gboolean otherwise)
{
  return has (self, key, G_VARIANT_TYPE_BOOLEAN) ? g_settings_get_boolean (self->settings, key) : otherwise;
}

void
vav_app_settings_set_boolean (VavAppSettings *self, const char *key, gboolean value)
{
  if (has (self, key, G_VARIANT_TYPE_BOOLEAN) && g_settings_get_boolean (self->settings, key) != value)
    g_settings_set_boolean (self->settings, key, value);
}

int
vav_app_settings_get_int (VavAppSettings *self, const char *key, int otherwise)
{
  return has (self, key, G_VARIANT_TYPE_INT32) ? g_settings_get_int (self->settings, key) : otherwise;
}

void
vav_app_settings_set_int (VavAppSettings *self, const char *key, int value)
{
  if (has (self, key, G_VARIANT_TYPE_INT32) && g_settings_get_int (self->settings, key) != value)
    g_settings_set_int (self->settings, key, value);
}

/* --- what the organisation has decided --- */

gboolean
vav_app_settings_is_locked (VavAppSettings *self, const char *key)
{
  guint kind = vav_app_site_find_kind (key);

  return kind < VAV_N_SERVER_KINDS && self->site->locked[kind];
}

/* Also what was chosen to be none is chosen. */
static gboolean
is_chosen (VavAppSettings *self, const char *key)
{
  g_autoptr (GVariant) value = NULL;

  if (has (self, key, G_VARIANT_TYPE_STRING))
    value = g_settings_get_user_value (self->settings, key);
  return value != NULL;
}

gboolean
vav_app_settings_is_from_site (VavAppSettings *self, const char *key)
{
  guint kind = vav_app_site_find_kind (key);

  return kind < VAV_N_SERVER_KINDS
         && (self->site->locked[kind] || (self->site->servers[kind] != NULL && !is_chosen (self, key)));
}

/* --- strings --- */

char *
vav_app_settings_dup_string (VavAppSettings *self, const char *key)
{
  g_autofree char *text = NULL;

  if (vav_app_settings_is_from_site (self, key))
    return g_strdup (self->site->servers[vav_app_site_find_kind (key)]);
  if (has (self, key, G_VARIANT_TYPE_STRING))
    text = g_settings_get_string (self->settings, key);
  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

void
vav_app_settings_set_string (VavAppSettings *self, const char *key, const char *value)
{
  g_autofree char *old = NULL;

  if (!has (self, key, G_VARIANT_TYPE_STRING) || vav_app_settings_is_locked (self, key))
    return;
  old = vav_app_settings_dup_string (self, key);
  if (strcmp (old != NULL ? old : "", value) != 0)
    g_settings_set_string (self->settings, key, value);
}

char *
vav_app_settings_dup_folder (VavAppSettings *self)
{
  g_autofree char *folder = vav_app_settings_dup_string (self, "files-folder");

  return folder != NULL ? g_steal_pointer (&folder) : vav_app_paths_dup_folder (G_USER_DIRECTORY_DOWNLOAD);
}

GVariant *
vav_app_settings_get_value (VavAppSettings *self, const char *key)
{
  if (self->settings == NULL || !g_settings_schema_has_key (self->schema, key))
    return NULL;
  return g_settings_get_value (self->settings, key);
}

void
vav_app_settings_set_value (VavAppSettings *self, const char *key, GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);
  g_autoptr (GVariant) old
      = has (self, key, g_variant_get_type (held)) ? g_settings_get_value (self->settings, key) : NULL;

  if (old != NULL && !g_variant_equal (old, held))
    g_settings_set_value (self->settings, key, held);
}

void
vav_app_settings_bind (VavAppSettings *self, const char *key, gpointer object, const char *property)
{
  if (self->settings != NULL && g_settings_schema_has_key (self->schema, key))
    g_settings_bind (self->settings, key, object, property, G_SETTINGS_BIND_DEFAULT);
}

/* A history is kept unless somebody said no. */
void
vav_app_settings_bind_history (VavAppSettings *self, VavEndpoint *endpoint)
{
  vav_endpoint_set_history_kept (endpoint, TRUE);
  vav_app_settings_bind (self, "keep-history", endpoint, "history-kept");
  vav_app_settings_bind (self, "keep-history-days", vav_endpoint_get_history (endpoint), "days");
}

gulong
vav_app_settings_watch (VavAppSettings *self, const char *key, GCallback changed, gpointer user_data)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  if (self->settings == NULL || !g_settings_schema_has_key (self->schema, key))
    return 0;
  g_variant_unref (g_settings_get_value (self->settings, key)); /* only of what was read once are changes told */
  return g_signal_connect_swapped (self->settings, signal, changed, user_data);
}

void
vav_app_settings_unwatch (VavAppSettings *self, gulong watch)
{
  if (watch != 0)
    g_signal_handler_disconnect (self->settings, watch);
}

const char *
vav_app_settings_get_trouble (VavAppSettings *self)
{
  return self->trouble;
}

const char *
vav_app_settings_get_site_trouble (VavAppSettings *self)
{
  return self->site->faults->len > 0 ? self->site->faults->pdata[0] : NULL;
}

VavAppSecrets *
vav_app_settings_get_secrets (VavAppSettings *self)
{
  return self->secrets;
}
