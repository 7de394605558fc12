/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-sctp.h"

#include "net/media/vav-sctp-guard.h"

/* RFC 8831, 8: binary data */
#define PPID_BINARY 53

typedef enum
{
  SCTP_IDLE,
  SCTP_STARTING, /* what comes waits: usrsctp's state and GStreamer's must not cross */
  SCTP_RUNNING,
  SCTP_CLOSED,
} SctpPhase;

struct _VavSctp
{
  gatomicrefcount ref_count;

  /* fixed */
  VavMediaGate *gate;
  const VavSctpEvents *events;

  int refused; /* atomic: the peer did what it must not, and nothing of it is heard any more */

  GMutex lock;
  GCond changed;
  /* under lock */
  SctpPhase phase;
  GObject *owner;
  guint busy;          /* threads inside the elements */
  GstPad *way_out;     /* webrtcbin's, towards DTLS */
  GstElement *decoder; /* owned, in no bin: their states are ours */
  GstElement *encoder;
  GstPad *packets_in;
  GstPad *messages_out; /* NULL until the association is up */
  GstPad *messages_in;  /* our own, behind the decoder */
};

gboolean
vav_sctp_is_possible (void)
{
  g_autoptr (GstElementFactory) decoder = gst_element_factory_find ("sctpdec");
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("sctpenc");

  return decoder != NULL && encoder != NULL;
}

VavSctp *
vav_sctp_ref (VavSctp *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_sctp_unref (VavSctp *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_media_gate_unref (self->gate);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  vav_sctp_unref (data);
}

/* Returns: (transfer full) (nullable): %NULL once closed */
static GObject *
dup_owner (VavSctp *self)
{
  GObject *owner;

  g_mutex_lock (&self->lock);
  owner = self->owner != NULL ? g_object_ref (self->owner) : NULL;
  g_mutex_unlock (&self->lock);

  return owner;
}

static void
tell_lost (VavSctp *self, gboolean nonsense)
{
  g_autoptr (GObject) owner = dup_owner (self);

  if (owner != NULL)
    self->events->lost (owner, nonsense);
}

/* Returns: (transfer full) (nullable): where a packet goes now; the caller is then one of the busy */
static GstPad *
enter (VavSctp *self)
{
  GstPad *pad = NULL;

  g_mutex_lock (&self->lock);
  while (self->phase == SCTP_STARTING)
    g_cond_wait (&self->changed, &self->lock);
  if (self->phase == SCTP_RUNNING)
    {
      pad = gst_object_ref (self->packets_in);
      self->busy++;
    }
  g_mutex_unlock (&self->lock);

  return pad;
}

static void
leave (VavSctp *self)
{
  g_mutex_lock (&self->lock);
  self->busy--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
knock (VavSctp *self)
{
  g_autoptr (GObject) owner = dup_owner (self);

  if (owner != NULL)
    self->events->knocked (owner);
}

static gboolean
is_plain (GstBuffer *packet)
{
  GstMapInfo map;
  gboolean plain;

  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return FALSE;
  plain = vav_sctp_guard_check (map.data, map.size);
  gst_buffer_unmap (packet, &map);

  return plain;
}

/* The receiving thread */
static void
take_packet (VavSctp *self, GstPad *packets_in, GstBuffer *packet)
{
  if (g_atomic_int_get (&self->refused))
    return;

  if (is_plain (packet))
    gst_pad_chain (packets_in, gst_buffer_ref (packet));
  else
    {
      g_atomic_int_set (&self->refused, TRUE);
      tell_lost (self, TRUE);
    }
}

/* The receiving thread, after DTLS. Nothing is linked there, so that nothing gets further than this. */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavSctp *self = user_data;
  g_autoptr (GstPad) packets_in = NULL;
  GstBufferList *list;

  packets_in = vav_media_gate_is_open (self->gate) ? enter (self) : NULL;
  if (packets_in == NULL)
    {
      knock (self);
      return GST_PAD_PROBE_DROP;
    }

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
      for (guint i = 0; i < gst_buffer_list_length (list); i++)
        take_packet (self, packets_in, gst_buffer_list_get (list, i));
    }
  else
    take_packet (self, packets_in, GST_PAD_PROBE_INFO_BUFFER (info));
  leave (self);

  return GST_PAD_PROBE_DROP;
}

