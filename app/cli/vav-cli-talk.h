/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* Tells a person at a terminal what happens, in one line each. What peers say of themselves is shown without control characters. */
typedef struct _VavCliTalk VavCliTalk;

VavCliTalk *vav_cli_talk_new (VavEndpoint *endpoint);
void vav_cli_talk_free (VavCliTalk *self);
void vav_cli_talk_watch_stream (VavCliTalk *self, VavStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliTalk, vav_cli_talk_free)

G_END_DECLS
