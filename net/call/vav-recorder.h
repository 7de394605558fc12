/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-endpoint.h"
#include "net/call/vav-file.h"

G_BEGIN_DECLS

/* Writes into the history what the streams tell, if the endpoint keeps one. Calls to oneself are tests and leave nothing. */

void vav_recorder_note_call (VavEndpoint *endpoint, VavCall *call); /* over */
void vav_recorder_note_text (VavEndpoint *endpoint, VavCall *call, const char *text, gboolean incoming);
void vav_recorder_note_file (VavEndpoint *endpoint, VavCall *call, VavFile *file); /* over; it is written once */

G_END_DECLS
