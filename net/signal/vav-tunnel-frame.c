/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tunnel-frame.h"

#include <string.h>

#define VERSION 1
#define MAX_AHEAD ((guint64)VAV_TUNNEL_WINDOW * VAV_TUNNEL_MAX_DATA)
#define MAX_OFFSET (G_GUINT64_CONSTANT (1) << 48)

static guint64
get_u64 (const guint8 *bytes)
{
  guint64 raw;

  memcpy (&raw, bytes, sizeof raw);
  return GUINT64_FROM_BE (raw);
}

static void
add_u64 (GByteArray *to, guint64 number)
{
  guint64 raw = GUINT64_TO_BE (number);

  g_byte_array_append (to, (const guint8 *)&raw, sizeof raw);
}

static gboolean
parse_open (VavTunnelFrame *frame, const guint8 *bytes, gsize length)
{
  if (length <= VAV_TUNNEL_OPEN_HEADER || frame->offset != 0 || frame->from_dialled
      || !vav_topic_is_name ((const char *)bytes, VAV_TOPIC_NAME_LENGTH))
    return FALSE;
  memcpy (frame->answers, bytes, VAV_TOPIC_NAME_LENGTH);
  frame->sent = (gint64)get_u64 (bytes + VAV_TOPIC_NAME_LENGTH);
  frame->data = bytes + VAV_TUNNEL_OPEN_HEADER;
  frame->length = length - VAV_TUNNEL_OPEN_HEADER;
  return frame->length <= VAV_TUNNEL_MAX_DATA;
}

gboolean
vav_tunnel_frame_parse (VavTunnelFrame *frame, const guint8 *bytes, gsize length)
{
  *frame = (VavTunnelFrame){ 0 };
  if (length < VAV_TUNNEL_HEADER || bytes[0] != VERSION || bytes[2 + VAV_TUNNEL_ID_SIZE] > 1)
    return FALSE;
  frame->kind = bytes[1];
  memcpy (frame->id, bytes + 2, VAV_TUNNEL_ID_SIZE);
  frame->from_dialled = bytes[2 + VAV_TUNNEL_ID_SIZE] == 1;
  frame->offset = get_u64 (bytes + 3 + VAV_TUNNEL_ID_SIZE);
  bytes += VAV_TUNNEL_HEADER;
  length -= VAV_TUNNEL_HEADER;
  if (frame->offset > MAX_OFFSET)
    return FALSE;
  switch (frame->kind)
    {
    case VAV_TUNNEL_OPEN:
      return parse_open (frame, bytes, length);
    case VAV_TUNNEL_DATA:
      frame->data = bytes;
      frame->length = length;
      return length > 0 && length <= VAV_TUNNEL_MAX_DATA;
    case VAV_TUNNEL_ACK:
    case VAV_TUNNEL_END:
      return length == 0;
    case VAV_TUNNEL_RESET:
      frame->reason = length == 1 ? bytes[0] : 0;
      return length == 1;
    default:
      return FALSE;
    }
}

GBytes *
vav_tunnel_frame_build (const VavTunnelFrame *frame)
{
  GByteArray *to = g_byte_array_new ();
  guint8 start[] = { VERSION, (guint8)frame->kind };
  guint8 direction = frame->from_dialled ? 1 : 0;
  guint8 reason = (guint8)frame->reason;

  g_byte_array_append (to, start, sizeof start);
  g_byte_array_append (to, frame->id, VAV_TUNNEL_ID_SIZE);
  g_byte_array_append (to, &direction, 1);
  add_u64 (to, frame->offset);
  if (frame->kind == VAV_TUNNEL_OPEN)
    {
      g_byte_array_append (to, (const guint8 *)frame->answers, VAV_TOPIC_NAME_LENGTH);
      add_u64 (to, (guint64)frame->sent);
    }
  if (frame->kind == VAV_TUNNEL_RESET)
    g_byte_array_append (to, &reason, 1);
  else if (frame->length > 0)
    g_byte_array_append (to, frame->data, (guint)frame->length);
  return g_byte_array_free_to_bytes (to);
}

/* putting in order */

typedef struct
{
  guint64 offset;
  GBytes *data; /* NULL: the end */
} Piece;

struct _VavTunnelOrder
{
  guint64 next;
  gboolean ended;   /* the end was popped */
  GPtrArray *early; /* of Piece: what came before its turn, in any order; at most a window */
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_clear_pointer (&piece->data, g_bytes_unref);
  g_free (piece);
}

VavTunnelOrder *
vav_tunnel_order_new (void)
{
  VavTunnelOrder *self = g_new0 (VavTunnelOrder, 1);

  self->early = g_ptr_array_new_with_free_func (piece_free);
  return self;
}

void
vav_tunnel_order_free (VavTunnelOrder *self)
{
  g_ptr_array_unref (self->early);
  g_free (self);
}

static Piece *
find (VavTunnelOrder *self, guint64 offset)
{
  for (guint i = 0; i < self->early->len; i++)
    if (((Piece *)self->early->pdata[i])->offset == offset)
      return self->early->pdata[i];
  return NULL;
}

VavTunnelTake
vav_tunnel_order_take (VavTunnelOrder *self, guint64 offset, GBytes *data)
{
  Piece *piece;

  if (offset < self->next || find (self, offset) != NULL)
    return VAV_TUNNEL_REPEATED;
  if (self->ended || offset - self->next > MAX_AHEAD || self->early->len >= VAV_TUNNEL_WINDOW)
    return VAV_TUNNEL_GAP;
  piece = g_new (Piece, 1);
  piece->offset = offset;
  piece->data = data != NULL ? g_bytes_ref (data) : NULL;
  g_ptr_array_add (self->early, piece);
  return VAV_TUNNEL_TAKEN;
}

GBytes *
vav_tunnel_order_pop (VavTunnelOrder *self)
{
  Piece *piece = self->ended ? NULL : find (self, self->next);
  GBytes *data;

  if (piece == NULL)
    return NULL;
  data = piece->data != NULL ? g_bytes_ref (piece->data) : g_bytes_new (NULL, 0);
  self->ended = piece->data == NULL;
  self->next += MAX (g_bytes_get_size (data), 1);
  g_ptr_array_remove_fast (self->early, piece);
  return data;
}

guint64
vav_tunnel_order_get_next (VavTunnelOrder *self)
{
  return self->next;
}
