/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-presence-watch.h"

struct _VavAppPresenceWatch
{
  VavPeople *people;
  GPtrArray *persons; /* of VavPerson, as listed */
  VavAppPresenceFunc func;
  gpointer user_data;
};

static void
on_present (VavPerson *person, GParamSpec *pspec, VavAppPresenceWatch *self)
{
  self->func (person, self->user_data);
}

static void
on_items_changed (GListModel *people, guint position, guint removed, guint added, VavAppPresenceWatch *self)
{
  for (guint i = 0; i < removed; i++)
    {
      g_signal_handlers_disconnect_by_data (self->persons->pdata[position], self);
      g_ptr_array_remove_index (self->persons, position);
    }
  for (guint i = position; i < position + added; i++)
    {
      VavPerson *person = g_list_model_get_item (people, i);

      g_ptr_array_insert (self->persons, (int)i, person);
      g_signal_connect (person, "notify::present", G_CALLBACK (on_present), self);
    }
}

VavAppPresenceWatch *
vav_app_presence_watch_new (VavPeople *people, VavAppPresenceFunc func, gpointer user_data)
{
  VavAppPresenceWatch *self = g_new0 (VavAppPresenceWatch, 1);

  self->people = g_object_ref (people);
  self->persons = g_ptr_array_new_with_free_func (g_object_unref);
  self->func = func;
  self->user_data = user_data;
  on_items_changed (G_LIST_MODEL (people), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (people)), self);
  g_signal_connect (people, "items-changed", G_CALLBACK (on_items_changed), self);
  return self;
}

void
vav_app_presence_watch_free (VavAppPresenceWatch *self)
{
  g_signal_handlers_disconnect_by_data (self->people, self);
  for (guint i = 0; i < self->persons->len; i++)
    g_signal_handlers_disconnect_by_data (self->persons->pdata[i], self);
  g_ptr_array_unref (self->persons);
  g_object_unref (self->people);
  g_free (self);
}
