/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "widgets/vav-gtk-conversation.h"

G_BEGIN_DECLS

struct _VavGtkMessage
{
  GObject parent_instance;

  /* fixed */
  gboolean incoming;
  gboolean trusted;
  char *text;    /* nullable */
  VavFile *file; /* nullable */
  GDateTime *time;
  guint64 id; /* of a text that was sent in the present call; 0: none */

  VavGtkMessageState state;
  char *trouble; /* nullable */
};

VavGtkMessage *vav_gtk_message_new_text (gboolean incoming, gboolean trusted, const char *text);
VavGtkMessage *vav_gtk_message_new_file (VavFile *file);
void vav_gtk_message_set_state (VavGtkMessage *self, VavGtkMessageState state, const char *trouble);

G_END_DECLS
