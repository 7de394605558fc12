/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of pictures straight into our receiver, as the jitter buffer gives them: what of them is kept, and what is not. */
#include "tests/lib/tolerate.h"
#include "tests/lib/wait.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "net/core/vav-outlet.h"
#include "net/media/vav-backlog.h"
#include "net/media/vav-certificate.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-receive.h"

#define RTP_HEADER 12
#define SSRC 0x1234
#define MANY 1000   /* more than wait anywhere */
#define PICTURES 60 /* that were encoded; the first one is a key frame */

typedef struct
{
  GstElement *pipeline;
  VavMediaReceive *receive;
  VavOutlet *outlet;
  GstPad *in;
  GPtrArray *packets; /* of all pictures, in order */
  guint16 number;

  /* atomic */
  int kept; /* packets that are still somewhere */
  int shown;
  int asked; /* for a key frame */
  int pushed;
} Line;

static void
on_sample (gpointer sample, gpointer user_data)
{
  Line *line = user_data;

  g_atomic_int_inc (&line->shown);
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

/* Returns: (transfer full): packets as a sender makes them */
static GPtrArray *
encode (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline
      = gst_parse_launch ("videotestsrc num-buffers=" G_STRINGIFY (
                              PICTURES) " pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 "
                                        "! vp8enc deadline=1 cpu-used=-6 ! rtpvp8pay pt=96 picture-id-mode=2 ! appsink "
                                        "name=sink sync=false",
                          &error);
  g_autoptr (GstElement) sink = NULL;
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (;;)
    {
      g_autoptr (GstSample) sample = gst_app_sink_pull_sample (GST_APP_SINK (sink));
      GstBufferList *list;

      if (sample == NULL)
        break;
      list = gst_sample_get_buffer_list (sample);
      if (list == NULL)
        g_ptr_array_add (packets, gst_buffer_ref (gst_sample_get_buffer (sample)));
      for (guint i = 0; list != NULL && i < gst_buffer_list_length (list); i++)
        g_ptr_array_add (packets, gst_buffer_ref (gst_buffer_list_get (list, i)));
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return packets;
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Line *line = user_data;

  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    g_atomic_int_inc (&line->asked);

  return GST_PAD_PROBE_OK;
}

/* (transfer full) */
static GstElement *
find (Line *line, const char *factory)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_all_by_element_factory_name (GST_BIN (line->pipeline), factory);
  GValue value = G_VALUE_INIT;
  GstElement *element;

  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  element = g_value_dup_object (&value);
  g_value_unset (&value);

  return element;
}

static void
set_up (Line *line, gconstpointer data)
{
  g_autoptr (VavMediaGate) gate = make_open_gate ();
  g_autoptr (VavHop) hop = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("application/x-rtp, media=video, encoding-name=VP8, clock-rate=(int)90000, payload=96");
  GstSegment segment;

  tolerate_gstreamer ();
  line->packets = encode ();
  line->pipeline = vav_media_make_pipeline (NULL);
  hop = vav_hop_new (line->pipeline);
  line->outlet = vav_outlet_new ();
  vav_outlet_attach (line->outlet, on_sample, line, NULL);
  line->receive = vav_media_receive_new (VAV_MEDIA_VIDEO, line->outlet, gate, hop, on_first, line->pipeline, &error);
  g_assert_no_error (error);
  line->in = gst_pad_new ("in", GST_PAD_SRC);
  gst_pad_set_active (line->in, TRUE);
  gst_pad_store_sticky_event (line->in, gst_event_new_stream_start ("line"));
  gst_pad_store_sticky_event (line->in, gst_event_new_caps (caps));
  g_assert_true (vav_media_receive_take_pad (line->receive, line->in));
  gst_pad_add_probe (line->in, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, line, NULL);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (line->in, gst_event_new_segment (&segment));
}

static void
tear_down (Line *line, gconstpointer data)
{
  gst_element_set_state (line->pipeline, GST_STATE_NULL);
  vav_media_receive_free (line->receive);
  g_object_unref (line->outlet);
  gst_object_unref (line->in);
  gst_object_unref (line->pipeline);
  g_ptr_array_unref (line->packets);
  g_assert_cmpint (line->kept, ==, 0);
}

typedef struct
{
  Line *line;
  guint8 *data;
} Packet;

static void
packet_free (gpointer data)
{
  Packet *packet = data;

  g_atomic_int_add (&packet->line->kept, -1);
  g_free (packet->data);
  g_free (packet);
}

/* data: (transfer full): a packet whose number is ours */
static void
push (Line *line, guint8 *data, gsize size)
{
  Packet *packet = g_new (Packet, 1);
  GstBuffer *buffer;

  packet->line = line;
  packet->data = data;
  g_atomic_int_inc (&line->kept);
  GST_WRITE_UINT16_BE (data + 2, line->number++);
  buffer = gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY, data, size, 0, size, packet, packet_free);
  GST_BUFFER_PTS (buffer) = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  gst_pad_push (line->in, buffer);
}

