/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* Calls back whenever one of these people comes or goes (`present`), from now on. It holds neither them nor the list longer than it lives. */
typedef struct _VavAppPresenceWatch VavAppPresenceWatch;
typedef void (*VavAppPresenceFunc) (VavPerson *person, gpointer user_data);

VavAppPresenceWatch *vav_app_presence_watch_new (VavPeople *people, VavAppPresenceFunc func, gpointer user_data);
void vav_app_presence_watch_free (VavAppPresenceWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAppPresenceWatch, vav_app_presence_watch_free)

G_END_DECLS
