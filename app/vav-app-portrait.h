/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* What somebody looks like: the picture that is kept of them, else the initials of that name, in the colour that the name has everywhere.
 * peer: (nullable): not known yet */
/* The initials and the colour of that name. */
void vav_app_portrait_set_name (AdwAvatar *avatar, const char *name);

void vav_app_portrait_show (AdwAvatar *avatar, VavPeople *people, VavPeer *peer, const char *name);

G_END_DECLS
