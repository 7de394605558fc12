/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* The exit statuses; fixed, scripts rely on them. */
typedef enum
{
  VAV_CLI_OK = 0,
  VAV_CLI_FAILED = 1,
  VAV_CLI_USAGE = 2,
  VAV_CLI_REFUSED = 3,
  VAV_CLI_UNREACHABLE = 4,
  VAV_CLI_RESET = 5,
  VAV_CLI_UNTRUSTED = 6,
  VAV_CLI_MEDIA = 7,
} VavCliStatus;

/* How a call that is over ended. connected: whether it was active. */
VavCliStatus vav_cli_status_of_call (gboolean connected, gboolean graceful, VavReason reason);

/* Of several calls: the higher figure. */
VavCliStatus vav_cli_status_worse (VavCliStatus a, VavCliStatus b);

/* One sentence on stderr, without control characters that a peer could have put in. */
void vav_cli_complain (const char *sentence);

/* text with its control characters replaced, for a terminal. (transfer full) */
char *vav_cli_printable (const char *text);

G_END_DECLS
