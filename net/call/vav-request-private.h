/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-request.h"

G_BEGIN_DECLS

VavRequest *vav_request_new (VavCall *call, VavStream *stream);

/* The condition's decision, and doing it unless a handler has decided meanwhile. data: (nullable) */
void vav_request_set_decision (VavRequest *self, VavDecision decision);
void vav_request_carry_out (VavRequest *self, GBytes *data);

G_END_DECLS
