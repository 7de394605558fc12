/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-words.h"

/* The end of a call: the stream goes, what is to be told of it stays. */

/* Returns: (nullable): what "Call again" dials. A caller's own address is of no use: it is the port that their connection happened to come from. */
static char *
dup_redial_address (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);
  VavEndpoint *endpoint = vav_stream_get_endpoint (stream);
  g_autoptr (VavPerson) person = NULL;

  /* it would end the same way */
  if (vav_stream_get_end_reason (stream) == VAV_REASON_UNTRUSTED)
    return NULL;
  if (!vav_stream_is_incoming (stream))
    return g_strdup (vav_stream_get_address (stream));
  if (peer == NULL || endpoint == NULL)
    return NULL;
  person = vav_people_find_by_id (vav_endpoint_get_people (endpoint), vav_peer_get_id (peer));
  return person != NULL ? g_strdup (vav_person_get_address (person)) : NULL;
}

/* Returns: (nullable): the name that was set on the stream; %NULL: it has the endpoint's, and its successor will, too */
static char *
dup_own_identifier (VavStream *stream)
{
  const char *identifier = vav_stream_get_identifier (stream);

  if (g_strcmp0 (identifier, vav_endpoint_get_identifier (vav_stream_get_endpoint (stream))) == 0)
    return NULL;
  return g_strdup (identifier);
}

/* By the person, before anybody answered: nothing has ended that had begun. */
static gboolean
was_given_up (VavStream *stream)
{
  const gint64 *since = g_object_get_data (G_OBJECT (stream), VAV_GTK_ACTIVE_SINCE);

  return vav_stream_get_end_reason (stream) == VAV_REASON_LOCAL && !vav_stream_is_incoming (stream)
         && (since == NULL || since[1] != (gint64)vav_stream_get_value (stream));
}

void
vav_gtk_conference_forget_end (VavGtkConference *self)
{
  g_clear_pointer (&self->last_words, g_free);
  g_clear_pointer (&self->last_name, g_free);
  g_clear_pointer (&self->last_address, g_free);
  g_clear_pointer (&self->last_identifier, g_free);
}

/* The stream's call is over. */
void
vav_gtk_conference_keep_end (VavGtkConference *self)
{
  vav_gtk_conference_forget_end (self);
  self->last_words
      = was_given_up (self->stream) ? g_strdup (_ ("You cancelled the call.")) : vav_gtk_words_state (self->stream);
  self->last_name = vav_gtk_words_name (self->stream);
  self->last_address = dup_redial_address (self->stream);
  self->last_identifier = dup_own_identifier (self->stream);
}

/* The detection passes on if it is the view's: on another endpoint it would be another door, and where only the program shows it, it is the program's. */
static gboolean
has_detection (VavGtkConference *self)
{
  return vav_stream_get_detection (self->stream) && (self->detection_visible || self->detection_set)
         && self->endpoint == vav_stream_get_endpoint (self->stream);
}

/* The connection's end was told: no view shows the stream any more. */
void
vav_gtk_conference_let_go (VavGtkConference *self)
{
  g_autoptr (VavGtkConference) alive = g_object_ref (self);
  g_autoptr (VavStream) old = g_object_ref (self->stream);
  g_autoptr (VavStream) fresh = NULL;

  if (vav_stream_is_busy (old))
    return;
  vav_gtk_conference_keep_end (self);
  if (has_detection (self))
    {
      fresh = vav_gtk_conference_make_stream (self);
      /* before the old one stops, else the door would close in between and open at another port */
      vav_stream_set_detection (fresh, TRUE);
      vav_stream_set_detection (old, FALSE);
    }
  vav_gtk_conference_bind (self, fresh);
  self->stream_is_own = fresh != NULL && self->stream == fresh;
}
