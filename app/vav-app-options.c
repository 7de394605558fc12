/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-host.h"

void
vav_app_options_clear (VavAppOptions *options)
{
  g_clear_pointer (&options->profile, g_free);
  g_clear_pointer (&options->media, g_free);
  g_clear_pointer (&options->listen, g_free);
  g_clear_pointer (&options->report, g_free);
}
