/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/* Random messages, each valid by the schema, of every type that the table has: new types and fields join by themselves. */
typedef struct
{
  GRand *rand;
  char *call;        /* of the messages; NULL: none */
  const char *offer; /* descriptions as ours are */
  const char *answer;
  const char *candidates; /* lines of a description, ended by CR LF */
  guint16 sink;           /* where the candidates point to */
  GPtrArray *hosts;       /* of char *: addresses of this computer */
} StormWords;

VavMessage *storm_words_make (StormWords *self, VavMessageType type);
/* A candidate at our sink, or nonsense. (transfer full) */
char *storm_words_make_candidate (StormWords *self);
/* A description: whole, with the candidates in it, damaged, or none at all. (transfer full) */
char *storm_words_make_description (StormWords *self, const char *whole);
/* The body of a frame; the seq as given. (transfer full) */
GBytes *storm_words_serialize (VavMessage *message, guint64 seq);
/* A message of a type that nobody knows. (transfer full) */
GBytes *storm_words_make_unknown (StormWords *self, guint64 seq);

gboolean storm_words_chance (StormWords *self, double probability);
guint storm_words_pick (StormWords *self, guint n); /* 0 to n − 1 */

G_END_DECLS
