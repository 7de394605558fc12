/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media.h"

#include <glib/gi18n-lib.h>
#include <gst/gst.h>

#include "net/media/vav-certificate.h"
#include "net/media/vav-dtls-warm-up.h"
#include "net/media/vav-ice-url.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-test-source.h"

G_DEFINE_FINAL_TYPE (VavMedia, vav_media, G_TYPE_OBJECT)

guint vav_media_signals[VAV_N_MEDIA_SIGNALS];

static void
drop_capture (VavMedia *self, VavMediaKind kind)
{
  VavMediaSource *source = &self->sources[kind];

  if (source->capture != NULL)
    {
      g_signal_handlers_disconnect_by_data (source->capture, self);
      vav_capture_close (source->capture);
    }
  g_clear_object (&source->capture);
  source->is_device = FALSE;
}

static void
vav_media_dispose (GObject *object)
{
  VavMedia *self = VAV_MEDIA (object);

  vav_media_stop_watching (self);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      drop_capture (self, (VavMediaKind)i);
      g_clear_object (&self->sources[i].outlet);
      g_clear_pointer (&self->sources[i].listed, g_ptr_array_unref);
    }
  g_clear_pointer (&self->hop, vav_hop_unref);

  G_OBJECT_CLASS (vav_media_parent_class)->dispose (object);
}

static GThread *warm_up_thread; /* (nullable): not yet joined; atomic */
static int warm_up_over;        /* atomic: nobody wants it any more */

/* A thread that still loads plug-ins while the process runs its exit handlers brings it down. */
static void
join_warm_up (void)
{
  GThread *thread = g_atomic_pointer_exchange (&warm_up_thread, NULL);

  g_atomic_int_set (&warm_up_over, TRUE);
  if (thread != NULL)
    g_thread_join (thread);
}

static void
vav_media_finalize (GObject *object)
{
  VavMedia *self = VAV_MEDIA (object);

  join_warm_up ();

  vav_ice_url_free (self->stun);
  vav_ice_url_free (self->turn);
  vav_playback_unref (self->playback);
  gst_clear_caps (&self->picture);
  g_mutex_clear (&self->picture_lock);
  for (guint i = 0; i < G_N_ELEMENTS (self->chosen); i++)
    g_free (self->chosen[i]);
  g_free (self->source);
  g_free (self->seed);

  G_OBJECT_CLASS (vav_media_parent_class)->finalize (object);
}

static void
vav_media_class_init (VavMediaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_media_dispose;
  object_class->finalize = vav_media_finalize;

  /**
   * VavMedia::device-failed:
   * @kind: a #VavMediaKind
   * @error: VAV_ERROR_DEVICE
   *
   * A camera, microphone or file could not be opened or went away. The call goes on without it, or with the one that was used before. Told
   * once: those that are tried again fail silently.
   */
  vav_media_signals[VAV_MEDIA_SIGNAL_DEVICE_FAILED]
      = g_signal_new ("device-failed", VAV_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      G_TYPE_INT, G_TYPE_ERROR);
  /**
   * VavMedia::changed:
   *
   * What vav_media_has() says is another thing than before: a camera or microphone came or went. One that failed has come when it gives something.
   */
  vav_media_signals[VAV_MEDIA_SIGNAL_CHANGED]
      = g_signal_new ("changed", VAV_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * VavMedia::quality-changed:
   *
   * See vav_media_set_picture_quality() and vav_media_set_rate_limit().
   */
  vav_media_signals[VAV_MEDIA_SIGNAL_QUALITY_CHANGED]
      = g_signal_new ("quality-changed", VAV_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_media_init (VavMedia *self)
{
  self->hop = vav_hop_new (self);
  self->playback = vav_playback_new ();
  g_mutex_init (&self->picture_lock);
  self->volume = 1;
  self->processing = TRUE;
}

static gboolean
is_word (const char *source)
{
  static const char *const words[] = { "test", "auto", "none", NULL };

  return g_strv_contains (words, source);
}

/* Of a test picture it is known beforehand; what another camera's are like shows when it has been open. */
static void
know_picture (VavMedia *self, const char *name)
{
  g_autoptr (GstCaps) caps = g_str_equal (name, "test") ? vav_test_source_make_caps () : NULL;

  vav_media_note_picture (self, caps);
}

static void
make_capture (VavMedia *self, VavMediaKind kind, const char *name)
{
  VavMediaSource *source = &self->sources[kind];

  if (g_str_equal (name, "none"))
    return;
  source->capture = vav_capture_new (kind, name, self->seed, source->outlet);
  source->is_device = g_str_equal (name, "auto");
  if (kind == VAV_MEDIA_VIDEO)
    know_picture (self, name);
  if (kind == VAV_MEDIA_AUDIO && source->is_device)
    vav_capture_set_played (source->capture, vav_playback_get_played (self->playback));
  g_signal_connect (source->capture, "began", G_CALLBACK (vav_media_on_capture_began), self);
  g_signal_connect (source->capture, "failed", G_CALLBACK (vav_media_on_capture_failed), self);
}

/**
 * vav_media_new:
 * @source: `test`, `auto`, `none`, or the path of a media file
 * @seed: (nullable): decides the hue of the test picture and the pitch of the tone
 * @error: return location: VAV_ERROR_DEVICE if the file is not there; VAV_ERROR_MEDIA without GStreamer
 *
 * Opens nothing.
 *
 * Returns: (transfer full) (nullable): the media
 */
VavMedia *
vav_media_new (const char *source, const char *seed, GError **error)
{
  g_autoptr (VavMedia) self = NULL;

  g_return_val_if_fail (source != NULL, NULL);

  if (!gst_init_check (NULL, NULL, NULL))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_MEDIA,
                           _ ("GStreamer, which plays pictures and sound, cannot be started."));
      return NULL;
    }

  if (!is_word (source) && !g_file_test (source, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_DEVICE,
                   _ ("There is no media file “%s”. Give the path of one, or test, auto or none."), source);
      return NULL;
    }

  self = g_object_new (VAV_TYPE_MEDIA, NULL);
  self->source = g_strdup (source);
  self->seed = g_strdup (seed);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      self->sources[i].outlet = vav_outlet_new ();
      make_capture (self, (VavMediaKind)i, source);
    }

  return g_steal_pointer (&self);
}

