/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-pacer.h"

#include "net/media/vav-pacer-queue.h"

#define MIN_RATE 10000
#define MAX_RATE 1000000000

/* A wake-up comes late, and a pause is not lost at once: so much may be caught up with. At a generous rate a whole picture goes together. */
#define CREDIT_US 5000

struct _VavPacer
{
  GstElement parent_instance;

  GstPad *sink; /* the element's */
  GstPad *src;
  VavMediaGate *gate; /* (nullable) */
  const VavPacerListener *listener;
  gpointer user_data;
  GDestroyNotify destroy;

  GMutex lock;
  GCond changed;
  /* under lock */
  VavPacerQueue queue;
  GQueue events;  /* of GstEvent, before any packet */
  GstEvent *last; /* (nullable): EOS, after all packets */
  guint64 sent;
  guint rate;
  gint64 free_us;     /* when the next may go */
  GstFlowReturn flow; /* FLUSHING: nothing is taken */
};

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp"));
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp"));

G_DEFINE_FINAL_TYPE (VavPacer, vav_pacer, GST_TYPE_ELEMENT)

/* The rest under lock. */
static gint64
cost_us (VavPacer *self, gsize bytes)
{
  return (gint64)(bytes * 8 * G_USEC_PER_SEC / self->rate);
}

/* Returns: (nullable) (transfer full): what goes now; NULL: nothing, and *until_us is when it will, 0: when something comes */
static GstMiniObject *
take_next (VavPacer *self, gint64 now_us, gint64 *until_us)
{
  GstEvent *event = g_queue_pop_head (&self->events);
  VavPacerPriority priority = vav_pacer_queue_first (&self->queue);
  GstBuffer *buffer;

  *until_us = 0;
  if (event != NULL)
    return GST_MINI_OBJECT_CAST (event);
  if (priority == VAV_N_PACER_PRIORITIES)
    return GST_MINI_OBJECT_CAST (g_steal_pointer (&self->last));
  if (priority != VAV_PACER_SOUND && now_us < self->free_us)
    {
      /* or when it is too old */
      *until_us = MIN (self->free_us, vav_pacer_queue_get_limit_us (&self->queue, priority) + 1);
      return NULL;
    }

  buffer = vav_pacer_queue_take (&self->queue, priority);
  self->free_us
      = MAX (self->free_us, now_us - CREDIT_US) + cost_us (self, gst_buffer_get_size (buffer) + VAV_PACER_OVERHEAD);
  self->sent++;

  return GST_MINI_OBJECT_CAST (buffer);
}

static void
stop (VavPacer *self, GstFlowReturn flow)
{
  self->flow = flow;
  vav_pacer_queue_clear (&self->queue);
  g_queue_clear_full (&self->events, (GDestroyNotify)gst_event_unref);
  gst_clear_event (&self->last);
  g_cond_signal (&self->changed);
}

/* Without lock from here on. */
static void
tell_dropped (VavPacer *self)
{
  GST_DEBUG_OBJECT (self, "pictures were dropped");
  if (self->listener != NULL)
    self->listener->dropped (self->user_data);
}

/* Whoever pushes. buffer: (transfer full) */
static GstFlowReturn
add (VavPacer *self, GstBuffer *buffer)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean dropped = FALSE;
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  flow = self->flow;
  if (flow == GST_FLOW_OK && self->last == NULL)
    {
      vav_pacer_queue_push (&self->queue, gst_buffer_ref (buffer), now_us);
      dropped = vav_pacer_queue_drop_old (&self->queue, now_us);
      g_cond_signal (&self->changed);
    }
  g_mutex_unlock (&self->lock);

  gst_buffer_unref (buffer);
  if (dropped)
    tell_dropped (self);

  return flow;
}

static GstFlowReturn
push_packet (VavPacer *self, GstBuffer *packet)
{
  VavPacerPriority priority;
  GstBuffer *next = NULL;
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  priority = vav_pacer_queue_get_priority (&self->queue, packet);
  g_mutex_unlock (&self->lock);
  if (self->gate != NULL
      && !vav_media_gate_passes (self->gate, priority == VAV_PACER_SOUND ? VAV_FLOW_AUDIO_OUT : VAV_FLOW_VIDEO_OUT))
    {
      gst_buffer_unref (packet);
      return GST_FLOW_OK;
    }

  if (priority == VAV_PACER_PICTURE && self->listener != NULL && self->listener->leaves != NULL)
    next = self->listener->leaves (self->user_data, packet);
  flow = gst_pad_push (self->src, packet);
  if (next != NULL)
    add (self, next);

  return flow;
}

