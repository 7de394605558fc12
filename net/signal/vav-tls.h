/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

/* TLS as Visavis speaks it: 1.3, ALPN visavis/1, a self-signed certificate on both sides. Private to signal. */

#define VAV_TLS_ALPN "visavis/1"
#define VAV_TLS_HANDSHAKE_MS 5000

/* No system trust store is loaded: 0.06 ms instead of 10 ms and 3.9 MB each. VAV_ERROR_TLS if GIO has no TLS. */
GIOStream *vav_tls_new_client (GIOStream *base, VavIdentity *identity, GError **error);
GIOStream *vav_tls_new_server (GIOStream *base, VavIdentity *identity, GError **error);

/* Shakes hands (5 s), then judges: version, ALPN, certificate. The result is the id of the other side. Holds one thread of GIO's pool
 * meanwhile, so whoever takes connections from strangers limits how many run at once (see VavHandshakes).
 * Errors: TLS (one sentence each), TIMEOUT, G_IO_ERROR_CANCELLED. The connection is then to be closed by the caller. */
void vav_tls_handshake_async (GTlsConnection *connection, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
char *vav_tls_handshake_finish (GTlsConnection *connection, GAsyncResult *result, GError **error);

/* How many bytes of a TLS ClientHello record (RFC 8446, 5.1) must be there before a handshake is worth a thread, going
 * by the first `length` of them: 0 if these bytes begin none. */
gsize vav_tls_measure_client_hello (const guint8 *bytes, gsize length);

G_END_DECLS
