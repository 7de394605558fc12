/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-request.h"

G_BEGIN_DECLS

VavRequest *vav_request_new (VavCall *call, VavStream *stream);

G_END_DECLS
