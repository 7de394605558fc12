/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app/vav-app-application.h"
#include "app/vav-app-paths.h"

int
main (int argc, char **argv)
{
  g_autoptr (VavAppApplication) application = NULL;

  vav_app_paths_init_locale ();
  g_set_prgname ("org.visavis.Visavis");
  g_set_application_name (_ ("Visavis"));
  application = vav_app_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
