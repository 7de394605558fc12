/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More addresses than this make no host candidates: each costs a socket, a port, and checks to every address of the peer. */
#define VAV_ICE_MAX_ADDRESSES 8

/**
 * VavIceAddressFlags:
 * @VAV_ICE_ADDRESS_UP: its interface is up
 * @VAV_ICE_ADDRESS_TEMPORARY: RFC 8981: changes every day, tells nothing of the hardware
 * @VAV_ICE_ADDRESS_DEPRECATED: RFC 4862: valid, not for new connections
 * @VAV_ICE_ADDRESS_UNUSABLE: still tentative, or somebody else has it
 */
typedef enum
{
  VAV_ICE_ADDRESS_UP = 1 << 0,
  VAV_ICE_ADDRESS_TEMPORARY = 1 << 1,
  VAV_ICE_ADDRESS_DEPRECATED = 1 << 2,
  VAV_ICE_ADDRESS_UNUSABLE = 1 << 3,
} VavIceAddressFlags;

/**
 * VavIceAddress:
 * @interface: name of the interface, as "wlan0"
 * @text: the address, without zone
 * @flags: what the kernel says of it
 *
 * An address of this computer.
 */
typedef struct
{
  const char *interface;
  const char *text;
  VavIceAddressFlags flags;
} VavIceAddress;

/**
 * VavIceVerdict:
 * @VAV_ICE_VERDICT_NEVER: no candidate
 * @VAV_ICE_VERDICT_LAST: only if there is no better one: link-local, or a bridge of containers
 * @VAV_ICE_VERDICT_SPARE: deprecated: only if there is no better IPv6 address
 * @VAV_ICE_VERDICT_USUAL: a candidate
 * @VAV_ICE_VERDICT_BEST: IPv6: in the place of others of the same network
 */
typedef enum
{
  VAV_ICE_VERDICT_NEVER,
  VAV_ICE_VERDICT_LAST,
  VAV_ICE_VERDICT_SPARE,
  VAV_ICE_VERDICT_USUAL,
  VAV_ICE_VERDICT_BEST,
} VavIceVerdict;

VavIceVerdict vav_ice_policy_judge (const VavIceAddress *address);

/* Of the addresses of this computer those that candidates are made of, the two families by turns, at most VAV_ICE_MAX_ADDRESSES.
 * Returns: (element-type utf8) (transfer full) */
GPtrArray *vav_ice_policy_choose (const VavIceAddress *addresses, guint n);

G_END_DECLS
