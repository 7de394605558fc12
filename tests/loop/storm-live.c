/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/storm-live.h"

static void
on_description (VavMediaSession *session, const char *sdp, StormLive *self)
{
  g_free (self->description);
  self->description = g_strdup (sdp);
}

static void
on_candidate (VavMediaSession *session, guint mline, const char *candidate, StormLive *self)
{
  g_ptr_array_add (self->candidates, g_strdup (candidate));
}

static void
on_connected (VavMediaSession *session, StormLive *self)
{
  self->connected = TRUE;
}

static void
on_first_frame (VavMediaSession *session, StormLive *self)
{
  g_atomic_int_inc (&self->n_frames);
}

StormLive *
storm_live_new (VavMedia *media, gboolean local)
{
  StormLive *self = g_new0 (StormLive, 1);
  g_autoptr (VavOutlet) video = vav_outlet_new ();
  g_autoptr (VavOutlet) audio = vav_outlet_new ();

  self->candidates = g_ptr_array_new_with_free_func (g_free);
  self->session = vav_media_session_new (media, video, audio);
  vav_media_session_set_local (self->session, local);
  g_signal_connect (self->session, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->session, "candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->session, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->session, "first-frame", G_CALLBACK (on_first_frame), self);
  vav_media_session_open (self->session);
  return self;
}

void
storm_live_free (StormLive *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->session, self);
  vav_media_session_close_async (self->session, NULL, NULL);
  g_object_unref (self->session);
  g_ptr_array_unref (self->candidates);
  g_free (self->description);
  g_free (self);
}
