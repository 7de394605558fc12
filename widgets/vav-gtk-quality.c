/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-quality.h"

#include <glib/gi18n-lib.h>

/* ITU-T G.114: up to 150 ms from mouth to ear nobody minds, over 400 ms is not acceptable. Half of the round trip is the path's share of that; the
 * capture, the jitter buffer and the loudspeaker have some 80 ms of the rest. */
#define WEAK_RTT_MS 150.0
#define BAD_RTT_MS 600.0

/* draft-ietf-rmcat-gcc-02, section 6: below 2 percent a sender speeds up, over 10 percent it must slow down. */
#define WEAK_LOSS 0.02
#define BAD_LOSS 0.10

/* A picture that stood still for so much of the second; a freeze is what W3C webrtc-stats calls one. */
#define WEAK_FROZEN_MS 150.0
#define BAD_FROZEN_MS 500.0

static VavGtkQuality
judge (double value, double weak, double bad)
{
  if (value < 0)
    return VAV_GTK_QUALITY_GOOD; /* not known: no reproach */
  if (value >= bad)
    return VAV_GTK_QUALITY_BAD;
  return value >= weak ? VAV_GTK_QUALITY_WEAK : VAV_GTK_QUALITY_GOOD;
}

/* The worst of the figures counts: a person hears or sees that one. */
VavGtkQuality
vav_gtk_quality_judge (const VavStats *stats, double frozen_ms)
{
  VavGtkQuality quality = judge (stats->rtt_ms, WEAK_RTT_MS, BAD_RTT_MS);

  quality = MIN (quality, judge (stats->loss, WEAK_LOSS, BAD_LOSS));
  return MIN (quality, judge (frozen_ms, WEAK_FROZEN_MS, BAD_FROZEN_MS));
}

char *
vav_gtk_quality_describe (VavGtkQuality quality)
{
  switch (quality)
    {
    case VAV_GTK_QUALITY_GOOD:
      return g_strdup (_ ("Connection: good"));
    case VAV_GTK_QUALITY_WEAK:
      return g_strdup (_ ("Connection: weak"));
    case VAV_GTK_QUALITY_BAD:
      return g_strdup (_ ("Connection: bad"));
    case VAV_GTK_QUALITY_UNKNOWN:
    default:
      return g_strdup (_ ("Connection: not measured yet"));
    }
}
