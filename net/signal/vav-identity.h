/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"
#include "net/core/vav-id.h"

G_BEGIN_DECLS

/* This user's long-term key (P-256) in a self-signed certificate. Immutable after construction; any thread. */
#define VAV_TYPE_IDENTITY (vav_identity_get_type ())
G_DECLARE_FINAL_TYPE (VavIdentity, vav_identity, VAV, IDENTITY, GObject)

/* Reads PROFILE/identity.pem, or makes it (and the folder, 0700) if it is not there. Two programs that begin on one new profile at the same
 * moment get one identity. VAV_ERROR_PROFILE if it cannot be read, is damaged or cannot be written; what is there is never overwritten. */
VavIdentity *vav_identity_load (const char *profile, GError **error);
VavIdentity *vav_identity_new_ephemeral (GError **error);
const char *vav_identity_get_id (VavIdentity *self);
GTlsCertificate *vav_identity_get_certificate (VavIdentity *self); /* (transfer none), with the private key */

/* The id of whoever showed that certificate. VAV_ERROR_TLS if it cannot be read, is over 8 KiB or is not self-signed. */
char *vav_identity_id_of_certificate (GTlsCertificate *certificate, GError **error);

G_END_DECLS