static GstFlowReturn
push (VavPacer *self, GstMiniObject *object)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (GST_IS_BUFFER (object))
    return push_packet (self, GST_BUFFER_CAST (object));
  if (GST_EVENT_TYPE (object) == GST_EVENT_EOS)
    flow = GST_FLOW_EOS;
  gst_pad_push_event (self->src, GST_EVENT_CAST (object));

  return flow;
}

/* The pacer's thread, again and again: waits, and sends one. */
static void
loop (gpointer user_data)
{
  VavPacer *self = user_data;
  GstMiniObject *object = NULL;
  gboolean dropped = FALSE;
  GstFlowReturn flow;
  gint64 until_us;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && !dropped)
    {
      gint64 now_us = g_get_monotonic_time ();

      dropped = vav_pacer_queue_drop_old (&self->queue, now_us);
      object = take_next (self, now_us, &until_us);
      if (object != NULL || dropped)
        break;
      if (until_us != 0)
        g_cond_wait_until (&self->changed, &self->lock, until_us);
      else
        g_cond_wait (&self->changed, &self->lock);
    }
  flow = self->flow;
  g_mutex_unlock (&self->lock);

  if (dropped)
    tell_dropped (self);
  if (object != NULL)
    flow = push (self, object);
  if (flow == GST_FLOW_OK)
    return;

  g_debug ("the pacer sends no more: %s", gst_flow_get_name (flow));

  g_mutex_lock (&self->lock);
  if (self->flow == GST_FLOW_OK)
    stop (self, flow);
  g_mutex_unlock (&self->lock);
  gst_pad_pause_task (self->src);
}

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  return add (VAV_PACER (parent), buffer);
}

/* One by one: the session notes one time for a list. */
static GstFlowReturn
on_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint n = gst_buffer_list_length (list);

  for (guint i = 0; i < n && flow == GST_FLOW_OK; i++)
    flow = add (VAV_PACER (parent), gst_buffer_ref (gst_buffer_list_get (list, i)));
  gst_buffer_list_unref (list);

  return flow;
}

static gboolean
queue_event (VavPacer *self, GstEvent *event)
{
  gboolean taken;

  g_mutex_lock (&self->lock);
  taken = self->flow == GST_FLOW_OK && self->last == NULL;
  if (taken && GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    self->last = event;
  else if (taken)
    g_queue_push_tail (&self->events, event);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  if (!taken)
    gst_event_unref (event);

  return taken;
}

static void
begin (VavPacer *self)
{
  g_mutex_lock (&self->lock);
  stop (self, GST_FLOW_OK);
  self->free_us = 0;
  g_mutex_unlock (&self->lock);
  gst_pad_start_task (self->src, loop, self, NULL);
}

static void
end (VavPacer *self)
{
  g_mutex_lock (&self->lock);
  stop (self, GST_FLOW_FLUSHING);
  g_mutex_unlock (&self->lock);
}

/* Packets wait by priority, what is told of them goes before those that wait: of what comes here (caps, segment) a packet needs it before itself, and does not
 * mind what is meant for later ones. */
static gboolean
on_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  VavPacer *self = VAV_PACER (parent);
  GstEventType type = GST_EVENT_TYPE (event);
  gboolean done;

  if (type != GST_EVENT_FLUSH_START && type != GST_EVENT_FLUSH_STOP)
    return GST_EVENT_IS_SERIALIZED (event) ? queue_event (self, event) : gst_pad_event_default (pad, parent, event);

  done = gst_pad_push_event (self->src, event);
  if (type == GST_EVENT_FLUSH_START)
    {
      end (self);
      gst_pad_pause_task (self->src);
    }
  else
    begin (self);

  return done;
}

/* Whether that is a request to repeat what need not be. */
static gboolean
is_vain_request (VavPacer *self, GstEvent *event)
{
  const GstStructure *request = gst_event_get_structure (event);
  guint ssrc, number;
  gboolean may_repeat;

  if (!gst_structure_has_name (request, "GstRTPRetransmissionRequest")
      || !gst_structure_get_uint (request, "ssrc", &ssrc) || !gst_structure_get_uint (request, "seqnum", &number))
    return FALSE;

  g_mutex_lock (&self->lock);
  may_repeat = vav_pacer_queue_may_repeat (&self->queue, ssrc, (guint16)number);
  g_mutex_unlock (&self->lock);

  return !may_repeat;
}

/* The thread that receives */
static gboolean
on_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  VavPacer *self = VAV_PACER (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_UPSTREAM && is_vain_request (self, event))
    {
      gst_event_unref (event);
      return TRUE;
    }
  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_UPSTREAM || !gst_event_has_name (event, "RTPTWCCPackets"))
    return gst_pad_event_default (pad, parent, event);

  if (self->listener != NULL)
    self->listener->feedback (self->user_data, gst_event_get_structure (event));
  gst_event_unref (event);

  return TRUE;
}

