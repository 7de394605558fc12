/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often we report to the other side, and on each packet that came. Pure. Begins zeroed. */
typedef struct
{
  gboolean measured; /* the round trip, once at least */
  gboolean narrow;   /* what we can send has hardly room for sound */
} VavReportPace;

typedef struct
{
  guint regular_ms; /* reports on each source, in the mean */
  guint
      bandwidth; /* bit/s of the session, of which RTCP may have a twentieth: it says how soon after one packet the next may leave in a hurry */
  guint feedback_ms; /* transport-wide reports */
} VavReportTimes;

#define VAV_FEEDBACK_MIN_MS 50
#define VAV_FEEDBACK_MAX_MS 250

/* For the first second. */
void vav_report_pace_begin (VavReportTimes *times);
/* Once a second. kbps: what we can send; rtt_ms: -1 if not known */
void vav_report_pace_follow (VavReportPace *self, double kbps, double rtt_ms, VavReportTimes *times);

G_END_DECLS
