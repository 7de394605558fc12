/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What leaves the pacer, in which order, how fast, and what does not. Between two pads of our own. */
#include "net/media/vav-pacer.h"
#include "tests/lib/wait.h"

#define SOUND 100
#define PICTURE 200
#define REPEAT 300
#define BYTES 1200 /* of a large packet, on the wire */

typedef struct
{
  gint64 at_us;
  guint32 ssrc;
  guint16 number;
} Arrival;

typedef struct
{
  VavPacer *pacer;
  GstPad *before; /* ours: feeds it */
  GstPad *behind; /* ours: takes what it sends */

  GMutex lock;
  GCond opened;
  gboolean shut;    /* under lock: what arrives waits */
  gboolean waits;   /* under lock: something does */
  GArray *arrivals; /* under lock: of Arrival */
  guint events;     /* under lock: that came up to us */
  gboolean ended;   /* under lock: EOS */
  int feedback;     /* atomic */
  int dropped;      /* atomic */
} Bench;

static void
on_feedback (gpointer user_data, const GstStructure *structure)
{
  Bench *bench = user_data;

  g_assert_true (gst_structure_has_name (structure, "RTPTWCCPackets"));
  g_atomic_int_inc (&bench->feedback);
}

static void
on_dropped (gpointer user_data)
{
  Bench *bench = user_data;

  g_atomic_int_inc (&bench->dropped);
}

static const VavPacerListener listener = { on_feedback, on_dropped };

/* The pacer's thread */
static GstFlowReturn
on_packet (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Bench *bench = gst_pad_get_element_private (pad);
  Arrival arrival = { g_get_monotonic_time (), 0, 0 };
  guint8 header[12];

  gst_buffer_extract (buffer, 0, header, sizeof header);
  arrival.ssrc = GST_READ_UINT32_BE (header + 8);
  arrival.number = GST_READ_UINT16_BE (header + 2);
  gst_buffer_unref (buffer);
  g_mutex_lock (&bench->lock);
  bench->waits = bench->shut;
  while (bench->shut)
    g_cond_wait (&bench->opened, &bench->lock);
  bench->waits = FALSE;
  g_array_append_val (bench->arrivals, arrival);
  g_mutex_unlock (&bench->lock);

  return GST_FLOW_OK;
}

static gboolean
on_event_behind (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Bench *bench = gst_pad_get_element_private (pad);

  g_mutex_lock (&bench->lock);
  bench->ended |= GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  g_mutex_unlock (&bench->lock);
  gst_event_unref (event);

  return TRUE;
}

static gboolean
on_event_before (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Bench *bench = gst_pad_get_element_private (pad);

  g_mutex_lock (&bench->lock);
  bench->events++;
  g_mutex_unlock (&bench->lock);
  gst_event_unref (event);

  return TRUE;
}

static void
shut (Bench *bench, gboolean shut)
{
  g_mutex_lock (&bench->lock);
  bench->shut = shut;
  g_cond_signal (&bench->opened);
  g_mutex_unlock (&bench->lock);
}

static gboolean
waits (Bench *bench)
{
  gboolean waits;

  g_mutex_lock (&bench->lock);
  waits = bench->waits;
  g_mutex_unlock (&bench->lock);

  return waits;
}

static guint
count (Bench *bench)
{
  guint n;

  g_mutex_lock (&bench->lock);
  n = bench->arrivals->len;
  g_mutex_unlock (&bench->lock);

  return n;
}

static Arrival
arrival (Bench *bench, guint i)
{
  Arrival found;

  g_mutex_lock (&bench->lock);
  g_assert_cmpuint (i, <, bench->arrivals->len);
  found = g_array_index (bench->arrivals, Arrival, i);
  g_mutex_unlock (&bench->lock);

  return found;
}

static void
tell_begin (Bench *bench)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("application/x-rtp, media=video");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_stream_start ("bench")));
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_caps (caps)));
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_segment (&segment)));
}

static void
play (Bench *bench)
{
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (bench->pacer), GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
  gst_pad_set_active (bench->before, TRUE);
  tell_begin (bench);
}

