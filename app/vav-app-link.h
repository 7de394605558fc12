/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* A `visavis:` link from outside, such as a page in a browser: anybody may have written it, so it never calls by itself. Asks the person whether to
 * call, or to add whom it leads to. While one question is open, further links are dropped. */
void vav_app_link_ask (VavAppWindow *window, VavAppHost *host, const char *link);

G_END_DECLS
