/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is said of a person in the local network by DNS-SD (RFC 6763), and what is believed of it. */

#define VAV_NEARBY_TYPE "_visavis._tcp"
#define VAV_NEARBY_MAX_LABEL 63 /* bytes of a service's name: one label of DNS (RFC 1035) */

/* The strings of the TXT record: `txtvers=1`, `id=…`, `proto=1`. Returns: (transfer floating): aay */
GVariant *vav_nearby_record_make (const char *id);

/* The id that a TXT record claims, in canonical form. NULL: nonsense, or a protocol that we do not speak. txt: aay, of any size.
 * Returns: (transfer full) (nullable) */
char *vav_nearby_record_parse (GVariant *txt);

/* The name of a service as people may read it, and the name of our own service: of one label, never empty. attempt: 1, then 2… while somebody else has it.
 * (transfer full) */
char *vav_nearby_record_read_name (const char *service);
char *vav_nearby_record_make_name (const char *name, guint attempt, const char *id);

/* HOST:PORT where one may dial. own: the service is of this computer. NULL: not an address of a computer, or one that means nothing without its interface (IPv6 link-local).
 * Returns: (transfer full) (nullable) */
char *vav_nearby_record_make_address (const char *ip, guint port, gboolean own);

G_END_DECLS
