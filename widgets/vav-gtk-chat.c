/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-chat.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/vav-gtk-chat-private.h"
#include "widgets/vav-gtk-style-private.h"
#include "widgets/vav-gtk-words.h"

enum
{
  PROP_STREAM = 1,
  PROP_FOLDER,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkChat, vav_gtk_chat, GTK_TYPE_WIDGET)

void
vav_gtk_chat_hint (VavGtkChat *self, const char *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->hint_label), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->hint_label, sentence != NULL);
}

/* --- the stream --- */

static gboolean
can_give (VavGtkChat *self)
{
  VavState state = self->stream != NULL ? vav_stream_get_state (self->stream) : VAV_STATE_IDLE;

  return state == VAV_STATE_ACTIVE || state == VAV_STATE_RECONNECTING;
}

static void
update_send_button (VavGtkChat *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->entry);
  gboolean empty = gtk_text_buffer_get_char_count (buffer) == 0;

  gtk_widget_set_sensitive (self->send_button, can_give (self) && !empty);
  gtk_widget_set_visible (self->entry_placeholder, empty);
}

static void
update_state (VavGtkChat *self)
{
  g_autofree char *name = self->stream != NULL ? vav_gtk_words_name (self->stream) : NULL;
  g_autofree char *words = NULL;

  if (can_give (self))
    words = g_strdup_printf (_ ("Write to %s, or drop files here."), name);
  else
    words = g_strdup (_ ("In a call you can write to each other here, and send files."));
  gtk_label_set_text (self->empty_label, words);
  gtk_widget_set_sensitive (GTK_WIDGET (self->entry), can_give (self));
  gtk_widget_set_sensitive (self->attach_button, can_give (self));
  update_send_button (self);
}

/* --- what is typed --- */

/* What was typed, chosen or pasted and not sent was for somebody else: it goes. */
static void
drop_unsent (VavGtkChat *self)
{
  g_cancellable_cancel (self->pasting);
  g_object_unref (self->pasting);
  self->pasting = g_cancellable_new ();
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->entry), "", -1);
  vav_gtk_chat_hint (self, NULL);
}

static char *
dup_typed (VavGtkChat *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->entry);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
on_send (VavGtkChat *self)
{
  g_autofree char *text = g_strstrip (dup_typed (self));
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (*text == '\0' || !can_give (self))
    return;
  vav_gtk_chat_go_to_end (self);
  if (vav_gtk_conversation_send_text (self->conversation, text, &error))
    {
      gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->entry), "", -1);
      vav_gtk_chat_hint (self, NULL);
      return;
    }
  if (strlen (text) > VAV_MAX_TEXT)
    sentence = g_strdup (_ ("This text is too long to be sent at once. Send it in parts, or as a file."));
  vav_gtk_chat_hint (self, sentence != NULL ? sentence : error->message);
}

static void
on_typed (VavGtkChat *self)
{
  vav_gtk_chat_hint (self, NULL);
  update_send_button (self);
}

static gboolean
on_key_pressed (VavGtkChat *self, guint keyval, guint keycode, GdkModifierType state, GtkEventController *controller)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return FALSE;
  if ((state & GDK_SHIFT_MASK) != 0)
    return FALSE;
  /* Enter first ends what an input method composes */
  if (!gtk_text_view_im_context_filter_keypress (self->entry, gtk_event_controller_get_current_event (controller)))
    on_send (self);
  return TRUE;
}

static void
on_paste (VavGtkChat *self)
{
  if (vav_gtk_chat_paste (self))
    g_signal_stop_emission_by_name (self->entry, "paste-clipboard");
}

static void
on_emoji (VavGtkChat *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  g_signal_emit_by_name (self->entry, "insert-emoji");
}

/* --- GObject --- */

/* Not as GTK does it: on the way out backwards that gives the focus to the widget itself, which is the entry, and nobody gets past it. */
static gboolean
vav_gtk_chat_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return gtk_widget_child_focus (VAV_GTK_CHAT (widget)->box, direction);
}

static gboolean
vav_gtk_chat_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (VAV_GTK_CHAT (widget)->entry));
}

static void
vav_gtk_chat_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_chat_parent_class)->map (widget);
  vav_gtk_chat_read (VAV_GTK_CHAT (widget));
}

