/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_MAX_SERVER_URL 512

/**
 * VavServerKind:
 * @VAV_SERVER_BROKER: where people find each other: `mqtt://` or `mqtts://[USER:PASS@]HOST[:PORT][?sha256=HEX]`
 * @VAV_SERVER_STUN: tells a computer how others see it: `stun://HOST[:PORT]`
 * @VAV_SERVER_TURN: relays calls: `turn://USER:PASS@HOST[:PORT][?transport=tcp]`
 *
 * The servers that help people reach each other, as a link may carry them.
 */
typedef enum
{
  VAV_SERVER_BROKER,
  VAV_SERVER_STUN,
  VAV_SERVER_TURN,
} VavServerKind;

#define VAV_N_SERVER_KINDS 3

gboolean vav_server_url_is_valid (VavServerKind kind, const char *url);
char *
vav_server_url_dup_host (const char *url); /* (nullable): what people know it by, without password, port or brackets */

G_END_DECLS
