/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "net/signal/vav-dial-private.h"
#include "net/signal/vav-socket.h"

GError *
vav_dial_make_timeout (VavDial *dial)
{
  if (dial->step == VAV_DIAL_STEP_RESOLVING)
    return g_error_new (VAV_ERROR, VAV_ERROR_RESOLVE,
                        _ ("The name “%s” could not be looked up in time. Check your network connection."),
                        dial->address->host);
  if (dial->tunnels != NULL)
    return g_error_new (VAV_ERROR, VAV_ERROR_TIMEOUT,
                        _ ("They do not answer over the meeting server at %s. Their computer may be off."),
                        dial->where);
  return g_error_new (VAV_ERROR, VAV_ERROR_TIMEOUT,
                      _ ("%s does not answer. The computer may be off, or a firewall may be in the way."), dial->where);
}

GError *
vav_direct_make_short (const char *where)
{
  return g_error_new (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                      _ ("What answers at %s ended the connection at once. Try again in a moment."), where);
}

GError *
vav_dial_make_short (VavDial *dial)
{
  if (dial->tunnel != NULL && vav_tunnel_get_error (dial->tunnel) != NULL)
    return g_error_copy (vav_tunnel_get_error (dial->tunnel));
  return vav_direct_make_short (dial->where);
}

/* Before we looked. */
static gboolean
is_reset (const GError *failure)
{
  return g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
         || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
}

/* GIO's errors in our words. */
GError *
vav_dial_describe (VavDial *dial, GError *failure)
{
  g_autoptr (GError) owned = failure;

  if (dial->timed_out || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return vav_dial_make_timeout (dial);
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  if (g_error_matches (failure, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    return g_error_new (VAV_ERROR, VAV_ERROR_RESOLVE,
                        _ ("The name “%s” cannot be looked up at the moment. Check your network connection."),
                        dial->address->host);
  if (failure->domain == G_RESOLVER_ERROR || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return g_error_new (VAV_ERROR, VAV_ERROR_RESOLVE,
                        _ ("There is no computer with the name “%s”. Check the spelling."), dial->address->host);
  dial->refused = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  if (dial->refused)
    return g_error_new (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                        _ ("Nobody answers at %s. Is Visavis running there, and does it take calls?"), dial->where);
  if (is_reset (failure))
    return vav_dial_make_short (dial);
  return g_error_new (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                      _ ("There is no way to %s from here (%s). Check your network connection."), dial->where,
                      failure->message);
}

static gboolean
has_received (VavDial *dial)
{
  return dial->tunnel != NULL ? vav_tunnel_has_received (dial->tunnel) : vav_socket_has_received (dial->socket);
}

/* GnuTLS tells an end before the first byte as it tells nonsense. */
gboolean
vav_dial_is_short (VavDial *dial, const GError *failure)
{
  return is_reset (failure) || g_error_matches (failure, VAV_ERROR, VAV_ERROR_RESET)
         || (g_error_matches (failure, VAV_ERROR, VAV_ERROR_TLS) && !has_received (dial));
}

GError *
vav_dial_describe_handshake (VavDial *dial, GError *failure)
{
  g_autoptr (GError) owned = failure;

  if (dial->timed_out)
    return vav_dial_describe (dial, g_steal_pointer (&owned));
  if (dial->tunnel != NULL && g_error_matches (failure, VAV_ERROR, VAV_ERROR_TIMEOUT) && !has_received (dial))
    return vav_dial_make_timeout (dial);
  if (vav_dial_is_short (dial, failure))
    return vav_dial_make_short (dial);
  return g_steal_pointer (&owned);
}
