/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-people-file.h"

G_BEGIN_DECLS

GPtrArray *vav_people_file_get_cards (VavPeopleFile *self); /* of VavVcard; not to be changed */

G_END_DECLS
