/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-media-session.h"

G_BEGIN_DECLS

/* Two sessions in one process that talk to each other over loopback; side 0 offers. */

typedef struct _Pair Pair;

typedef struct
{
  Pair *pair;
  guint index;
  VavMedia *media;
  VavMediaSession *session;
  VavOutlet *outlets[VAV_N_MEDIA_KINDS];
  guint consumers[VAV_N_MEDIA_KINDS];

  /* main context */
  guint descriptions, candidates, connected, paths, first_frames, first_sounds, stats, failures, closed;
  gint64 first_frame_at, connected_at;
  VavStats last_stats;
  GError *error;
  char *description;

  /* streaming threads, atomic */
  int frames;
  int sounds;
  /* under the lock of the pair */
  GArray *samples;              /* gint16, what came in last */
  GArray *latencies;            /* double, ms */
  guint8 seen[G_MAXUINT16 + 1]; /* pictures that came, by the other side's number */
} Side;

struct _Pair
{
  GMutex lock;
  Side sides[2];
  char *(*munge) (guint from, const char *sdp); /* changes a description on its way */
  gboolean deliver;                             /* descriptions and candidates */
};

typedef gboolean (*PairCondition) (Pair *pair);

Pair *pair_new (const char *source);
Pair *pair_new_full (const char *first_source, const char *second_source);
void pair_free (Pair *pair);
void pair_start (Pair *pair);
void pair_open (Pair *pair, int side); /* -1: both */
void pair_close (Pair *pair);
/* Turns the main loop until @condition holds. Returns: %FALSE if it did not within @seconds */
gboolean pair_wait (Pair *pair, PairCondition condition, double seconds);
/* Turns the main loop for a while: for what must not happen. */
void pair_run (double seconds);

gboolean pair_both_connected (Pair *pair);
gboolean pair_both_see_and_hear (Pair *pair);
gboolean pair_any_failed (Pair *pair);

guint count_threads (void);
guint count_descriptors (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

G_END_DECLS
