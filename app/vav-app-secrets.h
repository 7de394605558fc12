/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppSecretsPlace:
 * @VAV_APP_SECRETS_NONE: there is no password
 * @VAV_APP_SECRETS_ASKING: the keyring is being asked
 * @VAV_APP_SECRETS_KEYRING: in the keyring
 * @VAV_APP_SECRETS_FILE: in the settings file, as the keyring did not take it
 * @VAV_APP_SECRETS_UNKNOWN: it is not known: the keyring does not tell it, or has none
 *
 * Where the password of a server is.
 */
typedef enum
{
  VAV_APP_SECRETS_NONE,
  VAV_APP_SECRETS_ASKING,
  VAV_APP_SECRETS_KEYRING,
  VAV_APP_SECRETS_FILE,
  VAV_APP_SECRETS_UNKNOWN,
} VavAppSecretsPlace;

/**
 * VavAppSecrets:
 *
 * The addresses of this user's servers, whole: the settings have them without passwords, those are in the desktop's keyring. Where it takes none, or in the
 * settings of an older program, the address in the settings has its password; at each start it is moved, and taken out of the file when the keyring has it.
 *
 * Signals:
 * - `changed` (VavServerKind): its address, or where its password is
 */
#define VAV_APP_TYPE_SECRETS (vav_app_secrets_get_type ())
G_DECLARE_FINAL_TYPE (VavAppSecrets, vav_app_secrets, VAV, APP_SECRETS, GObject)

VavAppSecrets *vav_app_secrets_new (VavAppSettings *settings, const char *profile);
void vav_app_secrets_load (VavAppSecrets *self); /* once, when the profile is this process's */

/* What the keyring has not taken yet goes to the settings file: nothing is lost. From then on it does nothing. */
void vav_app_secrets_close (VavAppSecrets *self);

/* (transfer full) (nullable): NULL also while its password is not known */
char *vav_app_secrets_dup_server (VavAppSecrets *self, VavServerKind kind);
void vav_app_secrets_set_server (VavAppSecrets *self, VavServerKind kind, const char *url); /* url: (nullable): none */

VavAppSecretsPlace vav_app_secrets_get_place (VavAppSecrets *self, VavServerKind kind);
const GError *vav_app_secrets_get_error (VavAppSecrets *self, VavServerKind kind); /* (nullable) */
void vav_app_secrets_try_again (VavAppSecrets *self); /* what the keyring did not take or tell */

G_END_DECLS
