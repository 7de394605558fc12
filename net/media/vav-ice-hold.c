/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-hold.h"

#define LONGEST_US (100 * 1000)  /* after the peer's credentials are known: its STUN server has answered by then */
#define CHECKING_US (25 * 1000)  /* for the pairs of higher priority, one every Ta */
#define FARTHEST_US (400 * 1000) /* round trip to a relay that is waited for */

struct _VavIceHold
{
  GMainContext *context;
  VavIceHoldFunc tell;
  gpointer user_data;

  gint64 begun;
  gint64 round_trip; /* to the relay, about */
  gint64 checking;   /* since when the relay is asked to let the peer in; 0: not yet */
  gint64 known;      /* since when the peer's credentials are known; 0: not yet */
  GPtrArray *waiting;
  GSource *timer;
};

static void
stop_timer (VavIceHold *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
tell_all (VavIceHold *self)
{
  stop_timer (self);
  for (guint i = 0; i < self->waiting->len; i++)
    self->tell (self->user_data, self->waiting->pdata[i]);
  g_ptr_array_set_size (self->waiting, 0);
}

static gboolean
on_timer (gpointer user_data)
{
  tell_all (user_data);
  return G_SOURCE_REMOVE;
}

/* When it is time; 0: when the peer has answered. */
static gint64
find_time (VavIceHold *self)
{
  gint64 last = self->known + LONGEST_US;

  if (self->known == 0)
    return 0;
  if (self->checking == 0)
    return last;

  return MIN (last, self->checking + self->round_trip + CHECKING_US);
}

static void
update (VavIceHold *self)
{
  gint64 when = find_time (self);

  stop_timer (self);
  if (when == 0 || self->waiting->len == 0)
    return;
  if (when <= g_get_monotonic_time ())
    {
      tell_all (self);
      return;
    }

  self->timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->timer, when);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

VavIceHold *
vav_ice_hold_new (GMainContext *context, VavIceHoldFunc tell, gpointer user_data)
{
  VavIceHold *self = g_new0 (VavIceHold, 1);

  self->context = g_main_context_ref (context);
  self->tell = tell;
  self->user_data = user_data;
  self->waiting = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
vav_ice_hold_free (VavIceHold *self)
{
  stop_timer (self);
  g_ptr_array_unref (self->waiting);
  g_main_context_unref (self->context);
  g_free (self);
}

void
vav_ice_hold_begin (VavIceHold *self)
{
  self->begun = g_get_monotonic_time ();
}

void
vav_ice_hold_set_remote_known (VavIceHold *self)
{
  if (self->known == 0)
    self->known = g_get_monotonic_time ();
  update (self);
}

void
vav_ice_hold_checking (VavIceHold *self, gboolean reflexive)
{
  if (!reflexive || self->checking != 0)
    return;
  self->checking = g_get_monotonic_time ();
  update (self);
}

void
vav_ice_hold_take (VavIceHold *self, const char *candidate)
{
  gint64 now = g_get_monotonic_time ();

  if (self->round_trip == 0)
    {
      /* an allocation takes two: the first is refused for want of the nonce */
      self->round_trip = CLAMP ((now - self->begun) / 2, 1, FARTHEST_US);
      if (self->checking != 0)
        self->checking = now;
    }
  g_ptr_array_add (self->waiting, g_strdup (candidate));
  update (self);
}

gboolean
vav_ice_hold_is_empty (VavIceHold *self)
{
  return self->waiting->len == 0;
}
