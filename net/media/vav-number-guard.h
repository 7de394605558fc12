/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Looks at the transport-wide numbers of packets that come in (draft-holmer-rmcat-transport-wide-cc-extensions-01) before the RTP session does, which
 * has to tell of them in a report. GStreamer 1.22 ends the process if a report does not fit into one packet, and does not see to it that it does: three
 * hundred packets within one interval, with numbers that are far apart, are enough. Pure: no thread, no clock of its own. Begins zeroed. */
typedef struct
{
  gint64 began_us;   /* of the current period; 0: none yet */
  guint costs[2];    /* of a report on what came in it, and in the one before */
  guint advances[2]; /* of the numbers, there */
  gboolean leapt[2]; /* a number did not follow the last one, there */
  gboolean known;    /* the next two */
  guint16 top;       /* the highest number */
  guint64 seen;      /* bits: of those below it */
  guint refused;
} VavNumberGuard;

/* packet: RTP, with its header in clear. now_us: the packet's time, by which the session reports. Returns: whether its number may be told to the session */
gboolean vav_number_guard_check (VavNumberGuard *self, const guint8 *packet, gsize size, gint64 now_us);
/* Takes all that may be a number out of a packet; the rest of it stays where it is. */
void vav_number_guard_strip (guint8 *packet, gsize size);

G_END_DECLS
