/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-host.h"
#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* From one call to another: what the person is asked and told. */

/* Somebody is to be called in the middle of a call: asks first, as that one is put on hold. */
void vav_app_switch_ask (VavAppWindow *window, VavAppHost *host, const char *address, VavFlows flows);

/* That call waits on hold, and no other goes on: a toast with a button that resumes it. */
void vav_app_switch_offer (VavAppWindow *window, VavStream *stream);

G_END_DECLS
