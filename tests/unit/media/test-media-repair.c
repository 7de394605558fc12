/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of the picture are lost between two sessions: they come once more because they were asked for, and where even that fails a key frame
 * does. Each is told by the counts of the jitter buffer itself. */
#include "tests/lib/tolerate.h"

#include <gst/gst.h>
#include <gst/rtp/rtp.h>

#include "net/media/vav-media-session-private.h"
#include "net/media/vav-repair.h"
#include "net/media/vav-vp8.h"
#include "pair.h"

#define VIDEO 96
#define AUDIO 111
#define LIMIT_S 60
#define SOON_US                                                                                                        \
  100000 /* a third of the shortest time for which a packet is waited for: what is there by then is never too late */
/* Nothing of the picture came for so long, as a busy computer drew nothing: what is missing since then is reckoned from the beginning of that, and may be given
 * up at once */
#define PAUSE_US 200000
#define REACH 64                                     /* packets */
#define ASK_US 20000                                 /* one packet is not asked for more often */
#define ASKS (1 + VAV_REPAIR_MAX_MS * 1000 / ASK_US) /* nor for longer than it can be waited for */

/* A packet of the picture, by its number. */
typedef struct
{
  gboolean dropped, came;
  gboolean excused; /* it need not be waited for */
  guint repairs;
  gint64 delay_us; /* against the time that it carries, when it came; all have a part of that in common */
} Packet;

/* How they came. */
typedef struct
{
  guint soon;    /* of those that were dropped */
  guint late;    /* of all: a busy computer is late itself */
  guint missing; /* of those that were dropped, and not excused */
  guint excused; /* of those that were dropped */
  guint storms;  /* asked for more often than there was time for */
} Returns;

/* What happens to packets on their way into the second side; it lives until the end of the process. */
static struct
{
  int drop_every;   /* atomic: of the picture's packets; 0: none */
  int drop_repairs; /* atomic: all that are sent again */
  int dropped;      /* atomic */
  int repairs;      /* atomic: that were sent again, dropped or not */
  GMutex lock;
  /* under lock */
  guint seen;
  gint64 last_us;  /* when the last one came to the line */
  gint64 least_us; /* delay; what comes later than that is late, whether it was lost or not */
  guint repeated;  /* the most often that one was sent again */
  Packet packets[G_MAXUINT16 + 1];
} line;

static gint64
get_delay_us (GstRTPBuffer *packet)
{
  return g_get_monotonic_time () - gst_rtp_buffer_get_timestamp (packet) * G_GINT64_CONSTANT (100) / 9;
}

/* Under lock. Those that are missing up to this one: after a pause, and when a key frame comes, which does not wait for them (vav-key-jump.h) */
static void
excuse_missing (guint16 number)
{
  for (guint i = 0; i < REACH; i++)
    {
      Packet *packet = &line.packets[(guint16)(number - i)];

      packet->excused = packet->excused || (packet->dropped && !packet->came);
    }
}

static gboolean
is_dropped_picture (GstRTPBuffer *buffer)
{
  Packet *packet = &line.packets[gst_rtp_buffer_get_seq (buffer)];
  int every = g_atomic_int_get (&line.drop_every);
  gint64 now_us = g_get_monotonic_time ();
  gboolean paused = line.last_us > 0 && now_us - line.last_us > PAUSE_US;

  line.last_us = now_us;
  line.least_us = MIN (line.least_us, get_delay_us (buffer));
  packet->dropped = every != 0 && ++line.seen % (guint)every == 0;
  if (packet->dropped)
    g_atomic_int_inc (&line.dropped);
  if (paused)
    excuse_missing (gst_rtp_buffer_get_seq (buffer));

  return packet->dropped;
}

/* What is sent again begins with the number that it had (RFC 4588, section 4). */
static gboolean
is_dropped_repair (GstRTPBuffer *buffer)
{
  g_atomic_int_inc (&line.repairs);
  if (gst_rtp_buffer_get_payload_len (buffer) >= 2)
    {
      guint16 number = GST_READ_UINT16_BE (gst_rtp_buffer_get_payload (buffer));

      line.repeated = MAX (line.repeated, ++line.packets[number].repairs);
    }
  return g_atomic_int_get (&line.drop_repairs);
}

static gboolean
is_dropped (GstBuffer *buffer)
{
  GstRTPBuffer packet = GST_RTP_BUFFER_INIT;
  gboolean dropped = FALSE;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &packet))
    return FALSE;
  g_mutex_lock (&line.lock);
  if (gst_rtp_buffer_get_payload_type (&packet) == VIDEO)
    dropped = is_dropped_picture (&packet);
  else if (gst_rtp_buffer_get_payload_type (&packet) != AUDIO)
    dropped = is_dropped_repair (&packet);
  g_mutex_unlock (&line.lock);
  gst_rtp_buffer_unmap (&packet);

  return dropped;
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return is_dropped (GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* Before the jitter buffer, where what is sent again is what it was. */
static GstPadProbeReturn
on_buffered (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstRTPBuffer buffer = GST_RTP_BUFFER_INIT;

  if (!gst_rtp_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ, &buffer))
    return GST_PAD_PROBE_OK;
  if (gst_rtp_buffer_get_payload_type (&buffer) == VIDEO)
    {
      Packet *packet = &line.packets[gst_rtp_buffer_get_seq (&buffer)];

      g_mutex_lock (&line.lock);
      if (!packet->came)
        packet->delay_us = get_delay_us (&buffer);
      if (!packet->came
          && vav_vp8_begins_key (gst_rtp_buffer_get_payload (&buffer), gst_rtp_buffer_get_payload_len (&buffer)))
        excuse_missing (gst_rtp_buffer_get_seq (&buffer));
      packet->came = TRUE;
      g_mutex_unlock (&line.lock);
    }
  gst_rtp_buffer_unmap (&buffer);

  return GST_PAD_PROBE_OK;
}

