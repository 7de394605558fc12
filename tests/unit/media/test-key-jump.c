/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Once a whole key frame has come, what is missing before it is not waited for; the jitter buffer is GStreamer's own. */
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "net/media/vav-key-jump.h"
#include "net/media/vav-media-buffers.h"
#include "tests/lib/tolerate.h"
#include "tests/lib/wait.h"

#define NEVER_MS 600000
#define NOW_US 1000

/* Pictures of two packets each, a key frame of three at 20; all numbers have that added. */
static gboolean
add (VavKeyJump *jump, guint16 base, guint16 number)
{
  gboolean key = number >= 20 && number <= 22;
  guint32 timestamp = key ? 20 : number / 2 * 2;

  return vav_key_jump_add (jump, (guint16)(base + number), 1000 + timestamp, number == 20,
                           key ? number == 22 : number % 2 == 1, NOW_US);
}

static void
test_whole (gconstpointer data)
{
  guint16 base = (guint16)GPOINTER_TO_UINT (data);
  VavKeyJump jump = { 0 };
  guint16 number;

  g_test_summary ("What is missing is given up when the key frame after it is whole, in whatever order it came");
  for (guint16 i = 10; i < 14; i++)
    {
      g_assert_false (add (&jump, base, i));
      g_assert_true (vav_key_jump_pass (&jump, (guint16)(base + i)));
    }
  g_assert_false (add (&jump, base, 16));
  g_assert_false (add (&jump, base, 17));
  g_assert_false (add (&jump, base, 22));
  g_assert_false (add (&jump, base, 20));
  g_assert_false (add (&jump, base, 23));
  g_assert_false (add (&jump, base, 20));
  g_assert_false (vav_key_jump_is_landing (&jump));
  g_assert_true (add (&jump, base, 21));

  g_assert_true (vav_key_jump_is_landing (&jump));
  number = vav_key_jump_get_passed (&jump);
  for (guint i = 0; i < 4; i++)
    {
      static const guint16 missing[] = { 14, 15, 18, 19 };

      g_assert_true (vav_key_jump_next (&jump, &number));
      g_assert_cmpuint (number, ==, (guint16)(base + missing[i]));
    }
  g_assert_false (vav_key_jump_next (&jump, &number));

  for (guint16 i = 14; i < 20; i++)
    g_assert_false (vav_key_jump_pass (&jump, (guint16)(base + i)));
  g_assert_true (vav_key_jump_pass (&jump, (guint16)(base + 20)));
  g_assert_true (vav_key_jump_is_landing (&jump));
  g_assert_true (vav_key_jump_pass (&jump, (guint16)(base + 21)));
  g_assert_false (vav_key_jump_is_landing (&jump));
}

static void
test_nothing_missing (void)
{
  VavKeyJump jump = { 0 };

  g_test_summary ("Where nothing is missing, or nothing is known of what is, nothing is given up");
  for (guint16 i = 20; i < 23; i++)
    g_assert_false (add (&jump, 0, i));

  jump = (VavKeyJump){ 0 };
  for (guint16 i = 10; i < 23; i++)
    {
      g_assert_false (add (&jump, 0, i));
      if (i < 12) /* the others are on their way out */
        g_assert_true (vav_key_jump_pass (&jump, i));
    }

  /* what was given up long ago, and a jump of the numbers */
  g_assert_false (add (&jump, 5000, 20));
  g_assert_false (add (&jump, 5000, 21));
  g_assert_false (add (&jump, 5000, 22));
}

/* Two key frames, one after the other, before the first has left. */
static void
test_two (void)
{
  VavKeyJump jump = { 0 };

  g_test_summary ("The next key frame does not end a jump that has not landed");
  vav_key_jump_add (&jump, 10, 10, FALSE, TRUE, 1);
  vav_key_jump_pass (&jump, 10);
  g_assert_true (vav_key_jump_add (&jump, 15, 15, TRUE, TRUE, 2));
  g_assert_false (vav_key_jump_pass (&jump, 11));
  g_assert_false (vav_key_jump_pass (&jump, 14));
  g_assert_false (vav_key_jump_add (&jump, 16, 16, TRUE, TRUE, 1000000));
  g_assert_true (vav_key_jump_is_landing (&jump));
  g_assert_true (vav_key_jump_pass (&jump, 15));
}

