/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/* The commands; each returns the exit status. */

/* vav-cli-call.c, vav-cli-answer.c: a session with an endpoint of its own */
int vav_cli_call (VavCliOptions *options);
int vav_cli_answer (VavCliOptions *options);

/* vav-cli-local.c: this user and this computer */
int vav_cli_identity (VavCliOptions *options);
int vav_cli_people (VavCliOptions *options);
int vav_cli_devices (VavCliOptions *options);

/* vav-cli-backup.c: the profile as one sealed file */
int vav_cli_export (VavCliOptions *options);
int vav_cli_import (VavCliOptions *options);

/* vav-cli-query.c: the calls of all of this user's programs, over the session bus */
int vav_cli_dial (VavCliOptions *options);
int vav_cli_calls (VavCliOptions *options);
int vav_cli_hang_up (VavCliOptions *options);

G_END_DECLS
