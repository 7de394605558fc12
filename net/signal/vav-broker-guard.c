/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker-guard.h"

#include "net/signal/vav-mqtt.h"

#define TYPE 0xf0
#define PUBLISH_QOS_1 0x02 /* 3.3.1.2 */
#define PUBLISH_QOS_2 0x04

gboolean
vav_broker_guard_may_say (guint8 first, gboolean greeted)
{
  switch (first & TYPE)
    {
    case CMD_CONNACK:
      return TRUE;
    case CMD_PUBLISH:
      return greeted && (first & PUBLISH_QOS_2) == 0;
    case CMD_PUBACK:
    case CMD_SUBACK:
    case CMD_UNSUBACK:
    case CMD_PINGRESP:
    case CMD_DISCONNECT:
      return greeted;
    default:
      return FALSE;
    }
}

/* 1.5.5: seven bits a byte, the lowest first, in four bytes at most. Returns how many; 0: the last is not there. */
static gsize
read_length (const guint8 *bytes, gsize length, gsize *value)
{
  *value = 0;
  for (gsize i = 0; i < MIN (length, 4); i++)
    {
      *value |= (gsize)(bytes[i] & 127) << (7 * i);
      if (bytes[i] < 128)
        return i + 1;
    }
  return 0;
}

gboolean
vav_broker_guard_measure (const guint8 *bytes, gsize length, gsize *size, gsize *body)
{
  gsize n = length > 0 ? read_length (bytes + 1, length - 1, body) : 0;

  *size = n > 0 ? n + 1 : 0;
  return n > 0 ? *body <= VAV_BROKER_MAX_PACKET : length < 5;
}

/* 2.2.2.2: how long each property's value is; the last three say it themselves. 0: there is no such property. */
enum
{
  TEXT = 100,
  PAIR,
  NUMBER,
};

static const guint8 property_sizes[] = {
  [0x01] = 1,    [0x02] = 4,    [0x03] = TEXT, [0x08] = TEXT, [0x09] = TEXT, [0x0b] = NUMBER, [0x11] = 4,
  [0x12] = TEXT, [0x13] = 2,    [0x15] = TEXT, [0x16] = TEXT, [0x17] = 1,    [0x18] = 4,      [0x19] = 1,
  [0x1a] = TEXT, [0x1c] = TEXT, [0x1f] = TEXT, [0x21] = 2,    [0x22] = 2,    [0x23] = 2,      [0x24] = 1,
  [0x25] = 1,    [0x26] = PAIR, [0x27] = 4,    [0x28] = 1,    [0x29] = 1,    [0x2a] = 1,
};

/* With the two bytes that tell its length. More than there is: it is broken, as below. */
static gsize
text_size (const guint8 *bytes, gsize left)
{
  return left < 2 ? left + 1 : 2 + (gsize)(bytes[0] << 8 | bytes[1]);
}

static gsize
property_size (const guint8 *bytes, gsize left)
{
  guint8 size = bytes[0] < G_N_ELEMENTS (property_sizes) ? property_sizes[bytes[0]] : 0;
  gsize first, ignored;

  if (size == NUMBER)
    size = (guint8)read_length (bytes + 1, left - 1, &ignored);
  if (size == 0)
    return left + 1;
  if (size < TEXT)
    return 1 + (gsize)size;
  first = 1 + text_size (bytes + 1, left - 1);
  return size == PAIR && first <= left ? first + text_size (bytes + first, left - first) : first;
}

/* With the number that tells their length. */
static gsize
properties_size (const guint8 *bytes, gsize length)
{
  gsize left;
  gsize n = read_length (bytes, length, &left);
  gsize size = n + left;

  if (n == 0 || size > length)
    return length + 1;
  bytes += n;
  while (left > 0)
    {
      gsize one = property_size (bytes, left);

      if (one > left)
        return length + 1;
      bytes += one;
      left -= one;
    }
  return size;
}

/* Where the properties begin. Past the end: nowhere. */
static gsize
find_properties (guint8 first, const guint8 *body, gsize length)
{
  switch (first & TYPE)
    {
    case CMD_PUBLISH: /* 3.3 */
      return text_size (body, length) + ((first & PUBLISH_QOS_1) != 0 ? 2 : 0);
    case CMD_PUBACK: /* 3.4 */
      return 3;
    default: /* CONNACK, SUBACK, UNSUBACK: 3.2, 3.9, 3.11 */
      return 2;
    }
}

/* A PUBACK may end before its reason or its properties; and so does a CONNACK of an older MQTT, which the library knows. */
static gboolean
needs_no_properties (guint8 first, gsize length)
{
  return (first & TYPE) == CMD_PINGRESP || ((first & TYPE) == CMD_CONNACK && length == 2)
         || ((first & TYPE) == CMD_PUBACK && (length == 2 || length == 3));
}

gboolean
vav_broker_guard_is_sound (guint8 first, const guint8 *body, gsize length)
{
  gsize at = find_properties (first, body, length);
  gsize size;

  if (needs_no_properties (first, length))
    return TRUE;
  if (at >= length)
    return FALSE;
  size = properties_size (body + at, length - at);
  return (first & TYPE) == CMD_SUBACK ? at + size == length - 1 : at + size <= length;
}
