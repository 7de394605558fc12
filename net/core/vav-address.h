/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavAddress:
 * @text: what was parsed
 * @host: (nullable): host name or IP address, without brackets; %NULL for this computer (the empty address) and for
 *   `visavis:ID` without a host
 * @port: TCP port, 1 to 65535; VAV_DEFAULT_PORT if none was given
 * @id: (nullable): canonical id that must answer
 * @self: the empty address: this computer
 *
 * Where to dial: `""`, `HOST`, `HOST:PORT`, `IPv4`, `IPv6`, `[IPv6]:PORT`, `visavis:ID`, `visavis:ID@HOST:PORT`.
 */
typedef struct
{
  char *text;
  char *host;
  guint16 port;
  char *id;
  gboolean self;
} VavAddress;

#define VAV_TYPE_ADDRESS (vav_address_get_type ())
GType vav_address_get_type (void);
VavAddress *vav_address_parse (const char *text, GError **error);
VavAddress *vav_address_copy (const VavAddress *self);
void vav_address_free (VavAddress *self);

gboolean vav_address_parse_listen (const char *text, char **host, guint16 *port, GError **error);
char *vav_address_join (const char *host, guint16 port);
char *vav_address_to_display (const char *text);
gboolean vav_address_is_local (const char *host_port); /* reached only from the same network */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAddress, vav_address_free)

G_END_DECLS
