/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VavPipeEvents:
 * @piece: the other side sent a piece; bytes: borrowed. May block: the other side is then slowed down
 * @closed: nothing more comes, once; error: (nullable): %NULL if either side closed in order; VAV_ERROR_PROTOCOL in any case, if
 *          the other side sent what it must not
 *
 * What a pipe tells, on a thread of its own, one at a time, never from inside a function of the pipe.
 */
typedef struct
{
  void (*piece) (gpointer user_data, GBytes *bytes);
  void (*closed) (gpointer user_data, const GError *error);
} VavPipeEvents;

/**
 * VavPipe:
 *
 * Carries pieces of bytes both ways between two people in a call: whole, in order, each once. By what (a TLS connection, a data channel) is
 * its maker's business. Any thread, but vav_pipe_send() blocks, and is not for a thread that runs a main loop.
 */
#define VAV_TYPE_PIPE (vav_pipe_get_type ())
G_DECLARE_INTERFACE (VavPipe, vav_pipe, VAV, PIPE, GObject)

struct _VavPipeInterface
{
  GTypeInterface parent_interface;

  gsize (*get_max_piece) (VavPipe *self);
  void (*start) (VavPipe *self, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy);
  gboolean (*send) (VavPipe *self, GBytes *piece, GError **error);
  void (*close) (VavPipe *self);
};

/* Bytes; what is longer cannot be sent, and never comes. */
gsize vav_pipe_get_max_piece (VavPipe *self);

/* Once: nothing is told before. events: static. destroy: when nothing more is told. */
void vav_pipe_start (VavPipe *self, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy);

/* Waits while too much is on its way already. VAV_ERROR_CLOSED after the end, also when it comes while this waits; VAV_ERROR_TOO_LARGE. */
gboolean vav_pipe_send (VavPipe *self, GBytes *piece, GError **error);

/* In order: what was sent still goes. Returns at once and wakes who waits in vav_pipe_send(). */
void vav_pipe_close (VavPipe *self);

G_END_DECLS
