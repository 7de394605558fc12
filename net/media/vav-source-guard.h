/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What DTLS agrees on: the master key and its salt (RFC 5764, 4.2). */
#define VAV_SRTP_KEY_BYTES 30
/* More sources than the RTP session may hear of. */
#define VAV_SRTP_MAX_SOURCES 64

/**
 * VavSourceGuard:
 *
 * Looks at what comes in before SRTP does. That of GStreamer makes a stream for each source that any packet names, of some 30 kB, keeps it until the call ends,
 * and only then sees whether the packet is the peer's (gstsrtpdec.c of 1.22). So the first packet of a source is looked at here: its tag must be right
 * (RFC 3711, 4.2), which is so for nobody but the peer. Of the next ones SRTP sees by itself.
 *
 * What comes before there is a key does not pass: it could not be read. One thread.
 */
typedef struct _VavSourceGuard VavSourceGuard;

VavSourceGuard *vav_source_guard_new (void);
void vav_source_guard_free (VavSourceGuard *self);

/* key: (nullable): with its salt; its tags have 80 bits. %NULL: SRTP has other tags, and the first sources pass, whosever they are */
void vav_source_guard_set_key (VavSourceGuard *self, const guint8 key[VAV_SRTP_KEY_BYTES]);
gboolean vav_source_guard_has_key (VavSourceGuard *self);
/* packet: SRTP or SRTCP. Returns: whether it may pass */
gboolean vav_source_guard_check (VavSourceGuard *self, const guint8 *packet, gsize size);
/* How many were refused so far. */
guint vav_source_guard_get_refused (VavSourceGuard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavSourceGuard, vav_source_guard_free)

G_END_DECLS
