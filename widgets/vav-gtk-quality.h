/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"
#include "widgets/vav-gtk-types.h"

G_BEGIN_DECLS

/* What the figures of a second mean to a person. Private to the library. */

/* frozen_ms: for how long of that second the picture stood still */
VavGtkQuality vav_gtk_quality_judge (const VavStats *stats, double frozen_ms);
char *vav_gtk_quality_describe (VavGtkQuality quality);

G_END_DECLS
