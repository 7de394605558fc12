/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-data-pipe.h"
#include "pair.h"

G_BEGIN_DECLS

/* Two sessions with a pipe between them, and what the two ends were told. What comes must be the numbers from 0, eight bytes each; pieces of
 * less than eight bytes are only counted. */

#define PIECE VAV_DATA_PIPE_MAX_PIECE

/* One end, and what it was told. */
typedef struct
{
  GMutex lock;
  GCond changed;
  /* under lock */
  guint64 bytes;
  guint pieces;
  gboolean stopped; /* takes nothing until it is let go */
  guint closed, destroyed;
  GError *error;
  GThread *thread;

  /* the pipe's thread */
  guint64 next; /* what the next 8 bytes must be */
} End;

/* A thread that sends numbers in order. */
typedef struct
{
  VavPipe *pipe;
  guint64 total; /* bytes; 0: until it ends */
  gsize piece;
  int sent; /* pieces, atomic */
  GError *error;
} Sender;

typedef struct
{
  Pair *pair;
  VavPipe *pipes[2];
  GWeakRef alive[2];
  End ends[2];
  Sender sender;
  int last_sent;
  gint64 last_change;
} Fixture;

/* The condition of pair_wait() knows the pair alone: this is what it belongs to. */
extern Fixture *current;

void set_up_source (Fixture *fixture, const char *source);
void take_pipes (Fixture *fixture);
/* Connected and open, with both pipes. */
void set_up (Fixture *fixture, gconstpointer data);
void tear_down (Fixture *fixture, gconstpointer data);

void start (Fixture *fixture, guint side);
guint64 get_bytes (End *end);
void let_go (End *end);
gpointer run_sender (gpointer sender);
/* Sends from the first side until the pipe ends. */
void begin_sending (Fixture *fixture, GThread **thread);

gboolean sends_no_more (Pair *pair);
gboolean first_is_told (Pair *pair); /* of the end */
gboolean second_is_told (Pair *pair);

G_END_DECLS
