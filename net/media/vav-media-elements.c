/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-elements.h"

#include <glib/gi18n-lib.h>
#include <math.h>

gboolean
vav_media_make_chain (GstBin *bin, const char *const *factories, GstElement **elements, GError **error)
{
  guint n = 0;

  for (n = 0; factories[n] != NULL; n++)
    {
      elements[n] = gst_element_factory_make (factories[n], NULL);
      if (elements[n] == NULL)
        {
          g_set_error (error, VAV_ERROR, VAV_ERROR_MEDIA,
                       _ ("A part for picture and sound is not installed (GStreamer's “%s”). Install the GStreamer "
                          "plug-ins and try again."),
                       factories[n]);
          while (n > 0)
            gst_object_unref (gst_object_ref_sink (elements[--n]));
          return FALSE;
        }
    }
  for (guint i = 0; i < n; i++)
    gst_bin_add (bin, elements[i]);
  for (guint i = 0; i + 1 < n; i++)
    gst_element_link (elements[i], elements[i + 1]);

  return TRUE;
}

/* From the sink to the source, so that nothing is pushed into an element that sleeps. */
void
vav_media_start_chain (GstElement **elements, guint n)
{
  for (guint i = n; i > 0; i--)
    gst_element_sync_state_with_parent (elements[i - 1]);
}

GstElement *
vav_media_make_pipeline (const char *name)
{
  GstElement *pipeline = gst_pipeline_new (name);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, 0);

  return gst_object_ref_sink (pipeline);
}

void
vav_media_dump (GstElement *pipeline, const char *moment)
{
  g_autofree char *name = g_strconcat ("visavis-", moment, NULL);

  GST_DEBUG_BIN_TO_DOT_FILE_WITH_TS (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_MEDIA_TYPE | GST_DEBUG_GRAPH_SHOW_STATES,
                                     name);
}

static gboolean
is_mapped_by_pipewire (GstElement *source, GstBuffer *buffer)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (source), "always-copy") != NULL
         && gst_buffer_get_parent_buffer_meta (buffer) != NULL && gst_buffer_n_memory (buffer) > 0
         && gst_memory_is_type (gst_buffer_peek_memory (buffer, 0), GST_ALLOCATOR_SYSMEM);
}

GstBuffer *
vav_media_own_buffer (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstElement) source = gst_pad_get_parent_element (pad);
  GstBuffer *copy;

  if (source == NULL || !is_mapped_by_pipewire (source, buffer))
    return gst_buffer_make_writable (buffer);

  g_object_set (source, "always-copy", TRUE, NULL);
  copy = gst_buffer_copy_deep (buffer);
  gst_buffer_unref (buffer);

  return copy;
}

GSource *
vav_media_add_timer (VavHop *hop, guint seconds, GSourceFunc func, gpointer user_data)
{
  GSource *timer = g_timeout_source_new_seconds (seconds);

  g_source_set_callback (timer, func, user_data, NULL);
  g_source_attach (timer, vav_hop_get_context (hop));

  return timer;
}

void
vav_media_remove_timer (GSource *timer)
{
  g_source_destroy (timer);
  g_source_unref (timer);
}

double
vav_media_mean_square (const gint16 *samples, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double)samples[i] * samples[i];

  return n > 0 ? sum / (double)n / (32768.0 * 32768.0) : 0;
}

double
vav_media_level (double mean_square)
{
  return mean_square > 1e-10 ? 10 * log10 (mean_square) : -100;
}
