/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Parity of RTP packets as ULPFEC writes it (RFC 5109, 7): one packet that carries the exclusive or of a group of others, of which any one can then be
 * made from the rest. Pure: no thread, no clock. Numbers for feedback, which each packet gets as it leaves, are no part of it. */

#define VAV_PARITY_MAX_PACKET 1500
#define VAV_PARITY_MAX_SIZE                                                                                            \
  (VAV_PARITY_MAX_PACKET + 18) /* of what parity is in: two headers, and what follows an RTP header */
#define VAV_PARITY_MAX_GROUP 12
#define VAV_PARITY_MAX_DEPTH 4

/* The sender's. Groups are interleaved: a run of packets that are lost, up to the depth, hits each group once. */
typedef struct _VavParityMaker VavParityMaker;

VavParityMaker *vav_parity_maker_new (void);
void vav_parity_maker_free (VavParityMaker *self);
/* group: packets that one is made for; 0: none is made, and nothing is kept. depth: so many groups at a time */
void vav_parity_maker_set (VavParityMaker *self, guint group, guint depth);
/* A packet that leaves, in its order. parity: (out): of a group that is full. Returns: its size; 0: none */
gsize vav_parity_maker_add (VavParityMaker *self, const guint8 *packet, gsize size, guint8 parity[VAV_PARITY_MAX_SIZE]);

/* The receiver's. It keeps packets from the first parity on, while more of it comes. */
typedef struct _VavParityWindow VavParityWindow;

VavParityWindow *vav_parity_window_new (void);
void vav_parity_window_free (VavParityWindow *self);
/* A packet that came. */
void vav_parity_window_add (VavParityWindow *self, const guint8 *packet, gsize size);
/* parity: what is in a packet with parity, from whoever sends. packet: (out): the one of its group that did not come. Returns: its size; 0: all came,
 * or too few, or it is nonsense */
gsize vav_parity_window_recover (VavParityWindow *self, const guint8 *parity, gsize size,
                                 guint8 packet[VAV_PARITY_MAX_PACKET]);
/* The latest packet's header. Returns: %FALSE if none is kept */
gboolean vav_parity_window_get_latest (VavParityWindow *self, guint8 header[12]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavParityMaker, vav_parity_maker_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavParityWindow, vav_parity_window_free)

G_END_DECLS
