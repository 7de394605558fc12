/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What PipeWire maps it unmaps when the other end goes: who reads a picture then reads one of our own. */
#include <gst/gst.h>
#include <string.h>
#include <sys/mman.h>

#include "net/media/vav-media-elements.h"

#define SIZE 65536

/* As the source hands it out: a part of what the server gave, which keeps the whole. */
static GstBuffer *
make_lent (gpointer mapped)
{
  g_autoptr (GstBuffer) whole = gst_buffer_new_wrapped_full (0, mapped, SIZE, 0, SIZE, NULL, NULL);
  GstBuffer *lent = gst_buffer_new ();

  gst_buffer_append_memory (lent, gst_memory_share (gst_buffer_peek_memory (whole, 0), 0, SIZE / 2));
  gst_buffer_add_parent_buffer_meta (lent, whole);

  return lent;
}

static gpointer
get_place (GstBuffer *buffer)
{
  gpointer place;
  GstMapInfo info;

  g_assert_true (gst_buffer_map (buffer, &info, GST_MAP_READ));
  place = info.data;
  gst_buffer_unmap (buffer, &info);

  return place;
}

static void
test_unmapped (void)
{
  g_autoptr (GstElement) source = gst_element_factory_make ("pipewiresrc", NULL);
  gpointer mapped = mmap (NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_autoptr (GstBuffer) kept = NULL;
  g_autoptr (GstBuffer) own = NULL;
  g_autoptr (GstPad) pad = NULL;
  gboolean copies = FALSE;

  g_assert_true (mapped != MAP_FAILED);
  if (source == NULL)
    {
      g_test_skip ("no pipewiresrc is installed");
      munmap (mapped, SIZE);
      return;
    }
  gst_object_ref_sink (source);
  pad = gst_element_get_static_pad (source, "src");
  memset (mapped, 7, SIZE);

  kept = make_lent (mapped);
  own = vav_media_own_buffer (pad, gst_buffer_ref (kept));
  munmap (mapped, SIZE);

  g_assert_true (gst_buffer_is_writable (own));
  g_assert_cmpuint (gst_buffer_get_size (own), ==, SIZE / 2);
  g_assert_true (get_place (own) != mapped);
  g_assert_cmpint (*(const guint8 *)get_place (own), ==, 7);
  g_object_get (source, "always-copy", &copies, NULL);
  g_assert_true (copies);
}

/* Of a source that keeps what it gives nothing is copied. */
static void
test_kept (void)
{
  g_autoptr (GstElement) source = gst_object_ref_sink (gst_element_factory_make ("fakesrc", NULL));
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autofree gpointer memory = g_malloc0 (SIZE);
  g_autoptr (GstBuffer) kept = make_lent (memory);
  g_autoptr (GstBuffer) own = vav_media_own_buffer (pad, gst_buffer_ref (kept));

  g_assert_true (gst_buffer_is_writable (own));
  g_assert_true (get_place (own) == memory);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-buffer/unmapped", test_unmapped);
  g_test_add_func ("/own-buffer/kept", test_kept);

  return g_test_run ();
}
