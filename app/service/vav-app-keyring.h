/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Passwords of servers in the desktop's keyring: whatever serves org.freedesktop.secrets, in a Flatpak the portal Secret. Each is found by the profile's
 * folder, the server (SCHEME://HOST[:PORT]) and the user name. Where an address has no user name there is nothing to keep. */

typedef enum
{
  VAV_APP_KEYRING_ERROR_ABSENT, /* no session bus, or nothing that serves secrets on it */
  VAV_APP_KEYRING_ERROR_LOCKED, /* and it was not opened: the question was dismissed, or nobody is there to be asked */
  VAV_APP_KEYRING_ERROR_FAILED,
} VavAppKeyringError;

#define VAV_APP_KEYRING_ERROR (vav_app_keyring_error_quark ())
GQuark vav_app_keyring_error_quark (void);

/* password (out): as people type it, without `%`. Returns: (nullable): the address without it; NULL: none is in it, or one that is no text */
char *vav_app_keyring_split (const char *url, char **password);
char *vav_app_keyring_join (const char *bare, const char *password);
gboolean vav_app_keyring_lacks_password (const char *url); /* it has a user name and no password */
gboolean vav_app_keyring_is_same (const char *bare,
                                  const char *other); /* both find the same password; other: (nullable) */

/* All of them may ask the person to open the keyring. bare: an address with a user name and without password */
void vav_app_keyring_store_async (const char *profile, const char *bare, const char *password,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_app_keyring_store_finish (GAsyncResult *result,
                                       GError **error); /* TRUE: it was read back, and is the same */
void vav_app_keyring_look_up_async (const char *profile, const char *bare, GAsyncReadyCallback callback,
                                    gpointer user_data);
char *vav_app_keyring_look_up_finish (GAsyncResult *result,
                                      GError **error); /* (nullable): NULL without error: none is kept */
void vav_app_keyring_remove_async (const char *profile, const char *bare, GAsyncReadyCallback callback,
                                   gpointer user_data); /* a failure is passed over: there is nothing to finish */

/* Any thread; blocks; asks nobody. Returns: (nullable): as vav_app_keyring_look_up_finish() */
char *vav_app_keyring_look_up (const char *profile, const char *bare, GError **error);

G_END_DECLS
