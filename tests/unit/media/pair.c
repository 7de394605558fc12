/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pair.h"

#include <gst/gst.h>
#include <gst/video/video.h>
#include <string.h>

#include "net/media/vav-test-picture.h"
#include "tests/lib/tolerate.h"

#define KEPT_SAMPLES 48000

static Side *
other_side (Side *side)
{
  return &side->pair->sides[1 - side->index];
}

static void
on_description (VavMediaSession *session, const char *sdp, Side *side)
{
  g_autofree char *munged = NULL;

  side->descriptions++;
  g_free (side->description);
  side->description = g_strdup (sdp);
  if (!side->pair->deliver)
    return;
  if (side->pair->munge != NULL)
    munged = side->pair->munge (side->index, sdp);
  vav_media_session_set_remote (other_side (side)->session, munged != NULL ? munged : sdp);
}

static void
on_candidate (VavMediaSession *session, guint mline, const char *candidate, Side *side)
{
  g_assert_cmpuint (side->descriptions, >, 0);
  side->candidates++;
  if (side->pair->deliver)
    vav_media_session_add_candidate (other_side (side)->session, mline, candidate);
}

static void
on_connected (VavMediaSession *session, Side *side)
{
  side->connected++;
  side->connected_at = g_get_monotonic_time ();
}

static void
on_path (VavMediaSession *session, const char *local, const char *remote, gboolean relayed, Side *side)
{
  side->paths++;
}

static void
on_first_frame (VavMediaSession *session, Side *side)
{
  side->first_frames++;
  side->first_frame_at = g_get_monotonic_time ();
}

static void
on_first_sound (VavMediaSession *session, Side *side)
{
  side->first_sounds++;
}

static void
on_stats (VavMediaSession *session, VavStats *stats, Side *side)
{
  side->stats++;
  side->last_stats = *stats;
}

static void
on_failed (VavMediaSession *session, GError *error, Side *side)
{
  side->failures++;
  g_clear_error (&side->error);
  side->error = g_error_copy (error);
}

static void
read_latency (Side *side, GstSample *sample)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint16 number;
  guint32 tenths;

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  if (!gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;
  if (vav_test_picture_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                             GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), &number, &tenths))
    {
      double age = vav_test_picture_age (tenths, g_get_monotonic_time () * 1000);

      g_mutex_lock (&side->pair->lock);
      g_array_append_val (side->latencies, age);
      side->seen[number] = TRUE;
      g_mutex_unlock (&side->pair->lock);
    }
  gst_video_frame_unmap (&frame);
}

static void
on_video (gpointer sample, gpointer user_data)
{
  Side *side = user_data;

  g_atomic_int_inc (&side->frames);
  read_latency (side, sample);
}

