/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lost packet of sound is heard all the same: the next one carries it once more, at a lower rate (Opus in-band FEC, RFC 6716, 2.1.7). Three lines
 * carry the same voice to three of our receivers: one is whole, two lose the same packets, and of these one has senders who repeat. */
#include "tests/lib/tolerate.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>

#include "net/core/vav-outlet.h"
#include "net/media/vav-certificate.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-receive.h"

#define RATE 48000
#define FRAME 960 /* 20 ms */
#define N_FRAMES 250
#define BEGIN 50 /* the first second: encoder and decoder settle */
#define LIMIT_S 60

enum
{
  WHOLE,
  REPEATED,
  PLAIN,
  N_LINES
};

typedef struct
{
  VavMediaReceive *receive;
  VavOutlet *outlet;
  GstElement *source;
  gboolean loses;
  guint packets; /* the line's thread */
  guint left;    /* the jitter buffer's */
  GstClockTime gap;

  GMutex lock;
  GArray *samples; /* under lock: gint16 */
} Line;

/* Of every ten packets one is lost, never the same in the rhythm of the voice. */
static gboolean
is_lost (guint packet)
{
  return packet >= 20 && (packet * 7 + packet / 10 * 3) % 10 == 0;
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Line *line = user_data;

  return is_lost (line->packets++) && line->loses ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* The jitter buffer's thread: it tells of a packet that is missing, and that would have been that short. */
static GstPadProbeReturn
on_leaving (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Line *line = user_data;
  GstClockTime time = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  if (line->gap > 0 && ++line->left == BEGIN)
    gst_pad_push_event (
        pad, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                   gst_structure_new ("GstRTPPacketLost", "seqnum", G_TYPE_UINT, 0u, "timestamp",
                                                      G_TYPE_UINT64, time, "duration", G_TYPE_UINT64, line->gap,
                                                      "retry", G_TYPE_UINT, 0u, NULL)));

  return GST_PAD_PROBE_OK;
}

static void
on_sample (gpointer data, gpointer user_data)
{
  Line *line = user_data;
  GstBuffer *buffer = gst_sample_get_buffer (data);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&line->lock);
  g_array_append_vals (line->samples, map.data, (guint)(map.size / sizeof (gint16)));
  g_mutex_unlock (&line->lock);
  gst_buffer_unmap (buffer, &map);
}

static void
on_first (gpointer owner, gpointer data)
{
}

static VavMediaGate *
make_open_gate (void)
{
  VavMediaGate *gate = vav_media_gate_new ();
  guint8 fingerprint[VAV_FINGERPRINT_SIZE];

  g_assert_true (vav_certificate_digest (vav_certificate_get_pem (), fingerprint));
  vav_media_gate_expect (gate, fingerprint);
  g_assert_true (vav_media_gate_match (gate, vav_certificate_get_pem ()));
  vav_media_gate_open (gate);
  vav_media_gate_set_flows (gate, VAV_FLOW_ALL);

  return gate;
}

