/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-rate-estimator.h"

G_BEGIN_DECLS

/* 2048 packets are some 2 s at 10 Mbit/s: longer than any window here, and all that a flood of feedback can make us keep. */
#define VAV_RATE_HISTORY_SIZE 2048

typedef struct
{
  gint64 number; /* the sequence number, unwrapped; 0: no packet */
  gint64 sent_us;
  gint64 received_us; /* -1: lost */
  guint bytes;
} VavRateRecord;

/* What feedback said of the last packets, each number once. */
typedef struct
{
  VavRateRecord records[VAV_RATE_HISTORY_SIZE]; /* at number % size */
  gint64 highest;                               /* 0: none yet */
  gint64 newest_sent_us, newest_received_us;    /* of the highest numbers so far */
} VavRateHistory;

typedef enum
{
  VAV_RATE_OLD,   /* already counted, too old, or not ours */
  VAV_RATE_NEW,   /* counts */
  VAV_RATE_FOUND, /* was counted as lost, and came after all */
} VavRateNews;

/* How trains of packets, that left faster than the mean, arrived: their lengths in time there and here. */
typedef struct
{
  guint gaps;
  double bytes, sent_us, received_us;
} VavRateTrains;

void vav_rate_history_clear (VavRateHistory *self);
VavRateNews vav_rate_history_add (VavRateHistory *self, const VavRatePacket *packet, gint64 *number);
double vav_rate_history_get_sent (VavRateHistory *self, gint64 window_us);
double vav_rate_history_get_received (VavRateHistory *self, gint64 window_us);
double vav_rate_history_get_packet_bytes (VavRateHistory *self, gint64 window_us);
gint64 vav_rate_history_get_delay (VavRateHistory *self, gint64 window_us);
gint64 vav_rate_history_get_risen (VavRateHistory *self, gint64 window_us);
void vav_rate_history_get_trains (VavRateHistory *self, gint64 window_us, double mean, double pacing,
                                  VavRateTrains *trains);

G_END_DECLS
