/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-history.h"

#include <string.h>

#define MIN_RISEN 4                 /* packets */
#define FIRST_NUMBER 0x10000        /* numbers below the first stay above zero */
#define MAX_GAP_US 25000            /* packets further apart are of two pictures */
#define GAP_SLACK_US 2000           /* a pacer's timer is late by so much */
#define MIN_TRAIN_BYTES 200         /* smaller packets are sound */
#define MAX_PACKET_BYTES 65535      /* an IP packet has no more */
#define MIN_SPREAD_US (20 * 1000)   /* a rate over less is none */
#define MAX_DELAY_CHANGE_US 5000000 /* the peer's clock does not jump that far within a window */

static VavRateRecord *
get_record (VavRateHistory *self, gint64 number)
{
  VavRateRecord *record = &self->records[number % VAV_RATE_HISTORY_SIZE];

  return record->number == number ? record : NULL;
}

void
vav_rate_history_clear (VavRateHistory *self)
{
  memset (self, 0, sizeof *self);
}

/* The full number is the one nearest to the highest so far (RFC 3711, 3.3.1, has the same for RTP). */
static gint64
unwrap (VavRateHistory *self, guint16 sequence)
{
  if (self->highest == 0)
    return FIRST_NUMBER + sequence;

  return self->highest + (gint16)(guint16)(sequence - (guint16)self->highest);
}

/**
 * vav_rate_history_add:
 * @packet: what feedback says of a packet
 * @number: (out): its full number
 *
 * A number counts once, whatever is repeated. A loss that a later report takes back is corrected.
 */
VavRateNews
vav_rate_history_add (VavRateHistory *self, const VavRatePacket *packet, gint64 *number)
{
  VavRateRecord *record;
  gboolean found;

  *number = unwrap (self, packet->sequence);
  if (packet->sent_us < 0 || *number <= 0 || *number <= self->highest - VAV_RATE_HISTORY_SIZE)
    return VAV_RATE_OLD;

  record = &self->records[*number % VAV_RATE_HISTORY_SIZE];
  found = record->number == *number;
  if (found && (record->received_us >= 0 || packet->received_us < 0))
    return VAV_RATE_OLD;

  *record = (VavRateRecord){ .number = *number,
                             .sent_us = packet->sent_us,
                             .received_us = MAX (packet->received_us, -1),
                             .bytes = MIN (packet->bytes, MAX_PACKET_BYTES) };
  if (*number > self->highest)
    {
      self->highest = *number;
      self->newest_sent_us = record->sent_us;
      if (record->received_us >= 0)
        self->newest_received_us = record->received_us;
    }

  return found ? VAV_RATE_FOUND : VAV_RATE_NEW;
}

/* The next older record that was sent after @since_us, or NULL at the end of the window. Numbers without a record were in feedback that
 * was lost, or were never sent. */
static VavRateRecord *
step_back (VavRateHistory *self, gint64 *number, gint64 since_us)
{
  gint64 end = MAX (self->highest - VAV_RATE_HISTORY_SIZE, 0);

  while (--*number > end)
    {
      VavRateRecord *record = get_record (self, *number);

      if (record != NULL)
        return record->sent_us > since_us ? record : NULL;
    }

  return NULL;
}

/* What part of the numbers feedback told of: reports get lost, and what they told of was sent all the same. */
static double
scale (double bytes, guint told, gint64 span)
{
  return told > 0 ? bytes * (double)span / told : 0;
}

/**
 * vav_rate_history_get_sent:
 * @window_us: how far back from the packet that was told of last
 *
 * Returns: the mean rate that packets left with, in bit/s
 */
double
vav_rate_history_get_sent (VavRateHistory *self, gint64 window_us)
{
  gint64 number = self->highest + 1, oldest = self->highest;
  double bytes = 0;
  guint told = 0;

  for (VavRateRecord *record; (record = step_back (self, &number, self->newest_sent_us - window_us)) != NULL; told++)
    {
      bytes += record->bytes;
      oldest = record->number;
    }

  return scale (bytes, told, self->highest - oldest + 1) * 8e6 / (double)window_us;
}

/**
 * vav_rate_history_get_received:
 * @window_us: how far back from the packet that was received last, on the peer's clock
 *
 * Returns: the mean rate that packets arrived with, in bit/s. While a queue is never empty this is the capacity of the path, or our share.
 */
double
vav_rate_history_get_received (VavRateHistory *self, gint64 window_us)
{
  gint64 number = self->highest + 1, oldest = self->highest;
  gint64 since_us = self->newest_sent_us - window_us - MAX_DELAY_CHANGE_US;
  double bytes = 0;
  guint told = 0;

  for (VavRateRecord *record; (record = step_back (self, &number, since_us)) != NULL; told++)
    {
      gint64 age_us = self->newest_received_us - record->received_us;

      if (record->received_us >= 0 && age_us >= window_us)
        break;
      if (record->received_us >= 0)
        bytes += record->bytes;
      oldest = record->number;
    }

  return scale (bytes, told, self->highest - oldest + 1) * 8e6 / (double)window_us;
}

