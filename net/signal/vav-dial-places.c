/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "net/signal/vav-direct.h"

/* RFC 8305, 5: the recommended delay between two attempts. */
#define NEXT_MS 250

typedef struct
{
  GTask *task; /* owned while it runs */
  VavAddress *address;
  VavTunnels *tunnels; /* nullable: through this broker; the address has no host then */
  GCancellable *cancellable;
} Attempt;

/* One race: the data of its GTask, which lives until each attempt has ended. */
typedef struct
{
  VavIdentity *identity;
  char *name;
  VavDialProgress progress;
  gpointer progress_data;
  gboolean at_once;
  VavDialPhase phase; /* the last one told */
  gboolean told;

  GPtrArray *attempts; /* of Attempt, those that have not begun yet among them */
  guint begun, ended;
  guint verdicts[VAV_DIAL_REFUSED + 1]; /* how many said so */
  GSource *next;
  GCancellable *outer; /* nullable */
  gulong outer_id;

  gboolean settled;
  VavAddress *reached;
  GError *error; /* what is told if none answers */
} Race;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  vav_address_free (attempt->address);
  g_clear_object (&attempt->tunnels);
  g_object_unref (attempt->cancellable);
  g_free (attempt);
}

static void
clear_next (Race *race)
{
  if (race->next != NULL)
    g_source_destroy (race->next);
  g_clear_pointer (&race->next, g_source_unref);
}

static void
race_free (gpointer data)
{
  Race *race = data;

  clear_next (race);
  g_ptr_array_unref (race->attempts);
  g_clear_pointer (&race->reached, vav_address_free);
  g_clear_error (&race->error);
  g_clear_object (&race->outer);
  g_object_unref (race->identity);
  g_free (race->name);
  g_free (race);
}

static void
give_up (Race *race)
{
  for (guint i = 0; i < race->attempts->len; i++)
    g_cancellable_cancel (((Attempt *)g_ptr_array_index (race->attempts, i))->cancellable);
}

/* Once: the task's callback is called, and what still runs is given up. */
static void
settle (GTask *task, VavChannel *channel)
{
  Race *race = g_task_get_task_data (task);

  race->settled = TRUE;
  clear_next (race);
  if (race->outer != NULL)
    g_cancellable_disconnect (race->outer, race->outer_id);
  g_clear_object (&race->outer);
  if (channel != NULL)
    g_task_return_pointer (task, g_object_ref (channel), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&race->error));
  give_up (race);
}

static void begin_next (GTask *task);

static gboolean
next_cb (gpointer data)
{
  begin_next (data);
  return G_SOURCE_REMOVE;
}

static void
progress_cb (VavDialPhase phase, gpointer data)
{
  Race *race = g_task_get_task_data (((Attempt *)data)->task);

  if (race->settled || race->progress == NULL || (race->told && phase <= race->phase))
    return;
  race->told = TRUE;
  race->phase = phase;
  race->progress (phase, race->progress_data);
}

/* The first place is the likeliest, so its error is told; but that somebody else answers matters more than that nobody does. */
static void
keep_error (Race *race, GError *error)
{
  if (race->error == NULL
      || (vav_reason_from_error (error) == VAV_REASON_UNTRUSTED
          && vav_reason_from_error (race->error) != VAV_REASON_UNTRUSTED))
    {
      g_clear_error (&race->error);
      race->error = error;
    }
  else
    g_error_free (error);
}

static void
attempt_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Attempt *attempt = data;
  g_autoptr (GTask) task = attempt->task; /* the attempt's reference */
  Race *race = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (VavChannel) channel = vav_direct_dial_finish (result, &error);

  race->ended++;
  race->verdicts[vav_direct_dial_judge (result)]++;
  if (race->settled)
    {
      g_clear_error (&error);
      if (channel != NULL)
        vav_channel_abort (channel); /* it came at the same time as another */
    }
  else if (channel != NULL)
    {
      race->reached = vav_address_copy (attempt->address);
      settle (task, channel);
    }
  else
    {
      gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      if (cancelled)
        g_clear_error (&race->error);
      keep_error (race, error);
      if (cancelled || race->ended == race->attempts->len)
        settle (task, NULL);
      else if (race->ended == race->begun)
        begin_next (task);
    }
}

