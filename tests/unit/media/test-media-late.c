/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The DTLS handshake where packets are lost. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>

#include "net/media/vav-media-session-private.h"
#include "pair.h"

#define LIMIT_S 60
#define FIRST 0 /* offers, is the DTLS server, and sends the last records of the handshake (RFC 6347, 4.2.4) */
#define LATE 1
#define UNHEARD_KBPS 100
#define AFRESH_KBPS 250 /* what a call begins with is a little more */

/* RFC 6347, 4.1 */
#define CHANGE_CIPHER_SPEC 20
#define FIRST_TYPE 20
#define LAST_TYPE 63
#define HEADER 13
#define LENGTH 11

static int deaf; /* atomic */

static struct
{
  double least, heard; /* kbit/s; heard: when the peer's first sound or picture came, 0: none did */
} first;

/* A packet has several records. */
static gboolean
is_last (GstBuffer *packet)
{
  guint8 header[HEADER];

  for (gsize at = 0; gst_buffer_extract (packet, at, header, HEADER) == HEADER;
       at += HEADER + GST_READ_UINT16_BE (header + LENGTH))
    {
      if (header[0] < FIRST_TYPE || header[0] > LAST_TYPE)
        return FALSE;
      if (header[0] == CHANGE_CIPHER_SPEC)
        return TRUE;
    }

  return FALSE;
}

/* The late side's receiving thread */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (!g_atomic_int_get (&deaf))
    return GST_PAD_PROBE_OK;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return is_last (GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;

  return is_last (gst_buffer_list_get (GST_PAD_PROBE_INFO_BUFFER_LIST (info), 0)) ? GST_PAD_PROBE_DROP
                                                                                  : GST_PAD_PROBE_OK;
}

static void
make_deaf (const GValue *element, gpointer user_data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (element), "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet, NULL, NULL);
  g_atomic_int_set (&deaf, TRUE);
}

static gboolean
is_described (Pair *pair)
{
  return pair->sides[LATE].descriptions > 0;
}

static double
get_estimate (Pair *pair)
{
  VavStats stats = { 0 };

  vav_rate_control_read (pair->sides[FIRST].session->parts.rate, &stats);

  return stats.sending.estimate_kbps;
}

static void
on_heard (VavMediaSession *session, Pair *pair)
{
  if (first.heard <= 0)
    first.heard = get_estimate (pair);
}

static gboolean
is_quiet (Pair *pair)
{
  return pair->sides[FIRST].connected > 0 && get_estimate (pair) < UNHEARD_KBPS;
}

static gboolean
is_heard (Pair *pair)
{
  return first.heard > 0;
}

/* One side may have its keys seconds before the other: the last records are lost, until that side has sent less and less since nobody heard it. */
static void
test_late (void)
{
  g_autoptr (Pair) pair = NULL;
  g_autoptr (GstIterator) elements = NULL;

  g_test_summary (
      "A side that nobody heard, since the other had no keys yet, sends less; when the other is heard it begins anew");
  tolerate_gstreamer ();
  pair = pair_new ("test");
  g_signal_connect (pair->sides[FIRST].session, "first-sound", G_CALLBACK (on_heard), pair);
  g_signal_connect (pair->sides[FIRST].session, "first-frame", G_CALLBACK (on_heard), pair);
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, is_described, LIMIT_S));
  elements = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pair->sides[LATE].session->parts.pipeline),
                                                          "dtlssrtpdec");
  gst_iterator_foreach (elements, make_deaf, NULL);
  g_assert_true (g_atomic_int_get (&deaf));
  g_assert_true (pair_wait (pair, is_quiet, LIMIT_S));
  first.least = get_estimate (pair);
  g_assert_cmpuint (pair->sides[LATE].connected, ==, 0);

  g_atomic_int_set (&deaf, FALSE);
  g_assert_true (pair_wait (pair, is_heard, LIMIT_S));
  g_test_message ("%.0f kbit/s, and as the other was heard %.0f", first.least, first.heard);
  g_assert_cmpfloat (first.heard, >, AFRESH_KBPS);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  pair_close (pair);
}

/* Of each side, by what is in a packet; its receiving thread */
static GHashTable *seen[2];

static GstPadProbeReturn
on_first_copy (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GHashTable *before = user_data;
  gpointer data;
  gsize length;
  guint8 type;
  g_autoptr (GBytes) packet = NULL;

  gst_buffer_extract_dup (GST_PAD_PROBE_INFO_BUFFER (info), 0, G_MAXSIZE, &data, &length);
  packet = g_bytes_new_take (data, length);
  type = length > 0 ? ((const guint8 *)data)[0] : 0;
  if (type < FIRST_TYPE || type > LAST_TYPE || !g_hash_table_add (before, g_bytes_ref (packet)))
    return GST_PAD_PROBE_OK;

  return GST_PAD_PROBE_DROP;
}

static void
lose_first_copies (const GValue *element, gpointer before)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (element), "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_first_copy, before, NULL);
}

/* What DTLS itself sends again has other numbers: it would be lost, too. */
static void
test_repeated (void)
{
  g_autoptr (Pair) pair = NULL;

  g_test_summary (
      "A handshake of which each packet is lost the first time comes to its end, by packets that are repeated");
  tolerate_gstreamer ();
  pair = pair_new ("test");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, is_described, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GstIterator) elements = gst_bin_iterate_all_by_element_factory_name (
          GST_BIN (pair->sides[i].session->parts.pipeline), "dtlssrtpdec");

      seen[i] = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
      gst_iterator_foreach (elements, lose_first_copies, seen[i]);
    }
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (g_hash_table_size (seen[i]), >=, 2);
  pair_close (pair);
  for (guint i = 0; i < 2; i++)
    g_hash_table_unref (seen[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-late/heard", test_late);
  g_test_add_func ("/media-late/repeated", test_repeated);

  return g_test_run ();
}
