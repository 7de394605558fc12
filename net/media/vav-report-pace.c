/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-report-pace.h"

/* Reports on each source leave soon at first, or the first picture is asked for late; then as often as the round trip should be measured, and what
 * leaves in a hurry goes without them (RFC 5506). */
#define FIRST_MS 100
#define USUAL_MS 500
#define NARROW_MS 1000

/* 10 ms from one packet to the next with six sources. With a quarter of that a request for a lost packet waited for 40 ms, most of a round trip. */
#define USUAL_BANDWIDTH 8000000
/* 150 to 200 ms: requests must not push sound aside. */
#define NARROW_BANDWIDTH 500000
#define NARROW_FEEDBACK_MS 150

/* Below the one, until above the other. */
#define NARROW_KBPS 150
#define WIDE_KBPS 250

/* A twentieth of what we can send is for feedback (draft-ietf-rmcat-gcc), of which one takes that much on the wire, with all headers. */
#define FEEDBACK_BITS 750
#define FEEDBACK_SHARE 0.05
#define FEEDBACK_STEP_MS 25 /* it need not follow each move of the estimate */

void
vav_report_pace_begin (VavReportTimes *times)
{
  times->regular_ms = FIRST_MS;
  times->bandwidth = USUAL_BANDWIDTH;
  times->feedback_ms = VAV_FEEDBACK_MIN_MS;
}

void
vav_report_pace_follow (VavReportPace *self, double kbps, double rtt_ms, VavReportTimes *times)
{
  double wanted_ms = FEEDBACK_BITS / (FEEDBACK_SHARE * MAX (kbps, 1));
  guint steps = (guint)(MIN (wanted_ms, VAV_FEEDBACK_MAX_MS) / FEEDBACK_STEP_MS + 0.5);

  self->measured = self->measured || rtt_ms >= 0;
  self->narrow = kbps < (self->narrow ? WIDE_KBPS : NARROW_KBPS);
  vav_report_pace_begin (times);
  if (self->narrow)
    {
      times->regular_ms = NARROW_MS;
      times->bandwidth = NARROW_BANDWIDTH;
    }
  else if (self->measured)
    times->regular_ms = USUAL_MS;
  times->feedback_ms
      = CLAMP (steps * FEEDBACK_STEP_MS, self->narrow ? NARROW_FEEDBACK_MS : VAV_FEEDBACK_MIN_MS, VAV_FEEDBACK_MAX_MS);
}
