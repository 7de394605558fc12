/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-pipe.h"

#include "net/core/vav-error.h"

G_DEFINE_INTERFACE (VavPipe, vav_pipe, G_TYPE_OBJECT)

static void
vav_pipe_default_init (VavPipeInterface *iface)
{
}

gsize
vav_pipe_get_max_piece (VavPipe *self)
{
  g_return_val_if_fail (VAV_IS_PIPE (self), 0);
  return VAV_PIPE_GET_IFACE (self)->get_max_piece (self);
}

void
vav_pipe_start (VavPipe *self, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (VAV_IS_PIPE (self));
  VAV_PIPE_GET_IFACE (self)->start (self, events, user_data, destroy);
}

gboolean
vav_pipe_send (VavPipe *self, GBytes *piece, GError **error)
{
  g_return_val_if_fail (VAV_IS_PIPE (self), FALSE);

  if (g_bytes_get_size (piece) <= vav_pipe_get_max_piece (self))
    return VAV_PIPE_GET_IFACE (self)->send (self, piece, error);

  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, vav_error_describe (VAV_ERROR_TOO_LARGE));
  return FALSE;
}

void
vav_pipe_close (VavPipe *self)
{
  g_return_if_fail (VAV_IS_PIPE (self));
  VAV_PIPE_GET_IFACE (self)->close (self);
}
