/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person sees and hears of the own devices without a call, and the list that they choose from. */
#include <gst/gst.h>
#include <math.h>

#include "net/media/vav-chime.h"
#include "net/media/vav-device-list.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-preview-media.h"
#include "pair.h"
#include "shelf.h"
#include "tests/lib/tolerate.h"

#define wait_until(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                                                      \
    while (!(condition))                                                                                               \
      {                                                                                                                \
        pair_run (0.02);                                                                                               \
        g_assert_cmpint (g_get_monotonic_time (), <, limit);                                                           \
      }                                                                                                                \
  }                                                                                                                    \
  G_STMT_END

typedef struct
{
  VavMedia *media;
  VavPreview *preview;
  guint levels; /* told */
  guint consumer;
  int pictures; /* atomic */
  int ended;    /* the test sound: -1: not yet */
} Desk;

static void
on_level (Desk *desk)
{
  desk->levels++;
}

static void
on_sound_ended (VavPreview *preview, gboolean played, Desk *desk)
{
  desk->ended = played;
}

/* The camera's thread */
static void
on_picture (gpointer sample, gpointer user_data)
{
  Desk *desk = user_data;

  g_atomic_int_inc (&desk->pictures);
}

static void
desk_open (Desk *desk, const char *source)
{
  desk->media = vav_media_new (source, "anna", NULL);
  desk->preview = vav_preview_new (desk->media);
  desk->ended = -1;
  desk->consumer = vav_outlet_attach (vav_preview_get_video_out (desk->preview), on_picture, desk, NULL);
  g_signal_connect_swapped (desk->preview, "notify::level", G_CALLBACK (on_level), desk);
  g_signal_connect (desk->preview, "sound-ended", G_CALLBACK (on_sound_ended), desk);
}

static void
desk_close (Desk *desk)
{
  g_clear_object (&desk->preview);
  vav_media_stop_watching (desk->media);
  vav_outlet_detach (vav_media_get_outlet (desk->media, VAV_MEDIA_VIDEO), desk->consumer);
  g_clear_object (&desk->media);
}

/* The level of the test tone is told again and again, and what was opened for it is closed with it; the camera is another matter. */
static void
test_level (void)
{
  Desk desk = { NULL };

  desk_open (&desk, "test");
  g_assert_cmpfloat (vav_preview_get_level (desk.preview), ==, VAV_LEVEL_SILENCE);
  g_assert_false (vav_media_is_open (desk.media, VAV_MEDIA_AUDIO));

  vav_preview_set_microphone (desk.preview, TRUE);
  wait_until (vav_preview_get_level (desk.preview) > -60);
  g_assert_cmpfloat (vav_preview_get_level (desk.preview), <=, 0);
  wait_until (desk.levels >= 10);
  g_assert_false (vav_media_is_open (desk.media, VAV_MEDIA_VIDEO));

  vav_preview_set_microphone (desk.preview, FALSE);
  g_assert_cmpfloat (vav_preview_get_level (desk.preview), ==, VAV_LEVEL_SILENCE);
  g_assert_false (vav_media_is_open (desk.media, VAV_MEDIA_AUDIO));
  desk_close (&desk);
}

/* A camera that somebody else holds is shared, opened once, and stays open for the other one. */
static void
test_shared (void)
{
  GstDevice *camera = shelf_plug_camera ("camera", 320);
  Desk desk = { NULL };

  g_test_summary ("W19: a preview beside a call opens no camera twice, and leaves none open");
  desk_open (&desk, "auto");
  vav_media_hold (desk.media, VAV_MEDIA_VIDEO);
  wait_until (g_atomic_int_get (&desk.pictures) > 2);
  vav_preview_set_camera (desk.preview, TRUE);
  vav_preview_set_camera (desk.preview, TRUE);
  vav_preview_set_camera (desk.preview, FALSE);
  g_assert_true (vav_media_is_open (desk.media, VAV_MEDIA_VIDEO));
  g_atomic_int_set (&desk.pictures, 0);
  wait_until (g_atomic_int_get (&desk.pictures) > 2);
  g_assert_cmpint (shelf_get_tries (camera), ==, 1);

  vav_preview_set_camera (desk.preview, TRUE);
  vav_media_release (desk.media, VAV_MEDIA_VIDEO);
  g_assert_true (vav_media_is_open (desk.media, VAV_MEDIA_VIDEO));
  g_clear_object (&desk.preview);
  g_assert_false (vav_media_is_open (desk.media, VAV_MEDIA_VIDEO));
  desk_close (&desk);
  shelf_unplug (camera);
}

/* The test sound goes to the chosen speaker, whole, and is over by itself; a second one meanwhile is none. */
static void
test_sound (void)
{
  GstDevice *speaker = shelf_plug_speaker ("speaker", TRUE);
  Desk desk = { NULL };

  desk_open (&desk, "auto");
  vav_media_set_device (desk.media, VAV_DEVICE_SPEAKER, "speaker");
  vav_preview_play_sound (desk.preview);
  g_assert_true (vav_preview_is_sounding (desk.preview));
  vav_preview_play_sound (desk.preview);
  wait_until (desk.ended >= 0);
  g_assert_cmpint (desk.ended, ==, TRUE);
  g_assert_false (vav_preview_is_sounding (desk.preview));
  g_assert_cmpint (shelf_get_tries (speaker), ==, 1);
  desk_close (&desk);
  shelf_unplug (speaker);
}

