/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* What GIO cannot do with certificates, done with GnuTLS. Pure; any thread. */

/* A new P-256 key and its self-signed certificate (RFC 5280; about 100 years, no name inside), as one PEM text. */
char *vav_x509_make_pem (GError **error);

/* Whether the key in that PEM text is the certificate's. */
gboolean vav_x509_has_own_key (const char *pem, gsize length);

/* The DER SubjectPublicKeyInfo (RFC 5280, 4.1). VAV_ERROR_TLS if the certificate is over 8 KiB, cannot be read, or is not self-signed
 * (issued by its own subject, alone in its chain). */
GBytes *vav_x509_get_spki (GTlsCertificate *certificate, GError **error);

G_END_DECLS
