/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppSettings:
 *
 * What this user prefers, kept in the profile (`settings.ini`), so that two profiles differ and nothing needs dconf. Where the schema
 * is missing, the defaults given by the caller hold and nothing is kept.
 */
typedef struct _VavAppSettings VavAppSettings;
typedef struct _VavAppSecrets VavAppSecrets;

VavAppSettings *vav_app_settings_new (const char *profile);
void vav_app_settings_free (VavAppSettings *self);

gboolean vav_app_settings_get_boolean (VavAppSettings *self, const char *key, gboolean otherwise);
void vav_app_settings_set_boolean (VavAppSettings *self, const char *key, gboolean value);
int vav_app_settings_get_int (VavAppSettings *self, const char *key, int otherwise);
void vav_app_settings_set_int (VavAppSettings *self, const char *key, int value);

/* (transfer full) (nullable): NULL where it is not set or empty */
char *vav_app_settings_dup_string (VavAppSettings *self, const char *key);
void vav_app_settings_set_string (VavAppSettings *self, const char *key, const char *value);

/* What whoever rolled the program out has decided (app/service/vav-app-site.h): dup_string() gives it where nothing else was chosen, or may be. Whether
 * nobody can choose, and whether that is what counts now. */
gboolean vav_app_settings_is_locked (VavAppSettings *self, const char *key);
gboolean vav_app_settings_is_from_site (VavAppSettings *self, const char *key);

/* Where received files go: the folder that was chosen, else the one for downloads. (transfer full) */
char *vav_app_settings_dup_folder (VavAppSettings *self);

/* The addresses of servers, with their passwords: vav-app-secrets.h. (transfer none) */
VavAppSecrets *vav_app_settings_get_secrets (VavAppSettings *self);

/* (nullable): what was wrong with the file when it was read, and what became of it; a sentence for people. The other: with the organisation's file */
const char *vav_app_settings_get_trouble (VavAppSettings *self);
const char *vav_app_settings_get_site_trouble (VavAppSettings *self);

/* Of any type. (transfer full) (nullable): the key is not known. value: floating; one of another type than the key's is not kept */
GVariant *vav_app_settings_get_value (VavAppSettings *self, const char *key);
void vav_app_settings_set_value (VavAppSettings *self, const char *key, GVariant *value);

/* Keeps a property and a key the same, both ways; where the key is not known the property is left alone. */
void vav_app_settings_bind (VavAppSettings *self, const char *key, gpointer object, const char *property);
void vav_app_settings_bind_history (VavAppSettings *self, VavEndpoint *endpoint); /* keep-history, keep-history-days */

/* Calls changed (user_data) when the key's value is another. Returns: for vav_app_settings_unwatch(); 0: the key is not known */
gulong vav_app_settings_watch (VavAppSettings *self, const char *key, GCallback changed, gpointer user_data);
void vav_app_settings_unwatch (VavAppSettings *self, gulong watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAppSettings, vav_app_settings_free)

G_END_DECLS