static void
add_probes (const GValue *element, gpointer probe)
{
  static const char *const names[] = { "recv_rtp_sink", "sink" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (element), names[i]);

      if (pad != NULL)
        gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, (GstPadProbeCallback)probe, NULL, NULL);
    }
}

static void
cut_into_line (Side *side)
{
  static const struct
  {
    const char *factory;
    GstPadProbeCallback probe;
  } places[] = { { "rtpsession", on_packet }, { "rtpjitterbuffer", on_buffered } };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GstIterator) elements
          = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->session->parts.pipeline), places[i].factory);

      gst_iterator_foreach (elements, add_probes, (gpointer)places[i].probe);
    }
}

static VavMediaBufferCounts
count (Pair *pair)
{
  VavMediaBufferCounts counts;

  vav_media_tuning_count_packets (pair->sides[1].session->parts.tuning, &counts);

  return counts;
}

static Returns
count_returns (void)
{
  Returns returns = { 0 };

  g_mutex_lock (&line.lock);
  for (guint i = 0; i < G_N_ELEMENTS (line.packets); i++)
    {
      const Packet *packet = &line.packets[i];
      gint64 late_us = packet->came ? packet->delay_us - line.least_us : 0;

      returns.missing += packet->dropped && !packet->came && !packet->excused;
      returns.excused += packet->excused;
      returns.soon += packet->dropped && packet->came && late_us <= SOON_US;
      returns.late += late_us > SOON_US;
      returns.storms += packet->came && packet->repairs > 3 + late_us / ASK_US;
    }
  g_mutex_unlock (&line.lock);

  return returns;
}

static guint
count_repeated (void)
{
  guint repeated;

  g_mutex_lock (&line.lock);
  repeated = line.repeated;
  g_mutex_unlock (&line.lock);

  return repeated;
}

static gboolean
many_repaired (Pair *pair)
{
  return count (pair).repaired >= 20 && count_returns ().soon >= 20;
}

static gboolean
all_back (Pair *pair)
{
  return count_returns ().missing == 0;
}

/* Not after one attempt. */
static gboolean
some_given_up (Pair *pair)
{
  return count (pair).lost > 0 && count_repeated () > 1;
}

static gboolean
sees_more (Pair *pair)
{
  return g_atomic_int_get (&pair->sides[1].frames) >= 30;
}

static Pair *
make_pair (void)
{
  Pair *pair;

  tolerate_gstreamer ();
  memset (&line, 0, sizeof line);
  line.least_us = G_MAXINT64;
  pair = pair_new ("test");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  cut_into_line (&pair->sides[1]);

  return pair;
}

/* One of twelve is lost. Each comes again, none is given up that came soon while the picture goes on, and they are not asked for in storms. */
static void
test_repaired (void)
{
  g_autoptr (Pair) pair = make_pair ();
  VavMediaBufferCounts before = count (pair), after;
  Returns returns;

  g_atomic_int_set (&line.drop_every, 12);
  g_assert_true (pair_wait (pair, many_repaired, LIMIT_S));
  g_atomic_int_set (&line.drop_every, 0);
  g_assert_true (pair_wait (pair, all_back, LIMIT_S));
  after = count (pair);
  returns = count_returns ();
  g_test_message ("%d dropped, %d sent again, %u there within %d ms, %u late, %u excused; %" G_GUINT64_FORMAT
                  " requests, %" G_GUINT64_FORMAT " repaired, %" G_GUINT64_FORMAT " given up",
                  g_atomic_int_get (&line.dropped), g_atomic_int_get (&line.repairs), returns.soon, SOON_US / 1000,
                  returns.late, returns.excused, after.asked, after.repaired, after.lost - before.lost);
  g_assert_cmpuint (after.lost - before.lost, <=, returns.late + returns.excused);
  g_assert_cmpuint (returns.storms, ==, 0);
  pair_close (pair);
}

/* What is sent again is lost, too: the packet is given up in the end, a key frame comes, and the picture goes on. */
static void
test_beyond_repair (void)
{
  g_autoptr (Pair) pair = make_pair ();

  g_atomic_int_set (&line.drop_repairs, TRUE);
  g_atomic_int_set (&line.drop_every, 12);
  g_assert_true (pair_wait (pair, some_given_up, LIMIT_S));
  g_atomic_int_set (&line.drop_every, 0);
  /* not without an end */
  g_assert_cmpuint (count_repeated (), <=, ASKS);

  g_atomic_int_set (&pair->sides[1].frames, 0);
  g_assert_true (pair_wait (pair, sees_more, LIMIT_S));
  pair_close (pair);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media-repair/repaired", test_repaired);
  g_test_add_func ("/media-repair/beyond-repair", test_beyond_repair);

  return g_test_run ();
}
