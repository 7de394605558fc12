/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavSources:
 *
 * Where the strangers at a listener come from (see vav_socket_dup_source()): how many connections of each source stand that have not said hello, and how
 * many handshakes each was given lately. Who is put out and who is served next is decided by these, so that many connections from one place harm those
 * from that place only, and nobody's own people. Main-context object. Private to signal.
 */
typedef struct _VavSources VavSources;

typedef struct
{
  char *name;
  guint n;        /* connections that have not said hello */
  guint recent;   /* handshakes lately; half of them are forgotten each second */
  gboolean known; /* one of our people was last seen there */
} VavSource;

/* Whether one of our people is known to call from there. Asked with each connection, until it is so. */
typedef gboolean (*VavSourcesKnows) (const char *source, gpointer user_data);

VavSources *vav_sources_new (VavSourcesKnows knows, gpointer user_data); /* knows: (nullable) */
void vav_sources_free (VavSources *self);                                /* all were released */

VavSource *vav_sources_take (VavSources *self, const char *name); /* one connection more */
void vav_sources_release (VavSources *self, VavSource *source);   /* one less */
guint vav_sources_get_n (VavSources *self);                       /* of all sources */
guint vav_sources_get_most (VavSources *self);                    /* so many may stand in all */

/* Half of the handshakes are forgotten; and sources of which nothing stands and nothing is remembered. FALSE: nothing is left to forget. */
gboolean vav_sources_cool (VavSources *self);

/* Whether a connection of `a` is put out rather than one of `b`: strangers' before our people's, then of whom has more. */
gboolean vav_source_yields (const VavSource *a, const VavSource *b);

/* Whether a connection of `a` is served rather than one of `b`: our people's first, then of whom was served less. */
gboolean vav_source_precedes (const VavSource *a, const VavSource *b);

G_END_DECLS
