/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes GStreamer's DTLS ready: about 50 ms of processor time, once a process; any thread but one that people wait for. To be called
 * before the first DTLS element is made. */
void vav_dtls_warm_up (void);

G_END_DECLS
