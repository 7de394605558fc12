/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-mqtt.h"

#include <string.h>

#include "net/core/vav-error.h"

#define VERSION 5
#define MAX_TOPIC 256
#define MAX_IN_FLIGHT 64 /* publishes with QoS 1 that we take before we answered */

/* First bytes of packets (2.1): type, and flags where they are fixed. */
enum
{
  FIRST_CONNECT = 0x10,
  FIRST_PUBLISH = 0x30,
  FIRST_PUBACK = 0x40,
  FIRST_SUBSCRIBE = 0x82,
  FIRST_UNSUBSCRIBE = 0xa2,
  FIRST_PINGREQ = 0xc0,
  FIRST_DISCONNECT = 0xe0,
};

enum
{
  PUBLISH_RETAIN = 1,
  PUBLISH_QOS_1 = 1 << 1,
  PUBLISH_QOS = 3 << 1,
};

/* 3.1.2.3 */
enum
{
  CONNECT_CLEAN = 1 << 1,
  CONNECT_WILL = 1 << 2,
  CONNECT_WILL_RETAIN = 1 << 5,
  CONNECT_PASSWORD = 1 << 6,
  CONNECT_USER = 1 << 7,
};

/* 3.8.3.1 */
enum
{
  SUBSCRIBE_QOS_1 = 1,
  SUBSCRIBE_RETAIN_AS_PUBLISHED = 1 << 3,
  SUBSCRIBE_NOTHING_RETAINED = 2 << 4,
};

/* 2.2.2.2: the properties that we send or look at */
enum
{
  PROPERTY_EXPIRY = 0x02,
  PROPERTY_KEEP_ALIVE = 0x13,
  PROPERTY_RECEIVE_MAXIMUM = 0x21,
  PROPERTY_TOPIC_ALIAS = 0x23,
  PROPERTY_MAX_QOS = 0x24,
  PROPERTY_HAS_RETAIN = 0x25,
  PROPERTY_MAX_PACKET = 0x27,
};

/* building */

static void
add_byte (GByteArray *to, guint8 byte)
{
  g_byte_array_append (to, &byte, 1);
}

static void
add_u16 (GByteArray *to, guint16 number)
{
  guint16 raw = GUINT16_TO_BE (number);

  g_byte_array_append (to, (const guint8 *)&raw, sizeof raw);
}

static void
add_u32 (GByteArray *to, guint32 number)
{
  guint32 raw = GUINT32_TO_BE (number);

  g_byte_array_append (to, (const guint8 *)&raw, sizeof raw);
}

static void
add_text (GByteArray *to, const char *text)
{
  add_u16 (to, (guint16)strlen (text));
  g_byte_array_append (to, (const guint8 *)text, (guint)strlen (text));
}

/* 1.5.5: seven bits a byte, the lowest first */
static void
add_length (GByteArray *to, guint32 length)
{
  do
    {
      add_byte (to, (guint8)((length & 127) | (length > 127 ? 128 : 0)));
      length >>= 7;
    }
  while (length > 0);
}

static void
add_packet (GByteArray *to, guint8 first, const GByteArray *body)
{
  add_byte (to, first);
  add_length (to, body->len);
  g_byte_array_append (to, body->data, body->len);
}

void
vav_mqtt_add_connect (GByteArray *to, const VavMqttConnect *connect)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 flags = CONNECT_CLEAN;

  if (connect->will_topic != NULL)
    flags |= CONNECT_WILL | CONNECT_WILL_RETAIN;
  if (connect->user != NULL)
    flags |= CONNECT_USER;
  if (connect->user != NULL && connect->password != NULL)
    flags |= CONNECT_PASSWORD;
  add_text (body, "MQTT");
  add_byte (body, VERSION);
  add_byte (body, flags);
  add_u16 (body, connect->keep_alive);
  add_length (body, 8);
  add_byte (body, PROPERTY_MAX_PACKET);
  add_u32 (body, VAV_MQTT_MAX_PACKET);
  add_byte (body, PROPERTY_RECEIVE_MAXIMUM);
  add_u16 (body, MAX_IN_FLIGHT);
  add_text (body, connect->client_id);
  if (flags & CONNECT_WILL)
    {
      add_length (body, 0);
      add_text (body, connect->will_topic);
      add_u16 (body, 0);
    }
  if (flags & CONNECT_USER)
    add_text (body, connect->user);
  if (flags & CONNECT_PASSWORD)
    add_text (body, connect->password);
  add_packet (to, FIRST_CONNECT, body);
}

