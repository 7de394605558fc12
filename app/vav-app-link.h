/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-settings.h"
#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* A `visavis:` link from outside, such as a page in a browser: anybody may have written it, so it never calls by itself. Asks the person whether to
 * call, or to add whom it leads to; before that whether to use the servers that it carries. While one question is open, further links are dropped. */
void vav_app_link_ask (VavAppWindow *window, VavAppHost *host, VavAppSettings *settings, const char *link);

/* What somebody typed or pasted where an address belongs: whether it is a link that carries servers, about which one must be asked first. */
gboolean vav_app_link_carries_servers (const char *text);
void vav_app_link_open (VavAppWindow *window, const char *link); /* as if it came from outside */

G_END_DECLS
