/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers of packets that are remembered; a larger gap is not jumped over. */
#define VAV_KEY_JUMP_WINDOW 2048

/**
 * VavKeyJump:
 *
 * When there is no more use in waiting for what is missing: once a whole key frame has come after it. A jitter buffer knows nothing of key frames and
 * waits for each packet as long as for any other. Pure; the caller's lock; the fields are its own. All zero: nothing came yet.
 */
typedef struct
{
  guint32 have[VAV_KEY_JUMP_WINDOW / 32]; /* which of the last numbers have come */
  guint16 newest;                         /* of those */
  guint16 passed;                         /* the last that left the jitter buffer */
  gboolean any, any_passed;

  /* of the key frame that is coming, and of the picture that ended last, which may be that one */
  gboolean has_begin;
  guint16 begin, end;
  guint32 begin_time, end_time;

  guint16 target; /* what is before it is not waited for */
  gboolean jumping;
  gint64 jumped_us; /* when it jumped last; 0: never */
} VavKeyJump;

/* A packet comes: its number and timestamp, whether a key frame begins with it and whether a picture ends with it; now_us: monotonic time. Nobody jumps
 * twice in a tenth of a second: that would let a peer make much work with few packets. Returns: whether to jump now: then
 * each of vav_key_jump_next() is to be given up, and that is said to the jitter buffer. */
gboolean vav_key_jump_add (VavKeyJump *self, guint16 number, guint32 timestamp, gboolean begins_key, gboolean ends,
                           gint64 now_us);
/* number: (inout): the last one that was given up; to begin with, vav_key_jump_get_passed(). Returns: whether there is another one that is missing */
gboolean vav_key_jump_next (const VavKeyJump *self, guint16 *number);
guint16 vav_key_jump_get_passed (const VavKeyJump *self);
/* A packet leaves the jitter buffer, missing or not. Returns: whether it is of use; not, if it was jumped over */
gboolean vav_key_jump_pass (VavKeyJump *self, guint16 number);
/* Whether what was missing is being jumped over, or the last that left is the packet to which it jumped: no key frame need be asked for */
gboolean vav_key_jump_is_landing (const VavKeyJump *self);

G_END_DECLS