static void
on_audio (gpointer sample, gpointer user_data)
{
  Side *side = user_data;
  GstMapInfo map;

  g_atomic_int_inc (&side->sounds);
  if (!gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return;
  g_mutex_lock (&side->pair->lock);
  g_array_append_vals (side->samples, map.data, (guint)(map.size / 2));
  if (side->samples->len > KEPT_SAMPLES)
    g_array_remove_range (side->samples, 0, side->samples->len - KEPT_SAMPLES);
  g_mutex_unlock (&side->pair->lock);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
}

static void
make_side (Pair *pair, guint index, const char *source)
{
  Side *side = &pair->sides[index];
  g_autoptr (GError) error = NULL;

  side->pair = pair;
  side->index = index;
  side->samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  side->latencies = g_array_new (FALSE, FALSE, sizeof (double));
  side->media = vav_media_new (source, index == 0 ? "first" : "second", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    side->outlets[i] = vav_outlet_new ();
  side->consumers[VAV_MEDIA_VIDEO] = vav_outlet_attach (side->outlets[VAV_MEDIA_VIDEO], on_video, side, NULL);
  side->consumers[VAV_MEDIA_AUDIO] = vav_outlet_attach (side->outlets[VAV_MEDIA_AUDIO], on_audio, side, NULL);

  side->session = vav_media_session_new (side->media, side->outlets[VAV_MEDIA_VIDEO], side->outlets[VAV_MEDIA_AUDIO]);
  vav_media_session_set_local (side->session, TRUE);
  g_signal_connect (side->session, "description", G_CALLBACK (on_description), side);
  g_signal_connect (side->session, "candidate", G_CALLBACK (on_candidate), side);
  g_signal_connect (side->session, "connected", G_CALLBACK (on_connected), side);
  g_signal_connect (side->session, "path", G_CALLBACK (on_path), side);
  g_signal_connect (side->session, "first-frame", G_CALLBACK (on_first_frame), side);
  g_signal_connect (side->session, "first-sound", G_CALLBACK (on_first_sound), side);
  g_signal_connect (side->session, "stats", G_CALLBACK (on_stats), side);
  g_signal_connect (side->session, "failed", G_CALLBACK (on_failed), side);
}

Pair *
pair_new_full (const char *first_source, const char *second_source)
{
  Pair *pair = g_new0 (Pair, 1);

  /* GLib forgets it with each test */
  if (g_test_initialized ())
    tolerate_gstreamer ();
  g_mutex_init (&pair->lock);
  pair->deliver = TRUE;
  make_side (pair, 0, first_source);
  make_side (pair, 1, second_source);

  return pair;
}

Pair *
pair_new (const char *source)
{
  return pair_new_full (source, source);
}

static void
clear_side (Side *side)
{
  g_signal_handlers_disconnect_by_data (side->session, side);
  g_clear_object (&side->session);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      vav_outlet_detach (side->outlets[i], side->consumers[i]);
      g_clear_object (&side->outlets[i]);
    }
  g_clear_object (&side->media);
  g_clear_error (&side->error);
  g_free (side->description);
  g_array_unref (side->samples);
  g_array_unref (side->latencies);
}

void
pair_free (Pair *pair)
{
  if (pair == NULL)
    return;

  for (guint i = 0; i < 2; i++)
    clear_side (&pair->sides[i]);
  g_mutex_clear (&pair->lock);
  g_free (pair);
}

void
pair_start (Pair *pair)
{
  vav_media_session_create_offer (pair->sides[0].session);
}

void
pair_open (Pair *pair, int side)
{
  for (int i = 0; i < 2; i++)
    if (side < 0 || side == i)
      vav_media_session_open (pair->sides[i].session);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Side *side = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_media_session_close_finish (VAV_MEDIA_SESSION (object), result, &error));
  g_assert_no_error (error);
  side->closed++;
}

static gboolean
both_closed (Pair *pair)
{
  return pair->sides[0].closed > 0 && pair->sides[1].closed > 0;
}

void
pair_close (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    vav_media_session_close_async (pair->sides[i].session, on_closed, &pair->sides[i]);
  g_assert_true (pair_wait (pair, both_closed, 60));
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
pair_wait (Pair *pair, PairCondition condition, double seconds)
{
  gboolean late = FALSE;
  guint timeout = g_timeout_add ((guint)(seconds * 1000), on_timeout, &late);
  guint tick = g_timeout_add (10, on_tick, NULL);
  gboolean met;

  while (!(met = condition (pair)) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (timeout);
  g_source_remove (tick);

  return met;
}

void
pair_run (double seconds)
{
  gboolean late = FALSE;

  g_timeout_add ((guint)(seconds * 1000), on_timeout, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
pair_both_connected (Pair *pair)
{
  return pair->sides[0].connected > 0 && pair->sides[1].connected > 0;
}

gboolean
pair_both_see_and_hear (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    if (pair->sides[i].first_frames == 0 || pair->sides[i].first_sounds == 0)
      return FALSE;

  return TRUE;
}

gboolean
pair_any_failed (Pair *pair)
{
  return pair->sides[0].failures > 0 || pair->sides[1].failures > 0;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

guint
count_threads (void)
{
  return count_entries ("/proc/self/task");
}

guint
count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}
