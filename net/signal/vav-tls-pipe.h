/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-pipe.h"

G_BEGIN_DECLS

/**
 * VavTlsPipe:
 *
 * A #VavPipe over a TLS connection of its own: frames as in signalling (4 bytes length, big endian, then 1 to 256 KiB), of any bytes. A thread reads
 * and another writes, both quiet (see vav-quiet.h). They hold the pipe until its end is told: who starts it closes it.
 */
#define VAV_TYPE_TLS_PIPE (vav_tls_pipe_get_type ())
G_DECLARE_FINAL_TYPE (VavTlsPipe, vav_tls_pipe, VAV, TLS_PIPE, GObject)

/* stream: up and judged; socket: its bottom; rest (nullable): what was read of it already. */
VavPipe *vav_tls_pipe_new (GIOStream *stream, GSocket *socket, GBytes *rest);

G_END_DECLS
