/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavRatePicture:
 * @width, @height: at most, in pixels
 * @interval_us: at least between two pictures, in the mean; 0: as they come
 * @paused: none at all
 *
 * What a picture should be like.
 */
typedef struct
{
  int width, height;
  guint interval_us;
  gboolean paused;
} VavRatePicture;

/**
 * VavRateLimits:
 * @picture: the best that there may be
 * @bitrate: bit/s that it may take
 * @screen: it is there to be read: it keeps its size, and comes more rarely instead
 *
 * What the person chose, and the other side can take.
 */
typedef struct
{
  VavRatePicture picture;
  guint bitrate;
  gboolean screen;
} VavRateLimits;

/**
 * VavRateShare:
 * @bitrate: what there is for pictures, bit/s; while a full path is emptied, which leaves next to nothing: what there will be after that
 * @used: what they took of it lately, bit/s
 * @full: a full path is being emptied: how much it carries is measured, and no guess
 */
typedef struct
{
  guint bitrate, used;
  gboolean full;
} VavRateShare;

/**
 * VavRateEvidence:
 * @since_us: since when a rate is enough; 0: it is not
 * @least: the lowest rate since then, bit/s
 */
typedef struct
{
  gint64 since_us;
  guint least;
} VavRateEvidence;

/**
 * VavRateLadder:
 *
 * Which size and how many pictures a second go with a bit rate. Down within a second, several steps if need be, and at once where a path was
 * measured that carries far less: what is sent meanwhile nobody sees. Up after seconds in which the rate was enough all the time, sooner from a poor picture to a far better one, later and later if it was too early before: a change of size costs a key frame, and people see it. In the first moments, in which a path is
 * only just getting known, it goes up at once. A size for which the encoder does not even need its rate is too small. Who sends nothing learns nothing: a paused picture is tried now and then.
 * Pure; the fields are its own. All zero: at the beginning.
 */
typedef struct
{
  guint step;             /* 1 is the best; 0: not yet chosen */
  gint64 begun_us;        /* when it was chosen */
  gboolean young;         /* not long ago, and it never went down */
  VavRateEvidence enough; /* for more */
  VavRateEvidence ample;  /* for much more */
  gint64 short_us;        /* since when it is too little; 0: it is not */
  guint most;             /* the highest since then, bit/s */
  gint64 up_us;           /* when it went up last; 0: never */
  guint patience;         /* how many times longer it waits */
  gint64 trial_us;        /* until then a picture is tried; 0: none is */
  guint trial_rate;       /* what there was for it then, bit/s */
  guint sound;            /* which there is, 1 is the best; 0: not yet chosen */
  gint64 room_us;         /* since when there is just enough for better sound; 0: there is not */
  double usual_loss;      /* what is lost without any fault of the pictures, 0 to 1 */
} VavRateLadder;

/* Returns: whether what it is like has changed; picture: (out caller-allocates) */
gboolean vav_rate_ladder_follow (VavRateLadder *self, const VavRateShare *share, const VavRateLimits *limits,
                                 gint64 now_us, VavRatePicture *picture);
/* To be asked each tenth of a second, with all that may be sent (bit/s), and what part of that is lost. Returns: whether pictures had better leave the path to
 * the sound: where a packet of theirs takes as long as its queue is long, it is lost, and the sound beside it, and no queue is seen. What is lost while
 * nothing but sound is sent is not their doing: more than that must be lost. */
gboolean vav_rate_ladder_is_starving (VavRateLadder *self, guint bitrate, double loss);

/* Whether the path holds it below the best of @limits; not while that is only just getting known. */
gboolean vav_rate_ladder_is_reduced (const VavRateLadder *self, const VavRateLimits *limits);

gboolean vav_rate_ladder_is_paused (const VavRateLadder *self);

/* Bit/s: less makes no picture. */
#define VAV_RATE_LADDER_LEAST 10000

/* Bit/s of Opus, of all that may be sent; at most @max. Sound has its share first. frame_ms: (out): how much of it goes in one packet: on a
 * narrow line headers are dearer than what they carry. A rate that wobbles does not change that all the time */
guint vav_rate_ladder_get_sound (VavRateLadder *self, guint bitrate, guint max, gint64 now_us, guint *frame_ms);

G_END_DECLS
