/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* What of a vCard (RFC 6350; 3.0 of RFC 2426 and 2.1 as other programs write them) Visavis has a use for: a name (FN), and the `visavis:` addresses among
 * its IMPP, URL and X-… values. All else is passed over, and is not kept.
 *
 * Our own, after a look at what there is: EVCard (libebook-contacts) brings libcamel, libedataserver, NSS, ICU and libphonenumber with it, which GNOME's
 * runtime for Flatpak does not have, and mends what is broken without a word, where we want to tell the line; libfolks reads no files. Two properties are
 * needed here.
 *
 * Keeps nothing between calls: any thread. A file of 32 MiB may take seconds.
 *
 * The file is what somebody sent: it is text that is not believed. All of these are caps on what it makes us keep. */
#define VAV_VCARD_MAX_FILE (32 * 1024 * 1024) /* bytes; portraits are in it */
#define VAV_VCARD_MAX_CARDS 10000
#define VAV_VCARD_MAX_LINE                                                                                             \
  (8                                                                                                                   \
   * 1024) /* bytes of an unfolded line; more of it is not kept, which matters to nobody but who wrote a name of that length */
#define VAV_VCARD_MAX_ADDRESSES 8 /* VAV_MAX_ADDRESSES of a person */

typedef struct
{
  guint line; /* where it begins, from 1 */
  char *name; /* nullable; UTF-8 on one line, of at most VAV_MAX_NAME bytes */
  gboolean
      called; /* whether there is any `visavis:` address, good or bad: else it is somebody whom one calls by other means */
  char *id;             /* nullable: canonical */
  GPtrArray *addresses; /* of char *: HOST:PORT, in their order, each once */
  guint fault_line;
  char *fault; /* nullable: why it is no good, a sentence. The other fields are not to be used then */
} VavVcard;

/* Returns: (transfer full): of VavVcard, in their order, the caller's alone; what stands outside of cards is one with a fault. VAV_ERROR_TOO_LARGE, VAV_ERROR_FAILED: there is
 * no card in it, or it is not UTF-8. */
GPtrArray *vav_vcard_read (const char *text, gsize length, GError **error);

/* Returns: (transfer full): such a card of version 4.0. id: (nullable); addresses: HOST:PORT each */
char *vav_vcard_write (const char *name, const char *id, const char *const *addresses);

G_END_DECLS
