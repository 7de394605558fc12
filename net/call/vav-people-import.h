/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-people-file.h"
#include "net/call/vav-people.h"

G_BEGIN_DECLS

/**
 * VavImported:
 * @outcome: what came of it
 * @line: of the file, from 1: where the card begins, or where the fault is
 * @name: (nullable): of the person, as they are called here
 * @id: (nullable): canonical id of their key
 * @fault: (nullable): VAV_IMPORT_FAULT: why, a whole sentence
 *
 * What came of one card.
 */
typedef struct
{
  VavImportOutcome outcome;
  guint line;
  char *name;
  char *id;
  char *fault;
} VavImported;

#define VAV_TYPE_IMPORTED (vav_imported_get_type ())
GType vav_imported_get_type (void);
VavImported *vav_imported_copy (const VavImported *self);
void vav_imported_free (VavImported *self);

/* People from a file of vCards, and into one. Nobody's key is ever changed by it, nor the name that this user gave them. On the thread of the people; the
 * file is read before, on any (vav_people_file_read()). */
GPtrArray *vav_people_import_cards (VavPeople *self, VavPeopleFile *file, const char *own_id, GError **error);
char *vav_people_export_cards (VavPeople *self, guint *n); /* (transfer full); n: (out) (optional) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavImported, vav_imported_free)

G_END_DECLS
