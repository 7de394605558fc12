/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavCliAsk:
 *
 * Asks on stdin about requests, one after the other, oldest first: `accept` or `reject`, and data after a space. A line is
 * read only while a request waits, so that what is typed ahead counts for the next; what comes when the request has gone counts for nobody.
 * At the end of stdin nobody can decide any more, and requests are refused.
 */
typedef struct _VavCliAsk VavCliAsk;

/* data: (nullable): goes with an answer whose line has none. json: what can be written is not told on stdout */
VavCliAsk *vav_cli_ask_new (GBytes *data, gboolean json);
void vav_cli_ask_free (VavCliAsk *self);
void vav_cli_ask_add (VavCliAsk *self, VavRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliAsk, vav_cli_ask_free)

G_END_DECLS