static void
begin_next (GTask *task)
{
  Race *race = g_task_get_task_data (task);
  Attempt *attempt = g_ptr_array_index (race->attempts, race->begun++);

  clear_next (race);
  attempt->task = g_object_ref (task);
  if (attempt->tunnels != NULL)
    vav_tunnel_dial_async (race->identity, attempt->tunnels, attempt->address, race->name, attempt->cancellable,
                           progress_cb, attempt, attempt_cb, attempt);
  else if (race->at_once)
    vav_direct_dial_at_once_async (race->identity, attempt->address, race->name, attempt->cancellable, progress_cb,
                                   attempt, attempt_cb, attempt);
  else
    vav_direct_dial_async (race->identity, attempt->address, race->name, attempt->cancellable, progress_cb, attempt,
                           attempt_cb, attempt);
  if (race->begun == race->attempts->len)
    return;
  race->next = g_timeout_source_new (NEXT_MS);
  g_source_set_callback (race->next, next_cb, task, NULL);
  g_source_attach (race->next, g_main_context_get_thread_default ());
}

static void
add_attempt (Race *race, const VavAddress *address, const char *place)
{
  g_autoptr (VavAddress) parsed = place != NULL ? vav_address_parse (place, NULL) : vav_address_copy (address);
  Attempt *attempt;

  if (parsed == NULL || (place != NULL && (parsed->self || parsed->host == NULL)))
    return;
  attempt = g_new0 (Attempt, 1);
  attempt->address = g_steal_pointer (&parsed);
  g_free (attempt->address->id);
  attempt->address->id = g_strdup (address->id);
  attempt->cancellable = g_cancellable_new ();
  g_ptr_array_add (race->attempts, attempt);
}

static void
add_tunnel (Race *race, const VavDialPlaces *places)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->address = vav_address_copy (places->address);
  g_clear_pointer (&attempt->address->host, g_free);
  attempt->tunnels = g_object_ref (places->tunnels);
  attempt->cancellable = g_cancellable_new ();
  g_ptr_array_add (race->attempts, attempt);
}

static void
add_attempts (Race *race, const VavDialPlaces *places)
{
  gboolean tunnel = places->tunnels != NULL && places->address->id != NULL && !places->address->self;
  const char *const *other = places->others;

  if (!places->no_direct && (places->address->host != NULL || !tunnel))
    add_attempt (race, places->address, NULL);
  if (tunnel)
    add_tunnel (race, places);
  for (; !places->no_direct && other != NULL && *other != NULL; other++)
    add_attempt (race, places->address, *other);
}

static void
outer_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  give_up (data);
}

static Race *
race_new (VavIdentity *identity, const char *name)
{
  Race *race = g_new0 (Race, 1);

  race->identity = g_object_ref (identity);
  race->name = g_strdup (name);
  race->attempts = g_ptr_array_new_with_free_func (attempt_free);
  return race;
}

void
vav_direct_dial_places_async (VavIdentity *identity, const VavDialPlaces *places, const char *name,
                              GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Race *race;

  g_return_if_fail (VAV_IS_IDENTITY (identity) && places->address != NULL);
  g_return_if_fail (places->others == NULL || *places->others == NULL || places->address->id != NULL);

  task = g_task_new (identity, cancellable, callback, user_data);
  race = race_new (identity, name);
  race->progress = progress;
  race->progress_data = progress_data;
  race->at_once = places->at_once;
  g_task_set_source_tag (task, vav_direct_dial_places_async);
  g_task_set_task_data (task, race, race_free);
  add_attempts (race, places);
  if (race->attempts->len == 0)
    {
      g_task_return_new_error (
          task, VAV_ERROR, VAV_ERROR_UNREACHABLE, "%s",
          _ ("Only people whose key is known can be called over a meeting server: call one of your "
             "people, or an address that begins with “visavis:” and an id."));
      return;
    }
  if (cancellable != NULL)
    {
      race->outer = g_object_ref (cancellable);
      race->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb), race, NULL);
    }
  begin_next (task);
}

VavChannel *
vav_direct_dial_places_finish (GAsyncResult *result, VavAddress **reached, GError **error)
{
  Race *race;
  VavChannel *channel;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  race = g_task_get_task_data (G_TASK (result));
  channel = g_task_propagate_pointer (G_TASK (result), error);
  if (channel != NULL && reached != NULL)
    *reached = g_steal_pointer (&race->reached);

  return channel;
}

VavDialVerdict
vav_direct_dial_places_judge (GAsyncResult *result)
{
  Race *race = g_task_get_task_data (G_TASK (result));

  if (race->verdicts[VAV_DIAL_ABSENT] + race->verdicts[VAV_DIAL_REFUSED] < MAX (race->attempts->len, 1))
    return VAV_DIAL_UNKNOWN;
  return race->verdicts[VAV_DIAL_REFUSED] > 0 ? VAV_DIAL_REFUSED : VAV_DIAL_ABSENT;
}
