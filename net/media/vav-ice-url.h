/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavIceUrl:
 * @relay: a TURN server, else a STUN server
 * @tcp: TURN over TCP
 * @host: name or IP literal, without brackets
 * @port: UDP or TCP port; 3478 if none was given
 * @user: (nullable): user name at the TURN server
 * @password: (nullable): and its password
 *
 * A server that helps to find a path, in GStreamer's form: `stun://HOST[:PORT]`, `turn://USER:PASS@HOST[:PORT][?transport=tcp]`.
 */
typedef struct
{
  gboolean relay;
  gboolean tcp;
  char *host;
  guint16 port;
  char *user;
  char *password;
} VavIceUrl;

/* Error: VAV_ERROR_INVALID_ADDRESS. */
VavIceUrl *vav_ice_url_parse (const char *text, GError **error);
VavIceUrl *vav_ice_url_copy (const VavIceUrl *self);
void vav_ice_url_free (VavIceUrl *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavIceUrl, vav_ice_url_free)

G_END_DECLS
