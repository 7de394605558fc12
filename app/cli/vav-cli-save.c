/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-save.h"

#include "app/cli/vav-cli-status.h"

static void
on_file_offered (VavStream *stream, VavFile *file, const VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;

  if (options->save == NULL)
    vav_file_refuse (file, NULL);
  else if (!vav_file_accept (file, options->save, &error))
    vav_cli_complain (error->message);
}

void
vav_cli_save_watch (VavStream *stream, const VavCliOptions *options)
{
  g_signal_handlers_disconnect_by_func (stream, on_file_offered, (gpointer)options);
  g_signal_connect (stream, "file-offered", G_CALLBACK (on_file_offered), (gpointer)options);
}