static gpointer
warm_up (gpointer data)
{
  static const char *const factories[] = {
    "webrtcbin", "vp8enc",        "rtpvp8pay",       "rtpvp8depay",  "vp8dec",        "opusenc",     "rtpopuspay",
    "opusdec",   "rtpopusdepay",  "appsrc",          "appsink",      "dtlssrtpdec",   "dtlssrtpenc", "srtpenc",
    "srtpdec",   "rtpbin",        "queue",           "audioconvert", "audioresample", "rtprtxsend",  "rtpfunnel",
    "clocksync", "rtprtxreceive", "rtpjitterbuffer", "rtpssrcdemux", "rtpptdemux",    "rtpsession",  "rtphdrexttwcc",
    NULL,
  };

  vav_dtls_warm_up (); /* before any call makes a DTLS element */
  vav_certificate_get_pem ();
  for (guint i = 0; factories[i] != NULL && !g_atomic_int_get (&warm_up_over); i++)
    {
      GstElement *element = gst_element_factory_make (factories[i], NULL);

      if (element != NULL)
        gst_object_unref (gst_object_ref_sink (element));
    }

  return NULL;
}

/**
 * vav_media_warm_up:
 *
 * Loads, on a thread, what the first call would otherwise wait for: plug-ins, and the keys that GStreamer and we make for DTLS. Looks what
 * devices
 * there are and which come and go, for vav_media_has(); opens none.
 */
void
vav_media_warm_up (VavMedia *self)
{
  static gsize once = 0;

  g_return_if_fail (VAV_IS_MEDIA (self));

  vav_media_start_watching (self);
  if (g_once_init_enter (&once))
    {
      g_atomic_pointer_set (&warm_up_thread, g_thread_new ("vav-warm-up", warm_up, NULL));
      g_once_init_leave (&once, 1);
    }
}

void
vav_media_note_picture (VavMedia *self, GstCaps *caps)
{
  g_mutex_lock (&self->picture_lock);
  gst_caps_replace (&self->picture, caps);
  g_mutex_unlock (&self->picture_lock);
}

GstCaps *
vav_media_dup_picture (VavMedia *self)
{
  GstCaps *caps;

  g_mutex_lock (&self->picture_lock);
  caps = self->picture != NULL ? gst_caps_ref (self->picture) : NULL;
  g_mutex_unlock (&self->picture_lock);

  return caps;
}

const char *
vav_media_get_source (VavMedia *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), NULL);

  return self->source;
}

/**
 * vav_media_set_test_picture:
 * @test_picture: whether a test picture is shown in the place of what the camera or the file gives
 *
 * Also in the middle of a call. The sound stays what it is.
 */
void
vav_media_set_test_picture (VavMedia *self, gboolean test_picture)
{
  VavMediaSource *source;

  g_return_if_fail (VAV_IS_MEDIA (self));

  if (self->test_picture == !!test_picture)
    return;
  self->test_picture = !!test_picture;
  drop_capture (self, VAV_MEDIA_VIDEO);
  make_capture (self, VAV_MEDIA_VIDEO, test_picture ? "test" : self->source);
  source = &self->sources[VAV_MEDIA_VIDEO];
  source->pause_s = 0;
  if (source->is_device)
    vav_capture_set_device (source->capture, self->chosen[VAV_DEVICE_CAMERA]);
  if (source->capture != NULL && source->holds > 0)
    vav_capture_open (source->capture);
  vav_media_look_again (self);
}

gboolean
vav_media_get_test_picture (VavMedia *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);

  return self->test_picture;
}