/* The mean length of the packets of a window, of some use before the first. */
double
vav_rate_history_get_packet_bytes (VavRateHistory *self, gint64 window_us)
{
  gint64 number = self->highest + 1;
  double bytes = 0;
  guint n = 0;

  for (VavRateRecord *record; (record = step_back (self, &number, self->newest_sent_us - window_us)) != NULL; n++)
    bytes += record->bytes;

  return n > 0 ? bytes / n : 1200;
}

/**
 * vav_rate_history_get_delay:
 * @window_us: how far back
 *
 * The minimum sees through jitter, and through the queue that a picture makes for itself and that is gone before the next. The window is
 * one of our clock and, half as long again, one of the peer's: on a path that has become slow what was sent in our window takes long to
 * come.
 *
 * Returns: the least of the window's one-way delays, which has the clocks' unknown difference in it; %G_MAXINT64 if nothing came
 */
gint64
vav_rate_history_get_delay (VavRateHistory *self, gint64 window_us)
{
  gint64 number = self->highest + 1, least = G_MAXINT64;

  for (VavRateRecord *record; (record = step_back (self, &number, self->newest_sent_us - window_us)) != NULL;)
    {
      if (record->received_us < 0)
        continue;
      if (self->newest_received_us - record->received_us > window_us * 3 / 2)
        break;
      least = MIN (least, record->received_us - record->sent_us);
    }

  return least;
}

/**
 * vav_rate_history_get_risen:
 * @window_us: how far back, of our clock
 *
 * A path that has become far slower delays each packet by more than the one before, and a wait for the window of
 * vav_rate_history_get_delay() lets the queue grow meanwhile. What came all at once, since somebody was busy, is delayed by less and less.
 *
 * Returns: the least of the window's one-way delays, if they are many and do not fall; %G_MININT64 if not
 */
gint64
vav_rate_history_get_risen (VavRateHistory *self, gint64 window_us)
{
  gint64 number = self->highest + 1, least = G_MAXINT64, last = G_MININT64, first = 0;
  guint n = 0;

  for (VavRateRecord *record; (record = step_back (self, &number, self->newest_sent_us - window_us)) != NULL;)
    {
      if (record->received_us < 0)
        continue;
      first = record->received_us - record->sent_us;
      last = n++ == 0 ? first : last;
      least = MIN (least, first);
    }

  return n >= MIN_RISEN && last > first ? least : G_MININT64;
}

/**
 * vav_rate_history_get_trains:
 * @window_us: how far back
 * @mean: the mean rate, in bit/s
 * @pacing: what packets of a picture leave with
 * @trains: (out): what the window's trains showed
 *
 * The packets of a picture leave faster than the mean, so they are a probe that costs nothing: a path that has room lets them arrive as
 * they left, one that has not draws them apart (packet-train dispersion; Dovrolis et al., "Packet-Dispersion Techniques and a
 * Capacity-Estimation Methodology", IEEE/ACM ToN 12(6), 2004). All gaps of a window are added up, so that jitter, which makes one
 * gap longer and another shorter, cancels out.
 */
void
vav_rate_history_get_trains (VavRateHistory *self, gint64 window_us, double mean, double pacing, VavRateTrains *trains)
{
  gint64 number = self->highest + 1, since_us = self->newest_sent_us - window_us;
  VavRateRecord *after = NULL;

  *trains = (VavRateTrains){ 0 };
  for (VavRateRecord *record; (record = step_back (self, &number, since_us)) != NULL; after = record)
    {
      gint64 gap_us, limit_us;

      if (after == NULL || after->number != record->number + 1 || after->received_us < 0 || record->received_us < 0)
        continue;
      if (record->bytes < MIN_TRAIN_BYTES || after->bytes < record->bytes * 0.8)
        continue;

      gap_us = after->sent_us - record->sent_us;
      limit_us = (gint64)(record->bytes * 8e6 / MAX (pacing, 1) * 1.5) + GAP_SLACK_US;
      if (gap_us < 0 || gap_us > MIN (limit_us, MAX_GAP_US) || gap_us * mean * 1.25 > record->bytes * 8e6)
        continue;

      trains->gaps++;
      trains->bytes += after->bytes;
      trains->sent_us += (double)gap_us;
      trains->received_us += (double)CLAMP (after->received_us - record->received_us, 0, MAX_DELAY_CHANGE_US);
    }
}
