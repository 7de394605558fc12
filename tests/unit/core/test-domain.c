/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-error.h"

#include <libintl.h>
#include <locale.h>

/* In a program that knows nothing of our translations, and has a domain of its own or none, the library's sentences are looked for where they are
 * installed; and found, where they are. */
static void
test_foreign_program (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("VISAVIS_BUILD"), "po", NULL);

  g_test_summary ("A7: the libraries speak the person's language in any program");
  g_assert_cmpstr (textdomain (NULL), ==, "messages");
  g_assert_cmpstr (bindtextdomain ("visavis", NULL), ==, VAV_LOCALEDIR);

  /* they are not installed yet: the build folder stands for the place */
  g_setenv ("LANGUAGE", "fr", TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "fr_FR.UTF-8"));
  bindtextdomain ("visavis", folder);
  g_assert_cmpstr (vav_error_describe (VAV_ERROR_DECLINED), !=, "They declined the call.");
  g_assert_true (g_utf8_validate (vav_error_describe (VAV_ERROR_DECLINED), -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/domain/foreign-program", test_foreign_program);
  return g_test_run ();
}
