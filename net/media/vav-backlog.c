/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-backlog.h"

/* What is left is decoded before a key frame comes. */
#define CALM_MS 250
#define CALM_PICTURES 8

typedef struct
{
  gint64 since_us;
  gsize size;
} Picture;

struct _VavBacklog
{
  GMutex lock; /* all below */
  Picture pictures[VAV_BACKLOG_MAX_PICTURES];
  guint first, n;
  gsize bytes;
  gboolean waits;  /* for a key frame */
  gboolean behind; /* since too much was there */
};

VavBacklog *
vav_backlog_new (void)
{
  VavBacklog *self = g_new0 (VavBacklog, 1);

  g_mutex_init (&self->lock);

  return self;
}

void
vav_backlog_free (VavBacklog *self)
{
  if (self == NULL)
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Under the lock, as all below. */
static gint64
get_age_ms (VavBacklog *self, gint64 now_us)
{
  return self->n > 0 ? (now_us - self->pictures[self->first].since_us) / G_TIME_SPAN_MILLISECOND : 0;
}

static gboolean
is_too_much (VavBacklog *self, gsize size, gint64 now_us)
{
  return self->n == VAV_BACKLOG_MAX_PICTURES || size > VAV_BACKLOG_MAX_BYTES - self->bytes
         || get_age_ms (self, now_us) > VAV_BACKLOG_MAX_MS;
}

static void
append (VavBacklog *self, gsize size, gint64 now_us)
{
  self->pictures[(self->first + self->n++) % VAV_BACKLOG_MAX_PICTURES] = (Picture){ now_us, size };
  self->bytes += size;
}

static VavBacklogVerdict
judge (VavBacklog *self, VavVp8Frame kind, gsize size, gint64 now_us)
{
  if (kind == VAV_VP8_BAD)
    {
      self->waits = TRUE;
      return VAV_BACKLOG_DROP;
    }
  if (is_too_much (self, size, now_us))
    {
      self->waits = self->behind = TRUE;
      return VAV_BACKLOG_DROP;
    }
  if (self->behind && (self->n > CALM_PICTURES || get_age_ms (self, now_us) > CALM_MS))
    return VAV_BACKLOG_DROP;
  if (self->waits && kind != VAV_VP8_KEY)
    return self->behind ? VAV_BACKLOG_ASK : VAV_BACKLOG_DROP;

  self->waits = self->behind = FALSE;
  append (self, size, now_us);
  return VAV_BACKLOG_PASS;
}

VavBacklogVerdict
vav_backlog_add (VavBacklog *self, VavVp8Frame kind, gsize size, gint64 now_us)
{
  VavBacklogVerdict verdict;

  g_mutex_lock (&self->lock);
  verdict = judge (self, kind, size, now_us);
  g_mutex_unlock (&self->lock);

  return verdict;
}

void
vav_backlog_take (VavBacklog *self)
{
  g_mutex_lock (&self->lock);
  if (self->n > 0)
    {
      self->bytes -= self->pictures[self->first].size;
      self->first = (self->first + 1) % VAV_BACKLOG_MAX_PICTURES;
      self->n--;
    }
  g_mutex_unlock (&self->lock);
}
