/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_MAX_IMPORT (32 * 1024 * 1024) /* bytes of a file */

/**
 * VavPeopleFile:
 *
 * A file of vCards that was read, for vav_people_import_cards(). To read a large one takes seconds: it is done on any thread, knows nothing of the people
 * of a profile, and does not change any more; so it may be handed from one thread to another.
 */
typedef struct _VavPeopleFile VavPeopleFile;

#define VAV_TYPE_PEOPLE_FILE (vav_people_file_get_type ())
GType vav_people_file_get_type (void);

/* Any thread; blocks. (transfer full) */
VavPeopleFile *vav_people_file_read (GInputStream *stream, GCancellable *cancellable, GError **error);
VavPeopleFile *vav_people_file_ref (VavPeopleFile *self);
void vav_people_file_unref (VavPeopleFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavPeopleFile, vav_people_file_unref)

G_END_DECLS
