/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-data-pipe.h"

#include <string.h>

#include "net/core/vav-error.h"
#include "net/media/vav-sctp.h"

#define WINDOW (512 * 1024)
#define CREDIT_AT (WINDOW / 4)
#define OVERHEAD 64 /* what a piece weighs besides its bytes, so that many small ones are no way around the window */

typedef enum
{
  MESSAGE_PIECE,
  MESSAGE_CREDIT,
  MESSAGE_END,
} Message;

struct _VavDataPipe
{
  GObject parent_instance;

  /* fixed */
  VavMediaGate *gate;
  VavSctp *sctp;

  GMutex lock;
  GCond changed;
  /* under lock */
  guint remote_port; /* 0: the peer has no data part */
  gboolean running;  /* the pipe's thread */
  gboolean knocked;  /* the peer began before we could */
  gboolean wanted;   /* SCTP is to be there */
  gboolean begun;
  gboolean up;

  gsize on_way;  /* sent, and not yet taken */
  guint sending; /* threads in vav_sctp_send() with a piece */
  gboolean shut; /* this side closed */
  gboolean end_due;

  GQueue pieces;  /* of GBytes: came, and not yet told */
  gsize held;     /* what they weigh */
  gsize taken;    /* told since the last credit */
  gboolean ended; /* the other side closed */

  gboolean over;
  GError *error; /* why; NULL: in order */

  const VavPipeEvents *events; /* NULL before the start, and once all is told */
  gpointer user_data;
  GDestroyNotify destroy;
  gboolean started;
};

static void vav_data_pipe_init_interface (VavPipeInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavDataPipe, vav_data_pipe, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VAV_TYPE_PIPE, vav_data_pipe_init_interface))

static gpointer run (gpointer data);

/* All that end in _locked are called under the lock. */
static void
wake_locked (VavDataPipe *self)
{
  if (!self->running)
    {
      self->running = TRUE;
      g_thread_unref (g_thread_new ("vav-data-pipe", run, g_object_ref (self)));
    }
  g_cond_broadcast (&self->changed);
}

static void
begin_locked (VavDataPipe *self)
{
  if (self->wanted || self->over || self->remote_port == 0)
    return;

  self->wanted = TRUE;
  wake_locked (self);
}

static void
fail_locked (VavDataPipe *self, VavError code)
{
  if (self->over)
    return;

  self->over = TRUE;
  if (!self->ended)
    self->error = g_error_new_literal (VAV_ERROR, (int)code, vav_error_describe (code));
  if (self->events != NULL)
    wake_locked (self);
  g_cond_broadcast (&self->changed);
}

static gsize
weigh (gsize size)
{
  return size + OVERHEAD;
}

static gboolean
send_message (VavDataPipe *self, Message kind, const void *data, gsize size)
{
  g_autofree guint8 *message = g_malloc (size + 1);

  message[0] = (guint8)kind;
  if (size > 0)
    memcpy (message + 1, data, size);

  return vav_sctp_send (self->sctp, message, size + 1);
}

/* What the thread does next, and what is to be done for it. */
typedef enum
{
  STEP_BEGIN,
  STEP_PIECE,
  STEP_CREDIT,
  STEP_END,
  STEP_CLOSED,
  STEP_WAIT,
  STEP_LEAVE,
} Step;

static Step
next_step_locked (VavDataPipe *self)
{
  gboolean live = !self->over;

  if (live && self->wanted && !self->begun)
    return STEP_BEGIN;
  /* after an orderly end all has come, and is told even if the call is over */
  if ((live || self->ended) && !self->shut && self->events != NULL && !g_queue_is_empty (&self->pieces))
    return STEP_PIECE;
  if (live && self->up && self->taken >= CREDIT_AT)
    return STEP_CREDIT;
  if (live && self->up && self->end_due && self->sending == 0)
    return STEP_END;
  if (self->events != NULL && (self->over || self->shut || self->ended))
    return STEP_CLOSED;

  return live && self->begun ? STEP_WAIT : STEP_LEAVE;
}

/* All of these let go of the lock meanwhile. */
static void
begin (VavDataPipe *self)
{
  gboolean started;

  self->begun = TRUE;
  g_mutex_unlock (&self->lock);
  started = vav_sctp_start (self->sctp, self->remote_port);
  g_mutex_lock (&self->lock);
  if (!started)
    fail_locked (self, VAV_ERROR_MEDIA);
}

