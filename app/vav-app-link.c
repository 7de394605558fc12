/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-link.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-invitation.h"

/* More than this is not a name. */
#define MAX_NAME 60
#define OPEN_QUESTION "visavis-link"

typedef struct
{
  VavAppWindow *window; /* borrowed: the dialog goes with it */
  VavPeople *people;    /* owned */
  char *link;           /* with nothing in it but what was understood */
  GtkEditable *entry;   /* borrowed from the dialog, nullable: the person is known */
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *self = data;

  g_object_unref (self->people);
  g_free (self->link);
  g_free (self);
}

static void
add_person (Question *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPerson) person = vav_people_add (self->people, name, self->link, &error);

  if (person == NULL)
    {
      vav_app_window_toast (self->window, error->message);
      return;
    }
  /* Translators: somebody's name */
  sentence = g_strdup_printf (_ ("%s is among your people now."), name);
  vav_app_window_toast (self->window, sentence);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *self)
{
  g_object_set_data (G_OBJECT (self->window), OPEN_QUESTION, NULL);
  if (strcmp (response, "call") == 0)
    vav_app_window_call (self->window, self->link, VAV_FLOW_ALL);
  else if (strcmp (response, "add") == 0)
    add_person (self);
}

/* A name of spaces is none. */
static void
on_name (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "add", *name != '\0');
}

/* The name that the link gives is a proposal: one may keep them under another. */
static GtkEditable *
add_name_entry (AdwMessageDialog *dialog, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("A name, to keep them among your people"));
  gtk_entry_set_max_length (GTK_ENTRY (entry), MAX_NAME);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name to keep them under"),
                                  -1);
  g_signal_connect (entry, "changed", G_CALLBACK (on_name), dialog);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_response (dialog, "add", _ ("_Add to People"));
  adw_message_dialog_set_response_enabled (dialog, "add", FALSE);
  gtk_editable_set_text (GTK_EDITABLE (entry), name != NULL ? name : "");
  return GTK_EDITABLE (entry);
}

/* Only what was understood is shown: no sentence that a stranger wrote stands in a question of ours. */
static char *
describe (const VavCard *card)
{
  g_autofree char *id = card->id != NULL ? vav_id_to_display (card->id) : NULL;

  if (card->address == NULL)
    /* Translators: the id of a key */
    return g_strdup_printf (_ ("A link asks for it. It leads to the key %s."), id);
  if (id == NULL)
    /* Translators: an address */
    return g_strdup_printf (_ ("A link asks for it. It leads to %s, and does not say whose key must answer there."),
                            card->address);
  /* Translators: an address, and the id of a key */
  return g_strdup_printf (_ ("A link asks for it. It leads to %s, where the key %s must answer."), card->address, id);
}

static char *
dup_plain_link (const VavCard *card)
{
  g_autoptr (VavCard) plain = vav_card_new (NULL, card->id, card->address);

  return vav_card_to_link (plain);
}

static void
ask (VavAppWindow *window, VavPeople *people, const VavCard *card)
{
  g_autoptr (VavPerson) person = card->id != NULL ? vav_people_find_by_id (people, card->id) : NULL;
  g_autofree char *body = describe (card);
  g_autofree char *heading = NULL;
  Question *self = g_new0 (Question, 1);
  GtkWidget *dialog;

  if (person != NULL)
    /* Translators: somebody's name */
    heading = g_strdup_printf (_ ("Call %s?"), vav_person_get_name (person));
  else
    heading = g_strdup (_ ("Call somebody you don’t know?"));
  dialog = adw_message_dialog_new (GTK_WINDOW (window), heading, body);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  self->window = window;
  self->people = g_object_ref (people);
  self->link = dup_plain_link (card);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"));
  if (person == NULL)
    self->entry = add_name_entry (ADW_MESSAGE_DIALOG (dialog), card->name);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "call", _ ("Ca_ll"));
  /* it may come up under the hands of somebody who types */
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), self, question_free, 0);
  g_object_set_data (G_OBJECT (window), OPEN_QUESTION, dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- a link that carries servers --- */

typedef struct
{
  VavAppWindow *window; /* borrowed: both go before the window */
  VavAppHost *host;
  VavCard *card;
} Next;

static void
next_free (gpointer data)
{
  Next *self = data;

  vav_card_free (self->card);
  g_free (self);
}

/* The servers are settled; now the person, if there is one. */
static void
on_servers (gpointer data)
{
  Next *self = data;
  VavEndpoint *endpoint = vav_app_host_get_endpoint (self->host);

  g_object_set_data (G_OBJECT (self->window), OPEN_QUESTION, NULL);
  if ((self->card->id != NULL || self->card->address != NULL)
      && g_strcmp0 (self->card->id, vav_endpoint_get_id (endpoint)) != 0)
    ask (self->window, vav_endpoint_get_people (endpoint), self->card);
}

static void
ask_servers (VavAppWindow *window, VavAppHost *host, VavAppSettings *settings, VavCard *card)
{
  Next *next = g_new0 (Next, 1);

  next->window = window;
  next->host = host;
  next->card = card;
  g_object_set_data (G_OBJECT (window), OPEN_QUESTION, next);
  vav_app_invitation_ask (window, host, settings, card, on_servers, next, next_free);
}

void
vav_app_link_ask (VavAppWindow *window, VavAppHost *host, VavAppSettings *settings, const char *link)
{
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);
  g_autoptr (VavCard) card = NULL;

  if (g_object_get_data (G_OBJECT (window), OPEN_QUESTION) != NULL)
    return;
  card = vav_card_parse (link, NULL);
  if (card == NULL)
    vav_app_window_toast (window, _ ("This link leads to nobody who could be called."));
  else if (g_strcmp0 (card->id, vav_endpoint_get_id (endpoint)) == 0)
    vav_app_window_toast (window, _ ("This link is your own: others call you with it."));
  else if (vav_card_has_servers (card))
    ask_servers (window, host, settings, g_steal_pointer (&card));
  else
    ask (window, vav_endpoint_get_people (endpoint), card);
}

gboolean
vav_app_link_carries_servers (const char *text)
{
  g_autoptr (VavCard) card = vav_card_parse (text, NULL);

  return card != NULL && vav_card_has_servers (card);
}

void
vav_app_link_open (VavAppWindow *window, const char *link)
{
  g_autoptr (GFile) file = g_file_new_for_uri (link);

  g_application_open (G_APPLICATION (gtk_window_get_application (GTK_WINDOW (window))), &file, 1, "");
}
