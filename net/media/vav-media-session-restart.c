/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/media/vav-media-session-private.h"

/* A session whose path changes under it. */

#define MAX_CREDENTIAL 256
#define MIN_UFRAG 4 /* RFC 8839, 5.4 */
#define MIN_PASSWORD 22

/* ice-char of RFC 8839, 5.1 */
static gboolean
is_credential (const char *text, gsize least)
{
  gsize i;

  for (i = 0; text[i] != '\0'; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;

  return i >= least && i <= MAX_CREDENTIAL;
}

gboolean
vav_media_session_restart (VavMediaSession *self, guint generation, const char *ufrag, const char *password)
{
  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), FALSE);

  if (ufrag != NULL && !(is_credential (ufrag, MIN_UFRAG) && is_credential (password, MIN_PASSWORD)))
    return FALSE;
  self->restarted = TRUE;
  if (self->phase != VAV_SESSION_PHASE_OVER && self->parts.ice != NULL)
    vav_ice_restart (self->parts.ice, generation, ufrag, password);

  return TRUE;
}

gint64
vav_media_session_get_last_heard (VavMediaSession *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), 0);

  return self->parts.ice != NULL ? vav_ice_get_last_heard (self->parts.ice) : 0;
}

guint
vav_media_session_take_gap (VavMediaSession *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), 0);

  return self->parts.ice != NULL ? vav_ice_take_gap (self->parts.ice) : 0;
}
