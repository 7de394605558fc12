/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <math.h>

#include "widgets/vav-gtk-fit.h"
#include "widgets/vav-gtk-words.h"

/* A picture that is cut by a quarter or less fills the box; one that would lose more stands whole between bars. */
static void
test_picture (void)
{
  VavGtkRect rect = vav_gtk_fit_picture (1280, 720, 1000, 640, FALSE);

  g_assert_true (vav_gtk_fit_covers (1280, 720, 1000, 640));
  g_assert_cmpfloat (rect.height, ==, 640);
  g_assert_cmpfloat (rect.width, >, 1000);
  g_assert_cmpfloat_with_epsilon (rect.x, (1000 - rect.width) / 2, 0.001);

  rect = vav_gtk_fit_picture (1280, 720, 360, 600, FALSE);
  g_assert_false (vav_gtk_fit_covers (1280, 720, 360, 600));
  g_assert_cmpfloat (rect.width, ==, 360);
  g_assert_cmpfloat (rect.height, ==, 202.5);
  g_assert_cmpfloat_with_epsilon (rect.y, (600 - 202.5) / 2, 0.001);
}

/* No size, however silly, gives a picture without area or one larger than it is: it goes into caps. */
static void
test_scale (void)
{
  static const int sizes[] = { 0, 1, 2, 3, 17, 240, 1080, 1920, 7680 };

  for (gsize a = 0; a < G_N_ELEMENTS (sizes); a++)
    for (gsize b = 0; b < G_N_ELEMENTS (sizes); b++)
      for (gsize c = 0; c < G_N_ELEMENTS (sizes); c++)
        for (gsize d = 0; d < G_N_ELEMENTS (sizes); d++)
          {
            int width = -1, height = -1;

            vav_gtk_fit_scale (sizes[a], sizes[b], sizes[c], sizes[d], FALSE, &width, &height);
            g_assert_cmpint (width, >=, 1);
            g_assert_cmpint (height, >=, 1);
            g_assert_cmpint (width, <=, MAX (sizes[a], 1));
            g_assert_cmpint (height, <=, MAX (sizes[b], 1));
          }
}

/* A picture of 16:9 fills a view of 4:3, and so it does as it was scaled for it. */
static void
test_four_to_three (void)
{
  for (int height = 120; height <= 1200; height += 12)
    {
      int width, down;

      vav_gtk_fit_scale (1280, 720, height * 4 / 3, height, FALSE, &width, &down);
      g_assert_true (vav_gtk_fit_covers (width, down, height * 4 / 3, height));
    }
}

/* The size that is scaled to covers the view and keeps the aspect to within the evenness that I420 needs. */
static void
test_scale_aspect (void)
{
  int width, height;

  vav_gtk_fit_scale (1280, 720, 640, 400, FALSE, &width, &height);
  g_assert_cmpint (height, ==, 400);
  g_assert_cmpint (ABS (width - 400 * 1280 / 720), <=, 2);
  g_assert_cmpint (width % 2, ==, 0);
  vav_gtk_fit_scale (640, 480, 3840, 2160, FALSE, &width, &height);
  g_assert_cmpint (width, ==, 640);
  g_assert_cmpint (height, ==, 480);
}

/* What was scaled for a view is drawn there pixel by pixel and covers what it covered before, at every size and on every screen; what was not is scaled. */
static void
test_exactly (void)
{
  static const int scales[] = { 1, 2, 3 };

  for (gsize s = 0; s < G_N_ELEMENTS (scales); s++)
    for (int width = 160; width <= 640; width += 7)
      for (int height = 120; height <= 360; height += 7)
        for (int whole = FALSE; whole <= TRUE; whole++)
          {
            VavGtkRect rect, exact;
            int across, down;

            vav_gtk_fit_scale (1280, 720, width * scales[s], height * scales[s], whole, &across, &down);
            rect = vav_gtk_fit_picture (across, down, width, height, whole);
            exact = vav_gtk_fit_exactly (rect, across, down, width, height, scales[s]);
            if (across == 1280 || down == 720
                || vav_gtk_fit_covers (1280, 720, width, height) != vav_gtk_fit_covers (across, down, width, height))
              continue; /* it was not scaled, or for the other way to show it */
            g_assert_cmpfloat_with_epsilon (exact.width * scales[s], across, 1e-9);
            g_assert_cmpfloat_with_epsilon (exact.height * scales[s], down, 1e-9);
            g_assert_cmpfloat_with_epsilon (exact.x * scales[s], round (exact.x * scales[s]), 1e-9);
            g_assert_cmpfloat_with_epsilon (exact.y * scales[s], round (exact.y * scales[s]), 1e-9);
            g_assert_cmpfloat_with_epsilon (exact.x, rect.x, 2.0 / scales[s]);
            g_assert_cmpfloat_with_epsilon (exact.y, rect.y, 2.0 / scales[s]);
            g_assert_true (rect.x > 0 || (exact.x <= 0 && exact.x + exact.width >= width));
            g_assert_true (rect.y > 0 || (exact.y <= 0 && exact.y + exact.height >= height));
          }
}

