/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  VAV_APP_SOUND_NONE,
  VAV_APP_SOUND_RING,     /* somebody calls */
  VAV_APP_SOUND_WAITING,  /* somebody calls in the middle of a call: heard once */
  VAV_APP_SOUND_RINGBACK, /* it rings at the other side */
} VavAppSound;

/* The sounds of a call that waits for somebody. Heard where there is a speaker, else silent without a word. Never blocks. Main context. */
typedef struct _VavAppRing VavAppRing;

VavAppRing *vav_app_ring_new (void);
void vav_app_ring_free (VavAppRing *self);

/* Plays a sound over and over, until another one is asked for. The same one again changes nothing. */
void vav_app_ring_play (VavAppRing *self, VavAppSound sound);

G_END_DECLS
