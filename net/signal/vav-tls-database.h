/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate database in which nothing is: certificate authorities play no part here, and GIO would else load the system's for each
 * connection. Every chain is of an unknown authority, and `accept-certificate` decides. Any thread. Private to signal. */
#define VAV_TYPE_TLS_DATABASE (vav_tls_database_get_type ())
G_DECLARE_FINAL_TYPE (VavTlsDatabase, vav_tls_database, VAV, TLS_DATABASE, GTlsDatabase)

GTlsDatabase *vav_tls_database_new (void);

G_END_DECLS