static void
bench_set_up_gate (Bench *bench, VavMediaGate *gate)
{
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  g_mutex_init (&bench->lock);
  g_cond_init (&bench->opened);
  bench->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  bench->pacer = gst_object_ref_sink (vav_pacer_new (gate));
  vav_pacer_listen (bench->pacer, &listener, bench, NULL);
  vav_pacer_set_ssrc (bench->pacer, VAV_PACER_SOUND, SOUND);
  vav_pacer_set_ssrc (bench->pacer, VAV_PACER_PICTURE, PICTURE);
  bench->before = gst_pad_new ("before", GST_PAD_SRC);
  bench->behind = gst_pad_new ("behind", GST_PAD_SINK);
  gst_pad_set_element_private (bench->before, bench);
  gst_pad_set_element_private (bench->behind, bench);
  gst_pad_set_chain_function (bench->behind, on_packet);
  gst_pad_set_event_function (bench->behind, on_event_behind);
  gst_pad_set_event_function (bench->before, on_event_before);
  sink = gst_element_get_static_pad (GST_ELEMENT (bench->pacer), "sink");
  src = gst_element_get_static_pad (GST_ELEMENT (bench->pacer), "src");
  g_assert_cmpint (gst_pad_link (bench->before, sink), ==, GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link (src, bench->behind), ==, GST_PAD_LINK_OK);
  gst_pad_set_active (bench->behind, TRUE);
  play (bench);
}

static void
bench_set_up (Bench *bench, gconstpointer data)
{
  bench_set_up_gate (bench, NULL);
}

static void
bench_tear_down (Bench *bench, gconstpointer data)
{
  shut (bench, FALSE);
  gst_pad_set_active (bench->behind, FALSE);
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (bench->pacer), GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (bench->pacer), ==, 1);
  gst_object_unref (bench->pacer);
  gst_object_unref (bench->before);
  gst_object_unref (bench->behind);
  g_array_unref (bench->arrivals);
  g_mutex_clear (&bench->lock);
  g_cond_clear (&bench->opened);
}

static GstBuffer *
make_packet (guint32 ssrc, guint16 number, gsize wire_bytes)
{
  gsize size = wire_bytes - VAV_PACER_OVERHEAD;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  guint8 header[12] = { 0x80, ssrc < PICTURE ? 111 : ssrc < REPEAT ? 96 : 97 };

  gst_buffer_memset (buffer, 0, 0, size);
  GST_WRITE_UINT16_BE (header + 2, number);
  GST_WRITE_UINT32_BE (header + 8, ssrc);
  gst_buffer_fill (buffer, 0, header, sizeof header);

  return buffer;
}

static void
send_one (Bench *bench, guint32 ssrc, guint16 number, gsize wire_bytes)
{
  g_assert_cmpint (gst_pad_push (bench->before, make_packet (ssrc, number, wire_bytes)), ==, GST_FLOW_OK);
}

static void
send_picture (Bench *bench, guint n)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < n; i++)
    gst_buffer_list_add (list, make_packet (PICTURE, (guint16)i, BYTES));
  g_assert_cmpint (gst_pad_push_list (bench->before, list), ==, GST_FLOW_OK);
}

/* A picture goes as a train: all of it, in order, no quicker than the rate says. */
static void
test_rate (Bench *bench, gconstpointer data)
{
  const guint n = 40, rate = 2000000;
  gint64 least_us = (gint64)(n - 1) * BYTES * 8 * G_USEC_PER_SEC / rate;
  gint64 took_us;

  g_test_summary ("What a picture weighs goes at the rate, packet by packet, in order");
  vav_pacer_set_rate (bench->pacer, rate);
  send_picture (bench, n);
  g_assert_cmpint (vav_pacer_get_queue_us (bench->pacer), >, least_us / 2);
  wait_until (count (bench) == n);
  took_us = arrival (bench, n - 1).at_us - arrival (bench, 0).at_us;
  g_test_message ("%u packets in %" G_GINT64_FORMAT " µs, %" G_GINT64_FORMAT " are due", n, took_us, least_us);
  /* a pause of 5 ms may be made good */
  g_assert_cmpint (took_us, >=, least_us - 6000);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (arrival (bench, i).number, ==, i);
  g_assert_cmpint (vav_pacer_get_queue_us (bench->pacer), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&bench->dropped), ==, 0);
}