/* The encoder as vav-media-send.c sets it up, a line that loses, a jitter buffer as webrtcbin sets it up, our receiver. */
static void
line_start (Line *line, GstElement *pipeline, gboolean repeats)
{
  g_autofree char *words = g_strdup_printf (
      "appsrc name=source format=time max-bytes=0 "
      "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved "
      "! identity sync=true ! opusenc audio-type=voice frame-size=20 bitrate=32000 inband-fec=%d "
      "packet-loss-percentage=10 ! rtpopuspay pt=111 ! rtpjitterbuffer name=buffer do-lost=true latency=60 "
      "! capsfilter name=end caps=application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000",
      repeats);
  g_autoptr (VavMediaGate) gate = make_open_gate ();
  g_autoptr (VavHop) hop = vav_hop_new (pipeline);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) buffer = NULL;
  g_autoptr (GstElement) end = NULL;
  g_autoptr (GstPad) in = NULL, left = NULL, out = NULL;
  GstElement *bin = gst_parse_bin_from_description (words, FALSE, &error);

  g_assert_no_error (error);
  g_mutex_init (&line->lock);
  line->samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  line->outlet = vav_outlet_new ();
  vav_outlet_attach (line->outlet, on_sample, line, NULL);
  line->receive = vav_media_receive_new (VAV_MEDIA_AUDIO, line->outlet, gate, hop, on_first, pipeline, &error);
  g_assert_no_error (error);

  gst_bin_add (GST_BIN (pipeline), bin);
  line->source = gst_bin_get_by_name (GST_BIN (bin), "source");
  buffer = gst_bin_get_by_name (GST_BIN (bin), "buffer");
  in = gst_element_get_static_pad (buffer, "sink");
  gst_pad_add_probe (in, GST_PAD_PROBE_TYPE_BUFFER, on_packet, line, NULL);
  left = gst_element_get_static_pad (buffer, "src");
  gst_pad_add_probe (left, GST_PAD_PROBE_TYPE_BUFFER, on_leaving, line, NULL);
  end = gst_bin_get_by_name (GST_BIN (bin), "end");
  out = gst_element_get_static_pad (end, "src");
  {
    g_autoptr (GstPad) ghost = gst_ghost_pad_new ("src", out);
    g_autoptr (GstCaps) caps = gst_caps_from_string (
        "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=(int)48000,payload=(int)111");

    gst_object_ref_sink (ghost);
    gst_pad_set_active (ghost, TRUE);
    gst_element_add_pad (bin, ghost);
    gst_pad_store_sticky_event (ghost, gst_event_new_stream_start ("line"));
    gst_pad_store_sticky_event (ghost, gst_event_new_caps (caps));
    g_assert_true (vav_media_receive_take_pad (line->receive, ghost));
  }
}

static void
line_stop (Line *line)
{
  vav_media_receive_free (line->receive);
  g_object_unref (line->outlet);
  gst_object_unref (line->source);
  g_array_unref (line->samples);
  g_mutex_clear (&line->lock);
}

/* Something like a voice: harmonics of a pitch that moves, four syllables a second. What comes next is nothing that one could guess from what
 * was: a decoder that makes it up is heard to do so. */
static gint16
voice (guint i)
{
  static double phase;
  double t = (double)i / RATE;
  double pitch = 140 + 50 * sin (2 * G_PI * 0.9 * t) + 30 * sin (2 * G_PI * 2.3 * t);
  double syllable = pow (fabs (sin (2 * G_PI * 2 * t + 0.7 * sin (2 * G_PI * 0.37 * t))), 0.7);
  double value = 0;

  if (i == 0)
    phase = 0;
  phase += 2 * G_PI * pitch / RATE;
  for (guint k = 1; k <= 12; k++)
    value += sin (k * phase) / k * (1 + 0.8 * sin (2 * G_PI * (0.5 + 0.3 * k) * t));

  return (gint16)(6000 * syllable * value);
}

static void
feed (Line *lines, GstElement *pipeline)
{
  g_autoptr (GstClock) clock = gst_pipeline_get_clock (GST_PIPELINE (pipeline));
  GstClockTime begin = gst_clock_get_time (clock) - gst_element_get_base_time (pipeline) + 200 * GST_MSECOND;

  for (guint frame = 0; frame < N_FRAMES; frame++)
    {
      gint16 *data = g_new (gint16, FRAME);
      g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped (data, FRAME * sizeof *data);

      for (guint i = 0; i < FRAME; i++)
        data[i] = voice (frame * FRAME + i);
      GST_BUFFER_PTS (buffer) = begin + frame * 20 * GST_MSECOND;
      GST_BUFFER_DURATION (buffer) = 20 * GST_MSECOND;
      for (guint l = 0; l < N_LINES; l++)
        gst_app_src_push_buffer (GST_APP_SRC (lines[l].source), gst_buffer_copy (buffer));
    }
}

