/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a peer whose call was accepted may say in SCTP: a table for what is looked at, and packets of its own in a real association, through DTLS. */
#include <string.h>

#include "net/media/vav-media-session-private.h"
#include "net/media/vav-sctp-guard.h"
#include "pipe-ends.h"
#include "tests/lib/tolerate.h"

#define PEER 0
#define VICTIM 1
#define HEADER 12
#define STREAMS 200

/* What the peer's own SCTP sends; the same thread sends what is made up. */
static struct
{
  GMutex lock;
  /* under lock */
  guint8 header[HEADER];
  guint32 number; /* of its last data */
  gboolean known;
} wire;

static void
test_table (void)
{
  static const struct
  {
    const char *what;
    const char *chunks;
    gsize size;
    gboolean passes;
  } rows[] = {
    { "nothing", "", 0, FALSE },
    { "data", "\0\3\0\x11....\0\0\0\0....x\0\0\0", 20, TRUE },
    { "data whose padding is missing", "\0\3\0\x11....\0\0\0\0....x", 17, TRUE },
    { "data of stream 1", "\0\3\0\x11....\0\1\0\0....x\0\0\0", 20, FALSE },
    { "data of stream 256", "\0\3\0\x11....\1\0\0\0....x\0\0\0", 20, FALSE },
    { "data of stream 0, then of 7", "\0\3\0\x11....\0\0\0\0....x\0\0\0\0\3\0\x11....\0\7\0\0....x\0\0\0", 40, FALSE },
    { "data without a stream", "\0\3\0\x0c....\0\0\0\0", 12, FALSE },
    { "data that is longer than the packet", "\0\3\0\x15....\0\0\0\0....x\0\0\0", 20, FALSE },
    { "a length of 0", "\3\0\0\0", 4, FALSE },
    { "a length of 3", "\3\0\0\3", 4, FALSE },
    { "half a header", "\3\0", 2, FALSE },
    { "half a second header", "\x0b\0\0\4\3\0", 6, FALSE },
    { "an abort", "\6\1\0\4", 4, TRUE },
    { "a cookie's answer and what was received", "\x0b\0\0\4\3\0\0\x10............", 20, TRUE },
    { "a shutdown", "\7\0\0\x08....", 8, FALSE },
    { "a shutdown behind an answer", "\x0b\0\0\4\7\0\0\x08....", 12, FALSE },
    { "skipping", "\xc0\0\0\x08....", 8, FALSE },
    { "resetting", "\x82\0\0\4", 4, FALSE },
    { "data of the other kind", "\x40\3\0\x14................", 20, FALSE },
    { "other addresses", "\xc1\0\0\x08....", 8, FALSE },
    { "what is not known", "\x3f\0\0\4", 4, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree guint8 *packet
          = g_malloc0 (HEADER + rows[i].size); /* of just that size: who reads beyond it is seen */

      memcpy (packet + HEADER, rows[i].chunks, rows[i].size);
      g_test_message ("%s", rows[i].what);
      g_assert_cmpint (vav_sctp_guard_check (packet, HEADER + rows[i].size), ==, rows[i].passes);
      for (gsize size = 0; size < HEADER + rows[i].size; size++)
        {
          g_autofree guint8 *part = g_memdup2 (packet, MAX (size, 1));

          vav_sctp_guard_check (part, size);
        }
    }
}

/* Where the peer's SCTP goes into DTLS. Returns: (transfer full) */
static GstPad *
get_way_out (Side *side)
{
  g_autoptr (GstIterator) elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->session->parts.pipeline), "dtlssrtpenc");
  GValue value = G_VALUE_INIT;
  g_autoptr (GstObject) parent = NULL;
  GstPad *pad;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  parent = gst_object_get_parent (g_value_get_object (&value));
  pad = gst_element_get_static_pad (GST_ELEMENT (parent), "data_sink");
  g_assert_nonnull (pad);
  g_value_unset (&value);

  return pad;
}

/* The peer's thread that sends */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  g_mutex_lock (&wire.lock);
  memcpy (wire.header, map.data, HEADER);
  for (gsize at = HEADER; at + 8 <= map.size; at += (GST_READ_UINT16_BE (map.data + at + 2) + 3u) & ~3u)
    if (map.data[at] == 0)
      {
        wire.number = GST_READ_UINT32_BE (map.data + at + 4);
        wire.known = TRUE;
      }
  g_mutex_unlock (&wire.lock);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);

  return GST_PAD_PROBE_OK;
}

