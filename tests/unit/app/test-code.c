/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/vav-app-code.h"

#include <glib/gstdio.h>

#include "net/visavis.h"

#define LINK "visavis:aaaabbbbccccddddeeeeffffgggghhhhiiiijjjjkkkkllllmmmmnnnn@[2001:db8::1]:7667?name=L%C3%A9a"

typedef struct
{
  char *folder;
  GFile *file;
  char *path;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("visavis-code-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "code.png", NULL);
  fixture->file = g_file_new_for_path (fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->path);
  g_rmdir (fixture->folder);
  g_clear_object (&fixture->file);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *)user_data)->result = g_object_ref (result);
}

static char *
read_link (Fixture *fixture, GError **error)
{
  char *link;

  vav_app_code_read_async (fixture->file, NULL, on_read, fixture);
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  link = vav_app_code_read_finish (fixture->result, error);
  g_clear_object (&fixture->result);
  return link;
}

static void
save (Fixture *fixture, GdkPixbuf *picture, const char *format)
{
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_save (picture, fixture->path, format, &error, NULL);
  g_assert_no_error (error);
}

static GdkPixbuf *
draw (void)
{
  g_autoptr (GdkTexture) texture = vav_app_code_draw (LINK);
  int side = gdk_texture_get_width (texture);
  GdkPixbuf *picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, side, side);
  guint8 *pixels = gdk_pixbuf_get_pixels (picture);
  gsize n = 4 * (gsize)side * (gsize)side;

  g_assert_cmpint (side, >, VAV_APP_CODE_SIDE / 2);
  g_assert_cmpint (side, <=, VAV_APP_CODE_SIDE);
  gdk_texture_download (texture, pixels, (gsize)gdk_pixbuf_get_rowstride (picture));
  /* from GDK's blue, green, red, alpha: the code has no colours, and covers all */
  for (gsize i = 0; i < n; i += 4)
    g_assert_true (pixels[i] == pixels[i + 2] && pixels[i + 3] == 0xff);
  return picture;
}

static void
assert_seen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = read_link (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (link, ==, LINK);
}

/* What one draws, the other reads: as it is, small, turned, as a photograph in which it is a part. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GdkPixbuf) code = draw ();
  g_autoptr (GdkPixbuf) small = gdk_pixbuf_scale_simple (code, 160, 160, GDK_INTERP_BILINEAR);
  g_autoptr (GdkPixbuf) turned = gdk_pixbuf_rotate_simple (code, GDK_PIXBUF_ROTATE_CLOCKWISE);
  g_autoptr (GdkPixbuf) photograph = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 4000, 3000);

  save (fixture, code, "png");
  assert_seen (fixture);
  save (fixture, small, "png");
  assert_seen (fixture);
  save (fixture, turned, "png");
  assert_seen (fixture);
  gdk_pixbuf_fill (photograph, 0x607080ff);
  gdk_pixbuf_scale (code, photograph, 700, 900, 1200, 1200, 700, 900, 2.4, 2.4, GDK_INTERP_BILINEAR);
  save (fixture, photograph, "jpeg");
  assert_seen (fixture);
}

static void
assert_nothing (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = read_link (fixture, &error);

  g_assert_null (link);
  g_assert_nonnull (error);
}

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GdkPixbuf) blank = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 300, 300);
  g_autoptr (GdkPixbuf) speck = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 1, 1);
  g_autofree char *noise = g_malloc (100000);
  /* pictures that say they have 10^9 pixels, or 10^8 in one line, and have none */
  static const char bomb[] = "P6 40000 40000 255\n";
  static const char strip[] = "P6 90000000 1 255\nxxxx";

  assert_nothing (fixture); /* no file */
  gdk_pixbuf_fill (blank, 0xffffffff);
  save (fixture, blank, "png");
  assert_nothing (fixture);
  gdk_pixbuf_fill (speck, 0);
  save (fixture, speck, "png");
  assert_nothing (fixture);
  for (guint i = 0; i < 100000; i++)
    noise[i] = (char)g_test_rand_int ();
  g_assert_true (g_file_set_contents (fixture->path, noise, 100000, NULL));
  assert_nothing (fixture);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  assert_nothing (fixture);
  g_assert_true (g_file_set_contents (fixture->path, bomb, sizeof (bomb) - 1, NULL));
  assert_nothing (fixture);
  g_assert_true (g_file_set_contents (fixture->path, strip, sizeof (strip) - 1, NULL));
  assert_nothing (fixture);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_nothing (fixture);
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (5000, 'x');

  g_assert_null (vav_app_code_draw (text));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/app/code/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/app/code/nonsense", Fixture, NULL, set_up, test_nonsense, tear_down);
  g_test_add_func ("/app/code/too-long", test_too_long);

  return g_test_run ();
}