static void
tell_piece (VavDataPipe *self)
{
  g_autoptr (GBytes) piece = g_queue_pop_head (&self->pieces);
  const VavPipeEvents *events = self->events;
  gsize weight = weigh (g_bytes_get_size (piece));

  g_mutex_unlock (&self->lock);
  events->piece (self->user_data, piece);
  g_mutex_lock (&self->lock);
  self->held -= weight;
  self->taken += weight;
}

static void
send_credit (VavDataPipe *self)
{
  guint32 amount = GUINT32_TO_BE ((guint32)self->taken);

  self->taken = 0;
  g_mutex_unlock (&self->lock);
  send_message (self, MESSAGE_CREDIT, &amount, sizeof amount);
  g_mutex_lock (&self->lock);
}

static void
send_end (VavDataPipe *self)
{
  self->end_due = FALSE;
  g_mutex_unlock (&self->lock);
  send_message (self, MESSAGE_END, NULL, 0);
  g_mutex_lock (&self->lock);
}

static void
tell_closed (VavDataPipe *self)
{
  const VavPipeEvents *events = g_steal_pointer (&self->events);
  gboolean nonsense = g_error_matches (self->error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_autoptr (GError) error = self->error != NULL && (nonsense || !self->shut) ? g_error_copy (self->error) : NULL;

  g_mutex_unlock (&self->lock);
  events->closed (self->user_data, error);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_mutex_lock (&self->lock);
}

/* The pipe's thread: begins, tells what comes, gives credit, and says the end. There while SCTP is, and while there is something to tell. */
static gpointer
run (gpointer data)
{
  g_autoptr (VavDataPipe) self = data;
  static void (*const steps[]) (VavDataPipe *) = { begin, tell_piece, send_credit, send_end, tell_closed };
  Step step;

  g_mutex_lock (&self->lock);
  while ((step = next_step_locked (self)) != STEP_LEAVE)
    {
      if (step == STEP_WAIT)
        g_cond_wait (&self->changed, &self->lock);
      else
        steps[step](self);
    }
  self->running = FALSE;
  g_mutex_unlock (&self->lock);

  return NULL;
}

/* The receiving thread */
static void
on_knocked (gpointer owner)
{
  VavDataPipe *self = owner;

  g_mutex_lock (&self->lock);
  self->knocked = TRUE;
  if (vav_media_gate_is_open (self->gate))
    begin_locked (self);
  g_mutex_unlock (&self->lock);
}

static void
on_opened (gpointer owner)
{
  VavDataPipe *self = owner;

  g_mutex_lock (&self->lock);
  self->up = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_lost (gpointer owner, gboolean nonsense)
{
  VavDataPipe *self = owner;

  g_mutex_lock (&self->lock);
  fail_locked (self, nonsense ? VAV_ERROR_PROTOCOL : VAV_ERROR_CLOSED);
  g_mutex_unlock (&self->lock);
}

static gboolean
take_piece_locked (VavDataPipe *self, const guint8 *data, gsize size)
{
  gsize weight = weigh (size);

  if (size > VAV_DATA_PIPE_MAX_PIECE || self->held + self->taken + weight > WINDOW)
    return FALSE;

  self->held += weight;
  g_queue_push_tail (&self->pieces, g_bytes_new (data, size));
  return TRUE;
}

static gboolean
take_credit_locked (VavDataPipe *self, const guint8 *data, gsize size)
{
  guint32 amount;

  if (size != sizeof amount)
    return FALSE;
  memcpy (&amount, data, sizeof amount);
  amount = GUINT32_FROM_BE (amount);
  if (amount > self->on_way)
    return FALSE;

  self->on_way -= amount;
  return TRUE;
}

/* Returns: %FALSE for nonsense */
static gboolean
take_message_locked (VavDataPipe *self, const guint8 *data, gsize size)
{
  if (size == 0)
    return FALSE;

  switch (data[0])
    {
    case MESSAGE_PIECE:
      return self->shut || self->ended || take_piece_locked (self, data + 1, size - 1);
    case MESSAGE_CREDIT:
      return take_credit_locked (self, data + 1, size - 1);
    case MESSAGE_END:
      self->ended = self->ended || size == 1;
      return size == 1;
    default:
      return FALSE;
    }
}

/* SCTP's thread */
static void
on_message (gpointer owner, const guint8 *data, gsize size)
{
  VavDataPipe *self = owner;

  g_mutex_lock (&self->lock);
  if (!self->over && !take_message_locked (self, data, size))
    fail_locked (self, VAV_ERROR_PROTOCOL);
  if (self->events != NULL)
    wake_locked (self);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static gsize
data_pipe_get_max_piece (VavPipe *pipe)
{
  return VAV_DATA_PIPE_MAX_PIECE;
}

static void
data_pipe_start (VavPipe *pipe, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy)
{
  VavDataPipe *self = VAV_DATA_PIPE (pipe);

  g_mutex_lock (&self->lock);
  if (!self->started)
    {
      self->started = TRUE;
      self->events = events;
      self->user_data = user_data;
      self->destroy = destroy;
      if (self->begun || self->over || self->shut)
        wake_locked (self);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
may_send_locked (VavDataPipe *self)
{
  return !self->over && !self->shut && !self->ended;
}

static gboolean
data_pipe_send (VavPipe *pipe, GBytes *piece, GError **error)
{
  VavDataPipe *self = VAV_DATA_PIPE (pipe);
  gsize size, weight;
  const void *data = g_bytes_get_data (piece, &size);
  gboolean sent;

  weight = weigh (size);
  g_mutex_lock (&self->lock);
  if (may_send_locked (self))
    begin_locked (self);
  while (may_send_locked (self) && (!self->up || self->on_way + weight > WINDOW))
    g_cond_wait (&self->changed, &self->lock);
  sent = may_send_locked (self);
  self->sending += sent;
  self->on_way += sent ? weight : 0;
  g_mutex_unlock (&self->lock);

  if (sent)
    {
      sent = send_message (self, MESSAGE_PIECE, data, size);
      g_mutex_lock (&self->lock);
      self->sending--;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->lock);
    }
  if (!sent)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));

  return sent;
}

/* A side that never sent is told when it does: it is not worth an association. */
static void
data_pipe_close (VavPipe *pipe)
{
  VavDataPipe *self = VAV_DATA_PIPE (pipe);

  g_mutex_lock (&self->lock);
  if (may_send_locked (self))
    self->end_due = TRUE;
  self->shut = TRUE;
  if (self->events != NULL)
    wake_locked (self);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
vav_data_pipe_init_interface (VavPipeInterface *iface)
{
  iface->get_max_piece = data_pipe_get_max_piece;
  iface->start = data_pipe_start;
  iface->send = data_pipe_send;
  iface->close = data_pipe_close;
}

static void
vav_data_pipe_finalize (GObject *object)
{
  VavDataPipe *self = VAV_DATA_PIPE (object);

  g_queue_clear_full (&self->pieces, (GDestroyNotify)g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->sctp, vav_sctp_unref);
  g_clear_pointer (&self->gate, vav_media_gate_unref);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (vav_data_pipe_parent_class)->finalize (object);
}

static void
vav_data_pipe_class_init (VavDataPipeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_data_pipe_finalize;
}

static void
vav_data_pipe_init (VavDataPipe *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->pieces);
}

/**
 * vav_data_pipe_new:
 * @pipeline: where webrtcbin will be
 * @gate: what must be open for anything to pass
 *
 * Returns: (transfer full): a pipe that is not agreed on yet
 */
VavDataPipe *
vav_data_pipe_new (GstElement *pipeline, VavMediaGate *gate)
{
  static const VavSctpEvents events = { on_knocked, on_opened, on_message, on_lost };
  VavDataPipe *self = g_object_new (VAV_TYPE_DATA_PIPE, NULL);

  self->gate = vav_media_gate_ref (gate);
  self->sctp = vav_sctp_new (pipeline, gate, &events, G_OBJECT (self));

  return self;
}

void
vav_data_pipe_agree (VavDataPipe *self, guint remote_port)
{
  g_mutex_lock (&self->lock);
  self->remote_port = remote_port;
  g_mutex_unlock (&self->lock);
}

gboolean
vav_data_pipe_is_agreed (VavDataPipe *self)
{
  gboolean agreed;

  g_mutex_lock (&self->lock);
  agreed = self->remote_port != 0;
  g_mutex_unlock (&self->lock);

  return agreed;
}

void
vav_data_pipe_open (VavDataPipe *self)
{
  g_mutex_lock (&self->lock);
  if (self->knocked)
    begin_locked (self);
  g_mutex_unlock (&self->lock);
}

void
vav_data_pipe_stop (VavDataPipe *self)
{
  g_mutex_lock (&self->lock);
  fail_locked (self, VAV_ERROR_CLOSED);
  g_mutex_unlock (&self->lock);
}

void
vav_data_pipe_take_apart (VavDataPipe *self)
{
  vav_data_pipe_stop (self);
  vav_sctp_close (self->sctp);
}

gboolean
vav_data_pipe_send_raw (VavDataPipe *self, const guint8 *data, gsize size)
{
  return vav_sctp_send (self->sctp, data, size);
}

gboolean
vav_data_pipe_send_astray (VavDataPipe *self)
{
  return vav_sctp_send_astray (self->sctp);
}
