/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"
#include "net/core/vav-id.h"

G_BEGIN_DECLS

/* This user's long-term key (P-256) in a self-signed certificate. Immutable after construction; any thread. */
#define VAV_TYPE_IDENTITY (vav_identity_get_type ())
G_DECLARE_FINAL_TYPE (VavIdentity, vav_identity, VAV, IDENTITY, GObject)

VavIdentity *vav_identity_load (const char *profile, GError **error);
VavIdentity *vav_identity_new_ephemeral (GError **error);
const char *vav_identity_get_id (VavIdentity *self);
GTlsCertificate *vav_identity_get_certificate (VavIdentity *self);

char *vav_identity_id_of_certificate (GTlsCertificate *certificate, GError **error);

G_END_DECLS
