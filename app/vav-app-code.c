/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-code.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>
#include <zbar.h>

#include "net/visavis.h"

#define SCHEME "visavis:"
#define QUIET_ZONE 4 /* modules around the code: ISO/IEC 18004, 6.3.8 */
#define MAX_FILE (20 * 1024 * 1024)
#define MAX_PIXELS (100 * 1000 * 1000)
#define READ_SIDE 2000 /* pixels: a photograph is made that small before it is looked at */

/* --- drawing --- */

static void
draw_module (guint8 *pixels, gsize stride, guint at_x, guint at_y, guint scale)
{
  for (guint y = 0; y < scale; y++)
    memset (pixels + (at_y * scale + y) * stride + 3 * at_x * scale, 0, 3 * scale);
}

GdkTexture *
vav_app_code_draw (const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  g_autoptr (GBytes) bytes = NULL;
  guint modules, scale, side;
  gsize stride;
  guint8 *pixels;

  if (code == NULL)
    return NULL;
  modules = (guint)code->width;
  scale = MAX (VAV_APP_CODE_SIDE / (modules + 2 * QUIET_ZONE), 1);
  side = (modules + 2 * QUIET_ZONE) * scale;
  stride = 3 * (gsize)side;
  pixels = g_malloc (stride * side);
  memset (pixels, 0xff, stride * side);
  for (guint y = 0; y < modules; y++)
    for (guint x = 0; x < modules; x++)
      if ((code->data[y * modules + x] & 1) != 0)
        draw_module (pixels, stride, x + QUIET_ZONE, y + QUIET_ZONE, scale);
  QRcode_free (code);
  bytes = g_bytes_new_take (pixels, stride * side);
  return gdk_memory_texture_new ((int)side, (int)side, GDK_MEMORY_R8G8B8, bytes, stride);
}

/* --- reading --- */

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, sentence);
  return FALSE;
}

/* What is too large to be looked at is not unpacked; what is large is made smaller while it is. */
static void
on_size (GdkPixbufLoader *loader, int width, int height, gboolean *too_large)
{
  int longer = MAX (width, height);

  *too_large = (gint64)width * height > MAX_PIXELS;
  if (*too_large)
    gdk_pixbuf_loader_set_size (loader, 1, 1);
  else if (longer > READ_SIDE)
    gdk_pixbuf_loader_set_size (loader, MAX (width * READ_SIDE / longer, 1), MAX (height * READ_SIDE / longer, 1));
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
unpack (GBytes *bytes, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  gboolean too_large = FALSE;
  gboolean read;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &too_large);
  read = g_bytes_get_size (bytes) > 0 && gdk_pixbuf_loader_write_bytes (loader, bytes, NULL);
  read = gdk_pixbuf_loader_close (loader, NULL) && read;
  if (too_large)
    return fail (error, _ ("This picture is too large.")), NULL;
  if (!read || gdk_pixbuf_loader_get_pixbuf (loader) == NULL)
    return fail (error, _ ("This file is not a picture.")), NULL;
  return g_object_ref (gdk_pixbuf_loader_get_pixbuf (loader));
}

/* Luma by the weights of ITU-R BT.601; what can be seen through stands on white. */
static guint8 *
make_grey (GdkPixbuf *picture)
{
  guint width = (guint)gdk_pixbuf_get_width (picture);
  guint height = (guint)gdk_pixbuf_get_height (picture);
  guint channels = (guint)gdk_pixbuf_get_n_channels (picture);
  gsize stride = (gsize)gdk_pixbuf_get_rowstride (picture);
  const guint8 *pixels = gdk_pixbuf_read_pixels (picture);
  guint8 *grey = g_malloc ((gsize)width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        const guint8 *at = pixels + y * stride + x * channels;
        guint luma = (299u * at[0] + 587u * at[1] + 114u * at[2]) / 1000u;
        guint alpha = channels == 4 ? at[3] : 255;

        grey[(gsize)y * width + x] = (guint8)((luma * alpha + 255u * (255 - alpha)) / 255u);
      }
  return grey;
}

/* Returns: (nullable): the first link among what is seen */
static char *
find_link (zbar_image_t *image)
{
  for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
       symbol = zbar_symbol_next (symbol))
    {
      const char *text = zbar_symbol_get_data (symbol);

      if (text != NULL && g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) == 0)
        return g_strdup (text);
    }
  return NULL;
}

static char *
look (GdkPixbuf *picture)
{
  g_autofree guint8 *grey = make_grey (picture);
  guint width = (guint)gdk_pixbuf_get_width (picture);
  guint height = (guint)gdk_pixbuf_get_height (picture);
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();
  char *link = NULL;

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, width, height);
  zbar_image_set_data (image, grey, (unsigned long)width * height, NULL);
  if (zbar_scan_image (scanner, image) > 0)
    link = find_link (image);
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
  return link;
}

/* In a thread of GIO's pool. */
static void
read_picture (GTask *task, gpointer source, gpointer file, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_file (file, cancellable, &error);
  g_autoptr (GdkPixbuf) picture = bytes != NULL ? unpack (bytes, &error) : NULL;
  char *link = picture != NULL ? look (picture) : NULL;

  if (picture != NULL && link == NULL)
    fail (&error, _ ("There is no Visavis code in this picture."));
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, link, g_free);
}

void
vav_app_code_read_async (GFile *picture, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (picture), g_object_unref);
  g_task_run_in_thread (task, read_picture);
}

char *
vav_app_code_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