void
vav_mqtt_add_subscribe (GByteArray *to, guint16 id, const char *topic, gboolean retained)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  add_u16 (body, id);
  add_length (body, 0);
  add_text (body, topic);
  add_byte (body, SUBSCRIBE_QOS_1 | SUBSCRIBE_RETAIN_AS_PUBLISHED | (retained ? 0 : SUBSCRIBE_NOTHING_RETAINED));
  add_packet (to, FIRST_SUBSCRIBE, body);
}

void
vav_mqtt_add_unsubscribe (GByteArray *to, guint16 id, const char *topic)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  add_u16 (body, id);
  add_length (body, 0);
  add_text (body, topic);
  add_packet (to, FIRST_UNSUBSCRIBE, body);
}

void
vav_mqtt_add_publish (GByteArray *to, guint16 id, const char *topic, const void *payload, gsize length, gboolean retain,
                      guint32 expiry)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  add_text (body, topic);
  if (id != 0)
    add_u16 (body, id);
  add_length (body, expiry != 0 ? 5 : 0);
  if (expiry != 0)
    {
      add_byte (body, PROPERTY_EXPIRY);
      add_u32 (body, expiry);
    }
  g_byte_array_append (body, payload, (guint)length);
  add_packet (to, (guint8)(FIRST_PUBLISH | (id != 0 ? PUBLISH_QOS_1 : 0) | (retain ? PUBLISH_RETAIN : 0)), body);
}

void
vav_mqtt_add_puback (GByteArray *to, guint16 id)
{
  add_byte (to, FIRST_PUBACK);
  add_length (to, 2);
  add_u16 (to, id);
}

void
vav_mqtt_add_ping (GByteArray *to)
{
  add_byte (to, FIRST_PINGREQ);
  add_length (to, 0);
}

void
vav_mqtt_add_disconnect (GByteArray *to)
{
  add_byte (to, FIRST_DISCONNECT);
  add_length (to, 0);
}

/* reading */

/* What is left of a packet. Reading past its end sets `broken` and gives zeros. */
typedef struct
{
  const guint8 *bytes;
  gsize left;
  gboolean broken;
} Cursor;

static const guint8 *
take (Cursor *cursor, gsize n)
{
  const guint8 *bytes = cursor->bytes;

  if (cursor->broken || n > cursor->left)
    {
      cursor->broken = TRUE;
      return NULL;
    }
  cursor->bytes += n;
  cursor->left -= n;
  return bytes;
}

static guint32
take_number (Cursor *cursor, gsize n_bytes)
{
  const guint8 *bytes = take (cursor, n_bytes);
  guint32 number = 0;

  for (gsize i = 0; bytes != NULL && i < n_bytes; i++)
    number = number << 8 | bytes[i];
  return number;
}

static guint32
take_length (Cursor *cursor)
{
  guint32 length = 0;

  for (guint shift = 0; shift < 28; shift += 7)
    {
      guint32 byte = take_number (cursor, 1);

      length |= (byte & 127) << shift;
      if (byte < 128)
        return length;
    }
  cursor->broken = TRUE;
  return 0;
}

static void
skip_text (Cursor *cursor)
{
  (void)take (cursor, take_number (cursor, 2));
}

