/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-stream-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* The screen in the place of the camera's picture, and what this side shows: one outlet for both. */

static void
forward_sample (gpointer sample, gpointer outlet)
{
  vav_outlet_push (outlet, sample);
}

void
vav_stream_screen_clear (VavStream *self)
{
  if (self->shown != NULL)
    vav_outlet_detach (self->shown, self->forward_own);
  g_clear_object (&self->shown);
}

/* Our own picture is the screen's while that is shared. */
void
vav_stream_screen_update (VavStream *self)
{
  VavOutlet *screen = self->call != NULL ? vav_call_get_screen (self->call) : NULL;

  if (screen == NULL)
    screen = vav_media_get_outlet (vav_endpoint_get_media (self->endpoint), VAV_MEDIA_VIDEO);
  if (screen == self->shown)
    return;

  vav_stream_screen_clear (self);
  self->shown = g_object_ref (screen);
  self->forward_own = vav_outlet_attach (self->shown, forward_sample, g_object_ref (self->video_out), g_object_unref);
}

/**
 * vav_stream_share_screen:
 * @fd: a connection to PipeWire that may use the node, as `OpenPipeWireRemote` of the portal
 *   `org.freedesktop.portal.ScreenCast` gives it; taken over, closed when it is not needed any more, also in case of an error
 * @node: the node's number, as the portal's `Start` tells it
 * @error: return location: VAV_ERROR_FAILED: there is no call, it is not up, or on hold
 *
 * Sends a screen or window in the place of the camera's picture, which is given back as soon as the first picture of the screen is there
 * (#VavStream:sharing). It is sent also while #VavStream:flows has no picture going out, at most 1920 × 1080 pixels and 15 times a second,
 * whatever the endpoint's picture quality is. The other side knows (#VavStream:peer-sharing there). A screen that was shared before ends.
 *
 * Sharing ends by vav_stream_stop_sharing(), when this side puts the call on hold, with the call, or when PipeWire gives no pictures any
 * more; then the camera's picture comes back, if that is on. #VavStream::sharing-ended tells it exactly once for each call of this
 * that returned %TRUE: with an error if there never was a picture, else with %NULL.
 *
 * Main context of the endpoint, as all of the stream.
 *
 * Returns: whether it has begun
 */
gboolean
vav_stream_share_screen (VavStream *self, int fd, guint32 node, GError **error)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  g_return_val_if_fail (fd >= 0, FALSE);

  if (self->call != NULL)
    return vav_call_share_screen (self->call, fd, node, error);

  g_close (fd, NULL);
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("A screen can be shared only while a call runs."));
  return FALSE;
}

/**
 * vav_stream_stop_sharing:
 *
 * Back to the camera's picture. Nothing happens while nothing is shared.
 */
void
vav_stream_stop_sharing (VavStream *self)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (self->call != NULL)
    vav_call_stop_sharing (self->call);
}

/**
 * vav_stream_get_sharing:
 *
 * Returns: whether a screen or window is sent in the place of the camera's picture
 */
gboolean
vav_stream_get_sharing (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_get_screen (self->call) != NULL;
}

/**
 * vav_stream_get_peer_sharing:
 *
 * Returns: whether the picture that the other side sends is one of its screen
 */
gboolean
vav_stream_get_peer_sharing (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_get_peer_sharing (self->call);
}
