/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-picture.h"

#include <glib/gi18n.h>

#include "net/visavis.h"

#define MAX_FILE (20 * 1024 * 1024)
#define MAX_PIXELS (100 * 1000 * 1000)
#define MAX_SIDE 65535    /* as JPEG; to make a strip of 10^8 pixels smaller takes a minute */
#define PORTRAIT_SIDE 256 /* pixels: an avatar of 128 on a screen of double density */

typedef struct
{
  int side;
  gboolean too_large;
} Limits;

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, sentence);
  return FALSE;
}

/* What is too large to be looked at is not unpacked; what is large is made smaller while it is. */
static void
on_size (GdkPixbufLoader *loader, int width, int height, Limits *limits)
{
  double ratio = (double)limits->side / MAX (width, height);

  limits->too_large = (gint64)width * height > MAX_PIXELS || MAX (width, height) > MAX_SIDE;
  if (limits->too_large)
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* it stops */
  else if (ratio < 1)
    gdk_pixbuf_loader_set_size (loader, MAX ((int)(width * ratio), 1), MAX ((int)(height * ratio), 1));
}

static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree guint8 *data = NULL;
  gsize size;

  if (stream == NULL)
    return NULL;
  data = g_malloc (MAX_FILE + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data, MAX_FILE + 1, &size, cancellable, error))
    return NULL;
  if (size > MAX_FILE)
    return fail (error, _ ("This picture is too large.")), NULL;
  return g_bytes_new (data, size);
}

static GdkPixbuf *
unpack (GBytes *bytes, int side, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  Limits limits = { side, FALSE };
  GdkPixbuf *picture;
  gboolean read;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &limits);
  read = g_bytes_get_size (bytes) > 0 && gdk_pixbuf_loader_write_bytes (loader, bytes, NULL);
  read = gdk_pixbuf_loader_close (loader, NULL) && read;
  picture = gdk_pixbuf_loader_get_pixbuf (loader);
  if (limits.too_large)
    return fail (error, _ ("This picture is too large.")), NULL;
  if (!read || picture == NULL)
    return fail (error, _ ("This file is not a picture.")), NULL;
  return gdk_pixbuf_apply_embedded_orientation (picture);
}

GdkPixbuf *
vav_app_picture_load (GFile *file, int side, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = read_file (file, cancellable, error);

  return bytes != NULL ? unpack (bytes, side, error) : NULL;
}

/* --- portraits --- */

static GdkPixbuf *
cut_square (GdkPixbuf *picture)
{
  int width = gdk_pixbuf_get_width (picture);
  int height = gdk_pixbuf_get_height (picture);
  int side = MIN (width, height);
  g_autoptr (GdkPixbuf) square
      = gdk_pixbuf_new_subpixbuf (picture, (width - side) / 2, (height - side) / 2, side, side);

  return gdk_pixbuf_scale_simple (square, PORTRAIT_SIDE, PORTRAIT_SIDE, GDK_INTERP_BILINEAR);
}

/* JPEG knows no transparency: what can be seen through stands on white. */
static GBytes *
encode (GdkPixbuf *portrait, GError **error)
{
  g_autoptr (GdkPixbuf) opaque = gdk_pixbuf_composite_color_simple (portrait, PORTRAIT_SIDE, PORTRAIT_SIDE,
                                                                    GDK_INTERP_NEAREST, 255, 8, 0xffffff, 0xffffff);
  char *data = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (opaque, &data, &size, "jpeg", error, "quality", "88", NULL))
    return NULL;
  return g_bytes_new_take (data, size);
}

/* In a thread of GIO's pool. */
static void
make_portrait (GTask *task, gpointer source, gpointer file, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) picture = vav_app_picture_load (file, 4 * PORTRAIT_SIDE, cancellable, &error);
  g_autoptr (GdkPixbuf) portrait = picture != NULL ? cut_square (picture) : NULL;
  g_autoptr (GBytes) bytes = portrait != NULL ? encode (portrait, &error) : NULL;

  if (bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
vav_app_picture_make_portrait_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, make_portrait);
}

GBytes *
vav_app_picture_make_portrait_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GdkPaintable *
vav_app_picture_get_paintable (GBytes *picture)
{
  g_autoptr (GdkPixbuf) pixbuf = picture != NULL ? unpack (picture, 2 * PORTRAIT_SIDE, NULL) : NULL;

  return pixbuf != NULL ? GDK_PAINTABLE (gdk_texture_new_for_pixbuf (pixbuf)) : NULL;
}
