/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-timeline.h"

#include <stdlib.h>

/* Not translated: whoever reports a slow call and whoever reads the report speak of the same steps. */
static const char *const names[VAV_N_STEPS] = {
  [VAV_STEP_DIALLED] = "dialled",
  [VAV_STEP_RESOLVED] = "name resolved",
  [VAV_STEP_CONNECTED] = "TCP connected",
  [VAV_STEP_SECURED] = "TLS done",
  [VAV_STEP_REQUEST_SENT] = "request sent",
  [VAV_STEP_HELLO] = "hello read",
  [VAV_STEP_REQUEST_READ] = "request read",
  [VAV_STEP_RINGING] = "ringing",
  [VAV_STEP_ACCEPTED] = "accepted",
  [VAV_STEP_ACCEPT_READ] = "accept read",
  [VAV_STEP_MEDIA_BUILT] = "own media built",
  [VAV_STEP_DESCRIBED] = "own description made",
  [VAV_STEP_PEER_DESCRIBED] = "other description read",
  [VAV_STEP_GATHERED] = "candidates gathered",
  [VAV_STEP_CHECKING] = "first check sent",
  [VAV_STEP_PATH] = "pair found",
  [VAV_STEP_DTLS_SENT] = "DTLS begun",
  [VAV_STEP_DTLS_READ] = "DTLS heard",
  [VAV_STEP_DTLS_DONE] = "DTLS connected",
  [VAV_STEP_MATCHED] = "fingerprint matched",
  [VAV_STEP_ENCODER_READY] = "encoder ready",
  [VAV_STEP_SOURCE_HELD] = "capture opened",
  [VAV_STEP_CAPTURED] = "first picture captured",
  [VAV_STEP_ENCODED] = "first frame encoded",
  [VAV_STEP_MEDIA_SENT] = "first RTP packet sent",
  [VAV_STEP_MEDIA_READ] = "first RTP packet in",
  [VAV_STEP_UNBUFFERED] = "picture out of the jitter buffer",
  [VAV_STEP_KEY_FRAME] = "first key frame complete",
  [VAV_STEP_DECODED] = "first frame decoded",
  [VAV_STEP_SHOWN] = "first frame shown",
  [VAV_STEP_PROCESS] = "process started",
  [VAV_STEP_MAIN] = "main",
  [VAV_STEP_SETTINGS] = "settings read",
  [VAV_STEP_GTK] = "GTK ready",
  [VAV_STEP_WINDOW_MADE] = "window made",
  [VAV_STEP_WINDOW_SHOWN] = "window shown",
  [VAV_STEP_WINDOW_DRAWN] = "window drawn",
  [VAV_STEP_GSTREAMER] = "GStreamer loaded",
  [VAV_STEP_PROFILE] = "profile opened",
  [VAV_STEP_LISTENING] = "listening",
  [VAV_STEP_TO_TELL] = "to be told",
  [VAV_STEP_TOLD] = "told",
};

struct _VavTimeline
{
  gatomicrefcount ref_count;

  GMutex lock;
  gint64 times[VAV_N_STEPS]; /* under lock; monotonic, µs; 0: not yet */
};

G_DEFINE_BOXED_TYPE (VavTimeline, vav_timeline, vav_timeline_ref, vav_timeline_unref)

static int enabled; /* atomic */

/**
 * vav_timeline_enable:
 *
 * Makes timelines be kept. Before the first is made.
 */
void
vav_timeline_enable (void)
{
  g_atomic_int_set (&enabled, TRUE);
}

/**
 * vav_timeline_is_enabled:
 *
 * Returns: whether they are kept
 */
gboolean
vav_timeline_is_enabled (void)
{
  return g_atomic_int_get (&enabled);
}

/**
 * vav_timeline_new:
 *
 * Returns: (transfer full) (nullable): one without marks; %NULL unless vav_timeline_enable() was called
 */
VavTimeline *
vav_timeline_new (void)
{
  VavTimeline *self;

  if (!g_atomic_int_get (&enabled))
    return NULL;

  self = g_new0 (VavTimeline, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);

  return self;
}

/**
 * vav_timeline_ref:
 *
 * Returns: (transfer full): the same
 */
VavTimeline *
vav_timeline_ref (VavTimeline *self)
{
  if (self != NULL)
    g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * vav_timeline_unref:
 *
 * Gives a reference back.
 */
void
vav_timeline_unref (VavTimeline *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * vav_timeline_mark_at:
 * @self: (nullable): the timeline
 * @step: what came
 * @monotonic_us: when, by g_get_monotonic_time()
 *
 * Notes a step whose time is known from elsewhere. May be called from any thread.
 */
void
vav_timeline_mark_at (VavTimeline *self, VavStep step, gint64 monotonic_us)
{
  if (self == NULL || (guint)step >= VAV_N_STEPS)
    return;

  g_mutex_lock (&self->lock);
  if (self->times[step] == 0)
    self->times[step] = MAX (monotonic_us, 1);
  g_mutex_unlock (&self->lock);
}

/**
 * vav_timeline_mark:
 * @self: (nullable): the timeline
 * @step: what came now
 *
 * May be called from any thread.
 */
void
vav_timeline_mark (VavTimeline *self, VavStep step)
{
  if (self != NULL)
    vav_timeline_mark_at (self, step, g_get_monotonic_time ());
}

/**
 * vav_timeline_has:
 * @step: which
 *
 * Returns: whether it was passed
 */
gboolean
vav_timeline_has (VavTimeline *self, VavStep step)
{
  gboolean has;

  if (self == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  has = self->times[step] != 0;
  g_mutex_unlock (&self->lock);

  return has;
}

typedef struct
{
  gint64 time;
  VavStep step;
} Mark;

static int
compare_marks (gconstpointer first, gconstpointer second)
{
  const Mark *a = first, *b = second;

  return a->time != b->time ? (a->time < b->time ? -1 : 1) : (int)a->step - (int)b->step;
}

static guint
copy_marks (VavTimeline *self, Mark *marks)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < VAV_STEP_TO_TELL; i++)
    if (self->times[i] != 0)
      marks[n++] = (Mark){ self->times[i], (VavStep)i };
  g_mutex_unlock (&self->lock);
  qsort (marks, n, sizeof *marks, compare_marks);

  return n;
}

/* What the person waits for begins when they dial or accept; what went before that has a time below 0. */
static gint64
find_origin (const Mark *marks, guint n)
{
  static const VavStep origins[] = { VAV_STEP_DIALLED, VAV_STEP_ACCEPTED };

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    for (guint j = 0; j < n; j++)
      if (marks[j].step == origins[i])
        return marks[j].time;

  return n > 0 ? marks[0].time : 0;
}

/**
 * vav_timeline_describe:
 * @self: (nullable): the timeline
 *
 * Returns: (transfer full): the table
 */
char *
vav_timeline_describe (VavTimeline *self)
{
  GString *text = g_string_new (NULL);
  Mark marks[VAV_N_STEPS];
  guint n = self != NULL ? copy_marks (self, marks) : 0;
  gint64 origin = find_origin (marks, n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%10.1f %+9.1f  %s\n", (double)(marks[i].time - origin) / 1000,
                            i > 0 ? (double)(marks[i].time - marks[i - 1].time) / 1000 : 0.0, names[marks[i].step]);

  return g_string_free (text, FALSE);
}

/**
 * vav_step_to_string:
 * @step: which
 *
 * Returns: what it is called
 */
const char *
vav_step_to_string (VavStep step)
{
  g_return_val_if_fail ((guint)step < VAV_N_STEPS, NULL);

  return names[step];
}
