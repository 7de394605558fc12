/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bad line: takes packets from a netfilter queue and lets them go later, in another order, or not at all. The kernel's own way to do
 * this (netem) is a module that containers do not have.
 *
 *   impair QUEUE SEED
 *
 * Settings come as lines on stdin, each some of these words, and may change at any time; a new line changes only what it names:
 *   delay=MS            what each packet waits
 *   jitter=MS           up to that much more, evenly distributed; the order is kept
 *   loss=PERCENT        lost
 *   burst=N             mean length of a run of lost packets (Gilbert–Elliott: all is lost in the bad state, nothing in the good one);
 *                       1: each is lost by itself
 *   reorder=PERCENT     held back, so that later ones overtake them
 *   gap=MS              for how long
 *   rate=KBIT           a second, of IP packets; 0: any
 *   queue=N or queue=MSms   what may wait for its turn at that rate, in bytes or as a time: what comes on top is dropped
 * The line "stats" asks for figures (waiting_us: what a packet that comes now would wait for its turn at the rate), the end of stdin lets
 * all go that is held and ends the program.
 *
 * Answers are JSON lines on stdout: ready, set (all settings as they are now), stats, error. Each kind of chance has a generator of its
 * own, and each packet takes the same number of draws: the same seed hits the same packets, whatever else is set. */
#include <errno.h>
#include <glib-unix.h>
#include <linux/netfilter.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
/* not before <stdint.h> and the kernel's own */
#include <libnetfilter_queue/libnetfilter_queue.h>

#define MAX_LINE 1024
#define MAX_HELD 65536
#define RECEIVE_BUFFER (16 * 1024 * 1024)
#define HEADER_BYTES 64 /* enough to read an IP packet's length */
#define US_PER_MS 1000.0

typedef enum
{
  DELAY,
  JITTER,
  LOSS,
  BURST,
  REORDER,
  GAP,
  RATE,
  QUEUE,
  N_SETTINGS,
} Setting;

static const struct
{
  const char *name;
  double max, initial;
} settings[N_SETTINGS] = {
  [DELAY] = { "delay", 60000, 0 },  [JITTER] = { "jitter", 60000, 0 }, [LOSS] = { "loss", 100, 0 },
  [BURST] = { "burst", 10000, 1 },  [REORDER] = { "reorder", 100, 0 }, [GAP] = { "gap", 60000, 10 },
  [RATE] = { "rate", 10000000, 0 }, [QUEUE] = { "queue", 1e9, 1e6 },
};

typedef struct
{
  gint64 due; /* µs of monotonic time */
  guint64 number;
  guint32 id;
  guint32 length;
} Held;

typedef struct
{
  double value[N_SETTINGS];
  gboolean queue_is_time; /* value[QUEUE] is in ms, not in bytes */

  GRand *loss, *wait, *order;
  gboolean bad;
  double line_free; /* µs: when what was let onto the line is through */
  gint64 last_due;

  GArray *heap; /* of Held, the one that is due first on top */
  int timer;
  struct nfq_handle *netlink;
  struct nfq_q_handle *queue;
  GString *line;
  GMainLoop *loop;

  guint64 seen, seen_bytes, released, released_bytes, lost, overflowed, reordered, full;
  gint64 latest;
} Impair;

/* The heap of what is held */

static gboolean
is_before (const Held *a, const Held *b)
{
  return a->due < b->due || (a->due == b->due && a->number < b->number);
}

static Held *
held_at (GArray *heap, guint i)
{
  return &g_array_index (heap, Held, i);
}

static void
swap (GArray *heap, guint a, guint b)
{
  Held held = *held_at (heap, a);

  *held_at (heap, a) = *held_at (heap, b);
  *held_at (heap, b) = held;
}

static void
heap_push (GArray *heap, const Held *held)
{
  guint i = heap->len;

  g_array_append_val (heap, *held);
  for (; i > 0 && is_before (held_at (heap, i), held_at (heap, (i - 1) / 2)); i = (i - 1) / 2)
    swap (heap, i, (i - 1) / 2);
}

