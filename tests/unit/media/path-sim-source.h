/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "path-sim.h"

#define PATH_PICTURE_US 33333
#define PATH_SOUND_US 20000

/* An encoder of pictures: it follows its bit rate slowly, keeps to it in the mean, and makes fewer pictures rather than ever smaller ones. */
typedef struct
{
  double rate, debt, saved;
  gint64 next_key_us;
} PathSource;

gint64 path_source_make (PathSource *self, const PathFlow *options, double rate, gint64 now_us, GRand *rand);
