/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"
#include "app/service/vav-app-events.h"

G_BEGIN_DECLS

/* `people --broker URL`: connects there without being there, and tells who of one's people is: who comes and goes while it listens, and in the end each of them by
 * func. Returns: the exit status */
typedef void (*VavCliPersonFunc) (VavAppEvents *events, VavPerson *person);

int vav_cli_present (VavCliOptions *options, VavCliPersonFunc func);

G_END_DECLS
