/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-ice-agent.h"
#include "net/media/vav-ice-transport.h"
#include "net/media/vav-media-session.h"

G_BEGIN_DECLS

/* What a session needs to know of VavMedia. The URLs stay the media's. */
void vav_media_fill_ice_config (VavMedia *self, VavIceConfig *config);
/* Whether incoming sound is played to somebody. */
gboolean vav_media_has_speaker (VavMedia *self);

/* For tests: how many packets of a class left this computer so far. */
guint vav_media_session_get_sent (VavMediaSession *self, VavPacketClass class);

G_END_DECLS
