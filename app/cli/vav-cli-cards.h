/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"
#include "net/visavis.h"

G_BEGIN_DECLS

/* `people import FILE`, `people export FILE`: vCards; `-` is standard input, or output. Each returns the exit status.
 * check: before the profile is opened. */
int vav_cli_cards_check_import (VavCliOptions *options);
int vav_cli_cards_import (VavCliOptions *options, VavPeople *people);
int vav_cli_cards_export (VavCliOptions *options, VavPeople *people);

G_END_DECLS
