/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/bare.h"

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#define LIMIT_US (20 * G_USEC_PER_SEC)

#define SOURCES                                                                                                        \
  "webrtcbin name=webrtc bundle-policy=max-bundle "                                                                    \
  "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=111 ! "                                                         \
  "application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! webrtc. "                                            \
  "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1 ! "                 \
  "rtpvp8pay pt=96 ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! webrtc."

typedef struct _Side Side;

struct _Side
{
  GstElement *pipeline;
  GstElement *webrtc;
  Side *other;
  int n_frames; /* atomic */
  int n_sounds;
};

/* A streaming thread */
static void
on_arrived (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer counter)
{
  g_atomic_int_inc ((int *)counter);
}

/* The jitter buffer's thread */
static void
on_pad_added (GstElement *webrtc, GstPad *pad, Side *side)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstPad) target = NULL;
  g_autoptr (GstElement) sink = NULL;
  GstElement *bin;
  gboolean video;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  caps = gst_pad_get_current_caps (pad);
  video = g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "media"), "video") == 0;
  bin = gst_parse_bin_from_description (video ? "rtpvp8depay ! vp8dec ! fakesink name=sink signal-handoffs=true"
                                              : "rtpopusdepay ! opusdec ! fakesink name=sink signal-handoffs=true",
                                        TRUE, NULL);
  sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_arrived), video ? &side->n_frames : &side->n_sounds);
  gst_bin_add (GST_BIN (side->pipeline), bin);
  target = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, target);
  gst_element_sync_state_with_parent (bin);
}

/* Any thread */
static void
on_candidate (GstElement *webrtc, guint mline, const char *candidate, Side *side)
{
  g_signal_emit_by_name (side->other->webrtc, "add-ice-candidate", mline, candidate);
}

/* It would knock at every router in reach. */
static void
forgo_upnp (GstElement *webrtc)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
}

static void
side_init (Side *side, Side *other)
{
  side->other = other;
  side->pipeline = gst_parse_launch (SOURCES, NULL);
  g_assert_nonnull (side->pipeline);
  side->webrtc = gst_bin_get_by_name (GST_BIN (side->pipeline), "webrtc");
  forgo_upnp (side->webrtc);
}

static void
side_start (Side *side)
{
  g_signal_connect (side->webrtc, "pad-added", G_CALLBACK (on_pad_added), side);
  g_signal_connect (side->webrtc, "on-ice-candidate", G_CALLBACK (on_candidate), side);
  gst_element_set_state (side->pipeline, GST_STATE_PLAYING);
}

static void
side_clear (Side *side)
{
  gst_object_unref (side->webrtc);
  gst_object_unref (side->pipeline);
}

static GstWebRTCSessionDescription *
describe (Side *side, const char *signal, const char *name)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();
  GstWebRTCSessionDescription *description = NULL;

  g_signal_emit_by_name (side->webrtc, signal, NULL, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  gst_structure_get (gst_promise_get_reply (promise), name, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  g_assert_nonnull (description);
  return description;
}

static void
settle (Side *side, const char *signal, GstWebRTCSessionDescription *description)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();

  g_signal_emit_by_name (side->webrtc, signal, description, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
}

/* The offer has both parts once the sources have told what they give. */
static gboolean
is_ready (Side *side)
{
  GstIterator *pads = gst_element_iterate_sink_pads (side->webrtc);
  GValue item = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (pads, &item) == GST_ITERATOR_OK)
    {
      g_autoptr (GstCaps) caps = gst_pad_get_current_caps (g_value_get_object (&item));

      n += caps != NULL;
      g_value_reset (&item);
    }
  g_value_unset (&item);
  gst_iterator_free (pads);
  return n == 2;
}

static gboolean
both_see_and_hear (Side *a, Side *b)
{
  return g_atomic_int_get (&a->n_frames) > 0 && g_atomic_int_get (&a->n_sounds) > 0
         && g_atomic_int_get (&b->n_frames) > 0 && g_atomic_int_get (&b->n_sounds) > 0;
}

gboolean
bare_call (void)
{
  Side a = { NULL }, b = { NULL };
  gint64 limit = g_get_monotonic_time () + LIMIT_US;
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;
  g_autoptr (GstWebRTCSessionDescription) answer = NULL;
  gboolean good;

  side_init (&a, &b);
  side_init (&b, &a);
  side_start (&a);
  side_start (&b);
  while (!(is_ready (&a) && is_ready (&b)) && g_get_monotonic_time () < limit)
    g_usleep (1000);

  offer = describe (&a, "create-offer", "offer");
  settle (&a, "set-local-description", offer);
  settle (&b, "set-remote-description", offer);
  answer = describe (&b, "create-answer", "answer");
  settle (&b, "set-local-description", answer);
  settle (&a, "set-remote-description", answer);
  while (!(good = both_see_and_hear (&a, &b)) && g_get_monotonic_time () < limit)
    g_usleep (1000);

  gst_element_set_state (a.pipeline, GST_STATE_NULL);
  gst_element_set_state (b.pipeline, GST_STATE_NULL);
  side_clear (&a);
  side_clear (&b);
  return good;
}