/* Any thread */
static void
on_element (GstBin *pipeline, GstBin *parent, GstElement *element, VavSctp *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";
  g_autoptr (GstPad) pad = NULL;

  if (g_str_equal (name, "dtlssrtpdec"))
    {
      pad = gst_element_get_static_pad (element, "data_src");
      if (pad != NULL)
        gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet,
                           vav_sctp_ref (self), (GDestroyNotify)vav_sctp_unref);
    }
  else if (g_str_equal (name, "dtlssrtpenc"))
    {
      pad = gst_element_get_static_pad (GST_ELEMENT (parent), "data_sink");
      g_mutex_lock (&self->lock);
      if (self->phase == SCTP_IDLE && self->way_out == NULL)
        self->way_out = g_steal_pointer (&pad);
      g_mutex_unlock (&self->lock);
    }
}

VavSctp *
vav_sctp_new (GstElement *pipeline, VavMediaGate *gate, const VavSctpEvents *events, GObject *owner)
{
  VavSctp *self = g_new0 (VavSctp, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->gate = vav_media_gate_ref (gate);
  self->events = events;
  self->owner = g_object_ref (owner);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_signal_connect_data (pipeline, "deep-element-added", G_CALLBACK (on_element), vav_sctp_ref (self), closure_unref,
                         0);

  return self;
}

/* The decoder's thread */
static GstFlowReturn
on_message (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  VavSctp *self = gst_pad_get_element_private (pad);
  g_autoptr (GObject) owner = dup_owner (self);
  GstMapInfo map;

  if (owner != NULL && gst_buffer_map (buffer, &map, GST_MAP_READ))
    {
      self->events->message (owner, map.data, map.size);
      gst_buffer_unmap (buffer, &map);
    }
  gst_buffer_unref (buffer);

  return GST_FLOW_OK;
}

/* The receiving thread. Of other streams nothing gets as far as here (vav_sctp_guard_check()). */
static void
on_stream (GstElement *decoder, GstPad *pad, VavSctp *self)
{
  if (!g_str_equal (GST_OBJECT_NAME (pad), "src_0")
      || gst_pad_link_full (pad, self->messages_in, GST_PAD_LINK_CHECK_NOTHING) != GST_PAD_LINK_OK)
    tell_lost (self, TRUE);
}

/* usrsctp's or the receiving thread */
static void
on_established (GstElement *encoder, gboolean established, VavSctp *self)
{
  g_autoptr (GObject) owner = dup_owner (self);

  if (owner == NULL)
    return;
  if (established)
    self->events->opened (owner);
  else
    self->events->lost (owner, FALSE);
}

static guint
next_association (void)
{
  static int last;

  /* the number is the process's own, and never on the wire */
  return 1 + (guint)g_atomic_int_add (&last, 1) % (G_MAXUINT16 - 1);
}

static void
begin_stream (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("application/data", "ordered", G_TYPE_BOOLEAN, TRUE, "ppid",
                                                  G_TYPE_UINT, PPID_BINARY, NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_send_event (pad, gst_event_new_stream_start ("vav-sctp"));
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
}

/* Under the lock. */
static gboolean
make_elements (VavSctp *self, guint remote_port)
{
  guint association = next_association ();
  g_autoptr (GstPad) out = NULL;

  self->decoder = gst_element_factory_make ("sctpdec", NULL);
  self->encoder = gst_element_factory_make ("sctpenc", NULL);
  if (self->decoder == NULL || self->encoder == NULL || self->way_out == NULL)
    return FALSE;

  gst_object_ref_sink (self->decoder);
  gst_object_ref_sink (self->encoder);
  g_object_set (self->decoder, "sctp-association-id", association, "local-sctp-port", VAV_SCTP_PORT, NULL);
  g_object_set (self->encoder, "sctp-association-id", association, "remote-sctp-port", remote_port, "use-sock-stream",
                TRUE, NULL);
  g_signal_connect_data (self->decoder, "pad-added", G_CALLBACK (on_stream), vav_sctp_ref (self), closure_unref, 0);
  g_signal_connect_data (self->encoder, "sctp-association-established", G_CALLBACK (on_established),
                         vav_sctp_ref (self), closure_unref, 0);

  self->messages_in = gst_object_ref_sink (gst_pad_new ("messages", GST_PAD_SINK));
  gst_pad_set_element_private (self->messages_in, self);
  gst_pad_set_chain_function (self->messages_in, on_message);
  gst_pad_set_active (self->messages_in, TRUE);
  self->packets_in = gst_element_get_static_pad (self->decoder, "sink");
  out = gst_element_get_static_pad (self->encoder, "src");

  return gst_pad_link_full (out, self->way_out, GST_PAD_LINK_CHECK_NOTHING) == GST_PAD_LINK_OK;
}

static void
set_phase (VavSctp *self, SctpPhase phase)
{
  g_mutex_lock (&self->lock);
  self->phase = phase;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
vav_sctp_start (VavSctp *self, guint remote_port)
{
  gboolean made;

  g_mutex_lock (&self->lock);
  if (self->phase != SCTP_IDLE)
    {
      g_mutex_unlock (&self->lock);
      return FALSE;
    }
  made = make_elements (self, remote_port);
  self->phase = SCTP_STARTING;
  g_mutex_unlock (&self->lock);

  /* the decoder first: the encoder begins as soon as both are there */
  made = made && gst_element_set_state (self->decoder, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
  if (made)
    begin_stream (self->packets_in);
  made = made && gst_element_set_state (self->encoder, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
  set_phase (self, made ? SCTP_RUNNING : SCTP_CLOSED);

  return made;
}

/* Returns: (transfer full) (nullable): the stream's pad; the caller is then one of the busy */
static GstPad *
enter_stream (VavSctp *self)
{
  GstPad *pad = NULL;

  g_mutex_lock (&self->lock);
  if (self->phase == SCTP_RUNNING && self->messages_out == NULL)
    {
      self->messages_out = gst_element_request_pad_simple (self->encoder, "sink_0");
      if (self->messages_out != NULL)
        begin_stream (self->messages_out);
    }
  if (self->phase == SCTP_RUNNING && self->messages_out != NULL)
    {
      pad = gst_object_ref (self->messages_out);
      self->busy++;
    }
  g_mutex_unlock (&self->lock);

  return pad;
}

gboolean
vav_sctp_send (VavSctp *self, const guint8 *data, gsize size)
{
  g_autoptr (GstPad) pad = enter_stream (self);
  gboolean sent;

  if (pad == NULL)
    return FALSE;

  sent = gst_pad_chain (pad, gst_buffer_new_memdup (data, size)) == GST_FLOW_OK;
  leave (self);

  return sent;
}

gboolean
vav_sctp_send_astray (VavSctp *self)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (self->encoder, "sink_1");

  if (pad == NULL)
    return FALSE;

  begin_stream (pad);
  return gst_pad_chain (pad, gst_buffer_new_memdup ("", 1)) == GST_FLOW_OK;
}

/* Under the lock. A sender stays inside the encoder until usrsctp has room, and a path that takes nothing makes none for minutes. Asked of the
 * encoder's way out, as a flush from below would: it goes no further than the encoder. */
static void
turn_out_senders (VavSctp *self)
{
  g_autoptr (GstPad) out = self->encoder != NULL ? gst_element_get_static_pad (self->encoder, "src") : NULL;

  if (out != NULL)
    gst_pad_send_event (out, gst_event_new_flush_start ());
}

/* With nobody inside any more; the decoder first: it aborts the program if a message comes while the association is being closed. */
static void
take_apart (VavSctp *self)
{
  if (self->decoder != NULL)
    gst_element_set_state (self->decoder, GST_STATE_NULL);
  if (self->encoder != NULL)
    gst_element_set_state (self->encoder, GST_STATE_NULL);
  if (self->messages_in != NULL)
    gst_pad_set_active (self->messages_in, FALSE);

  gst_clear_object (&self->packets_in);
  gst_clear_object (&self->messages_out);
  gst_clear_object (&self->decoder);
  gst_clear_object (&self->encoder);
  gst_clear_object (&self->messages_in);
  gst_clear_object (&self->way_out);
}

void
vav_sctp_close (VavSctp *self)
{
  g_autoptr (GObject) owner = NULL;

  g_mutex_lock (&self->lock);
  while (self->phase == SCTP_STARTING)
    g_cond_wait (&self->changed, &self->lock);
  self->phase = SCTP_CLOSED;
  owner = g_steal_pointer (&self->owner);
  turn_out_senders (self);
  while (self->busy > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);

  take_apart (self);
}
