/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-media-session.h"

G_BEGIN_DECLS

/* Real media behind a peer that says whatever it wants: ICE and DTLS come up, and it sends from the first moment. */
typedef struct
{
  VavMediaSession *session;
  char *description;     /* ours, once it is made */
  GPtrArray *candidates; /* of char *: made, not told yet */
  gboolean connected;
  int n_frames; /* atomic: pictures that came in */
} StormLive;

StormLive *storm_live_new (VavMedia *media, gboolean local);
void storm_live_free (StormLive *self); /* closes in the background */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StormLive, storm_live_free)

G_END_DECLS
