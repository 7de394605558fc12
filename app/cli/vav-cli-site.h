/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/* The servers that the organisation gives (app/service/vav-app-site.h), where the command line gives none. What is wrong with its file is complained of, and
 * all else counts. @error: the command line gives one of a kind that is locked */
gboolean vav_cli_site_apply (VavCliOptions *options, GError **error);

G_END_DECLS
