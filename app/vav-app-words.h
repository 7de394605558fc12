/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-caller.h"

G_BEGIN_DECLS

/* The words for people and callers, made in one place. All return (transfer full). */
char *vav_app_words_trust (VavPeer *peer, VavPeople *people);
char *vav_app_words_person_trust (VavPerson *person);
char *vav_app_words_day (
    gint64 when); /* of Unix seconds: "Today 14:02", "Yesterday 9:15", "03/05/26": as near as it matters */
char *vav_app_words_title (VavStream *stream);      /* what its window is called */
char *vav_app_words_calling (VavAppCaller *caller); /* "Anna is calling" */
char *vav_app_words_line (VavAppCaller *caller);    /* (nullable): the first line of what came with the call */
const char *vav_app_words_offer (VavFlows offer);   /* (transfer none) */

G_END_DECLS
