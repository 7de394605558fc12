/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/signal/vav-broker-session.h"
#include "net/signal/vav-mqtt.h"

#define ROUNDS 2000

/* A session, and the broker that we are for it. */
typedef struct
{
  VavBrokerSession *session;
  GByteArray *said; /* what was drained and not looked at yet */
} Fixture;

#define PUSH(fixture, ...) push ((fixture), (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }))

#define PACKET(bytes)                                                                                                  \
  {                                                                                                                    \
    bytes, sizeof bytes                                                                                                \
  }

static gboolean
push (Fixture *fixture, const guint8 *bytes, gsize length)
{
  return vav_broker_session_push (fixture->session, bytes, length);
}

/* The first bytes that were said since the last time are these; all the others are forgotten. */
static void
expect_said (Fixture *fixture, const guint8 *bytes, gsize length)
{
  vav_broker_session_drain (fixture->session, fixture->said);
  g_assert_cmpuint (fixture->said->len, >=, length);
  g_assert_cmpmem (fixture->said->data, length, bytes, length);
  g_byte_array_set_size (fixture->said, 0);
}

static VavBrokerEvent *
expect_event (Fixture *fixture, VavBrokerEventType type, guint number, guint reason)
{
  VavBrokerEvent *event = vav_broker_session_pop (fixture->session);

  g_assert_nonnull (event);
  g_assert_cmpint (event->type, ==, type);
  g_assert_cmpuint (event->number, ==, number);
  g_assert_cmphex (event->reason, ==, reason);
  return event;
}

static void
expect_only (Fixture *fixture, VavBrokerEventType type, guint number, guint reason)
{
  vav_broker_event_free (expect_event (fixture, type, number, reason));
  g_assert_null (vav_broker_session_pop (fixture->session));
}

static void
open_session (Fixture *fixture)
{
  g_autoptr (VavBrokerPlace) place = vav_broker_place_parse ("mqtt://anna:secret@broker.example", NULL);
  g_autoptr (GError) error = NULL;

  fixture->session = vav_broker_session_new (place, "visavis/1/at/x", &error);
  g_assert_no_error (error);
}

static void
greet (Fixture *fixture)
{
  g_assert_true (PUSH (fixture, 0x20, 3, 0, 0, 0));
  expect_only (fixture, VAV_BROKER_GREETED, 0, MQTT_RC_SUCCESS);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->said = g_byte_array_new ();
  open_session (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  vav_broker_session_free (fixture->session);
  g_byte_array_unref (fixture->said);
}

static gboolean
holds (const GByteArray *bytes, const void *part, gsize length)
{
  return memmem (bytes->data, bytes->len, part, length) != NULL;
}

/* What the library says for us: MQTT 5, a clean start, the limits that we keep, user and password, and a will that clears its topic. */
static void
test_connect (Fixture *fixture, gconstpointer unused)
{
  static const guint8 largest[] = { MQTT_PROP_MAXIMUM_PACKET_SIZE, 0, 0, 0x80, 0 };
  static const guint8 in_flight[] = { MQTT_PROP_RECEIVE_MAXIMUM, 0, 64 };
  static const guint8 will[] = "\0\16visavis/1/at/x\0\0\0\4anna\0\6secret";
  static const guint8 head[] = { 0, 4, 'M', 'Q', 'T', 'T', 5, 0xe6 /* user, password, will: retained, QoS 0; clean */ };

  vav_broker_session_drain (fixture->session, fixture->said);
  g_assert_cmphex (fixture->said->data[0], ==, 0x10);
  g_assert_true (holds (fixture->said, head, sizeof head));
  g_assert_true (holds (fixture->said, largest, sizeof largest));
  g_assert_true (holds (fixture->said, in_flight, sizeof in_flight));
  g_assert_true (holds (fixture->said, will, sizeof will - 1));
}

/* Subscribing, publishing with and without an answer, a message byte by byte, and parting. */
static void
test_talk (Fixture *fixture, gconstpointer unused)
{
  static const guint8 message[] = { 0x33, 11, 0, 1, 'a', 0, 7, 0, 'h', 'e', 'l', 'l', 'o' };
  VavBrokerEvent *event;
  guint number;

  expect_said (fixture, (const guint8[]){ 0x10 }, 1);
  greet (fixture);
  g_assert_cmpuint (vav_broker_session_subscribe (fixture->session, "a", FALSE), ==, 1);
  expect_said (fixture, (const guint8[]){ 0x82, 7, 0, 1, 0, 0, 1, 'a', 0x29 }, 9);
  g_assert_true (PUSH (fixture, 0x90, 4, 0, 1, 0, 1));
  expect_only (fixture, VAV_BROKER_SUBSCRIBED, 1, 1);
  g_assert_true (vav_broker_session_publish (fixture->session, "a", "x", 1, TRUE, 0, NULL));
  expect_said (fixture, (const guint8[]){ 0x31, 5, 0, 1, 'a', 0, 'x' }, 7);
  g_assert_null (vav_broker_session_pop (fixture->session));
  g_assert_true (vav_broker_session_publish (fixture->session, "a", "x", 1, FALSE, 30, &number));
  expect_said (fixture, (const guint8[]){ 0x32, 12, 0, 1, 'a', 0, (guint8)number, 5, 2, 0, 0, 0, 30, 'x' }, 14);
  g_assert_true (PUSH (fixture, 0x40, 3, 0, (guint8)number, MQTT_RC_NO_MATCHING_SUBSCRIBERS));
  expect_only (fixture, VAV_BROKER_ANSWERED, number, MQTT_RC_NO_MATCHING_SUBSCRIBERS);
  for (gsize i = 0; i < sizeof message; i++)
    {
      g_assert_null (vav_broker_session_pop (fixture->session));
      g_assert_true (push (fixture, message + i, 1));
    }
  event = expect_event (fixture, VAV_BROKER_MESSAGE, 0, 0);
  g_assert_cmpstr (event->topic, ==, "a");
  g_assert_cmpmem (g_bytes_get_data (event->payload, NULL), g_bytes_get_size (event->payload), "hello", 5);
  g_assert_true (event->retained);
  vav_broker_event_free (event);
  expect_said (fixture, (const guint8[]){ 0x40, 2, 0, 7 }, 4);
  vav_broker_session_part (fixture->session);
  expect_said (fixture, (const guint8[]){ 0xe0 }, 1);
}

/* A broker that knows MQTT 3 alone says so in its own way (four bytes); one that wants another password, or no connection, in that of MQTT 5. */
static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (PUSH (fixture, 0x20, 2, 0, 1));
  expect_only (fixture, VAV_BROKER_GREETED, 0, MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION);
  vav_broker_session_free (fixture->session);
  open_session (fixture);
  g_assert_false (PUSH (fixture, 0x20, 3, 0, MQTT_RC_BAD_USERNAME_OR_PASSWORD, 0));
  expect_only (fixture, VAV_BROKER_GREETED, 0, MQTT_RC_BAD_USERNAME_OR_PASSWORD);
}

