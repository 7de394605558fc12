/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/relay.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/core/vav-address.h"
#include "net/signal/vav-x509.h"
#include "tests/unit/signal/rogue.h"

#define TURN_MS 10

typedef struct
{
  gboolean to_caller;
  char *json;
  GBytes *piece;
} Saying;

/* One connection, and the one that was made for it. Its own thread. */
typedef struct
{
  Relay *relay;
  GThread *thread;
  int fd;
  Rogue *sides[2]; /* [0]: towards the caller; [1]: towards the callee */
  guint64 seq[2];
  gboolean raw; /* pieces, no messages */
} Line;

struct _Relay
{
  char *host;
  guint16 port;
  char *address;
  char *pem;
  int fd;
  GThread *door;
  GPtrArray *lines; /* of Line; the door's thread adds */

  /* under lock */
  GMutex lock;
  RelayFilter filter;
  gpointer filter_data;
  RelayPieceFilter piece_filter;
  gpointer piece_data;
  GQueue sayings; /* of Saying */
  char *call;
  enum
  {
    CUT_NOTHING,
    CUT_BOTH,
    CUT_CALLER,
  } cut_pieces;
  gboolean over;
};

static void
saying_free (gpointer data)
{
  Saying *saying = data;

  g_free (saying->json);
  g_clear_pointer (&saying->piece, g_bytes_unref);
  g_free (saying);
}

static gboolean
is_over (Relay *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->over;
}

static char *
replace (const char *text, const char *pattern, const char *with)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_RAW, 0, NULL);

  return g_regex_replace (regex, text, -1, 0, with, 0, NULL);
}

/* With the number that is due on that side. */
static void
send_json (Line *line, int side, const char *json)
{
  g_autofree char *seq = g_strdup_printf ("\"seq\":%" G_GUINT64_FORMAT, ++line->seq[side]);
  g_autofree char *text = replace (json, "\"seq\":[0-9]+", seq);

  rogue_send_frame (line->sides[side], text);
}

static void
note_call (Relay *self, const char *json)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"call\":\"([0-9a-f]{32})\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (self->call == NULL && g_regex_match (regex, json, 0, &match))
    self->call = g_match_info_fetch (match, 1);
}

/* The numbers on the two sides are not the same. */
static gboolean
confirms_numbers (const char *json)
{
  return strstr (json, "\"ack\"") != NULL && strstr (json, "\"last_seq\"") != NULL;
}

static void
pass_on (Line *line, int from, GBytes *frame)
{
  Relay *self = line->relay;
  g_autofree char *json = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (GBytes) piece = NULL;
  gsize size;
  const char *data = g_bytes_get_data (frame, &size);

  g_mutex_lock (&self->lock);
  if (line->raw)
    piece = self->piece_filter != NULL ? self->piece_filter (from == 0, frame, self->piece_data) : g_bytes_ref (frame);
  else
    {
      json = g_strndup (data, size);
      note_call (self, json);
      changed = self->filter != NULL ? self->filter (from == 0, json, self->filter_data) : g_strdup (json);
    }
  g_mutex_unlock (&self->lock);

  if (piece != NULL)
    rogue_send_piece (line->sides[1 - from], piece);
  else if (changed != NULL && !confirms_numbers (changed))
    send_json (line, 1 - from, changed);
  if (json != NULL && strstr (json, "\"attached\"") != NULL)
    line->raw = TRUE;
}

static Saying *
next_saying (Line *line)
{
  Relay *self = line->relay;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Saying *saying = g_queue_peek_head (&self->sayings);

  if (saying == NULL || self->call == NULL || (saying->piece != NULL) != line->raw)
    return NULL;
  if (saying->json != NULL && line != self->lines->pdata[0])
    return NULL;
  return g_queue_pop_head (&self->sayings);
}

static void
say (Line *line, Saying *saying)
{
  int side = saying->to_caller ? 0 : 1;
  g_autofree char *text = NULL;

  if (saying->piece != NULL)
    rogue_send_piece (line->sides[side], saying->piece);
  else
    {
      text = g_strdup_printf ("{\"seq\":0,\"call\":\"%s\",%s", line->relay->call, strchr (saying->json, '{') + 1);
      send_json (line, side, text);
    }
  saying_free (saying);
}

/* Nobody is behind it. */
static void
keep_open (Line *line, Rogue *side)
{
  while (!is_over (line->relay) && rogue_get_end (side) == ROGUE_END_NONE)
    {
      g_autoptr (GBytes) frame = rogue_receive_bytes (side, TURN_MS);
    }
}

