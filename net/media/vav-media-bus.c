/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-bus.h"

#include "net/media/vav-media-elements.h"

typedef struct
{
  GstElement *pipeline; /* borrowed: the bus is its own */
  VavHop *hop;
  VavMediaBusEvents events;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  vav_hop_unref (watch->hop);
  g_free (watch);
}

static void
note (GstMessage *message, const char *kind, const GError *error, const char *details)
{
  g_autofree char *path = gst_object_get_path_string (GST_MESSAGE_SRC (message));

  g_debug ("%s of %s: %s (%s)", kind, path, error->message, details != NULL ? details : "no details");
}

static void
tell_error (Watch *watch, GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  g_autoptr (GError) error = NULL;
  g_autofree char *details = NULL;

  gst_message_parse_error (message, &error, &details);
  note (message, "error", error, details);
  vav_media_dump (watch->pipeline, "error");
  if (gst_object_has_as_parent (source, GST_OBJECT (watch->pipeline)))
    vav_hop_post (watch->hop, watch->events.broken, NULL, NULL);
  else
    vav_hop_post (watch->hop, watch->events.lost, NULL, NULL);
}

static void
tell_warning (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *details = NULL;

  gst_message_parse_warning (message, &error, &details);
  note (message, "warning", error, details);
}

/* Any thread */
static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    tell_error (user_data, message);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    tell_warning (message);
  /* the bus does not: with each message an element would stay, and what it has open */
  gst_message_unref (message);

  return GST_BUS_DROP;
}

void
vav_media_bus_watch (GstElement *pipeline, VavHop *hop, const VavMediaBusEvents *events)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  Watch *watch = g_new0 (Watch, 1);

  watch->pipeline = pipeline;
  watch->hop = vav_hop_ref (hop);
  watch->events = *events;
  gst_bus_set_sync_handler (bus, on_message, watch, watch_free);
}