/* Where no speaker takes the sound that is told, and so it is where test sources have none. */
static void
test_no_speaker (void)
{
  GstDevice *bad = shelf_plug_speaker ("bad", FALSE);
  Desk desk = { NULL };

  desk_open (&desk, "auto");
  vav_preview_play_sound (desk.preview);
  wait_until (desk.ended >= 0);
  g_assert_cmpint (desk.ended, ==, FALSE);
  desk_close (&desk);

  desk_open (&desk, "test");
  vav_preview_play_sound (desk.preview);
  g_assert_cmpint (desk.ended, ==, FALSE);
  desk_close (&desk);
  shelf_unplug (bad);
}

/* A preview that goes in the middle of its sound takes it along. */
static void
test_sound_given_up (void)
{
  GstDevice *speaker = shelf_plug_speaker ("speaker", TRUE);
  Desk desk = { NULL };

  desk_open (&desk, "auto");
  vav_preview_play_sound (desk.preview);
  wait_until (shelf_get_tries (speaker) > 0);
  desk_close (&desk);
  pair_run (0.2);
  g_assert_cmpint (desk.ended, ==, -1);
  shelf_unplug (speaker);
}

/* The chime is neither silent nor too loud anywhere, begins and ends with nothing, and is silence afterwards. */
static void
test_chime (void)
{
  g_autofree gint16 *samples = g_new (gint16, VAV_CHIME_LENGTH + 480);
  double sum = 0;
  int top = 0;

  vav_chime_fill (samples, VAV_CHIME_LENGTH + 480, 0);
  for (gsize i = 0; i < VAV_CHIME_LENGTH; i++)
    {
      sum += (double)samples[i] * samples[i];
      top = MAX (top, ABS (samples[i]));
    }
  g_assert_cmpint (top, <, G_MAXINT16 * 8 / 10);
  g_assert_cmpfloat (10 * log10 (sum / VAV_CHIME_LENGTH / G_MAXINT16 / G_MAXINT16), >, -30);
  g_assert_cmpint (samples[0], ==, 0);
  g_assert_cmpint (ABS (samples[VAV_CHIME_LENGTH - 1]), <, 100);
  for (gsize i = 0; i < 480; i++)
    g_assert_cmpint (samples[VAV_CHIME_LENGTH + i], ==, 0);
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, guint *changes)
{
  *changes += 1;
}

/* The list is right when it is first known, follows what is plugged in and pulled out, and tells only of what really changed. */
static void
test_list (void)
{
  GstDevice *one = shelf_plug_camera ("one", 320), *other;
  g_autoptr (VavDeviceList) list = vav_device_list_new ();
  guint changes = 0;

  g_test_summary ("W18: the list of devices follows what is plugged in and pulled out");
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &changes);
  g_assert_false (vav_device_list_is_known (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  wait_until (vav_device_list_is_known (list));
  g_assert_cmpuint (vav_device_list_count (list, VAV_DEVICE_CAMERA), ==, 1);

  other = shelf_plug_camera ("other", 640);
  wait_until (vav_device_list_count (list, VAV_DEVICE_CAMERA) == 2);
  shelf_unplug (one);
  wait_until (vav_device_list_count (list, VAV_DEVICE_CAMERA) == 1);
  shelf_unplug (other);
  wait_until (vav_device_list_count (list, VAV_DEVICE_CAMERA) == 0);
  g_assert_cmpuint (changes, <=, 4);
  g_assert_cmpuint (vav_device_list_count (list, VAV_DEVICE_SPEAKER), ==, 0);
}

/* Without a camera there is no picture, until a test picture takes its place; without that there is none again. */
static void
test_test_picture (void)
{
  Desk desk = { NULL };

  g_test_summary ("W18: who has no camera can show a test picture instead, also while somebody looks");
  desk_open (&desk, "auto");
  vav_media_start_watching (desk.media);
  wait_until (!vav_media_has (desk.media, VAV_MEDIA_VIDEO));
  vav_preview_set_camera (desk.preview, TRUE);

  vav_media_set_test_picture (desk.media, TRUE);
  g_assert_true (vav_media_has (desk.media, VAV_MEDIA_VIDEO));
  wait_until (g_atomic_int_get (&desk.pictures) > 2);

  vav_media_set_test_picture (desk.media, FALSE);
  wait_until (!vav_media_has (desk.media, VAV_MEDIA_VIDEO));
  g_atomic_int_set (&desk.pictures, 0);
  pair_run (0.3);
  g_assert_cmpint (g_atomic_int_get (&desk.pictures), ==, 0);
  desk_close (&desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  shelf_set_up ();

  g_test_add_func ("/media/preview/level", test_level);
  g_test_add_func ("/media/preview/shared", test_shared);
  g_test_add_func ("/media/preview/sound", test_sound);
  g_test_add_func ("/media/preview/no-speaker", test_no_speaker);
  g_test_add_func ("/media/preview/sound-given-up", test_sound_given_up);
  g_test_add_func ("/media/preview/chime", test_chime);
  g_test_add_func ("/media/preview/list", test_list);
  g_test_add_func ("/media/preview/test-picture", test_test_picture);

  return tolerate_exit (g_test_run ());
}
