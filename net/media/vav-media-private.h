/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"
#include "net/media/vav-capture.h"
#include "net/media/vav-ice-agent.h"
#include "net/media/vav-ice-transport.h"
#include "net/media/vav-media-session.h"
#include "net/media/vav-playback.h"

G_BEGIN_DECLS

/* For the media's own files. */

typedef enum
{
  VAV_MEDIA_SIGNAL_DEVICE_FAILED,
  VAV_MEDIA_SIGNAL_CHANGED,
  VAV_MEDIA_SIGNAL_QUALITY_CHANGED,
  VAV_N_MEDIA_SIGNALS
} VavMediaSignal;

extern guint vav_media_signals[VAV_N_MEDIA_SIGNALS];

typedef struct
{
  VavOutlet *outlet;
  VavCapture *capture; /* NULL: none of this kind */
  gboolean is_device;  /* and not a test source or a file */
  guint holds;
  gboolean failed;   /* gives nothing: there is none, or none that can be used */
  gboolean deciding; /* what takes the place of one that failed */
  GPtrArray *listed; /* (nullable) (element-type VavDevice): all that there were when the last one failed */
  gboolean again;    /* what is being opened failed before */
  guint pause_s;     /* before those that failed are tried again; 0: none did */
  gint64 next_try;   /* monotonic, µs */
} VavMediaSource;

struct _VavMedia
{
  GObject parent_instance;

  char *source;
  char *seed;
  VavMediaSource sources[VAV_N_MEDIA_KINDS];
  VavPlayback *playback;
  VavIceUrl *stun;
  VavIceUrl *turn;
  gboolean relay_only;
  VavIcePorts ports;

  /* what the person chose */
  char *chosen[VAV_N_DEVICE_KINDS]; /* (nullable) */
  double volume;
  gboolean muted;
  gboolean processing;
  gboolean test_picture;
  VavPictureQuality quality;
  guint rate_limit; /* bit/s; 0: none */

  GMutex picture_lock;
  GstCaps *picture; /* under that lock, nullable: what the pictures of the source were like last */

  /* what devices there are */
  VavHop *hop;
  guint watch;      /* 0: nobody tells */
  guint n_sessions; /* while there are some we look for servers too, which nobody tells of */
  GSource *poll;
  gboolean listing;  /* an answer is under way */
  gboolean relisted; /* and is old already */
};

/* vav-media-devices.c */
void vav_media_on_capture_failed (VavCapture *capture, GError *error, VavDevice *device, VavMedia *self);
void vav_media_on_capture_began (VavCapture *capture, VavMedia *self);
/* What failed before is tried as if it were new. */
void vav_media_start_afresh (VavMedia *self, VavMediaKind kind);
void vav_media_start_watching (VavMedia *self);
/* The source of pictures is another one: whether there is one is found out anew, and told. */
void vav_media_look_again (VavMedia *self);
void vav_media_stop_watching (VavMedia *self);

/* What a session needs to know of VavMedia. The URLs stay the media's. */
void vav_media_fill_ice_config (VavMedia *self, VavIceConfig *config);
/* What the source's pictures are like. Any thread. (nullable) (transfer full): none came yet */
void vav_media_note_picture (VavMedia *self, GstCaps *caps);
GstCaps *vav_media_dup_picture (VavMedia *self);
/* Whether incoming sound is played to somebody; on what. */
gboolean vav_media_has_speaker (VavMedia *self);
VavPlayback *vav_media_get_playback (VavMedia *self);
/* Devices are of interest: from here on those that come and go are noticed within seconds. */
void vav_media_begin_session (VavMedia *self);
void vav_media_end_session (VavMedia *self);

/* For tests: how many packets of a class left this computer so far. */
guint vav_media_session_get_sent (VavMediaSession *self, VavPacketClass class);

G_END_DECLS