/* A peer that sends nothing but the ends of gaps. */
static void
test_often (void)
{
  VavKeyJump jump = { 0 };
  guint jumps = 0;

  g_test_summary ("However often a key frame comes after a gap, at most ten are given up in a second");
  for (guint i = 0; i < 1000; i++)
    {
      guint16 number = (guint16)(i * 1000);

      jumps += vav_key_jump_add (&jump, number, i, TRUE, TRUE, 1 + i * 1000);
      vav_key_jump_pass (&jump, number);
    }
  g_assert_cmpuint (jumps, >=, 9);
  g_assert_cmpuint (jumps, <=, 10);
}

static void
test_any (void)
{
  VavKeyJump jump = { 0 };

  g_test_summary ("Any numbers, in any order, harm nothing, and no more than the window is given up at once");
  for (guint i = 0; i < 200000; i++)
    {
      guint32 dice = g_test_rand_int ();
      guint16 number = (guint16)((dice & 0x7) == 0 ? dice >> 16 : i + (dice >> 8 & 0x1f));

      if (vav_key_jump_add (&jump, number, dice >> 4 & 3, (dice & 0x30) == 0, (dice & 0xc0) == 0, (gint64)i * 200000))
        {
          guint16 missing = vav_key_jump_get_passed (&jump);
          guint n = 0;

          while (vav_key_jump_next (&jump, &missing))
            n++;
          g_assert_cmpuint (n, >, 0);
          g_assert_cmpuint (n, <=, VAV_KEY_JUMP_WINDOW);
        }
      if ((dice & 0x100) != 0)
        vav_key_jump_pass (&jump, (guint16)(number - (dice >> 12 & 0xff)));
    }
}

typedef struct
{
  VavMediaBuffers *buffers;
  GstElement *buffer;
  GstPad *before, *behind; /* ours */
  GMutex lock;
  GArray *came; /* under lock: of guint16 */
  int requests; /* atomic: of key frames, that came up to us */
  int lost;     /* atomic: events that say so */
} Desk;

/* As a depayloader does. */
static GstFlowReturn
on_packet (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Desk *desk = gst_pad_get_element_private (pad);
  guint8 header[4];
  guint16 number;
  gboolean gap;

  gst_buffer_extract (buffer, 0, header, sizeof header);
  number = GST_READ_UINT16_BE (header + 2);
  g_mutex_lock (&desk->lock);
  gap = desk->came->len > 0 && number != g_array_index (desk->came, guint16, desk->came->len - 1) + 1;
  g_array_append_val (desk->came, number);
  g_mutex_unlock (&desk->lock);
  if (gap)
    gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  gst_buffer_unref (buffer);

  return GST_FLOW_OK;
}

static gboolean
on_event_behind (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Desk *desk = gst_pad_get_element_private (pad);

  if (gst_event_has_name (event, "GstRTPPacketLost"))
    g_atomic_int_inc (&desk->lost);
  gst_event_unref (event);

  return TRUE;
}

static gboolean
on_event_before (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Desk *desk = gst_pad_get_element_private (pad);

  if (gst_video_event_is_force_key_unit (event))
    g_atomic_int_inc (&desk->requests);
  gst_event_unref (event);

  return TRUE;
}

static GstCaps *
on_map (GstElement *buffer, guint payload, gpointer user_data)
{
  return gst_caps_from_string ("application/x-rtp, media=video, clock-rate=90000, encoding-name=VP8");
}