/* A broker may say less than we would like: no retained messages, no QoS 1, small packets. What it cannot take is not sent. */
static void
test_limits (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (VavBrokerEvent) event = NULL;
  char big[200] = "";
  guint number;

  g_assert_true (
      PUSH (fixture, 0x20, 10, 0, 0, 7, MQTT_PROP_MAXIMUM_PACKET_SIZE, 0, 0, 0, 100, MQTT_PROP_MAXIMUM_QOS, 0));
  event = expect_event (fixture, VAV_BROKER_GREETED, 0, MQTT_RC_SUCCESS);
  g_assert_cmpuint (event->max_packet, ==, 100);
  g_assert_cmpuint (event->max_qos, ==, 0);
  g_assert_true (vav_broker_session_publish (fixture->session, "a", big, 50, FALSE, 0, NULL));
  g_assert_false (vav_broker_session_publish (fixture->session, "a", big, sizeof big, FALSE, 0, NULL));
  g_assert_false (vav_broker_session_publish (fixture->session, "a", big, 1, FALSE, 0, &number));
}

static void
test_breaks (Fixture *fixture, gconstpointer unused)
{
  static const guint8 huge[] = { 0x30, 0xff, 0xff, 0xff, 0x7f };
  static const guint8 longer[] = { 0x30, 0x80, 0x80, 0x80, 0x80, 0 };
  static const guint8 qos_2[] = { 0x34, 6, 0, 1, 'a', 0, 1, 0 };
  static const guint8 qos_3[] = { 0x36, 6, 0, 1, 'a', 0, 1, 0 };
  static const guint8 no_topic[] = { 0x30, 3, 0, 0, 0 };
  static const guint8 alias_only[] = { 0x30, 6, 0, 0, 3, 0x23, 0, 1 };
  static const guint8 no_such_property[] = { 0x30, 6, 0, 1, 'a', 2, 0x7f, 0 };
  static const guint8 longer_property[] = { 0x30, 9, 0, 1, 'a', 3, 0x03, 0, 2, 'x', 'y' };
  static const guint8 endless_number[] = { 0x30, 8, 0, 1, 'a', 2, 0x0b, 0x80, 0x7f, 0 };
  static const guint8 no_property[] = { 0xb0, 2, 0, 1 };
  static const guint8 no_reason[] = { 0x90, 7, 0, 1, 4, 0x1f, 0, 1, 'x' };
  static const guint8 release[] = { 0x62, 2, 0, 1 };
  static const guint8 challenge[] = { 0xf0, 0 };
  static const struct
  {
    const guint8 *bytes;
    gsize length;
  } bad[] = {
    PACKET (huge),
    PACKET (longer),
    PACKET (qos_2),
    PACKET (qos_3),
    PACKET (no_topic),
    PACKET (alias_only),
    PACKET (no_such_property),
    PACKET (longer_property),
    PACKET (endless_number),
    PACKET (no_property),
    PACKET (no_reason),
    PACKET (release),
    PACKET (challenge),
  };

  g_test_summary ("A9: What no broker says to such a client ends the session, a packet that is too large as soon as it "
                  "is announced");
  g_assert_false (PUSH (fixture, 'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0'));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      vav_broker_session_free (fixture->session);
      open_session (fixture);
      greet (fixture);
      g_assert_false (push (fixture, bad[i].bytes, bad[i].length));
      g_assert_null (vav_broker_session_pop (fixture->session));
    }
}

