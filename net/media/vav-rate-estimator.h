/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavRatePacket:
 * @sequence: the transport-wide number of the packet; it wraps
 * @sent_us: when it left, on our monotonic clock; -1: it is none of ours, and is ignored
 * @received_us: when it came, on the peer's clock, of which only differences count; -1: lost
 * @bytes: its length on the wire, with headers
 *
 * What feedback says of one packet (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 */
typedef struct
{
  guint16 sequence;
  gint64 sent_us;
  gint64 received_us;
  guint bytes;
} VavRatePacket;

/* How much may be sent. Pure: no thread, no clock, no I/O; all calls from one thread, or under the caller's lock. Rates are in bit/s. */
typedef struct _VavRateEstimator VavRateEstimator;

VavRateEstimator *vav_rate_estimator_new (guint start, guint min, guint max);
void vav_rate_estimator_free (VavRateEstimator *self);
void vav_rate_estimator_set_max (VavRateEstimator *self, guint max);
void vav_rate_estimator_feed (VavRateEstimator *self, const VavRatePacket *packets, guint n, gint64 now_us);
void vav_rate_estimator_tick (VavRateEstimator *self, gint64 now_us, gint64 queued_us);
void vav_rate_estimator_hear (VavRateEstimator *self, gint64 now_us);
void vav_rate_estimator_restart (VavRateEstimator *self, gint64 now_us);
guint vav_rate_estimator_get_bitrate (VavRateEstimator *self);
guint vav_rate_estimator_get_prospect (VavRateEstimator *self);
gboolean vav_rate_estimator_is_draining (VavRateEstimator *self);
gboolean vav_rate_estimator_is_beside_others (VavRateEstimator *self);
guint vav_rate_estimator_get_pacing (VavRateEstimator *self);
double vav_rate_estimator_get_loss (VavRateEstimator *self);
gint64 vav_rate_estimator_get_queue_us (VavRateEstimator *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavRateEstimator, vav_rate_estimator_free)

G_END_DECLS