/* The own picture stays inside the view at every size from the smallest on, and has its own aspect. */
static void
test_corner (void)
{
  for (int width = 240; width <= 3840; width += 90)
    for (int height = 180; height <= 2160; height += 90)
      {
        VavGtkRect rect = vav_gtk_fit_corner (1280, 720, width, height);

        g_assert_cmpfloat (rect.x, >=, 0);
        g_assert_cmpfloat (rect.y, >=, 0);
        g_assert_cmpfloat (rect.x + rect.width, <=, width);
        g_assert_cmpfloat (rect.y + rect.height, <=, height);
        g_assert_cmpfloat_with_epsilon (rect.width / rect.height, 1280.0 / 720, 0.01);
      }
}

/* What would be covered goes aside by the shortest way that keeps it in its room; what is not, or has no room, stays. */
static void
test_clear (void)
{
  static const VavGtkRect room = { 0, 50, 640, 330 }, own = { 450, 270, 180, 100 };
  static const VavGtkRect top = { 10, 58, 180, 100 }, large = { 0, 50, 640, 330 };
  VavGtkRect rect = vav_gtk_fit_clear ((VavGtkRect){ 170, 150, 290, 170 }, own, room, 12);

  g_assert_cmpfloat (rect.x, ==, 450 - 12 - 290);
  g_assert_cmpfloat (rect.y, ==, 150);
  rect = vav_gtk_fit_clear ((VavGtkRect){ 20, 180, 600, 100 }, own, room, 12);
  g_assert_cmpfloat (rect.x, ==, 20);
  g_assert_cmpfloat (rect.y, ==, 270 - 12 - 100);
  rect = vav_gtk_fit_clear ((VavGtkRect){ 20, 140, 600, 100 }, top, room, 12);
  g_assert_cmpfloat (rect.y, ==, 158 + 12);
  rect = vav_gtk_fit_clear ((VavGtkRect){ 180, 100, 290, 170 }, top, room, 12);
  g_assert_cmpfloat (rect.x, ==, 190 + 12);
  rect = vav_gtk_fit_clear ((VavGtkRect){ 170, 100, 280, 170 }, own, room, 12);
  g_assert_cmpfloat (rect.x, ==, 170);
  g_assert_cmpfloat (rect.y, ==, 100);
  rect = vav_gtk_fit_clear ((VavGtkRect){ 170, 150, 290, 170 }, large, room, 12);
  g_assert_cmpfloat (rect.x, ==, 170);
  g_assert_cmpfloat (rect.y, ==, 150);
}

/* A portrait needs one or two letters out of whatever somebody calls themselves. */
static void
test_initials (void)
{
  static const char *names[][2]
      = { { "Anna Berg", "AB" }, { "anna", "A" },      { "", "?" },        { "   ", "?" },
          { "élodie Ñu", "ÉÑ" }, { "127.0.0.1", "1" }, { "… (Bob)", "B" }, { "Karim (b2bji5rx)", "K" },
          { "a b c", "AB" } };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *initials = vav_gtk_words_initials (names[i][0]);

      g_assert_cmpstr (initials, ==, names[i][1]);
    }
}

/* Minutes and seconds; hours only when there are any; never a negative time. */
static void
test_clock (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } times[]
      = { { 0, "00:00" }, { 59, "00:59" }, { 751, "12:31" }, { 3599, "59:59" }, { 3600, "1:00:00" }, { -5, "00:00" } };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = vav_gtk_words_clock (times[i].seconds);

      g_assert_cmpstr (text, ==, times[i].text);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/widgets/fit/picture", test_picture);
  g_test_add_func ("/widgets/fit/scale", test_scale);
  g_test_add_func ("/widgets/fit/exactly", test_exactly);
  g_test_add_func ("/widgets/fit/four-to-three", test_four_to_three);
  g_test_add_func ("/widgets/fit/scale-aspect", test_scale_aspect);
  g_test_add_func ("/widgets/fit/corner", test_corner);
  g_test_add_func ("/widgets/fit/clear", test_clear);
  g_test_add_func ("/widgets/words/initials", test_initials);
  g_test_add_func ("/widgets/words/clock", test_clock);
  return g_test_run ();
}
