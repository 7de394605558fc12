/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* People that come from a file of vCards, or go into one, as the window and the command tell of them. */

/* imported: of VavImported */
guint vav_app_cards_count (GPtrArray *imported, VavImportOutcome outcome);
char *vav_app_cards_describe (GPtrArray *imported);          /* (transfer full): a sentence with the counts */
char *vav_app_cards_describe_export (guint n);               /* (transfer full): a sentence; 0: nobody */
char *vav_app_cards_describe_fault (const VavImported *one); /* (transfer full): a sentence that begins with the line */

G_END_DECLS
