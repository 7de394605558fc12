/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is decided about packets that do not come, from what is known of the path. Pure: no thread, no clock of its own. */

/* How long a packet of the picture is waited for, and how it is asked for meanwhile (RFC 4585, 6.2.1; RFC 4588). Waiting costs nothing where
 * nothing is missing: what comes in order is passed on at once. */
typedef struct
{
  guint latency_ms; /* then it is given up, and a key frame asked for */
  guint delay_ms;   /* before it is asked for: it may have been overtaken */
  guint retry_ms;   /* before it is asked for again */
  guint retries;    /* so often at most */
  guint period_ms;  /* no more after that: the answer would come too late */
} VavRepairTimes;

#define VAV_REPAIR_MIN_MS 300
#define VAV_REPAIR_MAX_MS 1500

/* rtt_ms: -1 if not known; jitter_ms: within which nearly all packets come */
void vav_repair_plan (double rtt_ms, double jitter_ms, VavRepairTimes *times);

/* The round trip without the queues that come and go: down at once, up slowly. To be asked once a second; -1: not known */
double vav_repair_calm_rtt (double calm_ms, double rtt_ms);

/* By how much pictures may be late since packets come unevenly or are repaired, in ms; 0: they come as they were sent. It is also the longest that they
 * are kept back for that: on usual paths no longer than people hardly notice in a talk, on long ones as long as a repair takes, since who waits for less
 * waits in vain. rtt_ms: without queues; repairs: there were some lately */
#define VAV_REPAIR_MIN_WAIT_MS 300
#define VAV_REPAIR_MAX_WAIT_MS 800
double vav_repair_judge_uneven (double rtt_ms, double jitter_ms, gboolean repairs);

/* What is sent twice, in part, before anybody asks: parity of the picture's packets (VavParityMaker). It is worth its share of the rate where an answer to a
 * request comes late. */
typedef struct
{
  double told, lost, runs; /* packets by the other side's feedback, and runs of lost ones, lately */
  gboolean in_run;
} VavRepairLosses;

/* A packet, in the order in which they left. */
void vav_repair_count (VavRepairLosses *self, gboolean lost);
/* Once a second: what was so before counts less. */
void vav_repair_age (VavRepairLosses *self);

typedef struct
{
  double rtt_ms;            /* without queues; -1: not known */
  double packets, pictures; /* that left in the last second: all, and those of pictures */
  double bitrate;           /* of all that may be sent, bit/s */
} VavRepairPath;

/* As for vav_parity_maker_set() */
typedef struct
{
  guint group; /* 0: no parity */
  guint depth;
  guint calm; /* seconds without a cause for it */
} VavRepairProtection;

/* Once a second: decides. There is a cause if the round trip is long, less so where losses come in runs, more than a packet in a hundred is lost, and the path is
 * neither full nor narrow. The more are lost the
 * smaller the groups, and no group takes longer than half the time in which a request would be answered. It ends when there was no cause for a while. */
void vav_repair_protect (VavRepairProtection *self, const VavRepairPath *path, VavRepairLosses *losses);
/* What pictures keep of their rate, up to 1. */
double vav_repair_get_share (const VavRepairProtection *self);

#define VAV_SOUND_MIN_MS 20
#define VAV_SOUND_MAX_MS 300

/* For how long sound is kept back so that it plays evenly: up at once with the jitter, down slowly. To be asked once a second. */
double vav_repair_follow_sound (double latency_ms, double jitter_ms);

/* How late sound plays where pictures are kept back for that long: a lead of the sound that nobody notices is left to it, since talking wants as little
 * delay as there can be (ITU-R BT.1359 puts the limit at 90 ms). And for the sake of the picture it never waits for so long that way and wait are more
 * than people can talk with (400 ms, ITU-T G.114): on such a path the lips are late. */
guint vav_repair_join_sound (guint sound_ms, guint picture_ms, double rtt_ms);

/* Key frames are asked for at once, and again only when the first request could have been answered: each costs the path ten usual pictures. */
typedef struct
{
  gint64 last_us; /* monotonic time; 0: never */
  guint asked;
  guint held_back;
} VavKeyFrameRequests;

gboolean vav_repair_may_ask (VavKeyFrameRequests *self, gint64 now_us, double rtt_ms);

G_END_DECLS
