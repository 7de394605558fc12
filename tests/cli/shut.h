/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

static inline void
shut_cb (GObject *source, GAsyncResult *result, gpointer closed)
{
  g_assert_true (vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL));
  *(gboolean *)closed = TRUE;
}

/* Ends the endpoint's calls and waits for the threads of their media: they must not meet the exit handlers of the libraries that they use. */
static inline void
shut (VavEndpoint *endpoint)
{
  gboolean closed = FALSE;

  vav_endpoint_close_async (endpoint, shut_cb, &closed);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
}
