/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a broker is: `mqtt://` or `mqtts://[USER:PASS@]HOST[:PORT][?ca=FILE][&sha256=HEX]`. Reserved characters in user, password and file are written
 * with `%` (RFC 3986, 2.1). Without ca and sha256 the certificate must be one that this computer's authorities vouch for; with ca one of those in
 * that file (PEM); with sha256 exactly the one with that fingerprint (of its DER), whoever made it. Private to signal. */
typedef struct
{
  gboolean tls;
  char *host;
  guint16 port;
  char *where; /* HOST:PORT for sentences */
  char *user;  /* nullable, as all below */
  char *password;
  char *ca;
  char *fingerprint; /* 64 lower-case hex digits */
} VavBrokerPlace;

VavBrokerPlace *vav_broker_place_parse (const char *url, GError **error); /* INVALID_ADDRESS */
VavBrokerPlace *vav_broker_place_copy (const VavBrokerPlace *self);
void vav_broker_place_free (VavBrokerPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavBrokerPlace, vav_broker_place_free)

G_END_DECLS
