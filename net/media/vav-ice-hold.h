/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*VavIceHoldFunc) (gpointer user_data, const char *candidate);

/**
 * VavIceHold:
 *
 * Keeps our relayed candidates back until the relay lets the peer in. A TURN server drops what comes from an address without a permission
 * (RFC 8656, 9), and our permission for the peer is asked for by our own first check. A peer that hears of the candidate before that sends
 * its check in vain, and libnice sends the next one only after 500 ms. Behind a symmetric NAT that check is the only way to us.
 *
 * All functions are for the thread of the context.
 */
typedef struct _VavIceHold VavIceHold;

VavIceHold *vav_ice_hold_new (GMainContext *context, VavIceHoldFunc tell, gpointer user_data);
void vav_ice_hold_free (VavIceHold *self);

/* Gathering begins; how long it takes until the first relayed candidate tells how far away the relay is. */
void vav_ice_hold_begin (VavIceHold *self);
/* The peer's credentials are known: nothing is kept for longer than 0.1 s from now. */
void vav_ice_hold_set_remote_known (VavIceHold *self);
/* Checks to a candidate of the peer begin; @reflexive: its address is the one that the relay will see. */
void vav_ice_hold_checking (VavIceHold *self, gboolean reflexive);
/* A relayed candidate of ours: told at once or when it is time. */
void vav_ice_hold_take (VavIceHold *self, const char *candidate);
gboolean vav_ice_hold_is_empty (VavIceHold *self);

G_END_DECLS
