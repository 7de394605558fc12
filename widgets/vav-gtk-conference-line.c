/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include <glib/gi18n-lib.h>

/* What can be set on the view and is the stream's: it goes on to the stream, or waits for one. */

/* Tells a new stream what was set on the view while it had none. The address last: it dials, and the call may be over when that returns. */
void
vav_gtk_conference_hand_over (VavGtkConference *self)
{
  g_autoptr (VavStream) stream = g_object_ref (self->stream);
  g_autofree char *address = g_steal_pointer (&self->address);
  g_autofree char *identifier = g_steal_pointer (&self->identifier);
  int detection = self->detection;

  self->detection = -1;
  if (identifier != NULL)
    vav_stream_set_identifier (stream, identifier);
  if (detection >= 0)
    vav_stream_set_detection (stream, detection > 0);
  if (address != NULL)
    vav_stream_set_address (stream, address);
}

/* Returns: (transfer full): a fresh stream of the view's endpoint, with the name that the last one had; the caller binds it */
VavStream *
vav_gtk_conference_make_stream (VavGtkConference *self)
{
  VavStream *stream = vav_stream_new (self->endpoint);

  vav_stream_set_identifier (stream, self->last_identifier);
  return stream;
}

/* Returns: (transfer full) (nullable): the view's stream, a fresh one if it has none. Held: a call can be over, and the view without its stream, before
 * the function that began it returns. */
static VavStream *
ensure_stream (VavGtkConference *self)
{
  g_autoptr (VavGtkConference) alive = g_object_ref (self);

  if (self->stream == NULL && self->endpoint != NULL)
    {
      g_autoptr (VavStream) stream = vav_gtk_conference_make_stream (self);

      vav_gtk_conference_bind (self, stream);
      self->stream_is_own = self->stream == stream;
    }
  return self->stream != NULL ? g_object_ref (self->stream) : NULL;
}

/* The view has an endpoint now: what was set before asks for a stream. */
void
vav_gtk_conference_take_endpoint (VavGtkConference *self)
{
  g_autoptr (VavStream) stream = NULL;

  if (self->stream == NULL && (self->address != NULL || self->detection > 0))
    stream = ensure_stream (self);
}

/**
 * vav_gtk_conference_get_address:
 *
 * Returns: (nullable): the stream's address, or what waits for a stream
 */
const char *
vav_gtk_conference_get_address (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), NULL);
  return self->stream != NULL ? vav_stream_get_address (self->stream) : self->address;
}

/**
 * vav_gtk_conference_set_address:
 * @address: (nullable): whom to call; `""` is this computer
 *
 * Dials, as #VavStream:address does; without a stream and an endpoint it waits for the stream.
 */
void
vav_gtk_conference_set_address (VavGtkConference *self, const char *address)
{
  g_autoptr (VavStream) stream = NULL;

  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (address != NULL && (stream = ensure_stream (self)) != NULL)
    {
      vav_stream_set_address (stream, address);
      return;
    }
  if (self->stream != NULL || g_strcmp0 (self->address, address) == 0)
    return;
  g_free (self->address);
  self->address = g_strdup (address);
  g_object_notify (G_OBJECT (self), "address");
}

/**
 * vav_gtk_conference_get_identifier:
 *
 * Returns: (nullable): the name under which it can be called
 */
const char *
vav_gtk_conference_get_identifier (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), NULL);
  if (self->stream != NULL)
    return vav_stream_get_identifier (self->stream);
  return self->identifier != NULL ? self->identifier : self->last_identifier;
}

/**
 * vav_gtk_conference_set_identifier:
 * @identifier: (nullable): the name under which it can be called
 */
void
vav_gtk_conference_set_identifier (VavGtkConference *self, const char *identifier)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (self->stream != NULL)
    {
      vav_stream_set_identifier (self->stream, identifier);
      return;
    }
  if (g_strcmp0 (vav_gtk_conference_get_identifier (self), identifier) == 0)
    return;
  g_clear_pointer (&self->last_identifier, g_free);
  g_free (self->identifier);
  self->identifier = g_strdup (identifier);
  g_object_notify (G_OBJECT (self), "identifier");
}

/**
 * vav_gtk_conference_get_detection:
 *
 * Returns: whether it takes calls
 */
gboolean
vav_gtk_conference_get_detection (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return self->stream != NULL ? vav_stream_get_detection (self->stream) : self->detection > 0;
}

/**
 * vav_gtk_conference_set_detection:
 * @detection: whether it takes calls
 */
void
vav_gtk_conference_set_detection (VavGtkConference *self, gboolean detection)
{
  g_autoptr (VavStream) stream = NULL;

  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  self->detection_set = TRUE;
  if (vav_gtk_conference_get_detection (self) == !!detection)
    return;
  stream = ensure_stream (self);
  if (stream != NULL)
    {
      vav_stream_set_detection (stream, detection);
      return;
    }
  self->detection = detection ? 1 : 0;
  g_object_notify (G_OBJECT (self), "detection");
}

static gboolean
sends (VavGtkConference *self, VavFlows flow)
{
  return self->stream != NULL && (vav_stream_get_flows (self->stream) & flow) != 0;
}

static void
set_flow (VavGtkConference *self, VavFlows flow, gboolean on)
{
  if (self->stream == NULL || sends (self, flow) == !!on)
    return;
  if (on)
    vav_stream_play (self->stream, flow);
  else
    vav_stream_stop (self->stream, flow);
}

/**
 * vav_gtk_conference_get_microphone:
 *
 * Returns: whether this side's sound goes out
 */
gboolean
vav_gtk_conference_get_microphone (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return sends (self, VAV_FLOW_AUDIO_OUT);
}

/**
 * vav_gtk_conference_set_microphone:
 * @microphone: whether this side's sound goes out
 */
void
vav_gtk_conference_set_microphone (VavGtkConference *self, gboolean microphone)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  set_flow (self, VAV_FLOW_AUDIO_OUT, microphone);
}

/**
 * vav_gtk_conference_get_camera:
 *
 * Returns: whether this side's picture goes out
 */
gboolean
vav_gtk_conference_get_camera (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return sends (self, VAV_FLOW_VIDEO_OUT);
}

/**
 * vav_gtk_conference_set_camera:
 * @camera: whether this side's picture goes out
 */
void
vav_gtk_conference_set_camera (VavGtkConference *self, gboolean camera)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  set_flow (self, VAV_FLOW_VIDEO_OUT, camera);
}

/**
 * vav_gtk_conference_dial:
 * @address: whom to call
 *
 * Returns: whether the call has begun; how it goes is told by the stream
 */
gboolean
vav_gtk_conference_dial (VavGtkConference *self, const char *address, GError **error)
{
  g_autoptr (VavStream) stream = NULL;

  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  stream = ensure_stream (self);
  if (stream == NULL)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("This view has no line to call with."));
      return FALSE;
    }
  return vav_stream_dial (stream, address, NULL, error);
}
