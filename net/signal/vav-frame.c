/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-frame.h"

#include <glib/gi18n-lib.h>

struct _VavFrameReader
{
  GByteArray *bytes;
  gsize start;  /* of the first frame that was not popped */
  gsize judged; /* where the first header begins that was not looked at */
  gboolean broken;
};

static guint32
read_length (const guint8 *header)
{
  guint32 length;

  memcpy (&length, header, sizeof length);
  return GUINT32_FROM_BE (length);
}

static gboolean
judge_length (guint32 length, GError **error)
{
  if (length > VAV_FRAME_MAX)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("The other side sent a message that is too large."));
  else if (length == 0)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent an empty message."));
  else
    return TRUE;
  return FALSE;
}

/* Looks at every header that has come, so that a forbidden one is told at once. */
static gboolean
judge_headers (VavFrameReader *self, GError **error)
{
  while (self->judged + VAV_FRAME_HEADER <= self->bytes->len)
    {
      guint32 length = read_length (self->bytes->data + self->judged);

      if (!judge_length (length, error))
        return FALSE;
      self->judged += VAV_FRAME_HEADER + length;
    }
  return TRUE;
}

static void
forget_popped (VavFrameReader *self)
{
  if (self->start == 0)
    return;
  g_byte_array_remove_range (self->bytes, 0, (guint)self->start);
  self->judged -= self->start;
  self->start = 0;
}

VavFrameReader *
vav_frame_reader_new (void)
{
  VavFrameReader *self = g_new0 (VavFrameReader, 1);

  self->bytes = g_byte_array_new ();
  return self;
}

void
vav_frame_reader_free (VavFrameReader *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self);
}

gboolean
vav_frame_reader_push (VavFrameReader *self, const guint8 *bytes, gsize length, GError **error)
{
  g_return_val_if_fail (length <= G_MAXINT32, FALSE);

  if (self->broken)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL,
                           _ ("The other side goes on after a message that cannot be read."));
      return FALSE;
    }
  forget_popped (self);
  g_byte_array_append (self->bytes, bytes, (guint)length);
  self->broken = !judge_headers (self, error);
  return !self->broken;
}

GBytes *
vav_frame_reader_pop (VavFrameReader *self)
{
  gsize body = self->start + VAV_FRAME_HEADER;
  gsize length;

  /* a header that was not judged, or found wrong, begins no frame */
  if (self->start == self->judged)
    return NULL;
  length = read_length (self->bytes->data + self->start);
  if (body + length > self->bytes->len)
    return NULL;
  self->start = body + length;
  return g_bytes_new (self->bytes->data + body, length);
}

GBytes *
vav_frame_reader_take_rest (VavFrameReader *self)
{
  gsize length = self->bytes->len - self->start;
  GBytes *rest = length > 0 ? g_bytes_new (self->bytes->data + self->start, length) : NULL;

  g_byte_array_set_size (self->bytes, 0);
  self->start = 0;
  self->judged = 0;
  return rest;
}

gboolean
vav_frame_reader_is_empty (VavFrameReader *self)
{
  return self->start == self->bytes->len;
}

GBytes *
vav_frame_wrap (GBytes *body, GError **error)
{
  gsize length = g_bytes_get_size (body);
  guint32 header = GUINT32_TO_BE ((guint32)length);
  guint8 *frame;

  if (length == 0 || length > VAV_FRAME_MAX)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("That is too much for one message."));
      return NULL;
    }
  frame = g_malloc (VAV_FRAME_HEADER + length);
  memcpy (frame, &header, sizeof header);
  memcpy (frame + VAV_FRAME_HEADER, g_bytes_get_data (body, NULL), length);
  return g_bytes_new_take (frame, VAV_FRAME_HEADER + length);
}
