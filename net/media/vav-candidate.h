/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* No candidate line is longer than this, in bytes; no peer may name more candidates than that. */
#define VAV_CANDIDATE_MAX_LENGTH 512
#define VAV_CANDIDATE_MAX_COUNT 64

/* Reads a candidate line (RFC 8839, 5.1) that a peer sent, with or without "a=" before it, and writes it anew from the fields that we
 * understood. Only UDP and IP literals are taken: host names and .local names are never looked up. Loopback addresses only with @local:
 * the peer is on this computer. Returns: (transfer full): "candidate:…", or %NULL with VAV_ERROR_PROTOCOL. */
char *vav_candidate_clean (const char *text, gboolean local, GError **error);

G_END_DECLS
