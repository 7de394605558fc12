/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-call-page.h"

#include "app/vav-app-snapshot.h"

struct _VavAppCallPage
{
  GtkWidget parent_instance;

  /* template children */
  AdwFlap *flap;
  VavGtkConference *conference;
  VavGtkChat *chat;

  /* owned */
  GSignalGroup *conversation_signals;
};

enum
{
  PROP_CHAT_VISIBLE = 1,
  PROP_UNREAD,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavAppCallPage, vav_app_call_page, GTK_TYPE_WIDGET)

static VavGtkConversation *
get_conversation (VavAppCallPage *self)
{
  VavStream *stream = vav_gtk_chat_get_stream (self->chat);

  return stream != NULL ? vav_gtk_conversation_of (stream) : NULL;
}

static void
on_unread (VavAppCallPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

/* A file that was dropped on the picture: one sees what becomes of it. */
static void
on_items_changed (VavAppCallPage *self, guint position, guint removed, guint added, GListModel *conversation)
{
  g_autoptr (VavGtkMessage) last = added > 0 ? g_list_model_get_item (conversation, position + added - 1) : NULL;

  if (last != NULL && !vav_gtk_message_is_incoming (last))
    vav_app_call_page_set_chat_visible (self, TRUE);
}

static gboolean
has_focus_in_chat (VavAppCallPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->chat));
}

/* Also by a swipe. Keys that nobody sees must not go into the chat. */
static void
on_reveal (VavAppCallPage *self)
{
  if (adw_flap_get_reveal_flap (self->flap))
    gtk_widget_grab_focus (GTK_WIDGET (self->chat));
  else if (has_focus_in_chat (self))
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHAT_VISIBLE]);
}

/* Where it lies over the picture it takes all the room: a strip of picture beside it would show nobody. */
static void
on_folded (VavAppCallPage *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self->chat), adw_flap_get_folded (self->flap));
}

static void
on_save_picture (VavAppCallPage *self, GdkTexture *picture)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  VavStream *stream = vav_app_call_page_get_stream (self);
  g_autofree char *name = stream != NULL ? vav_gtk_words_name (stream) : NULL;

  if (overlay != NULL)
    vav_app_snapshot_keep (picture, name, ADW_TOAST_OVERLAY (overlay));
}

static void
on_screen_failed (VavAppCallPage *self, const GError *error)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (error->message));
}

static gboolean
shortcut_escape (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  VavAppCallPage *self = VAV_APP_CALL_PAGE (widget);

  if (!has_focus_in_chat (self))
    return FALSE;
  vav_app_call_page_set_chat_visible (self, FALSE);
  return TRUE;
}

/* --- GObject --- */

static void
vav_app_call_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavAppCallPage *self = VAV_APP_CALL_PAGE (object);

  switch (id)
    {
    case PROP_CHAT_VISIBLE:
      g_value_set_boolean (value, vav_app_call_page_get_chat_visible (self));
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, vav_app_call_page_get_unread (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_app_call_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHAT_VISIBLE)
    vav_app_call_page_set_chat_visible (VAV_APP_CALL_PAGE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_call_page_dispose (GObject *object)
{
  VavAppCallPage *self = VAV_APP_CALL_PAGE (object);

  g_clear_object (&self->conversation_signals);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_CALL_PAGE);
  G_OBJECT_CLASS (vav_app_call_page_parent_class)->dispose (object);
}

static void
vav_app_call_page_class_init (VavAppCallPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vav_app_call_page_dispose;
  object_class->get_property = vav_app_call_page_get_property;
  object_class->set_property = vav_app_call_page_set_property;
  properties[PROP_CHAT_VISIBLE] = g_param_spec_boolean (
      "chat-visible", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_UNREAD]
      = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  vav_gtk_init ();
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "callpage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-call-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCallPage, flap);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallPage, conference);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallPage, chat);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_save_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_screen_failed);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, shortcut_escape, NULL);
}

static void
vav_app_call_page_init (VavAppCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  vav_gtk_chat_take_drops (self->chat, GTK_WIDGET (self->conference));
  self->conversation_signals = g_signal_group_new (VAV_GTK_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::unread", G_CALLBACK (on_unread), self);
  g_signal_group_connect_swapped (self->conversation_signals, "items-changed", G_CALLBACK (on_items_changed), self);
}

VavStream *
vav_app_call_page_get_stream (VavAppCallPage *self)
{
  return vav_gtk_conference_get_stream (self->conference);
}

void
vav_app_call_page_set_stream (VavAppCallPage *self, VavStream *stream)
{
  vav_gtk_conference_set_stream (self->conference, stream);
  vav_gtk_chat_set_stream (self->chat, stream);
  g_signal_group_set_target (self->conversation_signals, get_conversation (self));
  on_unread (self);
}

VavGtkConference *
vav_app_call_page_get_conference (VavAppCallPage *self)
{
  return self->conference;
}

VavGtkChat *
vav_app_call_page_get_chat (VavAppCallPage *self)
{
  return self->chat;
}

gboolean
vav_app_call_page_get_chat_visible (VavAppCallPage *self)
{
  return adw_flap_get_reveal_flap (self->flap);
}

void
vav_app_call_page_set_chat_visible (VavAppCallPage *self, gboolean visible)
{
  adw_flap_set_reveal_flap (self->flap, visible);
}

gboolean
vav_app_call_page_has_messages (VavAppCallPage *self)
{
  VavGtkConversation *conversation = get_conversation (self);

  return conversation != NULL && g_list_model_get_n_items (G_LIST_MODEL (conversation)) > 0;
}

guint
vav_app_call_page_get_unread (VavAppCallPage *self)
{
  VavGtkConversation *conversation = get_conversation (self);

  return conversation != NULL ? vav_gtk_conversation_get_unread (conversation) : 0;
}
