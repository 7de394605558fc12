/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/* Files that the other side of the stream offers go into the folder of --save; without it they are refused. Twice is once. options: must outlive the stream's calls. */
void vav_cli_save_watch (VavStream *stream, const VavCliOptions *options);

G_END_DECLS
