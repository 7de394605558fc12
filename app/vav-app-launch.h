/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/service/vav-app-profile.h"

G_BEGIN_DECLS

/**
 * VavAppPlace:
 * @application_id: the name on the bus that this start takes, or asks the running instance under
 * @unique: whether there is a bus to be found on
 * @lock: (nullable): the profile is ours; %NULL: another process serves it
 *
 * Where a start of the program stands: one service a profile; the first on the bus has the name, whichever profile it serves; those with
 * other profiles stand beside it.
 */
typedef struct
{
  char *application_id;
  gboolean unique;
  VavAppLock *lock;
} VavAppPlace;

/* Takes the profile if it is free. Fails if another process has it that cannot be asked over the bus, or if the folder cannot be used. */
gboolean vav_app_place_find (VavAppPlace *place, const char *profile, GError **error);
void vav_app_place_clear (VavAppPlace *place);

/* The profile is ours, but another process has the name since. */
gboolean vav_app_place_is_lost (const VavAppPlace *place);

/* Tells later starts with this profile under which name to ask. */
void vav_app_place_note (const VavAppPlace *place, const char *profile);

G_END_DECLS