static Held
heap_pop (GArray *heap)
{
  Held top = *held_at (heap, 0);
  guint i = 0;

  g_array_remove_index_fast (heap, 0);
  while (TRUE)
    {
      guint least = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < heap->len; child++)
        if (is_before (held_at (heap, child), held_at (heap, least)))
          least = child;
      if (least == i)
        return top;
      swap (heap, i, least);
      i = least;
    }
}

/* What becomes of a packet */

static gboolean
is_lost (Impair *self)
{
  double share = self->value[LOSS] / 100, chance = g_rand_double (self->loss), burst = self->value[BURST];

  if (burst <= 1 || share >= 1)
    return chance < share;

  if (self->bad)
    self->bad = chance >= 1 / burst;
  else
    self->bad = chance < share / (1 - share) / burst;

  return self->bad;
}

/* µs that one byte takes */
static double
byte_time (Impair *self)
{
  return self->value[RATE] > 0 ? 8 * US_PER_MS / self->value[RATE] : 0;
}

/* Puts a packet onto the line, if there is room before it. done: when its last byte is through. */
static gboolean
enter_line (Impair *self, gint64 now, guint32 length, double *done)
{
  double begin = MAX ((double)now, self->line_free), waiting = begin - (double)now, takes = length * byte_time (self);

  *done = (double)now;
  if (takes <= 0)
    return TRUE;
  if (self->queue_is_time ? waiting > self->value[QUEUE] * US_PER_MS
                          : waiting + takes > self->value[QUEUE] * byte_time (self))
    return FALSE;

  *done = self->line_free = begin + takes;
  return TRUE;
}

static void
release (Impair *self, guint32 id, guint32 length)
{
  nfq_set_verdict (self->queue, id, NF_ACCEPT, 0, NULL);
  self->released++;
  self->released_bytes += length;
}

static void
drop (Impair *self, guint32 id, guint64 *count)
{
  nfq_set_verdict (self->queue, id, NF_DROP, 0, NULL);
  (*count)++;
}

/* When a packet that is through the line arrives. What is held back does not hold up what follows. */
static gint64
arrival (Impair *self, double through, double wait, gboolean held_back)
{
  gint64 due = (gint64)(through + (self->value[DELAY] + wait * self->value[JITTER]) * US_PER_MS);

  due = MAX (due, self->last_due);
  if (held_back)
    return due + (gint64)(self->value[GAP] * US_PER_MS);

  self->last_due = due;
  return due;
}

