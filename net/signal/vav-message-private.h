/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"
#include "net/signal/vav-schema.h"

G_BEGIN_DECLS

/* One field's content; which member holds it is told by the schema. */
typedef struct
{
  gboolean present;
  char *string;
  guint64 number;
  GBytes *data;
  char **list;
} VavValue;

struct _VavMessage
{
  grefcount ref_count;
  VavMessageType type;
  const VavSchema *schema;
  char *call;
  guint64 seq;
  VavValue values[VAV_MAX_FIELDS];
};

/* As vav_message_parse(), for the channel: of a message of unknown type (VAV_ERROR_NOT_SUPPORTED), `unknown` is that
 * type, cut to 64 bytes, and `seq` its sequence number. */
VavMessage *vav_message_parse_full (GBytes *body, char **unknown, guint64 *seq, GError **error);

G_END_DECLS