/* 2.2.2.2: how long each property's value is; TEXT and PAIR say it themselves. 0: there is no such property. */
enum
{
  TEXT = 100,
  PAIR,
  LENGTH,
};

static const guint8 property_sizes[] = {
  [0x01] = 1,    [0x02] = 4,    [0x03] = TEXT, [0x08] = TEXT, [0x09] = TEXT, [0x0b] = LENGTH, [0x11] = 4,
  [0x12] = TEXT, [0x13] = 2,    [0x15] = TEXT, [0x16] = TEXT, [0x17] = 1,    [0x18] = 4,      [0x19] = 1,
  [0x1a] = TEXT, [0x1c] = TEXT, [0x1f] = TEXT, [0x21] = 2,    [0x22] = 2,    [0x23] = 2,      [0x24] = 1,
  [0x25] = 1,    [0x26] = PAIR, [0x27] = 4,    [0x28] = 1,    [0x29] = 1,    [0x2a] = 1,
};

static void
note_property (VavMqttPacket *packet, guint32 property, guint32 value)
{
  if (property == PROPERTY_MAX_QOS)
    packet->max_qos = (guint8)value;
  else if (property == PROPERTY_HAS_RETAIN)
    packet->has_retain = value != 0;
  else if (property == PROPERTY_MAX_PACKET)
    packet->max_packet = value;
  else if (property == PROPERTY_KEEP_ALIVE)
    packet->keep_alive = (guint16)value;
}

static void
take_property (Cursor *cursor, VavMqttPacket *packet)
{
  guint32 property = take_length (cursor);
  guint8 size = property < G_N_ELEMENTS (property_sizes) ? property_sizes[property] : 0;

  /* we said that we know no aliases (3.1.2.11.5) */
  if (size == 0 || property == PROPERTY_TOPIC_ALIAS)
    cursor->broken = TRUE;
  else if (size == TEXT)
    skip_text (cursor);
  else if (size == LENGTH)
    (void)take_length (cursor);
  else if (size == PAIR)
    {
      skip_text (cursor);
      skip_text (cursor);
    }
  else
    note_property (packet, property, take_number (cursor, size));
}

static void
take_properties (Cursor *cursor, VavMqttPacket *packet)
{
  Cursor inner = { NULL, take_length (cursor), FALSE };

  inner.bytes = take (cursor, inner.left);
  while (!cursor->broken && inner.left > 0)
    {
      take_property (&inner, packet);
      cursor->broken = inner.broken;
    }
}

static void
take_connack (Cursor *cursor, VavMqttPacket *packet)
{
  packet->has_retain = TRUE;
  packet->max_qos = 2;
  packet->max_packet = G_MAXUINT32;
  (void)take_number (cursor, 1);
  packet->reason = (guint8)take_number (cursor, 1);
  take_properties (cursor, packet);
}

static void
take_publish (Cursor *cursor, VavMqttPacket *packet, guint8 flags)
{
  guint32 length = take_number (cursor, 2);
  const guint8 *topic = take (cursor, length);

  if (topic == NULL || length == 0 || length > MAX_TOPIC || memchr (topic, '\0', length) != NULL
      || (flags & PUBLISH_QOS) > PUBLISH_QOS_1)
    {
      cursor->broken = TRUE;
      return;
    }
  packet->retained = (flags & PUBLISH_RETAIN) != 0;
  packet->wants_ack = (flags & PUBLISH_QOS) != 0;
  if (packet->wants_ack)
    packet->id = (guint16)take_number (cursor, 2);
  take_properties (cursor, packet);
  if (cursor->broken || (packet->wants_ack && packet->id == 0) || !g_utf8_validate ((const char *)topic, length, NULL))
    {
      cursor->broken = TRUE;
      return;
    }
  packet->topic = g_strndup ((const char *)topic, length);
  packet->payload = g_bytes_new (cursor->bytes, cursor->left);
}

