/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-choices.h"

#include "app/vav-app-saver.h"

/* A slider that is being drawn tells of a hundred volumes; the last one is kept. Writing takes longer than a frame lasts. */
#define DELAY_MS 400
#define KEY "vav-app-choices"

/* Settings and properties of the endpoint have the same names. An empty string in the settings is no device: the default one. */
static const char *const keys[]
    = { "camera", "microphone", "speaker", "volume", "voice-processing", "picture-quality" };

typedef struct
{
  VavAppSettings *settings; /* borrowed */
  VavEndpoint *endpoint;    /* borrowed: it owns this */
  gulong watches[G_N_ELEMENTS (keys)];
  guint delay;
  gboolean loading;
} Choices;

static GVariant *
read_property (VavEndpoint *endpoint, const char *key)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (G_OBJECT (endpoint), key, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    return g_variant_new_string (g_value_get_string (&value) != NULL ? g_value_get_string (&value) : "");
  if (G_VALUE_HOLDS_DOUBLE (&value))
    return g_variant_new_double (g_value_get_double (&value));
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_variant_new_boolean (g_value_get_boolean (&value));
  if (G_VALUE_HOLDS_ENUM (&value))
    {
      g_autoptr (GEnumClass) class = g_type_class_ref (G_VALUE_TYPE (&value));

      return g_variant_new_string (g_enum_get_value (class, g_value_get_enum (&value))->value_nick);
    }
  g_return_val_if_reached (NULL);
}

static void
write_property (VavEndpoint *endpoint, const char *key, GVariant *variant)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (endpoint), key);

  if (G_IS_PARAM_SPEC_ENUM (spec))
    {
      GEnumValue *value
          = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (spec)->enum_class, g_variant_get_string (variant, NULL));

      if (value != NULL)
        g_object_set (endpoint, key, value->value, NULL);
    }
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    {
      const char *name = g_variant_get_string (variant, NULL);

      g_object_set (endpoint, key, *name != '\0' ? name : NULL, NULL);
    }
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE))
    g_object_set (endpoint, key, CLAMP (g_variant_get_double (variant), 0, VAV_MAX_VOLUME), NULL);
  else
    g_object_set (endpoint, key, g_variant_get_boolean (variant), NULL);
}

static void
load (Choices *self)
{
  self->loading = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = vav_app_settings_get_value (self->settings, keys[i]);

      if (value != NULL)
        write_property (self->endpoint, keys[i], value);
    }
  self->loading = FALSE;
}

/* Preferences, or another hand, wrote into the settings. */
static void
on_setting (Choices *self)
{
  if (self->delay == 0)
    load (self);
}

static gboolean
save (gpointer user_data)
{
  Choices *self = user_data;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    vav_app_settings_set_value (self->settings, keys[i], read_property (self->endpoint, keys[i]));
  self->delay = 0;
  return G_SOURCE_REMOVE;
}

static void
on_property (Choices *self)
{
  if (!self->loading && self->delay == 0)
    self->delay = g_timeout_add (DELAY_MS, save, self);
}

static void
choices_free (gpointer data)
{
  Choices *self = data;

  g_clear_handle_id (&self->delay, g_source_remove);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    vav_app_settings_unwatch (self->settings, self->watches[i]);
  g_free (self);
}

void
vav_app_choices_keep (VavAppSettings *settings, VavEndpoint *endpoint)
{
  Choices *self = g_new0 (Choices, 1);

  self->settings = settings;
  self->endpoint = endpoint;
  load (self);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", keys[i], NULL);

      self->watches[i] = vav_app_settings_watch (settings, keys[i], G_CALLBACK (on_setting), self);
      g_signal_connect_swapped (endpoint, signal, G_CALLBACK (on_property), self);
    }
  g_object_set_data_full (G_OBJECT (endpoint), KEY, self, choices_free);
  vav_app_saver_keep (settings, endpoint);
}

void
vav_app_choices_flush (VavEndpoint *endpoint)
{
  Choices *self = g_object_get_data (G_OBJECT (endpoint), KEY);

  if (self == NULL || self->delay == 0)
    return;
  g_clear_handle_id (&self->delay, g_source_remove);
  save (self);
}
