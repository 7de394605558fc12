/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/* What a peer's messages are held to, one after the other. Pure, no I/O: the time is given. Private to signal. */
typedef struct
{
  double tokens; /* how many small messages may come at once now */
  double burst;  /* and at most */
  gint64 filled; /* when tokens was right, in µs */
  gint64 last_seq;
  guint n_unknown;
} VavRules;

void vav_rules_init (VavRules *self, gint64 now);

/* A call was asked for, by either side: from now on more may come at once. Does nothing the second time. */
void vav_rules_trust (VavRules *self);

/* A message of so many bytes came; large ones count for several, as reading them takes longer. VAV_ERROR_PROTOCOL: too many in too
 * short a time. */
gboolean vav_rules_count (VavRules *self, gsize length, gint64 now, GError **error);

/* Its seq: must be above all before it. VAV_ERROR_PROTOCOL. */
gboolean vav_rules_take_seq (VavRules *self, guint64 seq, GError **error);

/* It was of an unknown type: VAV_ERROR_PROTOCOL when that is no accident any more. */
gboolean vav_rules_take_unknown (VavRules *self, GError **error);

G_END_DECLS