static void
desk_set_up (Desk *desk, gconstpointer data)
{
  g_autoptr (GstPad) sink = NULL, src = NULL;
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("application/x-rtp, media=video, clock-rate=90000, encoding-name=VP8");
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstSegment segment;

  tolerate_gstreamer ();
  g_mutex_init (&desk->lock);
  desk->came = g_array_new (FALSE, FALSE, sizeof (guint16));
  desk->buffers = vav_media_buffers_new ();
  desk->buffer = gst_object_ref_sink (gst_element_factory_make ("rtpjitterbuffer", NULL));
  g_signal_connect (desk->buffer, "request-pt-map", G_CALLBACK (on_map), NULL);
  g_object_set (desk->buffer, "do-retransmission", TRUE, "do-lost", TRUE, NULL);
  gst_element_set_clock (desk->buffer, clock);
  gst_element_set_base_time (desk->buffer, gst_clock_get_time (clock));
  vav_media_buffers_add (desk->buffers, desk->buffer);
  desk->before = gst_pad_new ("before", GST_PAD_SRC);
  desk->behind = gst_pad_new ("behind", GST_PAD_SINK);
  gst_pad_set_element_private (desk->before, desk);
  gst_pad_set_element_private (desk->behind, desk);
  gst_pad_set_event_function (desk->before, on_event_before);
  gst_pad_set_event_function (desk->behind, on_event_behind);
  gst_pad_set_chain_function (desk->behind, on_packet);
  sink = gst_element_get_static_pad (desk->buffer, "sink");
  src = gst_element_get_static_pad (desk->buffer, "src");
  g_assert_cmpint (gst_pad_link (desk->before, sink), ==, GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link (src, desk->behind), ==, GST_PAD_LINK_OK);
  gst_pad_set_active (desk->behind, TRUE);
  gst_element_set_state (desk->buffer, GST_STATE_PLAYING);
  gst_pad_set_active (desk->before, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_pad_push_event (desk->before, gst_event_new_stream_start ("desk")));
  g_assert_true (gst_pad_push_event (desk->before, gst_event_new_caps (caps)));
  g_assert_true (gst_pad_push_event (desk->before, gst_event_new_segment (&segment)));
}

static void
desk_tear_down (Desk *desk, gconstpointer data)
{
  gst_pad_set_active (desk->behind, FALSE);
  gst_element_set_state (desk->buffer, GST_STATE_NULL);
  vav_media_buffers_free (desk->buffers);
  gst_object_unref (desk->buffer);
  gst_object_unref (desk->before);
  gst_object_unref (desk->behind);
  g_array_unref (desk->came);
  g_mutex_clear (&desk->lock);
}

