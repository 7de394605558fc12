/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a process holds, to be compared before and after. */

guint ledger_count_descriptors (void);
char *ledger_dup_descriptors (void); /* what they are, for a message */
guint ledger_count_threads (void);   /* without those of GLib's pools, which come and go as they like */
gsize ledger_count_memory (void);    /* bytes that malloc() gave and did not get back, in all arenas */

/* Objects of the types that matter. Watching one twice counts it twice. Main context. */
void ledger_watch (gpointer object);
guint ledger_count_living (void);
char *ledger_dup_living (void);

G_END_DECLS