/* At most a millisecond late, where the computer lets us. */
static void
test_precise (Bench *bench, gconstpointer data)
{
  const guint n = 10;
  gint64 step_us = (gint64)BYTES * 8 * G_USEC_PER_SEC / 2000000;
  gint64 late_us = G_MAXINT64;

  g_test_summary ("A packet that waits for its turn goes within a millisecond of it");
  vav_pacer_set_rate (bench->pacer, 2000000);
  for (guint run = 0; run < 50 && late_us > 1000; run++)
    {
      guint first = count (bench);

      send_picture (bench, n);
      wait_until (count (bench) == first + n);
      late_us = 0;
      for (guint i = 1; i < n; i++)
        late_us = MAX (late_us, arrival (bench, first + i).at_us - arrival (bench, first + i - 1).at_us - step_us);
    }
  g_assert_cmpint (late_us, <=, 1000);
}

/* Sound does not wait for pictures, repeats do not wait for new pictures. */
static void
test_order (Bench *bench, gconstpointer data)
{
  static const guint32 expected[] = { PICTURE, SOUND, SOUND, REPEAT, PICTURE, PICTURE };

  g_test_summary ("Sound goes before repeats, and those before new pictures");
  shut (bench, TRUE);
  send_one (bench, PICTURE, 0, BYTES);
  wait_until (waits (bench));
  send_one (bench, PICTURE, 1, BYTES);
  send_one (bench, REPEAT, 0, BYTES);
  send_one (bench, PICTURE, 2, BYTES);
  send_one (bench, SOUND, 0, 200);
  send_one (bench, SOUND, 1, 200);
  shut (bench, FALSE);
  wait_until (count (bench) == G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (arrival (bench, i).ssrc, ==, expected[i]);
}

/* A line that is as good as dead: sound passes, pictures grow old and go, and that is told. */
static void
test_too_old (Bench *bench, gconstpointer data)
{
  g_test_summary ("Pictures that waited too long are dropped and a key frame is asked for; sound goes on meanwhile");
  vav_pacer_set_rate (bench->pacer, 10000);
  send_picture (bench, 4);
  wait_until (count (bench) == 1);
  for (guint i = 0; i < 20; i++)
    send_one (bench, SOUND, (guint16)i, 200);
  send_one (bench, REPEAT, 0, BYTES);
  wait_until (count (bench) == 21);
  wait_until (g_atomic_int_get (&bench->dropped) == 1);
  g_assert_cmpuint (vav_pacer_get_dropped (bench->pacer, VAV_PACER_PICTURE), ==, 3);
  g_assert_cmpuint (vav_pacer_get_dropped (bench->pacer, VAV_PACER_REPEAT), ==, 1);
  g_assert_cmpuint (vav_pacer_get_dropped (bench->pacer, VAV_PACER_SOUND), ==, 0);
  g_assert_cmpint (vav_pacer_get_queue_us (bench->pacer), ==, 0);

  /* and the next picture goes as ever */
  vav_pacer_set_rate (bench->pacer, VAV_PACER_OPEN);
  send_picture (bench, 3);
  wait_until (count (bench) == 24);
}

/* Nobody takes anything: the memory is bounded. */
static void
test_too_many (Bench *bench, gconstpointer data)
{
  const guint n = 2000;
  guint kept;

  g_test_summary ("What waits is bounded, whatever is pushed");
  shut (bench, TRUE);
  send_one (bench, PICTURE, 0, BYTES);
  wait_until (waits (bench));
  for (guint i = 0; i < n; i++)
    {
      send_one (bench, PICTURE, (guint16)i, BYTES);
      send_one (bench, REPEAT, (guint16)i, BYTES);
      send_one (bench, SOUND, (guint16)i, BYTES);
    }
  g_assert_cmpint (g_atomic_int_get (&bench->dropped), >=, 1);
  kept = 3 * n;
  for (guint i = 0; i < VAV_N_PACER_PRIORITIES; i++)
    {
      guint dropped = vav_pacer_get_dropped (bench->pacer, (VavPacerPriority)i);

      g_assert_cmpuint (dropped, >, 0);
      kept -= dropped;
    }
  g_assert_cmpuint (kept * BYTES, <, 2 * 1024 * 1024);
}

/* A flush empties it, and it goes on. */
static void
test_flush (Bench *bench, gconstpointer data)
{
  g_test_summary ("A flush leaves nothing behind, and what comes then goes as ever");
  vav_pacer_set_rate (bench->pacer, 10000);
  send_picture (bench, 4);
  wait_until (count (bench) == 1);
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_flush_start ()));
  g_assert_cmpint (vav_pacer_get_queue_us (bench->pacer), ==, 0);
  g_assert_cmpint (gst_pad_push (bench->before, make_packet (PICTURE, 9, BYTES)), ==, GST_FLOW_FLUSHING);
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_flush_stop (TRUE)));
  tell_begin (bench);
  vav_pacer_set_rate (bench->pacer, VAV_PACER_OPEN);
  send_one (bench, PICTURE, 7, BYTES);
  wait_until (count (bench) == 2);
  g_assert_cmpuint (arrival (bench, 1).number, ==, 7);
}

