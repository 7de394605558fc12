/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-limit.h"

/* 32 kbit/s of Opus in 50 packets a second, each with some 60 bytes around it (IP, UDP, RTP and its extension, the tag of SRTP), and RTCP with 8 kbit/s. */
#define SOUND_BITRATE 64000

/* The same 60 bytes around pieces of at most 1,200 bytes, the last piece of each picture being a short one. */
#define PICTURE_SHARE 0.93

guint
vav_rate_limit_join (guint one, guint other)
{
  if (one == 0 || other == 0)
    return MAX (one, other);

  return MIN (one, other);
}

guint
vav_rate_limit_get_picture (guint limit)
{
  guint rest = limit > SOUND_BITRATE ? limit - SOUND_BITRATE : 0;

  if (limit == 0)
    return 0;

  return MAX ((guint)(rest * PICTURE_SHARE), VAV_MIN_PICTURE_BITRATE);
}
