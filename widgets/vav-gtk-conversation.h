/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* More rows than these are not kept: the oldest go first, but no file that is not over. */
#define VAV_GTK_MAX_CONVERSATION 2000

/**
 * VavGtkMessage:
 *
 * A row of a conversation: a text, a file, or a file that could not even be offered (its name as text, and why). Property `state` is notified.
 */
typedef enum
{
  VAV_GTK_MESSAGE_ARRIVED, /* from the other side, or they have it */
  VAV_GTK_MESSAGE_SENT,    /* on its way */
  VAV_GTK_MESSAGE_FAILED,
  VAV_GTK_MESSAGE_UNSURE, /* the call ended before the other side had said that it has it */
} VavGtkMessageState;

#define VAV_GTK_TYPE_MESSAGE (vav_gtk_message_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkMessage, vav_gtk_message, VAV_GTK, MESSAGE, GObject)

gboolean vav_gtk_message_is_incoming (VavGtkMessage *self);
const char *vav_gtk_message_get_text (VavGtkMessage *self); /* (nullable): of a file that is offered */
VavFile *vav_gtk_message_get_file (VavGtkMessage *self);    /* (nullable) */
GDateTime *vav_gtk_message_get_time (VavGtkMessage *self);
VavGtkMessageState vav_gtk_message_get_state (VavGtkMessage *self);
const char *vav_gtk_message_get_trouble (VavGtkMessage *self); /* (nullable): why it failed, a sentence */
gboolean
vav_gtk_message_is_trusted (VavGtkMessage *self); /* from this side, or from somebody who was known when it came */

/**
 * VavGtkConversation:
 *
 * What the two people of a stream have given each other, the oldest first: a #GListModel of #VavGtkMessage. One a stream, whoever shows it; it is kept over
 * several calls with the same person, and begins anew with another one. From the first vav_gtk_conversation_of() on, so a program asks for it as
 * soon as there is a stream. The stream holds it.
 *
 * Property `unread` (guint, notified): what came since vav_gtk_conversation_mark_read().
 */
#define VAV_GTK_TYPE_CONVERSATION (vav_gtk_conversation_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkConversation, vav_gtk_conversation, VAV_GTK, CONVERSATION, GObject)

/**
 * VavGtkConversation::arrived:
 * @self: the object that tells it
 * @message: what came
 *
 * A text or an offered file came.
 */

/**
 * VavGtkConversation::other-person:
 * @self: the object that tells it
 *
 * It has begun anew. What was written for the one before and is not sent yet is not for this one.
 */

VavGtkConversation *vav_gtk_conversation_of (VavStream *stream); /* (transfer none) */

VavStream *vav_gtk_conversation_get_stream (VavGtkConversation *self); /* (nullable): gone, and this is still held */

guint vav_gtk_conversation_get_unread (VavGtkConversation *self);
void vav_gtk_conversation_mark_read (VavGtkConversation *self);

/* A text that cannot be sent stands there with why, except one that is too long: VAV_ERROR_TOO_LARGE, and nothing has happened. */
gboolean vav_gtk_conversation_send_text (VavGtkConversation *self, const char *text, GError **error);

/* Offers a file. If that fails, a row says so. temporary: a folder of which the file is all, removed when the file is over. */
void vav_gtk_conversation_send_file (VavGtkConversation *self, const char *path, const char *temporary);

G_END_DECLS