static gboolean
ends_picture (Line *line, guint i)
{
  guint8 header[RTP_HEADER];

  gst_buffer_extract (line->packets->pdata[i], 0, header, sizeof header);
  return (header[1] & 0x80) != 0;
}

/* Picture n of those that were encoded. */
static void
push_picture (Line *line, guint n)
{
  for (guint i = 0, picture = 0; picture <= n && i < line->packets->len; i++)
    {
      gpointer data;
      gsize size;

      if (picture == n)
        {
          gst_buffer_extract_dup (line->packets->pdata[i], 0, G_MAXSIZE, &data, &size);
          push (line, data, size);
        }
      picture += ends_picture (line, i);
    }
}

#define ENDLESS 8000
#define ENDLESS_SIZE 1200

/* A picture that begins and never ends is not kept for ever; the next key frame is seen. */
static void
test_endless (Line *line, gconstpointer data)
{
  push_picture (line, 0);
  wait_until (g_atomic_int_get (&line->shown) >= 1);
  for (guint i = 0; i < ENDLESS; i++)
    {
      guint8 *packet = g_malloc0 (ENDLESS_SIZE);

      packet[0] = 0x80;
      packet[1] = 96; /* no end */
      GST_WRITE_UINT32_BE (packet + 8, SSRC);
      packet[RTP_HEADER] = i == 0 ? 0x10 : 0;
      push (line, packet, ENDLESS_SIZE);
    }
  g_test_message ("%d of %d packets are kept", g_atomic_int_get (&line->kept), ENDLESS);
  g_assert_cmpint (g_atomic_int_get (&line->kept), >, 100);
  g_assert_cmpint (g_atomic_int_get (&line->kept), <, 3 * 1024 * 1024 / ENDLESS_SIZE);

  push_picture (line, 1); /* its end */
  g_assert_cmpint (g_atomic_int_get (&line->asked), >, 0);
  push_picture (line, 0);
  wait_until (g_atomic_int_get (&line->shown) >= 2);
}

/* The decoder's thread stands until it is let go. */
static struct
{
  GMutex lock;
  GCond changed;
  gboolean stopped; /* under lock */
} decoder;

static GstPadProbeReturn
on_decoded (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_mutex_lock (&decoder.lock);
  while (decoder.stopped)
    g_cond_wait (&decoder.changed, &decoder.lock);
  g_mutex_unlock (&decoder.lock);

  return GST_PAD_PROBE_OK;
}

static void
set_stopped (gboolean stopped)
{
  g_mutex_lock (&decoder.lock);
  decoder.stopped = stopped;
  g_cond_broadcast (&decoder.changed);
  g_mutex_unlock (&decoder.lock);
}

static gpointer
push_many (gpointer data)
{
  Line *line = data;

  for (guint i = 0; i < MANY; i++)
    push_picture (line, 1 + i % (PICTURES - 1));
  g_atomic_int_set (&line->pushed, TRUE);

  return NULL;
}

/* A decoder that is too slow keeps nothing else waiting, and what it is given does not grow without end. It goes on with a key frame, which is asked for
 * when there is room. */
static void
test_slow (Line *line, gconstpointer data)
{
  g_autoptr (GstElement) element = find (line, "vp8dec");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  GThread *thread;
  int shown;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_decoded, NULL, NULL);
  push_picture (line, 0);
  wait_until (g_atomic_int_get (&line->shown) == 1);
  set_stopped (TRUE);
  thread = g_thread_new ("push", push_many, line);
  wait_until (g_atomic_int_get (&line->pushed));
  g_thread_join (thread);
  g_assert_cmpint (g_atomic_int_get (&line->kept), <, 2 * VAV_BACKLOG_MAX_PICTURES);
  g_assert_cmpint (g_atomic_int_get (&line->asked), ==, 0);

  set_stopped (FALSE);
  wait_until (g_atomic_int_get (&line->kept) == 0);
  shown = g_atomic_int_get (&line->shown);
  push_picture (line, 1);
  g_assert_cmpint (g_atomic_int_get (&line->asked), >, 0);
  push_picture (line, 0);
  push_picture (line, 1);
  wait_until (g_atomic_int_get (&line->shown) == shown + 2);
}

#define ADD(name, test) g_test_add ("/media-receive/" name, Line, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

  ADD ("endless", test_endless);
  ADD ("slow", test_slow);

  return tolerate_exit (g_test_run ());
}
