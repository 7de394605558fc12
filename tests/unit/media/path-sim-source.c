/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "path-sim-source.h"

#include <math.h>

#define FOLLOW_MS 200.0 /* in which an encoder follows its bit rate */
#define SPREAD 0.25
#define KEY_FACTOR 5
#define SMALLEST_PICTURE 250

/* Returns: the bytes of the next picture, 0 if it is left out */
gint64
path_source_make (PathSource *self, const PathFlow *options, double rate, gint64 now_us, GRand *rand)
{
  double sound = options->sound_bytes * 8e6 / PATH_SOUND_US, mean, size;
  double follow_ms = options->follow_ms > 0 ? options->follow_ms : FOLLOW_MS;
  double spread = options->spread > 0 ? options->spread : SPREAD;

  self->rate += (rate - self->rate) * (1 - exp (-PATH_PICTURE_US / (follow_ms * 1e3)));
  mean = MAX (self->rate - sound, self->rate * 0.1) * PATH_PICTURE_US / 8e6;
  if (options->source > 0 && (double)now_us < options->source_until_s * 1e6)
    mean = MIN (mean, options->source * PATH_PICTURE_US / 8e6);

  size = mean * (1 - spread + 2 * spread * g_rand_double (rand));
  if (now_us >= self->next_key_us)
    {
      self->next_key_us = options->key_s > 0 ? now_us + (gint64)(options->key_s * 1e6) : G_MAXINT64;
      size *= KEY_FACTOR;
    }
  else
    size -= MIN (self->debt, mean * 0.3);
  self->debt = MAX (self->debt + size - mean, 0);

  self->saved += size;
  if (self->saved < SMALLEST_PICTURE)
    return 0;
  size = self->saved;
  self->saved = 0;

  return (gint64)size;
}
