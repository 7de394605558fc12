/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-errand.h"

#include "net/call/vav-endpoint-private.h"

#define FIRST_MS 250
#define LAST_MS 4000 /* between two tries at most */
#define TRY_MS 4000  /* for one try, from dialling to the answer */
#define LIMIT_S 30

struct _VavErrand
{
  VavEndpoint *endpoint; /* not owned: it owns us; NULL: it is over */
  char *call;
  guint64 heard;
  VavAddress *place;
  char **others;
  char *name;

  gint64 until; /* monotonic, µs */
  guint n_tries;
  GSource *timer; /* when the next begins, or when the present one has taken too long */
  GCancellable *dialling;
  VavChannel *channel; /* has said resume, and waits for the answer */
};

static void try_now (VavErrand *self);

static void
errand_clear (gpointer data)
{
  VavErrand *self = data;

  vav_address_free (self->place);
  g_strfreev (self->others);
  g_free (self->name);
  g_free (self->call);
}

/* Each dial that is under way holds one, and the owner. */
static void
errand_unref (VavErrand *self)
{
  g_rc_box_release_full (self, errand_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavErrand, errand_unref)

static void
leave_try (VavErrand *self)
{
  g_autoptr (VavChannel) channel = g_steal_pointer (&self->channel);

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (self->dialling != NULL)
    g_cancellable_cancel (self->dialling);
  g_clear_object (&self->dialling);
  if (channel == NULL)
    return;
  g_signal_handlers_disconnect_by_data (channel, self);
  vav_channel_abort (channel);
}

static void
finish (VavErrand *self)
{
  VavEndpoint *endpoint = g_steal_pointer (&self->endpoint);

  leave_try (self);
  if (endpoint == NULL)
    return;
  endpoint->n_errands--;
  vav_endpoint_end_task (endpoint);
}

static gboolean
on_timer (gpointer data)
{
  g_autoptr (VavErrand) self = g_rc_box_acquire (data);

  try_now (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (VavErrand *self, guint ms)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = g_timeout_source_new (ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
try_later (VavErrand *self)
{
  guint ms = MIN (FIRST_MS << MIN (self->n_tries, 4), LAST_MS);

  leave_try (self);
  self->n_tries++;
  set_timer (self, ms * 3 / 4 + (guint)g_random_int_range (0, (gint32)ms / 2));
}

/* They are still in the call, and hear how it ended; or they know it. */
static void
on_message (VavChannel *channel, VavMessage *message, VavErrand *data)
{
  g_autoptr (VavErrand) self = g_rc_box_acquire (data);
  g_autoptr (VavChannel) kept = g_object_ref (channel);

  if (vav_message_get_kind (message) == VAV_MESSAGE_RESUME
      && vav_last_words_add (self->endpoint->last_words, channel, message))
    {
      g_signal_handlers_disconnect_by_data (channel, self);
      g_clear_object (&self->channel);
      vav_endpoint_close_channel (self->endpoint, channel);
    }
  finish (self);
}

static void
on_closed (VavChannel *channel, GError *error, VavErrand *self)
{
  try_later (self);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavErrand) self = data;
  g_autoptr (VavChannel) channel = vav_direct_dial_places_finish (result, NULL, NULL);
  g_autoptr (VavMessage) resume = NULL;

  if (self->dialling == NULL || g_task_get_cancellable (G_TASK (result)) != self->dialling)
    {
      if (channel != NULL)
        vav_channel_abort (channel);
      return; /* given up meanwhile */
    }
  g_clear_object (&self->dialling);
  if (channel == NULL)
    {
      try_later (self);
      return;
    }

  resume = vav_message_new (VAV_MESSAGE_RESUME);
  vav_message_set_call (resume, self->call);
  vav_message_set_uint (resume, "last_seq", self->heard);
  self->channel = g_steal_pointer (&channel);
  g_signal_connect (self->channel, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->channel, "closed", G_CALLBACK (on_closed), self);
  vav_channel_start (self->channel);
  (void)vav_channel_send (self->channel, resume, NULL);
}

static gboolean
has_host (VavErrand *self)
{
  return self->place->host != NULL || (self->others != NULL && self->others[0] != NULL);
}

static void
try_now (VavErrand *self)
{
  VavTunnels *tunnels = vav_endpoint_get_tunnels (self->endpoint);
  const VavDialPlaces places = {
    .address = self->place,
    .others = (const char *const *)self->others,
    .tunnels = tunnels != NULL && vav_tunnels_wake (tunnels) ? tunnels : NULL,
    .no_direct = !vav_endpoint_get_direct (self->endpoint),
  };

  leave_try (self);
  if (g_get_monotonic_time () >= self->until)
    {
      finish (self);
      return;
    }
  if (places.tunnels == NULL && (places.no_direct || !has_host (self)))
    {
      try_later (self); /* the broker is away */
      return;
    }
  self->dialling = g_cancellable_new ();
  set_timer (self, TRY_MS);
  vav_direct_dial_places_async (vav_endpoint_get_identity (self->endpoint), &places, self->name, self->dialling, NULL,
                                NULL, on_dialled, g_rc_box_acquire (self));
}

VavErrand *
vav_errand_new (VavEndpoint *endpoint, const char *call, guint64 heard, const VavAddress *place,
                const char *const *others, const char *name)
{
  VavErrand *self = g_rc_box_new0 (VavErrand);

  self->endpoint = endpoint;
  self->call = g_strdup (call);
  self->heard = heard;
  self->place = vav_address_copy (place);
  self->others = g_strdupv ((char **)others);
  self->name = g_strdup (name);
  self->until = g_get_monotonic_time () + LIMIT_S * G_TIME_SPAN_SECOND;
  endpoint->n_errands++;
  vav_endpoint_begin_task (endpoint);
  set_timer (self, 0);
  return self;
}

void
vav_errand_free (VavErrand *self)
{
  finish (self);
  errand_unref (self);
}
