/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-sctp-guard.h"

#define COMMON_HEADER 12
#define CHUNK_HEADER 4
#define STREAM_AT 8 /* in a chunk of data, behind its header and number */
#define DATA_HEADER 16

/* RFC 9260, 3.2 */
enum
{
  CHUNK_DATA,
  CHUNK_INIT,
  CHUNK_INIT_ACK,
  CHUNK_SACK,
  CHUNK_HEARTBEAT,
  CHUNK_HEARTBEAT_ACK,
  CHUNK_ABORT,
  CHUNK_ERROR = 9,
  CHUNK_COOKIE_ECHO,
  CHUNK_COOKIE_ACK,
};

static gboolean
check_chunk (const guint8 *chunk, gsize length)
{
  switch (chunk[0])
    {
    case CHUNK_DATA:
      return length >= DATA_HEADER && chunk[STREAM_AT] == 0 && chunk[STREAM_AT + 1] == 0;
    case CHUNK_INIT:
    case CHUNK_INIT_ACK:
    case CHUNK_SACK:
    case CHUNK_HEARTBEAT:
    case CHUNK_HEARTBEAT_ACK:
    case CHUNK_ABORT:
    case CHUNK_ERROR:
    case CHUNK_COOKIE_ECHO:
    case CHUNK_COOKIE_ACK:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
vav_sctp_guard_check (const guint8 *packet, gsize size)
{
  gsize at = COMMON_HEADER;

  if (size < COMMON_HEADER + CHUNK_HEADER)
    return FALSE;

  while (at < size)
    {
      gsize length = at + CHUNK_HEADER <= size ? (gsize)(packet[at + 2] << 8 | packet[at + 3]) : 0;

      if (length < CHUNK_HEADER || length > size - at || !check_chunk (packet + at, length))
        return FALSE;
      at += (length + 3) & ~(gsize)3; /* the last one's padding may be missing */
    }

  return TRUE;
}