/* The thread that changes the state, up and down. gst_pad_stop_task() waits for the loop. */
static gboolean
on_src_activate (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  VavPacer *self = VAV_PACER (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (active)
    {
      begin (self);
      return TRUE;
    }

  end (self);
  return gst_pad_stop_task (pad);
}

static GstPad *
add_pad (VavPacer *self, GstStaticPadTemplate *template, const char *name)
{
  GstPad *pad = gst_pad_new_from_static_template (template, name);

  GST_PAD_SET_PROXY_CAPS (pad);
  gst_element_add_pad (GST_ELEMENT (self), pad);

  return pad;
}

static void
vav_pacer_finalize (GObject *object)
{
  VavPacer *self = VAV_PACER (object);

  stop (self, GST_FLOW_FLUSHING);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->gate, vav_media_gate_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);

  G_OBJECT_CLASS (vav_pacer_parent_class)->finalize (object);
}

static void
vav_pacer_class_init (VavPacerClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vav_pacer_finalize;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Pacer", "Filter/Network/RTP",
                                         "Lets RTP packets go at a rate, the urgent ones first", "Visavis");
}

static void
vav_pacer_init (VavPacer *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->rate = VAV_PACER_OPEN;
  self->flow = GST_FLOW_FLUSHING;
  self->sink = add_pad (self, &sink_template, "sink");
  gst_pad_set_chain_function (self->sink, on_buffer);
  gst_pad_set_chain_list_function (self->sink, on_list);
  gst_pad_set_event_function (self->sink, on_sink_event);
  self->src = add_pad (self, &src_template, "src");
  gst_pad_set_event_function (self->src, on_src_event);
  gst_pad_set_activatemode_function (self->src, on_src_activate);
}

VavPacer *
vav_pacer_new (VavMediaGate *gate)
{
  VavPacer *self = g_object_new (VAV_TYPE_PACER, NULL);

  if (gate != NULL)
    self->gate = vav_media_gate_ref (gate);

  return self;
}

void
vav_pacer_listen (VavPacer *self, const VavPacerListener *listener, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (VAV_IS_PACER (self) && self->listener == NULL);

  self->listener = listener;
  self->user_data = user_data;
  self->destroy = destroy;
}

void
vav_pacer_set_ssrc (VavPacer *self, VavPacerPriority priority, guint32 ssrc)
{
  g_return_if_fail (VAV_IS_PACER (self) && priority < VAV_N_PACER_PRIORITIES);

  g_mutex_lock (&self->lock);
  self->queue.ssrc[priority] = ssrc;
  g_mutex_unlock (&self->lock);
}

void
vav_pacer_set_rate (VavPacer *self, guint bits_per_second)
{
  gint64 now_us = g_get_monotonic_time ();
  guint before;

  g_return_if_fail (VAV_IS_PACER (self));

  g_mutex_lock (&self->lock);
  before = self->rate;
  self->rate = CLAMP (bits_per_second, MIN_RATE, MAX_RATE);
  /* what the last packet still has to wait for is counted anew too */
  if (self->free_us > now_us)
    self->free_us = now_us + (gint64)((double)(self->free_us - now_us) * before / self->rate);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
vav_pacer_start_afresh (VavPacer *self)
{
  g_return_if_fail (VAV_IS_PACER (self));

  g_mutex_lock (&self->lock);
  vav_pacer_queue_drop_pictures (&self->queue);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  tell_dropped (self);
}

gint64
vav_pacer_get_queue_us (VavPacer *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 queue_us;
  gsize bytes;

  g_return_val_if_fail (VAV_IS_PACER (self), 0);

  g_mutex_lock (&self->lock);
  bytes = vav_pacer_queue_get_bytes (&self->queue);
  queue_us = bytes == 0 ? 0 : cost_us (self, bytes) + MAX (0, self->free_us - now_us);
  g_mutex_unlock (&self->lock);

  return queue_us;
}

guint64
vav_pacer_get_sent (VavPacer *self)
{
  guint64 n;

  g_return_val_if_fail (VAV_IS_PACER (self), 0);

  g_mutex_lock (&self->lock);
  n = self->sent;
  g_mutex_unlock (&self->lock);

  return n;
}

guint
vav_pacer_get_dropped (VavPacer *self, VavPacerPriority priority)
{
  guint n;

  g_return_val_if_fail (VAV_IS_PACER (self) && priority < VAV_N_PACER_PRIORITIES, 0);

  g_mutex_lock (&self->lock);
  n = self->queue.dropped[priority];
  g_mutex_unlock (&self->lock);

  return n;
}
