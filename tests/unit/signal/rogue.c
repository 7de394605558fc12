/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rogue.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/core/vav-id.h"
#include "net/signal/vav-frame.h"
#include "net/signal/vav-x509.h"

#define TLS_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

struct _Rogue
{
  int fd;
  gboolean server;
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  VavFrameReader *reader;
  guint64 seq;
  RogueEnd end;
};

/* sockets */

static struct addrinfo *
resolve (const char *host, guint16 port)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
  struct addrinfo *list = NULL;
  char service[8];

  g_snprintf (service, sizeof service, "%u", port);
  return getaddrinfo (host, service, &hints, &list) == 0 ? list : NULL;
}

int
rogue_connect (const char *host, guint16 port)
{
  return rogue_connect_from (NULL, host, port);
}

static gboolean
bind_to (int fd, const char *from)
{
  struct addrinfo *here = resolve (from, 0);
  gboolean bound = here != NULL && bind (fd, here->ai_addr, here->ai_addrlen) == 0;

  if (here != NULL)
    freeaddrinfo (here);
  return bound;
}

int
rogue_connect_from (const char *from, const char *host, guint16 port)
{
  struct addrinfo *list = resolve (host, port);
  int fd = -1;

  for (struct addrinfo *item = list; item != NULL && fd < 0; item = item->ai_next)
    {
      fd = socket (item->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd >= 0 && ((from != NULL && !bind_to (fd, from)) || connect (fd, item->ai_addr, item->ai_addrlen) != 0))
        {
          close (fd);
          fd = -1;
        }
    }
  if (list != NULL)
    freeaddrinfo (list);
  return fd;
}

int
rogue_listen (const char *host, guint16 *port)
{
  struct addrinfo *list = resolve (host, *port);
  struct sockaddr_storage bound;
  socklen_t length = sizeof bound;
  int on = 1;
  int fd;

  if (list == NULL)
    return -1;
  fd = socket (list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, list->ai_addr, list->ai_addrlen) != 0 || listen (fd, 16) != 0
      || getsockname (fd, (struct sockaddr *)&bound, &length) != 0)
    {
      close (fd);
      fd = -1;
    }
  else if (bound.ss_family == AF_INET6)
    *port = ntohs (((struct sockaddr_in6 *)&bound)->sin6_port);
  else
    *port = ntohs (((struct sockaddr_in *)&bound)->sin_port);
  freeaddrinfo (list);
  return fd;
}

static gboolean
wait_readable (int fd, int timeout_ms)
{
  struct pollfd poller = { .fd = fd, .events = POLLIN };
  int n;

  do
    n = poll (&poller, 1, timeout_ms);
  while (n < 0 && errno == EINTR);
  return n > 0;
}

/* life */

Rogue *
rogue_new (int fd, gboolean server)
{
  Rogue *self = g_new0 (Rogue, 1);

  self->fd = fd;
  self->server = server;
  self->reader = vav_frame_reader_new ();
  return self;
}

