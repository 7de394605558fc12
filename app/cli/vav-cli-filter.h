/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Passes bytes through a command of the shell. */

/**
 * vav_cli_filter_async:
 * @command: for `/bin/sh -c`; it writes to our stderr
 * @input: (nullable): its stdin; one that it does not read is no fault
 * @environment: (nullable): names and values in turn, added to our environment; ends with %NULL
 * @cancellable: ends it, and whatever it began, at once
 *
 * Nothing blocks meanwhile. A command that takes longer than 10 s is ended.
 */
void vav_cli_filter_async (const char *command, GBytes *input, const char *const *environment,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* Its stdout, at most VAV_MAX_DATA bytes. (transfer full). %NULL and a sentence: it could not be started, failed, wrote too much, or took too long. */
GBytes *vav_cli_filter_finish (GAsyncResult *result, GError **error);

G_END_DECLS
