/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-stream-talk.h"

#include "net/call/vav-courier.h"
#include "net/call/vav-stream-private.h"

/* What the two people of a call give each other: the stream's side of the courier. */

static guint signals[2];

static void
on_text (VavCourier *courier, const char *text, VavStream *self)
{
  g_signal_emit (self, signals[0], 0, text);
}

static void
on_text_acknowledged (VavCourier *courier, guint64 id, VavStream *self)
{
  g_signal_emit (self, signals[1], 0, id);
}

static guint
add_signal (const char *name, GType type)
{
  return g_signal_new (name, VAV_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, type);
}

void
vav_stream_talk_class_init (void)
{
  signals[0] = add_signal ("text", G_TYPE_STRING);
  signals[1] = add_signal ("text-acknowledged", G_TYPE_UINT64);
}

void
vav_stream_talk_init (VavStream *self)
{
  self->courier_group = g_signal_group_new (VAV_TYPE_COURIER);
  g_signal_group_connect (self->courier_group, "text", G_CALLBACK (on_text), self);
  g_signal_group_connect (self->courier_group, "text-acknowledged", G_CALLBACK (on_text_acknowledged), self);
}

void
vav_stream_talk_set_call (VavStream *self, VavCall *call)
{
  g_signal_group_set_target (self->courier_group, call != NULL ? vav_call_get_courier (call) : NULL);
}

/**
 * vav_stream_send_text:
 * @text: UTF-8, at most VAV_MAX_TEXT bytes
 * @id: (out) (optional): its number, told by `text-acknowledged`
 * @error: VAV_ERROR_CLOSED, VAV_ERROR_NOT_SUPPORTED, VAV_ERROR_TOO_LARGE, VAV_ERROR_FAILED (no UTF-8)
 */
gboolean
vav_stream_send_text (VavStream *self, const char *text, guint64 *id, GError **error)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (self->call != NULL)
    return vav_courier_send_text (vav_call_get_courier (self->call), text, id, error);
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  return FALSE;
}
