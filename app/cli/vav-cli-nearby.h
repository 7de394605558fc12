/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/* `people --nearby`: tells who is found in the local network, for some seconds. Returns: the exit status */
int vav_cli_nearby (VavCliOptions *options);

G_END_DECLS
