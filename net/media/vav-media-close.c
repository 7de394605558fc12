/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-parts.h"

#define LIMIT_S 5
#define AGAIN_US 5000
#define NEGOTIATION_US G_USEC_PER_SEC
#define PACKET_US G_USEC_PER_SEC
#define STOP_US G_USEC_PER_SEC /* at least, however long ICE took */

typedef struct
{
  gatomicrefcount ref_count;
  VavMediaParts parts; /* the thread's */
  GTask *task;         /* taken by who settles first */
  GSource *limit;
} Closing;

static void
closing_unref (gpointer data)
{
  Closing *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->limit, g_source_unref);
  g_free (self);
}

static Closing *
closing_ref (Closing *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* Returns (transfer full) (nullable): the task, for one caller only */
static GTask *
closing_take_task (Closing *self)
{
  return g_atomic_pointer_exchange (&self->task, NULL);
}

static gboolean
on_limit (gpointer data)
{
  g_autoptr (GTask) task = closing_take_task (data);

  g_debug ("a media session did not close within %d s and is left to itself", LIMIT_S);
  if (task != NULL)
    g_task_return_new_error (task, VAV_ERROR, VAV_ERROR_TIMEOUT, "%s", vav_error_describe (VAV_ERROR_TIMEOUT));

  return G_SOURCE_REMOVE;
}

/* While webrtcbin's own thread makes a transport, one of its parts can refuse the way down: GStreamer tells of a failure and leaves the whole pipeline
 * running. Once more, then, as that thread comes to its end. Returns: whether it stands */
static gboolean
stop (GstElement *pipeline, gint64 deadline)
{
  while (gst_element_set_state (pipeline, GST_STATE_NULL) == GST_STATE_CHANGE_FAILURE)
    {
      if (g_get_monotonic_time () >= deadline)
        return FALSE;
      g_debug ("a media session would not stop: once more");
      g_usleep (AGAIN_US);
    }

  return TRUE;
}

static GstPadProbeReturn
drop (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* pad: (transfer full) */
static void
drop_all (GstPad *pad)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop, NULL, NULL);
  gst_object_unref (pad);
}

/* Until the packet that is being worked on behind the pad is done with; it has the pad's lock. */
static void
wait_for_packet (GstPad *pad, gint64 deadline)
{
  GRecMutex *lock = GST_PAD_GET_STREAM_LOCK (pad);

  while (!g_rec_mutex_trylock (lock))
    {
      if (g_get_monotonic_time () >= deadline)
        {
          g_debug ("a media session's DTLS would not come to an end");
          return;
        }
      g_usleep (AGAIN_US);
    }
  g_rec_mutex_unlock (lock);
}

/* Packets that came still wait inside webrtcbin. The half of DTLS that sends is stopped before the half that receives, which then cannot answer: it leaves the
 * packet where it is and complains of the next. And OpenSSL from 3.2 on (to 3.5.9 at least) bears no handshake whose answer cannot be sent: if that befalls
 * its ChangeCipherSpec, the keeper of what is to be sent again and the connection own one record layer, and SSL_free() frees it twice
 * (dtls1_clear_sent_buffer() after RECORD_LAYER_clear(); https://github.com/openssl/openssl/pull/30415). So the packet that is in there is waited for. */
static void
end_receiving (GstElement *webrtc, gint64 deadline)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtc), "dtlsdec");
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (&item), "sink");

      drop_all (gst_object_ref (pad));
      wait_for_packet (pad, deadline);
      g_value_reset (&item);
    }
  g_value_unset (&item);
  gst_iterator_free (iterator);
}

/* A payloader whose output is closed under its first packet never frees the notes that it keeps of it (GStreamer up to 1.22 at least). */
static void
end_sending (VavMediaParts *parts)
{
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    if (parts->send[i] != NULL)
      drop_all (gst_element_get_static_pad (vav_media_send_get_payloader (parts->send[i]), "sink"));
}

/* Returns: %FALSE if the pipeline goes on: then what its threads know is left to it */
static gboolean
take_apart (VavMediaParts *parts)
{
  gint64 deadline = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  end_sending (parts);
  if (parts->ice != NULL)
    vav_ice_close (parts->ice, deadline);
  /* what webrtcbin makes while it is being stopped is neither stopped nor freed */
  if (parts->negotiation != NULL)
    vav_media_negotiation_wait (parts->negotiation, g_get_monotonic_time () + NEGOTIATION_US);
  if (parts->webrtc != NULL)
    end_receiving (parts->webrtc, g_get_monotonic_time () + PACKET_US);
  if (parts->pipe != NULL)
    vav_data_pipe_take_apart (parts->pipe);
  g_clear_object (&parts->pipe);
  g_clear_pointer (&parts->speaker, vav_speaker_free);
  if (parts->dtls_handler != 0)
    g_signal_handler_disconnect (parts->dtls, parts->dtls_handler);
  g_clear_object (&parts->dtls);
  if (parts->pipeline != NULL && !stop (parts->pipeline, MAX (deadline, g_get_monotonic_time () + STOP_US)))
    return FALSE;

  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      g_clear_pointer (&parts->send[i], vav_media_send_free);
      g_clear_pointer (&parts->receive[i], vav_media_receive_free);
    }
  g_clear_pointer (&parts->rate, vav_rate_control_free);
  g_clear_pointer (&parts->tuning, vav_media_tuning_free);
  g_clear_pointer (&parts->shield, vav_shield_unref);
  g_clear_pointer (&parts->negotiation, vav_media_negotiation_free);
  gst_clear_object (&parts->webrtc);
  gst_clear_object (&parts->pipeline);
  gst_clear_object (&parts->ice);
  g_clear_pointer (&parts->gate, vav_media_gate_unref);

  return TRUE;
}

static gboolean
on_settled (gpointer task)
{
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* The task holds the session, and may be the last that does: it is let go of where the session lives, not on this thread. task: (transfer full) */
static void
settle (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_settled, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static gpointer
run (gpointer data)
{
  Closing *self = data;
  GTask *task;

  /* else the limit settles it */
  if (take_apart (&self->parts))
    {
      g_source_destroy (self->limit);
      task = closing_take_task (self);
      if (task != NULL)
        settle (task);
    }
  closing_unref (self);

  return NULL;
}

void
vav_media_parts_close (VavMediaParts *parts, GTask *task)
{
  Closing *self = g_new0 (Closing, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->parts = *parts;
  *parts = (VavMediaParts){ NULL };
  self->task = task;
  self->limit = g_timeout_source_new_seconds (LIMIT_S);
  g_source_set_callback (self->limit, on_limit, closing_ref (self), closing_unref);
  g_source_attach (self->limit, g_main_context_get_thread_default ());
  g_thread_unref (g_thread_new ("vav-media-close", run, self));
}