static gpointer
push_on (gpointer data)
{
  Bench *bench = data;
  guint16 number = 0;

  while (gst_pad_push (bench->before, make_packet (number % 3 == 0 ? SOUND : PICTURE, number, BYTES)) == GST_FLOW_OK)
    number++;

  return NULL;
}

/* Stopped at any moment: while it waits for a turn, for something to do, and while somebody pushes. */
static void
test_end (Bench *bench, gconstpointer data)
{
  g_test_summary ("N12: it ends at any moment, with packets that wait and with somebody who pushes");
  for (guint i = 0; i < 200; i++)
    {
      GThread *thread = NULL;
      gint64 began_us;

      vav_pacer_set_rate (bench->pacer, i % 2 == 0 ? 10000 : VAV_PACER_OPEN);
      if (i % 4 < 2)
        send_picture (bench, 5);
      if (i % 3 == 0)
        thread = g_thread_new ("pusher", push_on, bench);
      if (i % 5 == 0)
        g_usleep (i * 10);
      began_us = g_get_monotonic_time ();
      g_assert_cmpint (gst_element_set_state (GST_ELEMENT (bench->pacer), GST_STATE_NULL), ==,
                       GST_STATE_CHANGE_SUCCESS);
      g_assert_cmpint (g_get_monotonic_time () - began_us, <, 5 * G_USEC_PER_SEC);
      gst_pad_set_active (bench->before, FALSE);
      g_clear_pointer (&thread, g_thread_join);
      g_assert_cmpint (vav_pacer_get_queue_us (bench->pacer), ==, 0);
      play (bench);
    }
}

/* The end of the stream comes after all that waits. */
static void
test_last (Bench *bench, gconstpointer data)
{
  g_test_summary ("The end of the stream comes after all that waits");
  vav_pacer_set_rate (bench->pacer, 1000000);
  send_picture (bench, 10);
  g_assert_true (gst_pad_push_event (bench->before, gst_event_new_eos ()));
  wait_until (bench->ended);
  g_assert_cmpuint (count (bench), ==, 10);
}

/* No packets, and what is none. */
static void
test_nonsense (Bench *bench, gconstpointer data)
{
  GstBufferList *list = gst_buffer_list_new ();

  g_test_summary ("What is too short for a packet is dropped, and harms nothing");
  g_assert_cmpint (gst_pad_push_list (bench->before, gst_buffer_list_new ()), ==, GST_FLOW_OK);
  for (guint size = 0; size < 12; size++)
    gst_buffer_list_add (list, gst_buffer_new_allocate (NULL, size, NULL));
  g_assert_cmpint (gst_pad_push_list (bench->before, list), ==, GST_FLOW_OK);
  vav_pacer_set_rate (bench->pacer, 0);
  vav_pacer_set_rate (bench->pacer, G_MAXUINT);
  send_one (bench, PICTURE, 5, BYTES);
  wait_until (count (bench) == 1);
  g_assert_cmpuint (arrival (bench, 0).number, ==, 5);
}

/* What the peer says is for us; the rest goes on to whom it concerns. */
static void
test_feedback (Bench *bench, gconstpointer data)
{
  guint events;

  g_test_summary ("The peer's feedback is taken out of the stream of events");
  events = bench->events;
  gst_pad_push_event (bench->behind,
                      gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("RTPTWCCPackets")));
  g_assert_cmpint (g_atomic_int_get (&bench->feedback), ==, 1);
  g_assert_cmpuint (bench->events, ==, events);
  gst_pad_push_event (bench->behind,
                      gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("GstForceKeyUnit")));
  g_assert_cmpint (g_atomic_int_get (&bench->feedback), ==, 1);
  g_assert_cmpuint (bench->events, ==, events + 1);
}

static void
ask_again (Bench *bench, guint32 ssrc, guint number)
{
  GstStructure *request = gst_structure_new ("GstRTPRetransmissionRequest", "ssrc", G_TYPE_UINT, ssrc, "seqnum",
                                             G_TYPE_UINT, number, NULL);

  gst_pad_push_event (bench->behind, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, request));
}

