/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-frame.h"

#include <string.h>

#define ROUNDS 200

static void
append_frame (GByteArray *stream, const guint8 *body, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, length);
  g_autoptr (GBytes) frame = vav_frame_wrap (bytes, NULL);

  g_assert_nonnull (frame);
  g_byte_array_append (stream, g_bytes_get_data (frame, NULL), (guint)g_bytes_get_size (frame));
}

/* Whatever way the stream is cut into pieces, the same frames come out in the same order. */
static void
test_chunks (void)
{
  for (int round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
      g_autoptr (VavFrameReader) reader = vav_frame_reader_new ();
      int n = g_test_rand_int_range (1, 20);
      guint received = 0;
      guint at = 0;

      for (int i = 0; i < n; i++)
        {
          gsize length = (gsize)g_test_rand_int_range (1, i % 5 == 0 ? 5000 : 30);
          guint8 *body = g_malloc (length);

          memset (body, 'a' + i, length);
          append_frame (stream, body, length);
          g_ptr_array_add (sent, g_bytes_new_take (body, length));
        }
      while (at < stream->len)
        {
          guint wish = (guint)g_test_rand_int_range (1, 700);
          guint piece = MIN (wish, stream->len - at);
          GBytes *frame;

          g_assert_true (vav_frame_reader_push (reader, stream->data + at, piece, NULL));
          at += piece;
          while ((frame = vav_frame_reader_pop (reader)) != NULL)
            {
              g_assert_true (g_bytes_equal (frame, g_ptr_array_index (sent, received)));
              received++;
              g_bytes_unref (frame);
            }
        }
      g_assert_cmpuint (received, ==, sent->len);
      g_assert_true (vav_frame_reader_is_empty (reader));
    }
}

/* One byte at a time; nothing comes out before the last, and an unfinished frame is noticed. */
static void
test_bytewise (void)
{
  static const guint8 stream[] = { 0, 0, 0, 3, 'a', 'b', 'c' };
  g_autoptr (VavFrameReader) reader = vav_frame_reader_new ();
  g_autoptr (GBytes) frame = NULL;

  g_assert_true (vav_frame_reader_is_empty (reader));
  for (guint i = 0; i < sizeof stream; i++)
    {
      g_assert_null (vav_frame_reader_pop (reader));
      g_assert_true (vav_frame_reader_push (reader, stream + i, 1, NULL));
      g_assert_false (vav_frame_reader_is_empty (reader));
    }
  frame = vav_frame_reader_pop (reader);
  g_assert_cmpmem (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), "abc", 3);
  g_assert_true (vav_frame_reader_is_empty (reader));
}

/* Lengths of 0, of one too many and of 4 GiB are refused as soon as the header is there, also behind a good frame,
 * which still comes out. */
static void
test_forbidden (void)
{
  static const guint8 headers[][4] = { { 0, 0, 0, 0 }, { 0, 4, 0, 1 }, { 0xff, 0xff, 0xff, 0xff } };
  static const int codes[] = { VAV_ERROR_PROTOCOL, VAV_ERROR_TOO_LARGE, VAV_ERROR_TOO_LARGE };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (VavFrameReader) reader = vav_frame_reader_new ();
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      g_autoptr (GBytes) good = NULL;
      g_autoptr (GError) error = NULL;

      append_frame (stream, (const guint8 *)"good", 4);
      g_byte_array_append (stream, headers[i], 4);
      g_assert_false (vav_frame_reader_push (reader, stream->data, stream->len, &error));
      g_assert_error (error, VAV_ERROR, codes[i]);
      good = vav_frame_reader_pop (reader);
      g_assert_nonnull (good);
      g_assert_null (vav_frame_reader_pop (reader));
      g_assert_false (vav_frame_reader_push (reader, stream->data, 4, NULL));
    }
}

/* The largest frame passes, one byte more cannot be made. */
static void
test_largest (void)
{
  g_autofree guint8 *body = g_malloc0 (VAV_FRAME_MAX + 1);
  g_autoptr (GBytes) largest = g_bytes_new (body, VAV_FRAME_MAX);
  g_autoptr (GBytes) more = g_bytes_new (body, VAV_FRAME_MAX + 1);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) frame = vav_frame_wrap (largest, NULL);
  g_autoptr (VavFrameReader) reader = vav_frame_reader_new ();
  g_autoptr (GBytes) popped = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_frame_reader_push (reader, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), NULL));
  popped = vav_frame_reader_pop (reader);
  g_assert_true (g_bytes_equal (popped, largest));
  g_assert_null (vav_frame_wrap (more, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_null (vav_frame_wrap (nothing, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/frame/chunks", test_chunks);
  g_test_add_func ("/signal/frame/bytewise", test_bytewise);
  g_test_add_func ("/signal/frame/forbidden", test_forbidden);
  g_test_add_func ("/signal/frame/largest", test_largest);
  return g_test_run ();
}
