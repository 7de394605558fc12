/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-other-key.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-compare.h"

/* Somebody with a reinstalled computer has another key. So has whoever sits between: only the two people can tell, by comparing a code. */

typedef struct
{
  GtkWindow *parent; /* weak pointer */
  VavEndpoint *endpoint;
  VavPerson *person;
  char *new_id;
} Case;

static void
case_free (Case *self)
{
  g_clear_weak_pointer (&self->parent);
  g_object_unref (self->endpoint);
  g_object_unref (self->person);
  g_free (self->new_id);
  g_free (self);
}

static void
on_compare (Case *self)
{
  if (self->parent != NULL)
    gtk_window_present (GTK_WINDOW (vav_app_compare_new (self->parent, self->endpoint, self->person, self->new_id)));
}

static void
ask (Case *self)
{
  const char *name = vav_person_get_name (self->person);
  /* Translators: %s is a person's name */
  g_autofree char *heading = g_strdup_printf (_ ("Another key answered in place of %s"), name);
  /* Translators: %s is a person's name */
  g_autofree char *body
      = g_strdup_printf (_ ("So it is when %s has a new computer, or has set theirs up anew; or it is "
                            "somebody else. No call was made. Ask them, then compare codes."),
                         name);
  GtkWidget *dialog = adw_message_dialog_new (self->parent, heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _ ("_Not now"), "compare",
                                    _ ("_Compare codes…"), NULL);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_object_set_data_full (G_OBJECT (dialog), "case", self, (GDestroyNotify)case_free);
  g_signal_connect_swapped (dialog, "response::compare", G_CALLBACK (on_compare), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
vav_app_other_key_tell (GtkWindow *parent, VavStream *stream)
{
  const GError *error = vav_stream_get_last_error (stream);
  const char *new_id = error != NULL ? vav_error_get_other_id (error) : NULL;
  VavEndpoint *endpoint = vav_stream_get_endpoint (stream);
  g_autofree char *name = new_id != NULL ? vav_stream_dup_entry_name (stream) : NULL;
  g_autoptr (VavPerson) person
      = name != NULL ? vav_people_find_by_name (vav_endpoint_get_people (endpoint), name) : NULL;
  Case *self;

  if (person == NULL)
    return;
  self = g_new0 (Case, 1);
  g_set_weak_pointer (&self->parent, parent);
  self->endpoint = g_object_ref (endpoint);
  self->person = g_steal_pointer (&person);
  self->new_id = g_strdup (new_id);
  ask (self);
}