/* The reason of a success, and properties, may be left out (3.4.2.1). */
static void
take_puback (Cursor *cursor, VavMqttPacket *packet)
{
  packet->id = (guint16)take_number (cursor, 2);
  if (cursor->left > 0)
    packet->reason = (guint8)take_number (cursor, 1);
  if (cursor->left > 0)
    take_properties (cursor, packet);
}

/* We ask for one topic at a time. */
static void
take_suback (Cursor *cursor, VavMqttPacket *packet)
{
  packet->id = (guint16)take_number (cursor, 2);
  take_properties (cursor, packet);
  packet->reason = (guint8)take_number (cursor, 1);
}

static gboolean
parse (VavMqttPacket *packet, guint8 first, Cursor *cursor)
{
  packet->type = first >> 4;
  switch (packet->type)
    {
    case VAV_MQTT_CONNACK:
      take_connack (cursor, packet);
      break;
    case VAV_MQTT_PUBLISH:
      take_publish (cursor, packet, first & 15);
      break;
    case VAV_MQTT_PUBACK:
      take_puback (cursor, packet);
      break;
    case VAV_MQTT_SUBACK:
    case VAV_MQTT_UNSUBACK:
      take_suback (cursor, packet);
      break;
    case VAV_MQTT_PINGRESP:
      break;
    case VAV_MQTT_DISCONNECT:
      if (cursor->left > 0)
        packet->reason = (guint8)take_number (cursor, 1);
      break;
    default:
      return FALSE;
    }
  return !cursor->broken;
}

struct _VavMqttReader
{
  GByteArray *bytes;
  gboolean broken;
};

VavMqttReader *
vav_mqtt_reader_new (void)
{
  VavMqttReader *self = g_new0 (VavMqttReader, 1);

  self->bytes = g_byte_array_new ();
  return self;
}

void
vav_mqtt_reader_free (VavMqttReader *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/* The caller pops all after each push, and pushes less than a packet at a time: what waits here stays below two packets. */
void
vav_mqtt_reader_push (VavMqttReader *self, const guint8 *bytes, gsize length)
{
  if (!self->broken)
    g_byte_array_append (self->bytes, bytes, (guint)length);
}

static VavMqttPacket *
fail (VavMqttReader *self, GError **error)
{
  self->broken = TRUE;
  g_byte_array_set_size (self->bytes, 0);
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, vav_error_describe (VAV_ERROR_PROTOCOL));
  return NULL;
}

/* The fixed header's length field has one to four bytes; until its last is here nothing can be said. */
static gboolean
has_header (const GByteArray *bytes)
{
  for (guint i = 1; i < MIN (bytes->len, 5); i++)
    if (bytes->data[i] < 128)
      return TRUE;
  return bytes->len >= 5;
}

VavMqttPacket *
vav_mqtt_reader_pop (VavMqttReader *self, GError **error)
{
  g_autoptr (VavMqttPacket) packet = NULL;
  Cursor cursor;
  guint32 length;
  gsize whole;

  if (self->broken)
    return fail (self, error);
  if (!has_header (self->bytes))
    return NULL;
  cursor = (Cursor){ self->bytes->data + 1, self->bytes->len - 1, FALSE };
  length = take_length (&cursor);
  if (cursor.broken || length > VAV_MQTT_MAX_PACKET)
    return fail (self, error);
  if (cursor.left < length)
    return NULL;
  whole = (gsize)(cursor.bytes - self->bytes->data) + length;
  cursor.left = length;
  packet = g_new0 (VavMqttPacket, 1);
  if (!parse (packet, self->bytes->data[0], &cursor))
    return fail (self, error);
  g_byte_array_remove_range (self->bytes, 0, (guint)whole);
  return g_steal_pointer (&packet);
}

void
vav_mqtt_packet_free (VavMqttPacket *packet)
{
  g_free (packet->topic);
  g_clear_pointer (&packet->payload, g_bytes_unref);
  g_free (packet);
}