static guint
count_samples (Line *line)
{
  guint n;

  g_mutex_lock (&line->lock);
  n = line->samples->len;
  g_mutex_unlock (&line->lock);

  return n;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* dB of the whole line's sound over the difference to it, in the frames whose packets were lost */
static double
compare_lost (Line *whole, Line *line)
{
  double signal = 0, noise = 1e-9;

  for (guint packet = BEGIN; packet < N_FRAMES - 10; packet++)
    for (guint i = 0; i < FRAME && is_lost (packet); i++)
      {
        double a = g_array_index (whole->samples, gint16, packet * FRAME + i);
        double b = g_array_index (line->samples, gint16, packet * FRAME + i);

        signal += a * a;
        noise += (a - b) * (a - b);
      }

  return 10 * log10 (signal / noise);
}

static void
test_forward_correction (void)
{
  g_autoptr (GstElement) pipeline = vav_media_make_pipeline ("voice");
  Line lines[N_LINES] = { [REPEATED] = { .loses = TRUE }, [PLAIN] = { .loses = TRUE } };
  const guint enough = (N_FRAMES - 8) * FRAME;
  gint64 deadline = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint ticks = g_timeout_add (20, on_tick, NULL);
  double repeated, plain;
  guint64 gaps;

  for (guint i = 0; i < N_LINES; i++)
    line_start (&lines[i], pipeline, i != PLAIN);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  feed (lines, pipeline);
  for (guint i = 0; i < N_LINES; i++)
    while (count_samples (&lines[i]) < enough && g_get_monotonic_time () < deadline)
      g_main_context_iteration (NULL, TRUE);
  gaps = vav_media_receive_get_concealed (lines[REPEATED].receive);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  /* no packet's time is missing: what was lost takes its place */
  for (guint i = 0; i < N_LINES; i++)
    g_assert_cmpuint (lines[i].samples->len, >=, enough);
  repeated = compare_lost (&lines[WHOLE], &lines[REPEATED]);
  plain = compare_lost (&lines[WHOLE], &lines[PLAIN]);
  g_test_message ("%" G_GUINT64_FORMAT " packets lost; in their place %.1f dB with repetition, %.1f dB made up", gaps,
                  repeated, plain);
  g_assert_cmpuint (gaps, >=, (N_FRAMES - 20 - 10) / 10);
  g_assert_cmpfloat (repeated, >, 6);
  g_assert_cmpfloat (repeated, >, plain + 4);

  g_source_remove (ticks);
  for (guint i = 0; i < N_LINES; i++)
    line_stop (&lines[i]);
}

/* Shorter than what Opus conceals, about as long, and longer. */
static void
test_short_gaps (void)
{
  static const GstClockTime gaps[N_LINES] = { 1000, 2400 * GST_USECOND, 3 * GST_MSECOND };
  g_autoptr (GstElement) pipeline = vav_media_make_pipeline ("gaps");
  Line lines[N_LINES] = { 0 };
  const guint enough = (N_FRAMES - 8) * FRAME;
  gint64 deadline = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint ticks = g_timeout_add (20, on_tick, NULL);

  g_test_summary ("A gap in the sound that is too short to be concealed silences nothing");
  for (guint i = 0; i < N_LINES; i++)
    {
      lines[i].gap = gaps[i];
      line_start (&lines[i], pipeline, TRUE);
    }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  feed (lines, pipeline);
  for (guint i = 0; i < N_LINES; i++)
    while (count_samples (&lines[i]) < enough && g_get_monotonic_time () < deadline)
      g_main_context_iteration (NULL, TRUE);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  for (guint i = 0; i < N_LINES; i++)
    {
      g_assert_cmpuint (lines[i].samples->len, >=, enough);
      g_assert_cmpuint (vav_media_receive_get_concealed (lines[i].receive), <=, 1);
    }
  g_source_remove (ticks);
  for (guint i = 0; i < N_LINES; i++)
    line_stop (&lines[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/sound-repair/forward-correction", test_forward_correction);
  g_test_add_func ("/sound-repair/short-gaps", test_short_gaps);

  return g_test_run ();
}
