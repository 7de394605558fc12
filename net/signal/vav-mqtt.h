/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The packets of MQTT 5 (OASIS, 2019) as far as a client needs them that publishes with QoS 0 and 1: built, and read with a cap. Pure, no I/O. Private to
 * signal. The sections in vav-mqtt.c are those of that text. */

#define VAV_MQTT_MAX_PACKET (32 * 1024) /* what we take; the broker is told so */

typedef enum
{
  VAV_MQTT_CONNACK = 2,
  VAV_MQTT_PUBLISH = 3,
  VAV_MQTT_PUBACK = 4,
  VAV_MQTT_SUBACK = 9,
  VAV_MQTT_UNSUBACK = 11,
  VAV_MQTT_PINGRESP = 13,
  VAV_MQTT_DISCONNECT = 14,
} VavMqttType;

/* Reason codes (2.4) that we look at; from VAV_MQTT_REFUSED on they are errors. */
#define VAV_MQTT_NOBODY 0x10 /* no matching subscribers */
#define VAV_MQTT_REFUSED 0x80
#define VAV_MQTT_BAD_VERSION 0x84
#define VAV_MQTT_BAD_PASSWORD 0x86
#define VAV_MQTT_NOT_ALLOWED 0x87

typedef struct
{
  VavMqttType type;
  guint8 reason; /* CONNACK, PUBACK, SUBACK, DISCONNECT */
  guint16 id;    /* PUBLISH with QoS 1, PUBACK, SUBACK, UNSUBACK */

  /* PUBLISH */
  char *topic;
  GBytes *payload;
  gboolean retained;
  gboolean wants_ack; /* QoS 1 */

  /* CONNACK: what the broker can do */
  gboolean has_retain;
  guint8 max_qos;
  guint32 max_packet;
  guint16 keep_alive; /* seconds; 0: as we asked */
} VavMqttPacket;

void vav_mqtt_packet_free (VavMqttPacket *packet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMqttPacket, vav_mqtt_packet_free)

/* Bytes in, packets out. Errors: VAV_ERROR_PROTOCOL, for ever. */
typedef struct _VavMqttReader VavMqttReader;

VavMqttReader *vav_mqtt_reader_new (void);
void vav_mqtt_reader_free (VavMqttReader *self);
void vav_mqtt_reader_push (VavMqttReader *self, const guint8 *bytes, gsize length);
VavMqttPacket *vav_mqtt_reader_pop (VavMqttReader *self, GError **error); /* NULL without error: more must come first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMqttReader, vav_mqtt_reader_free)

typedef struct
{
  const char *client_id;
  const char *user;       /* nullable, as all below */
  const char *password;   /* only with a user */
  guint16 keep_alive;     /* seconds */
  const char *will_topic; /* an empty, retained message is published there when the connection breaks */
} VavMqttConnect;

/* All append one packet. */
void vav_mqtt_add_connect (GByteArray *to, const VavMqttConnect *connect);
void vav_mqtt_add_subscribe (GByteArray *to, guint16 id, const char *topic, gboolean retained); /* QoS 1 at most */
void vav_mqtt_add_unsubscribe (GByteArray *to, guint16 id, const char *topic);
/* id: 0 for QoS 0. expiry: seconds until the broker may throw it away; 0: never. */
void vav_mqtt_add_publish (GByteArray *to, guint16 id, const char *topic, const void *payload, gsize length,
                           gboolean retain, guint32 expiry);
void vav_mqtt_add_puback (GByteArray *to, guint16 id);
void vav_mqtt_add_ping (GByteArray *to);
void vav_mqtt_add_disconnect (GByteArray *to); /* in order: the will is not published */

G_END_DECLS
