/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* For what other threads do, where no main loop runs. */
#define wait_until(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 limit = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                                                      \
    while (!(condition))                                                                                               \
      {                                                                                                                \
        g_usleep (1000);                                                                                               \
        g_assert_cmpint (g_get_monotonic_time (), <, limit);                                                           \
      }                                                                                                                \
  }                                                                                                                    \
  G_STMT_END
