/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "app/service/vav-app-process.h"
#include "app/vav-app-application.h"

int
main (int argc, char **argv)
{
  gboolean again = TRUE;
  int status = 0;

  vav_app_process_prepare ();
  g_set_application_name (_ ("Visavis"));
  while (again)
    {
      g_autoptr (VavAppApplication) application = vav_app_application_new ();

      status = g_application_run (G_APPLICATION (application), argc, argv);
      again = vav_app_application_lost_race (application);
    }
  /* Not by exit(): the library may still be loading plug-ins and keys for a first call in a thread, which must not meet the exit handlers of
   * the libraries that it is using. */
  fflush (NULL);
  _exit (status);
}
