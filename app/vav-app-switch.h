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

/* Whether it is a call to oneself. It does not wait on hold for another call, but ends: nobody waits there. */
gboolean vav_app_switch_is_test (VavStream *stream);

/* Another call takes the place of that one: how it ended is still told, unless the person did it; so is that a call to oneself ends for the other's sake. */
void vav_app_switch_tell_end (VavAppWindow *window, VavStream *old);

G_END_DECLS
