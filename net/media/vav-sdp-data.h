/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/sdp/sdp.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* The part of a description that offers data beside picture and sound (RFC 8841): always the last. webrtcbin never sees it (VavSctp). */
#define VAV_SDP_DATA_MLINE 2
#define VAV_SDP_DATA_MID "data"

/* Returns: (transfer full): our description with a data part added, which shares the transport of the others. mid: its name, in an answer the offer's */
char *vav_sdp_data_add (const GstSDPMessage *message, const char *mid);

/* Reads a peer's, of which the transport was checked already. Returns: its SCTP port; 0 for one that cannot be taken, what: (out): why */
guint vav_sdp_data_read (const GstSDPMedia *media, const char **what);

/* Takes the part away, from the bundle too. */
void vav_sdp_data_remove (GstSDPMessage *message);

G_END_DECLS
