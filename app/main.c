/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "app/service/vav-app-process.h"
#include "app/service/vav-app-timeline.h"
#include "app/vav-app-application.h"
#include "app/vav-app-restart.h"

int
main (int argc, char **argv)
{
  gboolean again = TRUE;
  g_auto (GStrv) arguments = vav_app_process_take_arguments (argc, argv);
  g_auto (GStrv) restart = NULL;
  int status = 0;

  if (g_strv_contains ((const char *const *)arguments, "--timeline"))
    vav_timeline_enable ();
  vav_app_timeline_begin ();
  vav_app_process_prepare ();
  g_set_application_name (_ ("Visavis"));
  while (again)
    {
      g_autoptr (VavAppApplication) application = vav_app_application_new ();

      status = g_application_run (G_APPLICATION (application), argc, arguments);
      again = vav_app_application_lost_race (application);
      restart = vav_app_application_dup_restart (application);
    }
  if (restart != NULL)
    vav_app_restart_now ((const char *const *)restart);
  /* Not by exit(): the library may still be loading plug-ins and keys for a first call in a thread, which must not meet the exit handlers of
   * the libraries that it is using. */
  fflush (NULL);
  _exit (status);
}
