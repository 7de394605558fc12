/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-picture.h"

#include <gst/video/video.h>

static GBytes *
convert (GstVideoFrame *from, GstVideoInfo *info)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  GstVideoConverter *converter = gst_video_converter_new (&from->info, info, NULL);
  GstVideoFrame to;
  gpointer data = NULL;
  gsize size = 0;

  if (converter != NULL && gst_video_frame_map (&to, info, buffer, GST_MAP_WRITE))
    {
      gst_video_converter_frame (converter, from, &to);
      gst_video_frame_unmap (&to);
      gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
    }
  g_clear_pointer (&converter, gst_video_converter_free);
  gst_buffer_unref (buffer);
  return data != NULL ? g_bytes_new_take (data, size) : NULL;
}

/*
 * vav_gtk_picture_new:
 *
 * Converts on the calling thread: some milliseconds for 1280 × 720.
 */
GdkTexture *
vav_gtk_picture_new (GstSample *sample)
{
  g_autoptr (GBytes) bytes = NULL;
  GstVideoInfo from, to;
  GstVideoFrame frame;

  if (!gst_video_info_from_caps (&from, gst_sample_get_caps (sample))
      || !gst_video_frame_map (&frame, &from, gst_sample_get_buffer (sample), GST_MAP_READ))
    return NULL;
  gst_video_info_set_format (&to, GST_VIDEO_FORMAT_RGBA, (guint)GST_VIDEO_INFO_WIDTH (&from),
                             (guint)GST_VIDEO_INFO_HEIGHT (&from));
  bytes = convert (&frame, &to);
  gst_video_frame_unmap (&frame);
  if (bytes == NULL)
    return NULL;
  return gdk_memory_texture_new (GST_VIDEO_INFO_WIDTH (&to), GST_VIDEO_INFO_HEIGHT (&to), GDK_MEMORY_R8G8B8A8, bytes,
                                 (gsize)GST_VIDEO_INFO_PLANE_STRIDE (&to, 0));
}
