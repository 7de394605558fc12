/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"
#include "net/signal/vav-name.h"

G_BEGIN_DECLS

/* What each message may hold: one table that parsing, setting and serializing share. Private to signal. */

typedef enum
{
  VAV_FIELD_END, /* after the last field */
  VAV_FIELD_STRING,
  VAV_FIELD_NAME, /* a string for people: what could play tricks on a screen is replaced */
  VAV_FIELD_CHOICE,
  VAV_FIELD_UINT,
  VAV_FIELD_DATA,
  VAV_FIELD_LIST, /* of short strings */
} VavFieldKind;

typedef struct
{
  const char *name;
  VavFieldKind kind;
  gboolean required;
  guint64 cap;   /* bytes of a string or of data before coding; largest number */
  guint64 floor; /* smallest number */
  const char *const *choices;
} VavField;

#define VAV_MAX_FIELDS 6
#define VAV_MAX_LIST 32
#define VAV_MAX_LIST_STRING 64
#define VAV_MAX_NUMBER (G_GUINT64_CONSTANT (1) << 53) /* JSON numbers above are not exact (RFC 8259, 6) */
#define VAV_CALL_ID_LENGTH 32
#define VAV_SCHEMA_SMALL (8 * 1024)

typedef struct
{
  const char *name;
  gboolean needs_call;
  VavField fields[VAV_MAX_FIELDS + 1];
} VavSchema;

const VavSchema *vav_schema_get (VavMessageType type);
gboolean vav_schema_find_type (const char *name, VavMessageType *type);
int vav_schema_find_field (const VavSchema *schema, const char *name);

/* How many bytes a message of the kind may have, with what is not known here: VAV_SCHEMA_SMALL unless it can hold data, a text or a description. */
gsize vav_schema_get_max_body (const VavSchema *schema);

/* Whether the text may stand in the field: UTF-8, length, choice. */
gboolean vav_field_takes_string (const VavField *field, const char *text);
gboolean vav_call_id_is_valid (const char *text);

G_END_DECLS