/* Once for each time that it is asked for. */
static gboolean
is_cut (Line *line)
{
  Relay *self = line->relay;
  int cut = CUT_NOTHING;

  g_mutex_lock (&self->lock);
  if (line->raw)
    {
      cut = self->cut_pieces;
      self->cut_pieces = CUT_NOTHING;
    }
  g_mutex_unlock (&self->lock);
  if (cut == CUT_NOTHING)
    return FALSE;
  rogue_reset (line->sides[0]);
  if (cut == CUT_CALLER)
    keep_open (line, line->sides[1]);
  else
    rogue_reset (line->sides[1]);
  return TRUE;
}

static gboolean
turn (Line *line)
{
  struct pollfd fds[2] = { { rogue_get_fd (line->sides[0]), POLLIN, 0 }, { rogue_get_fd (line->sides[1]), POLLIN, 0 } };
  Saying *saying;

  if (is_cut (line))
    return FALSE;
  while ((saying = next_saying (line)) != NULL)
    say (line, saying);
  poll (fds, 2, TURN_MS);
  for (int i = 0; i < 2; i++)
    {
      GBytes *frame;

      while ((frame = rogue_receive_bytes (line->sides[i], 0)) != NULL)
        {
          pass_on (line, i, frame);
          g_bytes_unref (frame);
        }
      if (rogue_get_end (line->sides[i]) == ROGUE_END_BYE)
        rogue_bye (line->sides[1 - i]);
      if (rogue_get_end (line->sides[i]) != ROGUE_END_NONE)
        return FALSE;
    }
  return TRUE;
}

static gpointer
run_line (gpointer data)
{
  Line *line = data;
  Relay *self = line->relay;
  RogueStyle style = { .alpn = "visavis/1", .pem = self->pem };
  int fd = rogue_connect (self->host, self->port);

  line->sides[0] = rogue_new (line->fd, TRUE);
  line->sides[1] = rogue_new (fd, FALSE);
  if (fd >= 0 && rogue_handshake (line->sides[1], &style) && rogue_handshake (line->sides[0], &style))
    while (!is_over (self) && turn (line))
      ;
  rogue_free (line->sides[0]);
  rogue_free (line->sides[1]);
  return NULL;
}

static gpointer
run_door (gpointer data)
{
  Relay *self = data;
  int fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      Line *line = g_new0 (Line, 1);

      line->relay = self;
      line->fd = fd;
      g_mutex_lock (&self->lock);
      g_ptr_array_add (self->lines, line);
      g_mutex_unlock (&self->lock);
      line->thread = g_thread_new ("relay-line", run_line, line);
    }
  return NULL;
}

Relay *
relay_new (const char *callee)
{
  g_autoptr (VavAddress) address = vav_address_parse (callee, NULL);
  Relay *self = g_new0 (Relay, 1);
  guint16 port = 0;

  g_mutex_init (&self->lock);
  self->host = g_strdup (address->host);
  self->port = address->port;
  self->pem = vav_x509_make_pem (NULL);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->fd = rogue_listen ("127.0.0.1", &port);
  g_assert_cmpint (self->fd, >=, 0);
  self->address = g_strdup_printf ("127.0.0.1:%u", port);
  self->door = g_thread_new ("relay-door", run_door, self);
  return self;
}

void
relay_close_door (Relay *self)
{
  if (self->door == NULL)
    return;
  shutdown (self->fd, SHUT_RDWR);
  g_thread_join (g_steal_pointer (&self->door));
  close (self->fd);
}

void
relay_free (Relay *self)
{
  relay_close_door (self);
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->lines->len; i++)
    g_thread_join (((Line *)self->lines->pdata[i])->thread);
  g_ptr_array_unref (self->lines);
  g_queue_clear_full (&self->sayings, saying_free);
  g_mutex_clear (&self->lock);
  g_free (self->host);
  g_free (self->address);
  g_free (self->pem);
  g_free (self->call);
  g_free (self);
}

const char *
relay_get_address (Relay *self)
{
  return self->address;
}

void
relay_set_filter (Relay *self, RelayFilter filter, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->filter = filter;
  self->filter_data = user_data;
}

void
relay_set_piece_filter (Relay *self, RelayPieceFilter filter, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->piece_filter = filter;
  self->piece_data = user_data;
}

void
relay_cut_pieces (Relay *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->cut_pieces = CUT_BOTH;
}

void
relay_cut_pieces_of_caller (Relay *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->cut_pieces = CUT_CALLER;
}

static void
add_saying (Relay *self, gboolean to_caller, const char *json, GBytes *piece)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Saying *saying = g_new0 (Saying, 1);

  saying->to_caller = to_caller;
  saying->json = g_strdup (json);
  saying->piece = piece != NULL ? g_bytes_ref (piece) : NULL;
  g_queue_push_tail (&self->sayings, saying);
}

void
relay_say (Relay *self, gboolean to_caller, const char *json)
{
  add_saying (self, to_caller, json, NULL);
}

void
relay_say_piece (Relay *self, gboolean to_caller, GBytes *piece)
{
  add_saying (self, to_caller, NULL, piece);
}
