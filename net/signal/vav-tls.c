/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tls.h"

#include <glib/gi18n-lib.h>

#include "net/signal/vav-tls-database.h"

#define RECORD_HEADER 5
#define RECORD_HANDSHAKE 22
#define MAX_RECORD (16 * 1024)
#define MIN_CLIENT_HELLO 40

static const char *const protocols[] = { VAV_TLS_ALPN, NULL };

/* Any certificate of our kind will do here, as who it is is decided after the handshake. On the thread of the handshake. */
static gboolean
accept_certificate_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                       gpointer data)
{
  g_autofree char *id = vav_identity_id_of_certificate (certificate, NULL);

  return id != NULL;
}

static GIOStream *
finish_new (gpointer connection, GError *failure, GError **error)
{
  if (connection == NULL)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_TLS,
                   _ ("Encrypted connections do not work on this computer (%s). Is “glib-networking” installed?"),
                   failure->message);
      return NULL;
    }
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  return G_IO_STREAM (connection);
}

GIOStream *
vav_tls_new_client (GIOStream *base, VavIdentity *identity, GError **error)
{
  g_autoptr (GTlsDatabase) database = vav_tls_database_new ();
  g_autoptr (GError) failure = NULL;
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());
  gpointer connection
      = g_initable_new (type, NULL, &failure, "base-io-stream", base, "database", database, "certificate",
                        vav_identity_get_certificate (identity), "advertised-protocols", protocols, NULL);

  return finish_new (connection, failure, error);
}

GIOStream *
vav_tls_new_server (GIOStream *base, VavIdentity *identity, GError **error)
{
  g_autoptr (GTlsDatabase) database = vav_tls_database_new ();
  g_autoptr (GError) failure = NULL;
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());
  gpointer connection = g_initable_new (type, NULL, &failure, "base-io-stream", base, "database", database,
                                        "certificate", vav_identity_get_certificate (identity), "authentication-mode",
                                        G_TLS_AUTHENTICATION_REQUIRED, "advertised-protocols", protocols, NULL);

  return finish_new (connection, failure, error);
}

/* the handshake */

typedef struct
{
  GCancellable *cancellable; /* the handshake's own: the deadline's and the caller's */
  GCancellable *outer;
  gulong outer_id;
  GSource *deadline;
  gboolean timed_out;
} Handshake;

static void
handshake_free (gpointer data)
{
  Handshake *handshake = data;

  g_source_destroy (handshake->deadline);
  g_source_unref (handshake->deadline);
  g_object_unref (handshake->cancellable);
  g_clear_object (&handshake->outer);
  g_free (handshake);
}

static gboolean
deadline_cb (gpointer data)
{
  Handshake *handshake = data;

  handshake->timed_out = TRUE;
  g_cancellable_cancel (handshake->cancellable);
  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static Handshake *
handshake_new (GCancellable *outer)
{
  Handshake *handshake = g_new0 (Handshake, 1);

  handshake->cancellable = g_cancellable_new ();
  handshake->deadline = g_timeout_source_new (VAV_TLS_HANDSHAKE_MS);
  g_source_set_callback (handshake->deadline, deadline_cb, handshake, NULL);
  g_source_attach (handshake->deadline, g_main_context_get_thread_default ());
  if (outer != NULL)
    {
      handshake->outer = g_object_ref (outer);
      handshake->outer_id = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb),
                                                   g_object_ref (handshake->cancellable), g_object_unref);
    }
  return handshake;
}

static char *
judge (GTlsConnection *connection, GError **error)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (connection);

  if (g_tls_connection_get_protocol_version (connection) != G_TLS_PROTOCOL_VERSION_TLS_1_3)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TLS,
                         _ ("What answers there uses an encryption that is too old. It may be another program, or an "
                            "old one."));
  else if (g_strcmp0 (g_tls_connection_get_negotiated_protocol (connection), VAV_TLS_ALPN) != 0)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TLS,
                         _ ("What answers there is not Visavis. Check the address and the port."));
  else if (certificate == NULL)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TLS,
                         _ ("The other side does not say who it is: it has no certificate."));
  else
    return vav_identity_id_of_certificate (certificate, error);
  return NULL;
}

static GError *
describe_failure (Handshake *handshake, GTlsConnection *connection, GError *failure)
{
  g_autoptr (GError) owned = failure;

  if (handshake->timed_out)
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_TIMEOUT,
                                _ ("What answers there took the connection but says nothing."));
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  if (g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED))
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_TLS,
                                _ ("The other side does not say who it is: it has no certificate."));
  if (g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_TLS,
                                _ ("The other side shows a certificate that is not of the kind that Visavis uses."));
  g_debug ("Handshake failed: %s", failure->message);
  if (g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_TLS,
                              _ ("What answers there does not speak Visavis’s language. Check the address and the "
                                 "port."));
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GTlsConnection *connection = G_TLS_CONNECTION (source);
  Handshake *handshake = g_task_get_task_data (task);
  GError *error = NULL;
  char *id = NULL;

  if (handshake->outer != NULL)
    g_cancellable_disconnect (handshake->outer, handshake->outer_id);
  if (!g_tls_connection_handshake_finish (connection, result, &error))
    error = describe_failure (handshake, connection, error);
  else
    id = judge (connection, &error);
  if (id != NULL)
    g_task_return_pointer (task, id, g_free);
  else
    g_task_return_error (task, error);
}

void
vav_tls_handshake_async (GTlsConnection *connection, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (connection, NULL, callback, user_data);
  Handshake *handshake = handshake_new (cancellable);

  g_task_set_task_data (task, handshake, handshake_free);
  g_tls_connection_handshake_async (connection, G_PRIORITY_DEFAULT, handshake->cancellable, handshake_cb, task);
}

char *
vav_tls_handshake_finish (GTlsConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gsize
vav_tls_measure_client_hello (const guint8 *bytes, gsize length)
{
  gsize record;

  if (length > 0 && bytes[0] != RECORD_HANDSHAKE)
    return 0;
  if (length > 1 && bytes[1] != 3)
    return 0;
  if (length < RECORD_HEADER)
    return RECORD_HEADER;
  record = (gsize)bytes[3] << 8 | bytes[4];
  return record >= MIN_CLIENT_HELLO && record <= MAX_RECORD ? RECORD_HEADER + record : 0;
}
