/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tls-database.h"

struct _VavTlsDatabase
{
  GTlsDatabase parent_instance;
};

G_DEFINE_FINAL_TYPE (VavTlsDatabase, vav_tls_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
vav_tls_database_verify_chain (GTlsDatabase *database, GTlsCertificate *chain, const char *purpose,
                               GSocketConnectable *identity, GTlsInteraction *interaction,
                               GTlsDatabaseVerifyFlags flags, GCancellable *cancellable, GError **error)
{
  return G_TLS_CERTIFICATE_UNKNOWN_CA;
}

static void
vav_tls_database_class_init (VavTlsDatabaseClass *klass)
{
  G_TLS_DATABASE_CLASS (klass)->verify_chain = vav_tls_database_verify_chain;
}

static void
vav_tls_database_init (VavTlsDatabase *self)
{
}

GTlsDatabase *
vav_tls_database_new (void)
{
  return g_object_new (VAV_TYPE_TLS_DATABASE, NULL);
}