static void
vav_gtk_chat_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavGtkChat *self = VAV_GTK_CHAT (object);

  switch (id)
    {
    case PROP_STREAM:
      g_value_set_object (value, self->stream);
      break;
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_gtk_chat_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavGtkChat *self = VAV_GTK_CHAT (object);

  switch (id)
    {
    case PROP_STREAM:
      vav_gtk_chat_set_stream (self, g_value_get_object (value));
      break;
    case PROP_FOLDER:
      vav_gtk_chat_set_folder (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_gtk_chat_dispose (GObject *object)
{
  VavGtkChat *self = VAV_GTK_CHAT (object);

  if (self->list != NULL)
    {
      vav_gtk_chat_set_stream (self, NULL);
      drop_unsent (self);
    }
  g_clear_object (&self->signals);
  g_clear_object (&self->pasting);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_GTK_TYPE_CHAT);
  G_OBJECT_CLASS (vav_gtk_chat_parent_class)->dispose (object);
}

static void
vav_gtk_chat_finalize (GObject *object)
{
  g_free (VAV_GTK_CHAT (object)->folder);
  G_OBJECT_CLASS (vav_gtk_chat_parent_class)->finalize (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, VavGtkChat, child)

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/gtk/vav-gtk-chat.ui");
  BIND (box);
  BIND (stack);
  BIND (empty_label);
  BIND (scrolled);
  BIND (list);
  BIND (earlier_button);
  BIND (hint_label);
  BIND (entry);
  BIND (entry_placeholder);
  BIND (attach_button);
  BIND (send_button);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_emoji);
  gtk_widget_class_bind_template_callback (widget_class, on_paste);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, vav_gtk_chat_choose_files);
  gtk_widget_class_bind_template_callback (widget_class, vav_gtk_chat_show_earlier);
}

static void
vav_gtk_chat_class_init (VavGtkChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = vav_gtk_chat_get_property;
  object_class->set_property = vav_gtk_chat_set_property;
  object_class->dispose = vav_gtk_chat_dispose;
  object_class->finalize = vav_gtk_chat_finalize;
  properties[PROP_STREAM]
      = g_param_spec_object ("stream", "Stream", "The call whose conversation it shows", VAV_TYPE_STREAM, flags);
  properties[PROP_FOLDER] = g_param_spec_string (
      "folder", "Folder", "Where received files go; none: the user's folder for downloads", NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  widget_class->focus = vav_gtk_chat_focus;
  widget_class->grab_focus = vav_gtk_chat_grab_focus;
  widget_class->map = vav_gtk_chat_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chat");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  bind_template (widget_class);
}

static void
vav_gtk_chat_init (VavGtkChat *self)
{
  vav_gtk_style_load (gtk_widget_get_display (GTK_WIDGET (self)));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->at_end = TRUE;
  self->pasting = g_cancellable_new ();
  self->signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (update_state), self);
  g_signal_group_connect_swapped (self->signals, "notify::peer", G_CALLBACK (update_state), self);
  g_signal_connect_object (gtk_text_view_get_buffer (self->entry), "changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
  vav_gtk_chat_watch_scrolling (self);
  vav_gtk_chat_take_drops (self, GTK_WIDGET (self));
  update_state (self);
}

/* --- public --- */

/**
 * vav_gtk_chat_new:
 *
 * Returns: (transfer floating): a new chat without stream
 */
GtkWidget *
vav_gtk_chat_new (void)
{
  return g_object_new (VAV_GTK_TYPE_CHAT, NULL);
}

/**
 * vav_gtk_chat_get_stream:
 *
 * Returns: (transfer none) (nullable): whose conversation is shown
 */
VavStream *
vav_gtk_chat_get_stream (VavGtkChat *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CHAT (self), NULL);
  return self->stream;
}

/**
 * vav_gtk_chat_set_stream:
 * @stream: (nullable): whose conversation to show
 *
 * What was typed or chosen and not sent was for the other one: it goes; so it does when somebody else is in a call of the same stream.
 */
void
vav_gtk_chat_set_stream (VavGtkChat *self, VavStream *stream)
{
  g_return_if_fail (VAV_GTK_IS_CHAT (self));
  g_return_if_fail (stream == NULL || VAV_IS_STREAM (stream));

  if (self->stream == stream)
    return;
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_set_object (&self->stream, stream);
  self->conversation = stream != NULL ? vav_gtk_conversation_of (stream) : NULL;
  drop_unsent (self);
  vav_gtk_chat_fill (self);
  update_state (self);
  vav_gtk_chat_read (self);
  if (self->conversation != NULL)
    {
      g_signal_connect_object (self->conversation, "items-changed", G_CALLBACK (vav_gtk_chat_on_items_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->conversation, "other-person", G_CALLBACK (drop_unsent), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->conversation, "arrived", G_CALLBACK (vav_gtk_chat_on_arrived), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_group_set_target (self->signals, stream);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STREAM]);
}

/**
 * vav_gtk_chat_get_folder:
 *
 * Returns: (nullable): where received files go; %NULL: the user's folder for downloads
 */
const char *
vav_gtk_chat_get_folder (VavGtkChat *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CHAT (self), NULL);
  return self->folder;
}

/**
 * vav_gtk_chat_set_folder:
 * @folder: (nullable): where received files go; %NULL: the user's folder for downloads
 */
void
vav_gtk_chat_set_folder (VavGtkChat *self, const char *folder)
{
  g_return_if_fail (VAV_GTK_IS_CHAT (self));

  if (g_strcmp0 (self->folder, folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDER]);
}
