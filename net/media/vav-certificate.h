/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "net/media/vav-sdp.h"

G_BEGIN_DECLS

/* The certificate of our DTLS: P-256, self-signed, made once for each process (it lives as long as the process, so nobody can follow a
 * person by it), PEM with its key. The first caller makes it (some ms); any thread. Returns: (nullable): %NULL if it could not be made */
const char *vav_certificate_get_pem (void);

/* SHA-256 of the first certificate in @pem. Returns: %FALSE if there is none. */
gboolean vav_certificate_digest (const char *pem, guint8 fingerprint[VAV_FINGERPRINT_SIZE]);
/* Returns: (transfer full): "sha-256 AB:CD:…" */
char *vav_certificate_describe (const guint8 fingerprint[VAV_FINGERPRINT_SIZE]);

/* Compares in constant time. */
gboolean vav_fingerprint_equal (const guint8 a[VAV_FINGERPRINT_SIZE], const guint8 b[VAV_FINGERPRINT_SIZE]);

G_END_DECLS