/* Each is a picture of one packet. */
static void
send_picture (Desk *desk, guint16 number, gboolean key)
{
  GstClock *clock = GST_ELEMENT_CLOCK (desk->buffer);
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (4, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 *payload;

  gst_rtp_buffer_map (buffer, GST_MAP_READWRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, number);
  gst_rtp_buffer_set_timestamp (&rtp, (guint32)number * 3000);
  gst_rtp_buffer_set_marker (&rtp, TRUE);
  payload = gst_rtp_buffer_get_payload (&rtp);
  payload[0] = 0x10;
  payload[1] = key ? 0 : 1;
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_DTS (buffer) = gst_clock_get_time (clock) - gst_element_get_base_time (desk->buffer);
  g_assert_cmpint (gst_pad_push (desk->before, buffer), ==, GST_FLOW_OK);
}

static guint
count (Desk *desk)
{
  guint n;

  g_mutex_lock (&desk->lock);
  n = desk->came->len;
  g_mutex_unlock (&desk->lock);

  return n;
}

static guint16
came (Desk *desk, guint i)
{
  guint16 number;

  g_mutex_lock (&desk->lock);
  number = g_array_index (desk->came, guint16, i);
  g_mutex_unlock (&desk->lock);

  return number;
}

/* It would wait for ten minutes. */
static void
test_jitter_buffer (Desk *desk, gconstpointer data)
{
  static const guint16 expected[] = { 100, 101, 106, 107 };
  VavMediaBufferCounts counts;

  g_test_summary ("A whole key frame is shown at once, whatever is missing before it, and none is asked for");
  send_picture (desk, 100, TRUE);
  g_object_set (desk->buffer, "latency", NEVER_MS, "rtx-retry-period", NEVER_MS, NULL);
  send_picture (desk, 101, FALSE);
  wait_until (count (desk) == 2);
  send_picture (desk, 103, FALSE);
  send_picture (desk, 106, TRUE);
  send_picture (desk, 107, FALSE);
  wait_until (count (desk) == G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (came (desk, i), ==, expected[i]);
  g_assert_cmpint (g_atomic_int_get (&desk->requests), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&desk->lost), ==, 0);
  vav_media_buffers_count (desk->buffers, &counts);
  g_assert_cmpuint (counts.lost, ==, 3);

  /* what comes after all is too late, and what is missing after the key frame is waited for */
  send_picture (desk, 102, FALSE);
  send_picture (desk, 109, FALSE);
  send_picture (desk, 108, FALSE);
  wait_until (count (desk) == 6);
  g_assert_cmpuint (came (desk, 4), ==, 108);
  g_assert_cmpuint (came (desk, 5), ==, 109);
}

/* Behind the jump there was one that nobody heard: it is none that keeps others back. */
static void
test_request (Desk *desk, gconstpointer data)
{
  g_test_summary ("The first loss after a jump is asked for at once, and then not again before there can be an answer");
  send_picture (desk, 100, TRUE);
  g_object_set (desk->buffer, "latency", NEVER_MS, "rtx-retry-period", NEVER_MS, NULL);
  wait_until (count (desk) == 1);
  send_picture (desk, 103, TRUE);
  send_picture (desk, 104, FALSE);
  wait_until (count (desk) == 3);
  g_assert_cmpint (g_atomic_int_get (&desk->requests), ==, 0);

  /* of the round trip nothing is known: 200 ms */
  for (guint i = 0; i < 30; i++)
    gst_pad_push_event (desk->behind, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  g_assert_cmpint (g_atomic_int_get (&desk->requests), >=, 1);
  g_assert_cmpint (g_atomic_int_get (&desk->requests), <, 30);
}

/* Those that stand in are far from what came last. */
static void
test_long_gap (Desk *desk, gconstpointer data)
{
  static const guint16 expected[] = { 100, 101, 402, 403, 404, 405 };

  g_test_summary ("A gap of ten seconds is jumped over like any other");
  send_picture (desk, 100, TRUE);
  g_object_set (desk->buffer, "latency", NEVER_MS, "rtx-retry-period", NEVER_MS, NULL);
  send_picture (desk, 101, FALSE);
  wait_until (count (desk) == 2);
  send_picture (desk, 401, FALSE);
  send_picture (desk, 402, TRUE);
  for (guint16 i = 403; i <= 405; i++)
    send_picture (desk, i, FALSE);
  wait_until (count (desk) == G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (came (desk, i), ==, expected[i]);
}

static void
test_loss (void)
{
  static const struct
  {
    VavMediaBufferCounts before, now;
    double loss;
  } rows[] = {
    { { 100, 10 }, { 100, 10 }, 0 },    { { 100, 10 }, { 190, 20 }, 0.1 }, { { 100, 10 }, { 100, 15 }, 1 },
    { { 100, 10 }, { 99, 11 }, 1 },     { { 100, 10 }, { 99, 10 }, 0 },    { { 0, 0 }, { G_MAXINT64, 0 }, 0 },
    { { 100, 10 }, { 199, 11 }, 0.01 }, { { 100, 10 }, { 0, 0 }, 0 },
  };

  g_test_summary ("The share of what was given up is one also where a packet was counted twice for a moment");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (vav_media_buffers_compare (&rows[i].before, &rows[i].now), rows[i].loss, 1e-9);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/key-jump/whole", GUINT_TO_POINTER (0), test_whole);
  g_test_add_data_func ("/key-jump/whole-wrapped", GUINT_TO_POINTER (65520), test_whole);
  g_test_add_func ("/key-jump/nothing-missing", test_nothing_missing);
  g_test_add_func ("/key-jump/two", test_two);
  g_test_add_func ("/key-jump/often", test_often);
  g_test_add_func ("/key-jump/any", test_any);
  g_test_add_func ("/key-jump/loss", test_loss);
  g_test_add ("/key-jump/jitter-buffer", Desk, NULL, desk_set_up, test_jitter_buffer, desk_tear_down);
  g_test_add ("/key-jump/request", Desk, NULL, desk_set_up, test_request, desk_tear_down);
  g_test_add ("/key-jump/long-gap", Desk, NULL, desk_set_up, test_long_gap, desk_tear_down);

  return g_test_run ();
}
