/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-other-key.h"

#include <adwaita.h>
#include <glib/gi18n.h>

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

/* What is told last needs no answer. */
static void
tell (Case *self, const char *heading, const char *body)
{
  GtkWidget *dialog;

  if (self->parent == NULL)
    return;
  dialog = adw_message_dialog_new (self->parent, heading, body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
accept_key (Case *self)
{
  VavPeople *people = vav_endpoint_get_people (self->endpoint);
  const char *own_id = vav_endpoint_get_id (self->endpoint);
  g_autofree char *code = vav_people_dup_compare_code (own_id, self->new_id);
  g_autofree char *body = NULL;
  g_autoptr (GError) error = NULL;

  if (!vav_people_replace_key (people, self->person, self->new_id, &error)
      || !vav_people_verify (people, self->person, own_id, code, &error))
    {
      tell (self, _ ("The new key was not kept"), error->message);
      return;
    }
  /* Translators: %s is a person's name */
  body = g_strdup_printf (_ ("%s has a new key, and you have made sure that it is theirs. You can call them again."),
                          vav_person_get_name (self->person));
  tell (self, _ ("The new key is known"), body);
}

static void
on_compared (Case *self, const char *response)
{
  g_autofree char *body = NULL;

  if (g_strcmp0 (response, "same") == 0)
    accept_key (self);
  if (g_strcmp0 (response, "differ") != 0)
    return;
  /* Translators: %s is a person's name, twice */
  body = g_strdup_printf (_ ("Then it is somebody else who answers in place of %s, and the old key stays. Do not call "
                             "this address until %s has found out why."),
                          vav_person_get_name (self->person), vav_person_get_name (self->person));
  tell (self, _ ("The codes differ"), body);
}

static GtkWidget *
make_code (Case *self)
{
  g_autofree char *code = vav_people_dup_compare_code (vav_endpoint_get_id (self->endpoint), self->new_id);
  GtkWidget *label = gtk_label_new (code);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
  gtk_widget_add_css_class (label, "title-2");
  gtk_widget_add_css_class (label, "numeric");
  return label;
}

static void
compare (Case *self)
{
  const char *name = vav_person_get_name (self->person);
  /* Translators: %s is a person's name */
  g_autofree char *heading = g_strdup_printf (_ ("Compare codes with %s"), name);
  /* Translators: %s is a person's name */
  g_autofree char *body = g_strdup_printf (_ ("Read the code to each other where you know that it is %s: face to face "
                                              "or by telephone. The other Visavis shows it, too."),
                                           name);
  GtkWidget *dialog = adw_message_dialog_new (self->parent, heading, body);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_code (self));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _ ("_Not now"), "differ", _ ("They _differ"),
                                    "same", _ ("They are the _same"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "differ", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_object_set_data_full (G_OBJECT (dialog), "case", self, (GDestroyNotify)case_free);
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (on_compared), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The case goes on with the next dialog, or ends here. */
static void
on_told (AdwMessageDialog *dialog, const char *response)
{
  Case *self = g_object_steal_data (G_OBJECT (dialog), "case");

  if (g_strcmp0 (response, "compare") == 0 && self->parent != NULL)
    compare (self);
  else
    case_free (self);
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
  g_signal_connect (dialog, "response", G_CALLBACK (on_told), NULL);
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