static void
set_timer (Impair *self)
{
  struct itimerspec when = { 0 };

  if (self->heap->len > 0)
    {
      gint64 due = held_at (self->heap, 0)->due;

      when.it_value.tv_sec = due / G_USEC_PER_SEC;
      when.it_value.tv_nsec = due % G_USEC_PER_SEC * 1000 + 1; /* all zero would mean: never */
    }
  timerfd_settime (self->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void
release_due (Impair *self, gint64 until)
{
  while (self->heap->len > 0 && held_at (self->heap, 0)->due <= until)
    {
      Held held = heap_pop (self->heap);

      if (until != G_MAXINT64)
        self->latest = MAX (self->latest, until - held.due);
      release (self, held.id, held.length);
    }
}

static void
take (Impair *self, guint32 id, guint32 length)
{
  gint64 now = g_get_monotonic_time ();
  gboolean lost = is_lost (self), held_back = g_rand_double (self->order) * 100 < self->value[REORDER];
  double wait = g_rand_double (self->wait), through;
  Held held = { .id = id, .length = length, .number = self->seen++ };

  self->seen_bytes += length;
  if (lost)
    {
      drop (self, id, &self->lost);
      return;
    }
  if (!enter_line (self, now, length, &through))
    {
      drop (self, id, &self->overflowed);
      return;
    }
  if (self->heap->len >= MAX_HELD)
    {
      drop (self, id, &self->full);
      return;
    }
  self->reordered += held_back;
  held.due = arrival (self, through, wait, held_back);
  heap_push (self->heap, &held);
}

/* The kernel's side */

static guint32
ip_length (const guint8 *bytes, int length)
{
  if (length >= 20 && bytes[0] >> 4 == 4)
    return (guint32)bytes[2] << 8 | bytes[3];
  if (length >= 40 && bytes[0] >> 4 == 6)
    return ((guint32)bytes[4] << 8 | bytes[5]) + 40;
  return (guint32)MAX (length, 0);
}

static int
on_packet (struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *user_data)
{
  struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr (data);
  unsigned char *bytes = NULL;
  int length = nfq_get_payload (data, &bytes);

  if (header != NULL)
    take (user_data, g_ntohl (header->packet_id), ip_length (bytes, length));
  return 0;
}

static gboolean
on_netlink (int fd, GIOCondition condition, gpointer user_data)
{
  static char buffer[65536] __attribute__ ((aligned (8)));
  Impair *self = user_data;
  ssize_t length;

  while ((length = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    nfq_handle_packet (self->netlink, buffer, (int)length);
  release_due (self, g_get_monotonic_time ());
  set_timer (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer user_data)
{
  Impair *self = user_data;
  guint64 times;

  if (read (fd, &times, sizeof times) == sizeof times)
    release_due (self, g_get_monotonic_time ());
  set_timer (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
open_queue (Impair *self, guint16 number)
{
  self->netlink = nfq_open ();
  if (self->netlink == NULL)
    return FALSE;
  self->queue = nfq_create_queue (self->netlink, number, on_packet, self);
  if (self->queue == NULL || nfq_set_mode (self->queue, NFQNL_COPY_PACKET, HEADER_BYTES) < 0)
    return FALSE;
  nfq_set_queue_maxlen (self->queue, MAX_HELD + 1024);
  nfnl_rcvbufsiz (nfq_nfnlh (self->netlink), RECEIVE_BUFFER);
  g_unix_fd_add (nfq_fd (self->netlink), G_IO_IN, on_netlink, self);

  return TRUE;
}

/* The side of whoever drives it */

static void
tell_settings (Impair *self, const char *event)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < N_SETTINGS; i++)
    g_string_append_printf (text, ",\"%s\":%s", settings[i].name,
                            g_ascii_dtostr (number, sizeof number, self->value[i]));
  g_print ("{\"event\":\"%s\"%s,\"queue_unit\":\"%s\"}\n", event, text->str, self->queue_is_time ? "ms" : "bytes");
}

static void
tell_stats (Impair *self)
{
  gint64 waiting = MAX (0, (gint64)self->line_free - g_get_monotonic_time ());

  g_print ("{\"event\":\"stats\",\"seen\":%" G_GUINT64_FORMAT ",\"seen_bytes\":%" G_GUINT64_FORMAT
           ",\"released\":%" G_GUINT64_FORMAT ",\"released_bytes\":%" G_GUINT64_FORMAT ",\"lost\":%" G_GUINT64_FORMAT
           ",\"overflowed\":%" G_GUINT64_FORMAT ",\"reordered\":%" G_GUINT64_FORMAT ",\"full\":%" G_GUINT64_FORMAT
           ",\"held\":%u,\"latest_us\":%" G_GINT64_FORMAT ",\"waiting_us\":%" G_GINT64_FORMAT "}\n",
           self->seen, self->seen_bytes, self->released, self->released_bytes, self->lost, self->overflowed,
           self->reordered, self->full, self->heap->len, self->latest, waiting);
}

static int
find_setting (const char *word, const char **value)
{
  for (int i = 0; i < N_SETTINGS; i++)
    if (g_str_has_prefix (word, settings[i].name) && word[strlen (settings[i].name)] == '=')
      {
        *value = word + strlen (settings[i].name) + 1;
        return i;
      }

  return -1;
}

/* Takes one word into `to`. */
static gboolean
read_word (Impair *to, const char *word)
{
  const char *text;
  char *end = NULL;
  int which = find_setting (word, &text);
  double value;

  if (which < 0 || !(g_ascii_isdigit (*text) || *text == '.'))
    return FALSE;
  value = g_ascii_strtod (text, &end);
  if (!(value >= 0 && value <= settings[which].max))
    return FALSE;
  if (which == QUEUE)
    {
      to->queue_is_time = g_str_equal (end, "ms");
      end += to->queue_is_time ? 2 : 0;
    }
  to->value[which] = value;

  return *end == '\0';
}

/* All of a line or nothing of it. What waits at the line's end waits in bytes: another rate makes another time of them. */
static gboolean
read_settings (Impair *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  Impair next = *self;
  double now = (double)g_get_monotonic_time (), waiting = 0;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !read_word (&next, words[i]))
      return FALSE;

  if (byte_time (self) > 0)
    waiting = MAX (0, self->line_free - now) / byte_time (self);
  memcpy (self->value, next.value, sizeof self->value);
  self->queue_is_time = next.queue_is_time;
  self->line_free = now + waiting * byte_time (self);

  return TRUE;
}

static void
obey (Impair *self, const char *line)
{
  if (g_str_equal (line, "stats"))
    tell_stats (self);
  else if (read_settings (self, line))
    tell_settings (self, "set");
  else
    g_print ("{\"event\":\"error\"}\n");
}

static void
finish (Impair *self)
{
  release_due (self, G_MAXINT64);
  g_main_loop_quit (self->loop);
}

static gboolean
on_words (int fd, GIOCondition condition, gpointer user_data)
{
  Impair *self = user_data;
  char bytes[MAX_LINE], *end;
  ssize_t length = read (fd, bytes, sizeof bytes);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (length <= 0 || self->line->len > MAX_LINE)
    {
      finish (self);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (self->line, bytes, length);
  while ((end = strchr (self->line->str, '\n')) != NULL)
    {
      *end = '\0';
      obey (self, self->line->str);
      g_string_erase (self->line, 0, end - self->line->str + 1);
    }

  return G_SOURCE_CONTINUE;
}

static void
begin (Impair *self, guint32 seed)
{
  for (guint i = 0; i < N_SETTINGS; i++)
    self->value[i] = settings[i].initial;
  self->loss = g_rand_new_with_seed (seed);
  self->wait = g_rand_new_with_seed (seed + 1);
  self->order = g_rand_new_with_seed (seed + 2);
  self->heap = g_array_new (FALSE, FALSE, sizeof (Held));
  self->line = g_string_new (NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->timer = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  g_unix_fd_add (self->timer, G_IO_IN, on_timer, self);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_words, self);
}

static void
end (Impair *self)
{
  if (self->queue != NULL)
    nfq_destroy_queue (self->queue);
  if (self->netlink != NULL)
    nfq_close (self->netlink);
  g_rand_free (self->loss);
  g_rand_free (self->wait);
  g_rand_free (self->order);
  g_array_unref (self->heap);
  g_string_free (self->line, TRUE);
  g_main_loop_unref (self->loop);
  close (self->timer);
}

int
main (int argc, char **argv)
{
  Impair self = { 0 };
  guint64 queue, seed;
  gboolean good;

  if (argc != 3 || !g_ascii_string_to_unsigned (argv[1], 10, 0, G_MAXUINT16, &queue, NULL)
      || !g_ascii_string_to_unsigned (argv[2], 10, 0, G_MAXUINT32, &seed, NULL))
    {
      g_printerr ("impair QUEUE SEED\n");
      return 2;
    }

  /* as punctual as it may be; where it may not, it is what it is */
  setpriority (PRIO_PROCESS, 0, -10);
  begin (&self, (guint32)seed);
  good = open_queue (&self, (guint16)queue);
  if (good)
    {
      tell_settings (&self, "ready");
      g_main_loop_run (self.loop);
      tell_stats (&self);
    }
  else
    g_printerr ("The queue %s cannot be had: %s.\n", argv[1], g_strerror (errno));
  end (&self);

  return good ? 0 : 1;
}
