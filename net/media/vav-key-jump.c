/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-key-jump.h"

#include <string.h>

#define INTERVAL_US 100000

/* Numbers wrap. Returns: how far a is after b, negative: before it */
static int
distance (guint16 a, guint16 b)
{
  return (gint16)(guint16)(a - b);
}

static gboolean
has (const VavKeyJump *self, guint16 number)
{
  guint i = number % VAV_KEY_JUMP_WINDOW;

  return distance (self->newest, number) >= 0 && distance (self->newest, number) < VAV_KEY_JUMP_WINDOW
         && (self->have[i / 32] >> i % 32 & 1) != 0;
}

static void
set (VavKeyJump *self, guint16 number, gboolean have)
{
  guint i = number % VAV_KEY_JUMP_WINDOW;

  self->have[i / 32] = (self->have[i / 32] & ~(1u << i % 32)) | (have ? 1u << i % 32 : 0);
}

static void
note (VavKeyJump *self, guint16 number)
{
  int ahead = distance (number, self->newest);

  if (!self->any || ahead >= VAV_KEY_JUMP_WINDOW || ahead <= -VAV_KEY_JUMP_WINDOW)
    {
      memset (self->have, 0, sizeof self->have);
      self->newest = number;
      self->any = TRUE;
    }
  else
    for (; ahead > 0; ahead--)
      set (self, ++self->newest, FALSE);
  set (self, number, TRUE);
}

static gboolean
is_whole (const VavKeyJump *self)
{
  int length = distance (self->end, self->begin);

  if (!self->has_begin || self->end_time != self->begin_time || length < 0 || length >= VAV_KEY_JUMP_WINDOW)
    return FALSE;
  for (int i = 0; i <= length; i++)
    if (!has (self, (guint16)(self->begin + i)))
      return FALSE;

  return TRUE;
}

/* Before that. number: (inout) */
static gboolean
find_missing (const VavKeyJump *self, guint16 end, guint16 *number)
{
  while (distance (end, *number) > 1)
    if (!has (self, ++*number))
      return TRUE;

  return FALSE;
}

gboolean
vav_key_jump_add (VavKeyJump *self, guint16 number, guint32 timestamp, gboolean begins_key, gboolean ends,
                  gint64 now_us)
{
  guint16 before = self->passed;

  note (self, number);
  if (begins_key && (!self->has_begin || distance (number, self->begin) > 0))
    {
      self->begin = number;
      self->begin_time = timestamp;
      self->has_begin = TRUE;
    }
  if (ends && !(self->has_begin && self->end_time == self->begin_time))
    {
      self->end = number;
      self->end_time = timestamp;
    }
  if (!is_whole (self))
    return FALSE;

  self->has_begin = FALSE;
  if (!self->any_passed || (self->jumped_us != 0 && now_us - self->jumped_us < INTERVAL_US))
    return FALSE;

  if (distance (self->begin, before) > VAV_KEY_JUMP_WINDOW || !find_missing (self, self->begin, &before))
    return FALSE;

  self->target = self->begin;
  self->jumping = TRUE;
  self->jumped_us = now_us;
  return TRUE;
}

gboolean
vav_key_jump_next (const VavKeyJump *self, guint16 *number)
{
  return find_missing (self, self->target, number);
}

guint16
vav_key_jump_get_passed (const VavKeyJump *self)
{
  return self->passed;
}

gboolean
vav_key_jump_pass (VavKeyJump *self, guint16 number)
{
  self->passed = number;
  self->any_passed = TRUE;
  if (!self->jumping)
    return TRUE;
  if (distance (number, self->target) < 0)
    return FALSE;

  self->jumping = distance (number, self->target) == 0; /* until the next one */
  return TRUE;
}

gboolean
vav_key_jump_is_landing (const VavKeyJump *self)
{
  return self->jumping;
}