static void
close_fd (Rogue *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
rogue_free (Rogue *self)
{
  close_fd (self);
  if (self->session != NULL)
    gnutls_deinit (self->session);
  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  vav_frame_reader_free (self->reader);
  g_free (self);
}

int
rogue_get_fd (Rogue *self)
{
  return self->fd;
}

/* TLS */

/* A certificate that says it was issued by somebody else. */
static char *
make_issued_pem (void)
{
  g_autofree char *pem = vav_x509_make_pem (NULL);
  gnutls_datum_t text = { (guint8 *)pem, (guint)strlen (pem) };
  gnutls_datum_t out = { NULL, 0 };
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t issuer;
  gnutls_x509_crt_t crt;
  char *result;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_crt_init (&issuer);
  gnutls_x509_crt_init (&crt);
  gnutls_x509_privkey_import2 (key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
  gnutls_x509_crt_import (issuer, &text, GNUTLS_X509_FMT_PEM);
  gnutls_x509_crt_import (crt, &text, GNUTLS_X509_FMT_PEM);
  gnutls_x509_crt_set_dn_by_oid (issuer, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "Authority", 9);
  gnutls_x509_crt_sign2 (crt, issuer, key, GNUTLS_DIG_SHA256, 0);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &out);
  *strstr (pem, "-----BEGIN CERTIFICATE") = '\0';
  result = g_strdup_printf ("%s%.*s", pem, (int)out.size, (char *)out.data);
  gnutls_free (out.data);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_crt_deinit (issuer);
  gnutls_x509_privkey_deinit (key);
  return result;
}

static void
take_certificate (Rogue *self, const RogueStyle *style)
{
  g_autofree char *pem = NULL;
  gnutls_datum_t datum;

  if (style->no_certificate && !self->server)
    return;
  if (style->no_certificate)
    pem = make_issued_pem ();
  else
    pem = style->pem != NULL ? g_strdup (style->pem) : vav_x509_make_pem (NULL);
  datum = (gnutls_datum_t){ (guint8 *)pem, (guint)strlen (pem) };
  gnutls_certificate_set_x509_key_mem (self->credentials, &datum, &datum, GNUTLS_X509_FMT_PEM);
}

gboolean
rogue_handshake (Rogue *self, const RogueStyle *style)
{
  int code;

  gnutls_certificate_allocate_credentials (&self->credentials);
  take_certificate (self, style);
  gnutls_init (&self->session, (self->server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (self->session, style->priority != NULL ? style->priority : TLS_13, NULL);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials);
  if (self->server)
    gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_REQUEST);
  if (style->alpn != NULL)
    {
      gnutls_datum_t protocol = { (guint8 *)style->alpn, (guint)strlen (style->alpn) };

      gnutls_alpn_set_protocols (self->session, &protocol, 1, 0);
    }
  gnutls_transport_set_int (self->session, self->fd);
  gnutls_handshake_set_timeout (self->session, 15000);
  do
    code = gnutls_handshake (self->session);
  while (code < 0 && !gnutls_error_is_fatal (code));
  if (code < 0)
    self->end = ROGUE_END_ALERT;
  return code >= 0;
}

char *
rogue_dup_peer_id (Rogue *self)
{
  guint n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (self->session, &n);
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GBytes) spki = NULL;

  if (n == 0)
    return NULL;
  der = g_byte_array_append (g_byte_array_new (), chain[0].data, chain[0].size);
  certificate = g_initable_new (g_tls_backend_get_certificate_type (g_tls_backend_get_default ()), NULL, NULL,
                                "certificate", der, NULL);
  spki = certificate != NULL ? vav_x509_get_spki (certificate, NULL) : NULL;
  return spki != NULL ? vav_id_from_spki (g_bytes_get_data (spki, NULL), g_bytes_get_size (spki)) : NULL;
}

/* sending */

gboolean
rogue_send_plain (Rogue *self, const void *bytes, gsize length)
{
  return send (self->fd, bytes, length, MSG_NOSIGNAL) == (gssize)length;
}

gboolean
rogue_send_bytes (Rogue *self, const void *bytes, gsize length)
{
  const guint8 *at = bytes;

  while (length > 0)
    {
      gssize n = gnutls_record_send (self->session, at, length);

      if (n < 0 && gnutls_error_is_fatal ((int)n))
        return FALSE;
      if (n < 0)
        continue;
      at += n;
      length -= (gsize)n;
    }
  return TRUE;
}

static gboolean
send_framed (Rogue *self, const void *bytes, gsize length)
{
  g_autofree guint8 *frame = g_malloc (length + 4);
  guint32 header = GUINT32_TO_BE ((guint32)length);

  memcpy (frame, &header, 4);
  if (length > 0)
    memcpy (frame + 4, bytes, length);
  return rogue_send_bytes (self, frame, length + 4);
}

gboolean
rogue_send_frame (Rogue *self, const char *json)
{
  return send_framed (self, json, strlen (json));
}