static gboolean
take_url (VavIceUrl **slot, const char *url, gboolean relay, GError **error)
{
  g_autoptr (VavIceUrl) parsed = NULL;

  if (url != NULL && *url != '\0')
    {
      parsed = vav_ice_url_parse (url, error);
      if (parsed == NULL)
        return FALSE;
      if (parsed->relay != relay)
        {
          g_autofree char *shown = g_strconcat (parsed->relay ? "turn://" : "stun://", parsed->host, NULL);

          g_set_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS, _ ("“%s” is not the address of such a server."),
                       shown);
          return FALSE;
        }
    }

  vav_ice_url_free (*slot);
  *slot = g_steal_pointer (&parsed);
  return TRUE;
}

/**
 * vav_media_set_stun:
 * @url: (nullable): `stun://HOST:PORT`; %NULL for none
 * @error: return location: VAV_ERROR_INVALID_ADDRESS
 *
 * For sessions that begin after this.
 *
 * Returns: %TRUE if @url can be read
 */
gboolean
vav_media_set_stun (VavMedia *self, const char *url, GError **error)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);

  return take_url (&self->stun, url, FALSE, error);
}

/**
 * vav_media_set_turn:
 * @url: (nullable): `turn://USER:PASS@HOST:PORT[?transport=tcp]`, percent-encoded; %NULL for none
 * @error: return location: VAV_ERROR_INVALID_ADDRESS
 *
 * For sessions that begin after this.
 *
 * Returns: %TRUE if @url can be read
 */
gboolean
vav_media_set_turn (VavMedia *self, const char *url, GError **error)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);

  return take_url (&self->turn, url, TRUE, error);
}

/**
 * vav_media_set_relay_only:
 * @relay_only: use no path but through the TURN server, so that the peer does not learn this computer's addresses
 */
void
vav_media_set_relay_only (VavMedia *self, gboolean relay_only)
{
  g_return_if_fail (VAV_IS_MEDIA (self));

  self->relay_only = relay_only;
}

/**
 * vav_media_set_ports:
 * @ports: (nullable): the UDP ports for picture and sound, as `FIRST-LAST`; %NULL for any
 * @error: return location: VAV_ERROR_INVALID_ADDRESS
 *
 * For sessions that begin after this. Where a firewall lets only some ports through.
 *
 * Returns: %TRUE if @ports can be read
 */
gboolean
vav_media_set_ports (VavMedia *self, const char *ports, GError **error)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);

  return vav_ice_ports_parse (ports, &self->ports, error);
}

void
vav_media_fill_ice_config (VavMedia *self, VavIceConfig *config)
{
  config->stun = self->stun;
  config->turn = self->turn;
  config->relay_only = self->relay_only;
  config->ports = self->ports;
}

gboolean
vav_media_has_speaker (VavMedia *self)
{
  return !g_str_equal (self->source, "test") && !g_str_equal (self->source, "none");
}

/**
 * vav_media_get_outlet:
 * @kind: picture or sound
 *
 * Returns: (transfer none): where it comes out
 */
VavOutlet *
vav_media_get_outlet (VavMedia *self, VavMediaKind kind)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), NULL);
  g_return_val_if_fail (kind < VAV_N_MEDIA_KINDS, NULL);

  return self->sources[kind].outlet;
}

/**
 * vav_media_hold:
 * @kind: picture or sound
 *
 * Opens the source unless it is open.
 */
void
vav_media_hold (VavMedia *self, VavMediaKind kind)
{
  VavMediaSource *source;

  g_return_if_fail (VAV_IS_MEDIA (self));
  g_return_if_fail (kind < VAV_N_MEDIA_KINDS);

  source = &self->sources[kind];
  source->holds++;
  /* held already, it may have failed since */
  if (source->capture == NULL || vav_capture_is_open (source->capture))
    return;

  /* it may be there again: that shows when it gives something */
  vav_media_start_afresh (self, kind);
  vav_capture_open (source->capture);
}

/**
 * vav_media_release:
 * @kind: picture or sound
 *
 * Takes back one vav_media_hold(); the last one closes the source.
 */
void
vav_media_release (VavMedia *self, VavMediaKind kind)
{
  VavMediaSource *source;

  g_return_if_fail (VAV_IS_MEDIA (self));
  g_return_if_fail (kind < VAV_N_MEDIA_KINDS);
  g_return_if_fail (self->sources[kind].holds > 0);

  source = &self->sources[kind];
  if (--source->holds == 0 && source->capture != NULL)
    vav_capture_close (source->capture);
}

/**
 * vav_media_has:
 * @kind: picture or sound
 *
 * Returns: whether there is a source of that kind, as far as is known
 */
gboolean
vav_media_has (VavMedia *self, VavMediaKind kind)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);
  g_return_val_if_fail (kind < VAV_N_MEDIA_KINDS, FALSE);

  return self->sources[kind].capture != NULL && !self->sources[kind].failed;
}

/**
 * vav_media_is_open:
 * @kind: picture or sound
 *
 * Returns: whether the source is open or being opened
 */
gboolean
vav_media_is_open (VavMedia *self, VavMediaKind kind)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), FALSE);
  g_return_val_if_fail (kind < VAV_N_MEDIA_KINDS, FALSE);

  return self->sources[kind].capture != NULL && vav_capture_is_open (self->sources[kind].capture);
}
