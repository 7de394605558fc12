/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-invitation.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-network.h"

typedef struct
{
  VavAppWindow *window;     /* borrowed: the dialog goes with it */
  VavEndpoint *endpoint;    /* owned */
  VavAppSettings *settings; /* borrowed: it outlives all windows */
  VavCard *servers;         /* with no person */

  void (*done) (gpointer user_data);
  gpointer user_data;
  GDestroyNotify destroy; /* nullable */
} Question;

static void
question_free (Question *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_object_unref (self->endpoint);
  vav_card_free (self->servers);
  g_free (self);
}

static void
on_closed (gpointer data, GClosure *closure)
{
  question_free (data);
}

/* Only hosts are named: a sentence that a stranger wrote does not fit into one, and passwords are shown to nobody. */
static void
add_sentence (GString *body, const VavCard *servers, VavServerKind kind, const char *format)
{
  g_autofree char *host = NULL;

  if (servers->servers[kind] == NULL)
    return;
  host = vav_server_url_dup_host (servers->servers[kind]);
  g_string_append_c (body, ' ');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (body, format, host);
#pragma GCC diagnostic pop
}

static char *
describe (Question *self)
{
  GString *body = g_string_new (_ ("A link asks for it."));

  /* Translators: the name of a computer */
  add_sentence (body, self->servers, VAV_SERVER_BROKER,
                _ ("You and others then find each other through the meeting server %s."));
  if (self->servers->servers[VAV_SERVER_TURN] != NULL)
    /* Translators: the name of a computer */
    add_sentence (body, self->servers, VAV_SERVER_TURN, _ ("Calls that find no direct way go through the relay %s."));
  else
    /* Translators: the name of a computer */
    add_sentence (body, self->servers, VAV_SERVER_STUN, _ ("The server %s tells your computer how others see it."));
  if (vav_app_network_has_servers (self->settings))
    g_string_append_printf (body, " %s", _ ("That takes the place of what you use now."));
  g_string_append_printf (body, "\n\n%s",
                          _ ("Whoever runs such a server sees that you call, and when, but not what you say."));
  return g_string_free (body, FALSE);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *self)
{
  if (strcmp (response, "use") == 0)
    {
      vav_app_network_use_servers (self->endpoint, self->settings, self->servers);
      vav_app_window_toast (
          self->window, _ ("These servers are used from now on. They are on the page “Network” of the preferences."));
    }
  self->done (self->user_data);
}

static void
ask (Question *self)
{
  g_autofree char *body = describe (self);
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (self->window), _ ("Use the servers of this invitation?"), body);

  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "use", _ ("_Use Them"));
  /* it may come up under the hands of somebody who types */
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), self, on_closed, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What is another than now. */
static VavCard *
dup_new_servers (VavAppSettings *settings, const VavCard *card)
{
  VavCard *servers = vav_card_new (NULL, NULL, NULL);

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autofree char *present = vav_app_network_dup_server (settings, kind);

      if (g_strcmp0 (card->servers[kind], present) != 0)
        vav_card_set_server (servers, kind, card->servers[kind]);
    }
  return servers;
}

void
vav_app_invitation_ask (VavAppWindow *window, VavAppHost *host, VavAppSettings *settings, const VavCard *card,
                        void (*done) (gpointer user_data), gpointer user_data, GDestroyNotify destroy)
{
  Question *self = g_new0 (Question, 1);
  gboolean locked;

  self->window = window;
  self->endpoint = g_object_ref (vav_app_host_get_endpoint (host));
  self->settings = settings;
  self->servers = dup_new_servers (settings, card);
  locked = vav_app_network_drop_locked (settings, self->servers);
  self->done = done;
  self->user_data = user_data;
  self->destroy = destroy;
  if (vav_card_has_servers (self->servers))
    {
      ask (self);
      return;
    }
  if (locked)
    vav_app_window_toast (window, _ ("Your organisation has set which servers are used: those of this link are not."));
  else if (card->id == NULL && card->address == NULL)
    vav_app_window_toast (window, _ ("You use the servers of this invitation already."));
  done (user_data);
  question_free (self);
}
