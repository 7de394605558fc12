/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-data-rate.h"

/* An hour of a call, both directions together. */
static const struct
{
  const char *amount;
  guint megabytes;
} amounts[] = { { "less", 540 }, { "least", 270 }, { "some", 900 } };

guint
vav_app_data_rate_decide (const char *when, const char *amount, gboolean metered)
{
  guint megabytes = amounts[0].megabytes;

  if (g_strcmp0 (when, "never") == 0 || (g_strcmp0 (when, "always") != 0 && !metered))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    if (g_strcmp0 (amount, amounts[i].amount) == 0)
      megabytes = amounts[i].megabytes;

  return (guint)(megabytes * G_GUINT64_CONSTANT (8000000) / 3600 / 2);
}
