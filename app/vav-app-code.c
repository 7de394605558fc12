/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-code.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>
#include <zbar.h>

#include "app/vav-app-picture.h"
#include "net/visavis.h"

#define SCHEME "visavis:"
#define QUIET_ZONE 4   /* modules around the code: ISO/IEC 18004, 6.3.8 */
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
  g_autoptr (GdkPixbuf) picture = vav_app_picture_load (file, READ_SIDE, cancellable, &error);
  char *link = picture != NULL ? look (picture) : NULL;

  if (picture == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (link == NULL)
    g_task_return_new_error (task, VAV_ERROR, VAV_ERROR_FAILED, _ ("There is no Visavis code in this picture."));
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