gboolean
rogue_send_message (Rogue *self, const char *json)
{
  const char *brace = strchr (json, '{');
  g_autofree char *text = NULL;

  self->seq++;
  if (brace == NULL || strstr (json, "\"seq\"") != NULL)
    return rogue_send_frame (self, json);
  text = g_strdup_printf ("{\"seq\":%" G_GUINT64_FORMAT "%s%s", self->seq, brace[1] == '}' ? "" : ",", brace + 1);
  return rogue_send_frame (self, text);
}

gboolean
rogue_send_piece (Rogue *self, GBytes *body)
{
  return send_framed (self, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

gboolean
rogue_send_hello (Rogue *self)
{
  return rogue_send_message (self, "{\"type\":\"hello\",\"version\":1,\"name\":\"Rogue\",\"features\":[]}");
}

/* receiving */

static RogueEnd
judge_end (gssize code)
{
  if (code == 0)
    return ROGUE_END_BYE;
  if (code == GNUTLS_E_PREMATURE_TERMINATION)
    return ROGUE_END_EOF;
  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED || code == GNUTLS_E_UNEXPECTED_PACKET_LENGTH)
    return ROGUE_END_ALERT;
  return ROGUE_END_RESET;
}

/* FALSE: the end, or nothing within the time. */
static gboolean
receive_some (Rogue *self, int timeout_ms)
{
  guint8 buffer[16384];
  gssize n;

  if (self->end != ROGUE_END_NONE)
    return FALSE;
  do
    {
      if (!rogue_has_pending (self) && !wait_readable (self->fd, timeout_ms))
        return FALSE;
      n = gnutls_record_recv (self->session, buffer, sizeof buffer);
    }
  while (n < 0 && !gnutls_error_is_fatal ((int)n));
  if (n > 0)
    return vav_frame_reader_push (self->reader, buffer, (gsize)n, NULL);
  self->end = judge_end (n);
  return FALSE;
}

gboolean
rogue_has_pending (Rogue *self)
{
  return gnutls_record_check_pending (self->session) > 0;
}

GBytes *
rogue_receive_bytes (Rogue *self, int timeout_ms)
{
  do
    {
      GBytes *body = vav_frame_reader_pop (self->reader);

      if (body != NULL)
        return body;
    }
  while (receive_some (self, timeout_ms));
  return NULL;
}

char *
rogue_receive (Rogue *self, int timeout_ms)
{
  g_autoptr (GBytes) body = rogue_receive_bytes (self, timeout_ms);

  return body != NULL ? g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)) : NULL;
}

/* Below TLS, for those who never spoke it. */
static RogueEnd
await_plain_end (Rogue *self, int timeout_ms)
{
  guint8 buffer[4096];
  gssize n;

  do
    {
      if (!wait_readable (self->fd, timeout_ms))
        return ROGUE_END_NONE;
      n = recv (self->fd, buffer, sizeof buffer, 0);
      if (n > 0 && buffer[0] == 21)
        self->end = ROGUE_END_ALERT;
    }
  while (n > 0);
  if (self->end == ROGUE_END_NONE)
    self->end = n == 0 ? ROGUE_END_EOF : ROGUE_END_RESET;
  return self->end;
}

RogueEnd
rogue_await_end (Rogue *self, int timeout_ms)
{
  if (self->session == NULL || self->end == ROGUE_END_ALERT)
    return await_plain_end (self, timeout_ms);
  while (receive_some (self, timeout_ms))
    ;
  return self->end;
}

RogueEnd
rogue_get_end (Rogue *self)
{
  return self->end;
}

const char *
rogue_end_to_string (RogueEnd end)
{
  static const char *const words[] = { "none", "bye", "eof", "reset", "alert" };

  return words[end];
}

/* going */

void
rogue_bye (Rogue *self)
{
  gnutls_bye (self->session, GNUTLS_SHUT_WR);
  shutdown (self->fd, SHUT_WR);
  rogue_await_end (self, 3000);
  close_fd (self);
}

void
rogue_eof (Rogue *self)
{
  shutdown (self->fd, SHUT_WR);
  await_plain_end (self, 3000);
  close_fd (self);
}

void
rogue_reset (Rogue *self)
{
  const struct linger linger = { 1, 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close_fd (self);
}