/* RFC 9260, appendix A */
static guint32
checksum (const guint8 *data, gsize size)
{
  guint32 sum = G_MAXUINT32;

  for (gsize i = 0; i < size; i++)
    {
      sum ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
    }

  return ~sum;
}

static void
send_chunks (GstPad *way_out, const guint8 *chunks, gsize size)
{
  g_autofree guint8 *packet = g_malloc0 (HEADER + size);

  g_mutex_lock (&wire.lock);
  memcpy (packet, wire.header, HEADER - 4);
  g_mutex_unlock (&wire.lock);
  memset (packet + HEADER - 4, 0, 4);
  memcpy (packet + HEADER, chunks, size);
  GST_WRITE_UINT32_LE (packet + HEADER - 4, checksum (packet, HEADER + size));
  gst_pad_chain (way_out, gst_buffer_new_memdup (packet, HEADER + size));
}

static void
send_data (GstPad *way_out, guint32 number, guint16 stream, guint16 sequence)
{
  guint8 chunk[20] = { 0, 3, 0, 17 };

  GST_WRITE_UINT32_BE (chunk + 4, number);
  GST_WRITE_UINT16_BE (chunk + 8, stream);
  GST_WRITE_UINT16_BE (chunk + 10, sequence);
  GST_WRITE_UINT32_BE (chunk + 12, 53);
  send_chunks (way_out, chunk, sizeof chunk);
}

static gboolean
has_one (Pair *pair)
{
  return current->ends[VICTIM].pieces > 0;
}

/* An association that is up, of which we know the numbers. Returns: (transfer full) */
static GstPad *
begin (Fixture *fixture, guint32 *number)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);
  GstPad *way_out = get_way_out (&fixture->pair->sides[PEER]);

  wire.known = FALSE;
  gst_pad_add_probe (way_out, GST_PAD_PROBE_TYPE_BUFFER, on_leaving, NULL, NULL);
  start (fixture, VICTIM);
  g_assert_true (vav_pipe_send (fixture->pipes[PEER], piece, NULL));
  g_assert_true (pair_wait (fixture->pair, has_one, 60));
  g_mutex_lock (&wire.lock);
  g_assert_true (wire.known);
  *number = wire.number + 1;
  g_mutex_unlock (&wire.lock);

  return way_out;
}

static void
assert_cut_off (Fixture *fixture)
{
  g_assert_true (pair_wait (fixture->pair, second_is_told, 60));
  g_assert_error (fixture->ends[VICTIM].error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_assert_cmpuint (fixture->pair->sides[VICTIM].failures, ==, 0);
}

/* A message of another stream is kept back, then let go while the association is being taken down: GStreamer's sctpdec would end the process. */
static void
test_message_in_shutdown (Fixture *fixture, gconstpointer data)
{
  guint8 end[20] = { 7, 0, 0, 8, [8] = 0xc0, 0, 0, 12 };
  guint32 number;
  g_autoptr (GstPad) way_out = begin (fixture, &number);

  send_data (way_out, number, 7, 1);
  GST_WRITE_UINT32_BE (end + 12, number + 1); /* what was not heard of yet */
  GST_WRITE_UINT16_BE (end + 16, 7);
  send_chunks (way_out, end, sizeof end);
  assert_cut_off (fixture);
}

/* Each stream would have a pad, a queue and a thread. */
static void
test_many_streams (Fixture *fixture, gconstpointer data)
{
  guint32 number;
  g_autoptr (GstPad) way_out = begin (fixture, &number);
  guint threads = count_threads ();

  for (guint16 i = 1; i <= STREAMS; i++)
    send_data (way_out, number++, i, 0);
  assert_cut_off (fixture);
  g_assert_cmpuint (count_threads (), <, threads + STREAMS / 10);
}

#define ADD(name, test) g_test_add ("/sctp/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sctp/table", test_table);
  ADD ("message-in-shutdown", test_message_in_shutdown);
  ADD ("many-streams", test_many_streams);

  return tolerate_exit (g_test_run ());
}
