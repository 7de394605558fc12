/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-talk.h"

#include <glib/gi18n.h>

#include "app/vav-app-notify.h"

#define TOLD_CHARS 80
#define TOLD_SECONDS 8 /* it is read, and pressed, in the middle of something else */
#define NOTIFICATION "talk"

struct _VavAppTalk
{
  GObject parent_instance;

  VavAppHost *host; /* owned */
  VavAppCallPage *page;
  AdwToastOverlay *overlay;

  AdwToast *toast; /* owned, nullable: is on the screen, or waits for it */
};

G_DEFINE_FINAL_TYPE (VavAppTalk, vav_app_talk, G_TYPE_OBJECT)

static void
on_dismissed (VavAppTalk *self)
{
  g_clear_object (&self->toast);
}

/* One toast however many texts: the newest takes the place of the last. */
static void
show_toast (VavAppTalk *self, const char *sentence, guint64 value)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  if (self->toast == NULL)
    {
      self->toast = adw_toast_new (escaped);
      adw_toast_set_timeout (self->toast, TOLD_SECONDS);
      adw_toast_set_button_label (self->toast, _ ("Show"));
      g_signal_connect_object (self->toast, "dismissed", G_CALLBACK (on_dismissed), self, G_CONNECT_SWAPPED);
      adw_toast_set_action_name (self->toast, "win.show-chat");
      adw_toast_set_action_target (self->toast, "t", value);
      adw_toast_overlay_add_toast (self->overlay, g_object_ref (self->toast));
      return;
    }
  adw_toast_set_title (self->toast, escaped);
  adw_toast_set_action_target (self->toast, "t", value);
}

static char *
shorten (const char *text)
{
  g_autofree char *line = g_strdup (text);

  g_strdelimit (line, "\n\t", ' ');
  if (g_utf8_strlen (line, -1) > TOLD_CHARS)
    {
      g_autofree char *begin = g_utf8_substring (line, 0, TOLD_CHARS);

      return g_strconcat (begin, "…", NULL);
    }
  return g_steal_pointer (&line);
}

static void
notify (VavAppTalk *self, const char *name, gboolean is_file)
{
  g_autofree char *title = g_strdup_printf (is_file ? _ ("%s offers you a file") : _ ("%s wrote a message"), name);
  g_autoptr (GNotification) notification = g_notification_new (title);
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    vav_app_notify_send (application, NOTIFICATION, notification);
}

static gboolean
is_seen (VavAppTalk *self, VavStream *stream)
{
  return gtk_widget_get_mapped (GTK_WIDGET (vav_app_call_page_get_chat (self->page)))
         && vav_gtk_chat_get_stream (vav_app_call_page_get_chat (self->page)) == stream;
}

static void
on_arrived (VavAppTalk *self, VavGtkMessage *message, VavGtkConversation *conversation)
{
  VavStream *stream = vav_gtk_conversation_get_stream (conversation);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->page));
  VavFile *file = vav_gtk_message_get_file (message);
  g_autofree char *name = vav_gtk_words_name (stream);
  g_autofree char *text = file == NULL ? shorten (vav_gtk_message_get_text (message)) : NULL;
  g_autofree char *sentence = NULL;

  if (!GTK_IS_WINDOW (root) || !gtk_window_is_active (GTK_WINDOW (root)))
    notify (self, name, file != NULL);
  if (is_seen (self, stream))
    return;
  if (file != NULL)
    /* Translators: somebody's name, and a file's */
    sentence = g_strdup_printf (_ ("%s offers the file “%s”."), name, vav_file_get_name (file));
  else
    /* Translators: somebody's name, and what they wrote */
    sentence = g_strdup_printf (_ ("%s writes: %s"), name, text);
  show_toast (self, sentence, vav_stream_get_value (stream));
}

static void
on_chat_visible (VavAppTalk *self)
{
  if (vav_app_call_page_get_chat_visible (self->page) && self->toast != NULL)
    adw_toast_dismiss (self->toast);
}

static void
on_window_active (VavAppTalk *self)
{
  GApplication *application = g_application_get_default ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->page));

  if (application != NULL && GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root)))
    vav_app_notify_withdraw (application, NOTIFICATION);
}

/* From the beginning of a call on, whether it is shown or not. A stream may come back for another call. */
static void
on_streams_changed (VavAppTalk *self, guint position, guint removed, guint added)
{
  GListModel *streams = G_LIST_MODEL (vav_app_host_get_endpoint (self->host));

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);
      VavGtkConversation *conversation = vav_gtk_conversation_of (stream);

      g_signal_handlers_disconnect_by_func (conversation, on_arrived, self);
      g_signal_connect_object (conversation, "arrived", G_CALLBACK (on_arrived), self, G_CONNECT_SWAPPED);
    }
}

static void
on_mapped (VavAppTalk *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->page));

  g_signal_handlers_disconnect_by_func (root, on_window_active, self);
  g_signal_connect_object (root, "notify::is-active", G_CALLBACK (on_window_active), self, G_CONNECT_SWAPPED);
}

static void
vav_app_talk_finalize (GObject *object)
{
  VavAppTalk *self = VAV_APP_TALK (object);

  g_clear_object (&self->toast);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (vav_app_talk_parent_class)->finalize (object);
}

static void
vav_app_talk_class_init (VavAppTalkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_app_talk_finalize;
}

static void
vav_app_talk_init (VavAppTalk *self)
{
}

VavAppTalk *
vav_app_talk_new (VavAppHost *host, VavAppCallPage *page, AdwToastOverlay *overlay)
{
  VavAppTalk *self = g_object_new (VAV_APP_TYPE_TALK, NULL);
  VavEndpoint *endpoint = vav_app_host_get_endpoint (host);

  self->host = g_object_ref (host);
  self->page = page;
  self->overlay = overlay;
  g_signal_connect_object (endpoint, "items-changed", G_CALLBACK (on_streams_changed), self, G_CONNECT_SWAPPED);
  on_streams_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)));
  g_signal_connect_object (page, "notify::chat-visible", G_CALLBACK (on_chat_visible), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "map", G_CALLBACK (on_mapped), self, G_CONNECT_SWAPPED);
  return self;
}
