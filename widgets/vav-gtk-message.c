/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-message-private.h"

enum
{
  PROP_STATE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkMessage, vav_gtk_message, G_TYPE_OBJECT)

static void
vav_gtk_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, (int)VAV_GTK_MESSAGE (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_message_finalize (GObject *object)
{
  VavGtkMessage *self = VAV_GTK_MESSAGE (object);

  g_clear_object (&self->file);
  g_date_time_unref (self->time);
  g_free (self->text);
  g_free (self->trouble);
  G_OBJECT_CLASS (vav_gtk_message_parent_class)->finalize (object);
}

static void
vav_gtk_message_class_init (VavGtkMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_gtk_message_get_property;
  object_class->finalize = vav_gtk_message_finalize;
  properties[PROP_STATE]
      = g_param_spec_int ("state", "State", "How far it has come", VAV_GTK_MESSAGE_ARRIVED, VAV_GTK_MESSAGE_UNSURE,
                          VAV_GTK_MESSAGE_ARRIVED, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_gtk_message_init (VavGtkMessage *self)
{
  self->time = g_date_time_new_now_local ();
}

VavGtkMessage *
vav_gtk_message_new_text (gboolean incoming, gboolean trusted, const char *text)
{
  VavGtkMessage *self = g_object_new (VAV_GTK_TYPE_MESSAGE, NULL);

  self->incoming = incoming;
  self->trusted = trusted;
  self->text = g_strdup (text);
  self->state = incoming ? VAV_GTK_MESSAGE_ARRIVED : VAV_GTK_MESSAGE_SENT;
  return self;
}

VavGtkMessage *
vav_gtk_message_new_file (VavFile *file)
{
  VavGtkMessage *self = g_object_new (VAV_GTK_TYPE_MESSAGE, NULL);

  self->incoming = vav_file_is_incoming (file);
  self->file = g_object_ref (file);
  return self;
}

void
vav_gtk_message_set_state (VavGtkMessage *self, VavGtkMessageState state, const char *trouble)
{
  if (self->state == state)
    return;
  self->state = state;
  g_free (self->trouble);
  self->trouble = g_strdup (trouble);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/**
 * vav_gtk_message_is_incoming:
 *
 * Returns: whether it is from the other side
 */
gboolean
vav_gtk_message_is_incoming (VavGtkMessage *self)
{
  return self->incoming;
}

/**
 * vav_gtk_message_get_text:
 *
 * Returns: (nullable): what was written; of a file that could not be offered, its name; %NULL of one that is offered
 */
const char *
vav_gtk_message_get_text (VavGtkMessage *self)
{
  return self->text;
}

/**
 * vav_gtk_message_get_file:
 *
 * Returns: (transfer none) (nullable): the file
 */
VavFile *
vav_gtk_message_get_file (VavGtkMessage *self)
{
  return self->file;
}

/**
 * vav_gtk_message_get_time:
 *
 * Returns: (transfer none): when it came
 */
GDateTime *
vav_gtk_message_get_time (VavGtkMessage *self)
{
  return self->time;
}

/**
 * vav_gtk_message_get_state:
 *
 * Returns: how far it has come
 */
VavGtkMessageState
vav_gtk_message_get_state (VavGtkMessage *self)
{
  return self->state;
}

/**
 * vav_gtk_message_get_trouble:
 *
 * Returns: (nullable): why it failed, a sentence
 */
const char *
vav_gtk_message_get_trouble (VavGtkMessage *self)
{
  return self->trouble;
}

/**
 * vav_gtk_message_is_trusted:
 *
 * Returns: whether it is from this side, or from somebody who was known when it came
 */
gboolean
vav_gtk_message_is_trusted (VavGtkMessage *self)
{
  return self->trusted;
}
