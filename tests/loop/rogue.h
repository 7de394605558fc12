/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"
#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

/* Somebody who says resume as a test has it. */
typedef struct
{
  VavChannel *channel;
  gboolean dialled;
  gboolean over;
  VavMessageType answer; /* the last */
  guint n_answers;
} Rogue;

/* Dials HOST:PORT and says it. */
void rogue_resume (Rogue *rogue, const char *where, VavIdentity *identity, const char *call, guint64 last_seq);
void rogue_say (Rogue *rogue, const char *call, guint64 last_seq); /* once more */
void rogue_clear (Rogue *rogue);

G_END_DECLS
