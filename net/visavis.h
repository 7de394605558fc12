/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one header of libvisavis: everything that a program needs to make and take calls. */

#include "net/call/vav-backup.h"
#include "net/call/vav-endpoint.h"
#include "net/call/vav-file.h"
#include "net/call/vav-history.h"
#include "net/call/vav-peer.h"
#include "net/call/vav-people.h"
#include "net/call/vav-person.h"
#include "net/call/vav-request.h"
#include "net/call/vav-stream-talk.h"
#include "net/call/vav-stream.h"
#include "net/core/vav-address.h"
#include "net/core/vav-card.h"
#include "net/core/vav-enums.h"
#include "net/core/vav-error.h"
#include "net/core/vav-id.h"
#include "net/core/vav-outlet.h"
#include "net/core/vav-server-url.h"
#include "net/core/vav-types.h"
#include "net/media/vav-device-list.h"
#include "net/media/vav-devices.h"
#include "net/media/vav-media-stats.h"
#include "net/media/vav-preview.h"
#include "net/media/vav-quality.h"
#include "net/signal/vav-nearby.h"
