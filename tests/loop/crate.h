/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/loop/pair.h"
#include "tests/loop/relay.h"

G_BEGIN_DECLS

/* A pair that sends each other files: each has a folder with what is sent and one where it arrives. */
typedef struct
{
  Pair pair;
  Relay *relay; /* nullable: between them */
  char *top;
  char *folder; /* of no one */
  enum
  {
    CRATE_ACCEPTS,
    CRATE_REFUSES,
    CRATE_WAITS,
  } manner;

  GPtrArray *files; /* of VavFile: those that were sent */
  guint n_offered;
  guint n_done; /* on both sides */
  guint n_over; /* whatever the end */
  guint running;
  guint most_running;
  VavFile *last_offered; /* as the receiver has it */
} Crate;

void crate_set_up (Crate *crate, gconstpointer media);
void crate_tear_down (Crate *crate, gconstpointer media);
void crate_connect (Crate *crate); /* Anna calls Bob, through the relay if there is one */

/* Makes a file of random bytes and offers it; (transfer none): the crate keeps it. */
VavFile *crate_send (Crate *crate, Party *from, const char *name, guint64 size);
VavFile *crate_send_again (Crate *crate, Party *from, const char *name);
char *crate_source (Crate *crate, Party *from, const char *name); /* its path */
void crate_spoil (Crate *crate, Party *from, const char *name);   /* another byte at its beginning; size as before */

char *crate_target (Crate *crate, Party *at, const char *name);
gint64 crate_size (Crate *crate, Party *at, const char *name); /* -1: it is not there */

/* What `from` sent arrived at the other under that name: the same bytes, mode 0600. */
void crate_assert_arrived (Crate *crate, Party *from, const char *name, const char *as);
void crate_assert_same (const char *source, const char *target);
void crate_make_file (const char *path, guint64 size); /* of random bytes */
void crate_accept_last (Crate *crate); /* the one that was offered last */
guint crate_count_parts (Crate *crate);
void crate_assert_no_parts (Crate *crate);
void crate_remove_parts (Crate *crate);

guint crate_count_threads (const char *prefix);
guint crate_count_descriptors (void);

G_END_DECLS
