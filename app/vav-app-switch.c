/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-switch.h"

#include <glib/gi18n.h>

#include "widgets/visavis-gtk.h"

/* The offer to resume stands so long; the list of calls has it afterwards, too. */
#define OFFER_S 20

typedef struct
{
  VavAppWindow *window; /* owned */
  VavAppHost *host;     /* owned */
  char *address;
  VavFlows flows;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->window);
  g_object_unref (question->host);
  g_free (question->address);
  g_free (question);
}

/* Of a link what it leads to: the name under which one knows them, else the place, else the key. */
static char *
dup_whom (VavAppHost *host, const char *address)
{
  VavPeople *people = vav_endpoint_get_people (vav_app_host_get_endpoint (host));
  g_autoptr (VavCard) card = vav_card_parse (address, NULL);
  g_autoptr (VavPerson) person = card != NULL && card->id != NULL ? vav_people_find_by_id (people, card->id) : NULL;

  if (*address == '\0')
    return g_strdup (_ ("this computer"));
  if (card == NULL || (card->id == NULL && card->address == NULL))
    return g_strdup (address);
  if (person != NULL)
    return g_strdup (vav_person_get_name (person));
  return card->address != NULL ? g_strdup (card->address) : vav_id_to_display (card->id);
}

static void
on_response (GtkWidget *dialog, const char *response, Question *question)
{
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (response, "call") == 0
      && !vav_app_host_call (question->host, question->address, question->flows, &error))
    vav_app_window_toast (question->window, error->message);
}

void
vav_app_switch_ask (VavAppWindow *window, VavAppHost *host, const char *address, VavFlows flows)
{
  g_autofree char *name = vav_gtk_words_name (vav_app_host_get_stream (host));
  g_autofree char *whom = dup_whom (host, address);
  /* Translators: %s is whom one is about to call; a name or an address */
  g_autofree char *heading = g_strdup_printf (_ ("Call %s?"), whom);
  /* Translators: %s is the person that one is talking to */
  g_autofree char *body = g_strdup_printf (_ ("Your call with %s will wait on hold."), name);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window), heading, body);
  Question *question = g_new0 (Question, 1);

  question->window = g_object_ref (window);
  question->host = g_object_ref (host);
  question->address = g_strdup (address);
  question->flows = flows;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "call", _ ("_Hold and call"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "call", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "call");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Resumed in another way, or over: the toast has nothing to offer any more. */
static void
on_moved_on (VavStream *stream, GParamSpec *pspec, AdwToast *toast)
{
  if (!vav_stream_get_held (stream) || !vav_stream_is_busy (stream))
    adw_toast_dismiss (toast);
}

void
vav_app_switch_offer (VavAppWindow *window, VavStream *stream)
{
  g_autofree char *name = vav_gtk_words_name (stream);
  /* Translators: %s is a person's name */
  g_autofree char *sentence = g_strdup_printf (_ ("%s is still on hold"), name);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _ ("Resume"));
  adw_toast_set_action_name (toast, "app.resume");
  adw_toast_set_action_target_value (toast, g_variant_new_uint64 (vav_stream_get_value (stream)));
  adw_toast_set_timeout (toast, OFFER_S);
  /* of no higher priority than others: libadwaita 1.2 aborts when one that has pushed another aside goes before that is off the screen */
  g_signal_connect_object (stream, "notify::held", G_CALLBACK (on_moved_on), toast, 0);
  g_signal_connect_object (stream, "notify::state", G_CALLBACK (on_moved_on), toast, 0);
  vav_app_window_add_toast (window, toast);
}

gboolean
vav_app_switch_is_test (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);

  return peer != NULL && vav_peer_is_self (peer);
}

void
vav_app_switch_tell_end (VavAppWindow *window, VavStream *old)
{
  VavState state = vav_stream_get_state (old);
  g_autofree char *words = NULL;

  if (state == VAV_STATE_CLOSING && vav_app_switch_is_test (old))
    words = g_strdup (_ ("The test call is over."));
  else if ((state == VAV_STATE_ENDED || state == VAV_STATE_FAILED)
           && vav_stream_get_end_reason (old) != VAV_REASON_LOCAL)
    words = vav_gtk_words_state (old);
  if (words != NULL)
    vav_app_window_toast (window, words);
}