/* What libmosquitto takes amiss, and an honest broker may say: a second greeting, an answer twice, a goodbye without a reason. */
static void
test_bears (Fixture *fixture, gconstpointer unused)
{
  greet (fixture);
  g_assert_true (PUSH (fixture, 0x20, 3, 0, 0x87, 0));
  g_assert_true (PUSH (fixture, 0x40, 8, 0, 9, 0, 4, 0x1f, 0, 1, 'x'));
  g_assert_null (vav_broker_session_pop (fixture->session));
  g_assert_true (PUSH (fixture, 0xe0, 0, 0x30, 0xff));
  expect_only (fixture, VAV_BROKER_ENDED, 0, 0);
}

/* A probe is something that a living broker answers. */
static void
test_probe (Fixture *fixture, gconstpointer unused)
{
  expect_said (fixture, (const guint8[]){ 0x10 }, 1);
  greet (fixture);
  g_assert_true (vav_broker_session_tick (fixture->session));
  vav_broker_session_probe (fixture->session);
  expect_said (fixture, (const guint8[]){ 0xa2 }, 1);
  g_assert_true (PUSH (fixture, 0xb0, 4, 0, 1, 0, 0x11));
}

/* Good packets with as many properties as may be in them. */
static const guint8 greeting[] = { 0x20, 29, 0,    0, 26,   0x11, 0, 0,    0, 0,    0x13, 0, 30,  0x21, 0, 9,
                                   0x24, 1,  0x25, 1, 0x27, 0,    0, 0x80, 0, 0x1f, 0,    1, 'x', 0x2a, 1 };
static const guint8 message[] = { 0x32, 30, 0, 1, 'a', 0,   7,    21, 0x01, 1,   0x02, 0, 0,   0,   9,   0x0b,
                                  0x83, 1,  3, 0, 1,   'x', 0x26, 0,  1,    'k', 0,    1, 'v', 'h', 'e', 'l' };
static const guint8 answer[] = { 0x40, 8, 0, 1, 0x10, 4, 0x1f, 0, 1, 'x' };
static const guint8 subscribed[] = { 0x90, 8, 0, 1, 4, 0x1f, 0, 1, 'x', 1 };
static const guint8 unsubscribed[] = { 0xb0, 8, 0, 1, 4, 0x1f, 0, 1, 'x', 0x11 };
static const guint8 ended[] = { 0xe0, 2, 0x8e, 0 };

static const struct
{
  const guint8 *bytes;
  gsize length;
} good[] = {
  PACKET (greeting), PACKET (message), PACKET (answer), PACKET (subscribed), PACKET (unsubscribed), PACKET (ended),
};

static void
push_spoilt (Fixture *fixture, guint which, guint n_changes)
{
  g_autofree guint8 *bytes = g_memdup2 (good[which].bytes, good[which].length);
  guint number;

  if (which > 0)
    greet (fixture);
  if (which > 0)
    g_assert_true (vav_broker_session_publish (fixture->session, "a", "x", 1, FALSE, 0, &number));
  for (guint i = 0; i < n_changes; i++)
    bytes[g_test_rand_int_range (0, (gint32)good[which].length)]
        = (guint8)g_test_rand_int_range (0, g_test_rand_bit () ? 0x30 : 256);
  if (!push (fixture, bytes, good[which].length))
    g_assert_cmpuint (n_changes, >, 0);
}

static void
test_nonsense (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A9: A broker's packets with a few bytes changed are taken or refused, never read past their end, "
                  "and leave nothing behind");
  for (guint round = 0; round < ROUNDS; round++)
    {
      push_spoilt (fixture, round % G_N_ELEMENTS (good), round / G_N_ELEMENTS (good) % 4);
      vav_broker_session_free (fixture->session);
      open_session (fixture);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/signal/session/connect", Fixture, NULL, set_up, test_connect, tear_down);
  g_test_add ("/signal/session/talk", Fixture, NULL, set_up, test_talk, tear_down);
  g_test_add ("/signal/session/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/signal/session/limits", Fixture, NULL, set_up, test_limits, tear_down);
  g_test_add ("/signal/session/breaks", Fixture, NULL, set_up, test_breaks, tear_down);
  g_test_add ("/signal/session/bears", Fixture, NULL, set_up, test_bears, tear_down);
  g_test_add ("/signal/session/probe", Fixture, NULL, set_up, test_probe, tear_down);
  g_test_add ("/signal/session/nonsense", Fixture, NULL, set_up, test_nonsense, tear_down);
  return g_test_run ();
}
