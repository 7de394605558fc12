/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pure. when: `never`, `metered`, `always`; amount: `least`, `less`, `some`; what else stands there is the default. Returns: bit/s in each direction; 0: no limit */
guint vav_app_data_rate_decide (const char *when, const char *amount, gboolean metered);

G_END_DECLS
