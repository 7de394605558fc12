/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a TURN server gave us no address: libnice does not tell. A Refresh request (RFC 8656, 7) for an allocation that there is not: a server
 * that takes our credentials says so (437), one that does not says 401 for a second time. */
#include <string.h>
#include <stun/usages/turn.h>

#include "net/media/vav-ice-report.h"

#define CONNECT_S 1
#define ANSWER_US (1 * G_TIME_SPAN_SECOND) /* for each of two answers */
#define REPEAT_US (500 * 1000)             /* RFC 8489, 6.2.1 */
#define MAX_MESSAGE 1500
#define HEADER 20

typedef struct
{
  GSocket *socket;
  gboolean tcp;
  GCancellable *cancellable;
  StunAgent agent;
  guint8 request[MAX_MESSAGE];
  guint8 answer[MAX_MESSAGE];
  gsize answered; /* bytes in @answer */
} Probe;

/* Whether a whole and well-formed answer to the request is there: libnice looks for attributes without looking at their lengths. Transaction ids are 12
 * bytes from byte 8 (RFC 8489, 5). */
static gboolean
is_answered (Probe *self)
{
  return stun_message_validate_buffer_length (self->answer, self->answered, TRUE) >= HEADER
         && memcmp (self->answer + 4, self->request + 4, 16) == 0;
}

static gboolean
receive (Probe *self)
{
  gssize n;

  if (!self->tcp)
    self->answered = 0;
  if (self->answered >= sizeof self->answer)
    return FALSE;
  n = g_socket_receive (self->socket, (char *)self->answer + self->answered, sizeof self->answer - self->answered,
                        self->cancellable, NULL);
  if (n <= 0)
    return FALSE;

  self->answered += (gsize)n;
  return TRUE;
}

/* Sends the request, over UDP again and again, until it is answered. */
static gboolean
ask (Probe *self, gsize length)
{
  gint64 end = g_get_monotonic_time () + ANSWER_US;
  gint64 again = 0;

  self->answered = 0;
  while (g_get_monotonic_time () < end)
    {
      if ((again == 0 || !self->tcp) && g_get_monotonic_time () >= again)
        {
          if (g_socket_send (self->socket, (const char *)self->request, length, self->cancellable, NULL) < 0)
            return FALSE;
          again = g_get_monotonic_time () + REPEAT_US;
        }
      if (g_socket_condition_timed_wait (self->socket, G_IO_IN, REPEAT_US, self->cancellable, NULL) && !receive (self))
        return FALSE;
      if (is_answered (self))
        return TRUE;
      if (g_cancellable_is_cancelled (self->cancellable))
        return FALSE;
    }

  return FALSE;
}

static gsize
make_request (Probe *self, const VavIceUrl *turn, StunMessage *previous)
{
  StunMessage message;
  g_autofree guint8 *user = (guint8 *)g_strdup (turn->user);
  g_autofree guint8 *password = (guint8 *)g_strdup (turn->password);

  return stun_usage_turn_create_refresh (&self->agent, &message, self->request, sizeof self->request, previous, 0, user,
                                         strlen (turn->user), password, strlen (turn->password),
                                         STUN_USAGE_TURN_COMPATIBILITY_RFC5766);
}

/* 0: a success */
static int
read_error (Probe *self, StunMessage *message)
{
  int code = 0;

  memset (message, 0, sizeof *message);
  message->agent = &self->agent;
  message->buffer = self->answer;
  message->buffer_len = self->answered;
  if (stun_message_get_class (message) == STUN_ERROR
      && stun_message_find_error (message, &code) != STUN_MESSAGE_RETURN_SUCCESS)
    return STUN_ERROR_SERVER_ERROR;

  return code;
}

static gboolean
is_refusal (int code)
{
  return code == STUN_ERROR_UNAUTHORIZED || code == STUN_ERROR_BAD_REQUEST || code == 403 || code == 441;
}

static VavIceRelayState
talk (Probe *self, const VavIceUrl *turn)
{
  StunMessage first, second;
  gsize length;

  stun_agent_init (&self->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_LONG_TERM_CREDENTIALS | STUN_AGENT_USAGE_NO_INDICATION_AUTH);
  length = make_request (self, turn, NULL);
  if (length == 0 || !ask (self, length))
    return VAV_ICE_RELAY_SILENT;
  if (read_error (self, &first) != STUN_ERROR_UNAUTHORIZED)
    return VAV_ICE_RELAY_WORKS;

  length = make_request (self, turn, &first);
  if (length == 0 || !ask (self, length))
    return VAV_ICE_RELAY_SILENT;

  return is_refusal (read_error (self, &second)) ? VAV_ICE_RELAY_REFUSES : VAV_ICE_RELAY_WORKS;
}

VavIceNameState
vav_ice_report_look_up (const VavIceUrl *server, GCancellable *cancellable)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name (resolver, server->host, cancellable, &error);

  g_resolver_free_addresses (addresses);
  if (g_cancellable_is_cancelled (cancellable))
    return VAV_ICE_NAME_ASKED;
  if (error == NULL)
    return VAV_ICE_NAME_FOUND;
  return g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ? VAV_ICE_NAME_UNKNOWN
                                                                               : VAV_ICE_NAME_UNANSWERED;
}

VavIceRelayState
vav_ice_report_probe (const VavIceUrl *turn, GCancellable *cancellable)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree Probe *probe = g_new0 (Probe, 1);
  VavIceRelayState state = VAV_ICE_RELAY_SILENT;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, CONNECT_S);
  if (!turn->tcp)
    {
      g_socket_client_set_socket_type (client, G_SOCKET_TYPE_DATAGRAM);
      g_socket_client_set_protocol (client, G_SOCKET_PROTOCOL_UDP);
    }
  connection = g_socket_client_connect_to_host (client, turn->host, turn->port, cancellable, NULL);
  if (connection != NULL)
    {
      probe->socket = g_socket_connection_get_socket (connection);
      probe->tcp = turn->tcp;
      probe->cancellable = cancellable;
      state = talk (probe, turn);
    }

  return g_cancellable_is_cancelled (cancellable) ? VAV_ICE_RELAY_ASKED : state;
}
