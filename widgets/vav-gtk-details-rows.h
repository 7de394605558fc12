/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* The rows of #VavGtkDetails as words. Private to the library. */

/* What a stream's `path` told last; the stream owns it. */
typedef struct
{
  guint64 value; /* of which call */
  char *local;
  char *remote;
  gboolean relayed;
} VavGtkPath;

#define VAV_GTK_N_DETAILS 14

const char *vav_gtk_details_title (guint row);
/* stats, path: nullable. Returns: (nullable): %NULL: not known */
char *vav_gtk_details_value (guint row, VavStream *stream, const VavStats *stats, const VavGtkPath *path);

G_END_DECLS
