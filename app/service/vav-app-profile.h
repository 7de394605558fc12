/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* The folder that holds a user's key, people and settings. `option` is what --profile gave, or NULL; then VISAVIS_PROFILE counts,
 * then $XDG_DATA_HOME/visavis. Absolute. (transfer full) */
char *vav_app_profile_dup_dir (const char *option);

/* Where it is if nobody says anything else. */
char *vav_app_profile_dup_usual_dir (void);

/* The name that others see: the profile's setting, else the user's real name, else the computer's. Never empty, at most VAV_MAX_NAME bytes. (transfer full) */
char *vav_app_profile_dup_identifier (const char *dir);

/* What holds where nothing was set. (transfer full) */
char *vav_app_profile_dup_account_name (void);

/* The file that the profile's settings are kept in, by a keyfile settings backend: groups are paths of the schema below `/`. (transfer full) */
char *vav_app_profile_dup_settings_file (const char *dir);

/**
 * VavAppLock:
 *
 * One running service a profile: the lock is held from vav_app_lock_take() to vav_app_lock_release(), or to the process's end, whichever way it ends.
 */
typedef struct _VavAppLock VavAppLock;

/* Makes the folder (mode 0700) if need be. VAV_ERROR_BUSY: another process has the profile; VAV_ERROR_PROFILE: the folder cannot be used. */
VavAppLock *vav_app_lock_take (const char *dir, GError **error);
void vav_app_lock_release (VavAppLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAppLock, vav_app_lock_release)

G_END_DECLS
