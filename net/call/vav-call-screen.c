/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* The screen of a call, sent in the place of the camera's picture. The camera goes on until the screen's first picture is there. */

static void
update (VavCall *self)
{
  if (self->session != NULL)
    vav_media_session_set_screen (self->session, vav_call_get_screen (self));
  vav_call_update_flows (self);
  if (!vav_call_phase_is_over (self->phase)) /* that is told last */
    g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
}

static void
on_began (VavScreen *screen, VavCall *self)
{
  update (self);
}

/* Whoever ended it: back to the camera, or to nothing where that is off. */
static void
end (VavCall *self, const GError *error)
{
  g_autoptr (VavScreen) screen = g_steal_pointer (&self->screen);

  g_signal_handlers_disconnect_by_data (screen, self);
  if (vav_screen_has_begun (screen))
    update (self);
  vav_screen_stop (screen);
  g_signal_emit (self, vav_call_signals[VAV_CALL_SHARING_ENDED], 0, error);
}

static void
on_ended (VavScreen *screen, const GError *error, VavCall *self)
{
  end (self, error);
}

gboolean
vav_call_share_screen (VavCall *self, int fd, guint32 node, GError **error)
{
  if (!vav_call_is_up (self) || self->on_hold)
    {
      g_close (fd, NULL);
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("A screen can be shared only while a call runs."));
      return FALSE;
    }

  vav_call_stop_sharing (self);
  self->screen = vav_screen_new (fd, node);
  g_signal_connect (self->screen, "began", G_CALLBACK (on_began), self);
  g_signal_connect (self->screen, "ended", G_CALLBACK (on_ended), self);

  return TRUE;
}

/* Nobody is told any more. */
void
vav_call_drop_screen (VavCall *self)
{
  if (self->screen != NULL)
    g_signal_handlers_disconnect_by_data (self->screen, self);
  g_clear_object (&self->screen);
}

void
vav_call_stop_sharing (VavCall *self)
{
  if (self->screen != NULL)
    end (self, NULL);
}

VavOutlet *
vav_call_get_screen (VavCall *self)
{
  return self->screen != NULL && vav_screen_has_begun (self->screen) ? vav_screen_get_outlet (self->screen) : NULL;
}

gboolean
vav_call_get_peer_sharing (VavCall *self)
{
  return self->peer_shares && (self->peer_sends & VAV_FLOW_VIDEO_IN) != 0;
}