/* A path that has become far narrower: what was made for the wide one goes, and is not asked back. */
static void
test_afresh (Bench *bench, gconstpointer data)
{
  guint events;

  g_test_summary (
      "Where a path has become narrow old pictures make way, and are not repeated: that is left to a key frame");
  shut (bench, TRUE);
  send_one (bench, PICTURE, 65530, BYTES);
  wait_until (waits (bench));
  send_one (bench, PICTURE, 65531, BYTES);
  send_one (bench, REPEAT, 0, BYTES);
  send_one (bench, SOUND, 0, 200);
  vav_pacer_start_afresh (bench->pacer);
  g_assert_cmpint (g_atomic_int_get (&bench->dropped), ==, 1);
  g_assert_cmpuint (vav_pacer_get_dropped (bench->pacer, VAV_PACER_PICTURE), ==, 1);
  g_assert_cmpuint (vav_pacer_get_dropped (bench->pacer, VAV_PACER_REPEAT), ==, 1);
  shut (bench, FALSE);
  wait_until (count (bench) == 2);
  g_assert_cmpuint (arrival (bench, 1).ssrc, ==, SOUND);

  events = bench->events;
  ask_again (bench, PICTURE, 65531);
  ask_again (bench, PICTURE, 65000);
  g_assert_cmpuint (bench->events, ==, events);
  ask_again (bench, PICTURE, 3); /* numbers wrap */
  ask_again (bench, SOUND, 65531);
  g_assert_cmpuint (bench->events, ==, events + 2);

  /* long after that numbers that are smaller are new */
  vav_pacer_set_rate (bench->pacer, G_MAXUINT);
  for (guint i = 0; i < 20000; i++)
    send_one (bench, PICTURE, (guint16)(65532 + i), 100);
  ask_again (bench, PICTURE, 65000);
  g_assert_cmpuint (bench->events, ==, events + 3);
}

/* What was let in before a gate shut does not leave after it. */
static void
test_gate (void)
{
  g_autoptr (VavMediaGate) gate = vav_media_gate_new ();
  Bench bench = { NULL };

  g_test_summary ("W14: what waits as a flow is stopped does not leave");
  bench_set_up_gate (&bench, gate);
  send_picture (&bench, 10);
  send_one (&bench, SOUND, 0, 200);
  g_assert_true (gst_pad_push_event (bench.before, gst_event_new_eos ()));
  wait_until (bench.ended);
  g_assert_cmpuint (count (&bench), ==, 0);
  bench_tear_down (&bench, NULL);
}

static void
test_collision (Bench *bench, gconstpointer data)
{
  static const guint32 expected[] = { SOUND, PICTURE, PICTURE, SOUND + 1, SOUND + 1, REPEAT, PICTURE + 1, PICTURE + 1 };

  g_test_summary ("A stream whose number the peer uses too goes on under another one, as what it is");
  send_one (bench, SOUND, 0, 200);
  wait_until (count (bench) == 1);
  send_one (bench, PICTURE, 0, BYTES);
  wait_until (count (bench) == 2);
  shut (bench, TRUE);
  send_one (bench, PICTURE, 1, BYTES);
  wait_until (waits (bench));
  send_one (bench, PICTURE + 1, 2, BYTES);
  send_one (bench, PICTURE + 1, 3, BYTES);
  send_one (bench, REPEAT, 0, BYTES);
  send_one (bench, SOUND + 1, 1, 200);
  send_one (bench, SOUND + 1, 2, 200);
  shut (bench, FALSE);
  wait_until (count (bench) == G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (arrival (bench, i).ssrc, ==, expected[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

#define ADD(path, function) g_test_add (path, Bench, NULL, bench_set_up, function, bench_tear_down)
  ADD ("/pacer/rate", test_rate);
  ADD ("/pacer/precise", test_precise);
  ADD ("/pacer/order", test_order);
  ADD ("/pacer/collision", test_collision);
  ADD ("/pacer/too-old", test_too_old);
  ADD ("/pacer/too-many", test_too_many);
  ADD ("/pacer/flush", test_flush);
  ADD ("/pacer/end", test_end);
  ADD ("/pacer/last", test_last);
  ADD ("/pacer/nonsense", test_nonsense);
  ADD ("/pacer/feedback", test_feedback);
  ADD ("/pacer/afresh", test_afresh);
  g_test_add_func ("/pacer/gate", test_gate);

  return g_test_run ();
}
