/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-schema.h"

#include <string.h>

#include "net/signal/vav-frame.h"

#define MAX_SDP (64 * 1024)
#define MAX_MLINE 15
#define MAX_CANDIDATE 1024
#define MAX_TOKEN 64
#define MAX_CREDENTIAL 256 /* RFC 8839, 5.4 */
#define MAX_GENERATION 0xffff
#define MAX_DIGEST 64     /* SHA-256 in hex */
#define MAX_FILE_NAME 255 /* NAME_MAX */
#define MAX_FILE 0x7fffffff

static const char *const reject_reasons[]
    = { "declined", "refused", "busy", "unreachable", "no-answer", "media", NULL };

static const char *const file_sides[] = { "sender", "receiver", NULL };

/* Why a file does not go on: a person's wish; the disk of the receiver is full; it cannot be read, or was changed meanwhile; it cannot be
 * written; what arrived is not what was sent; there is no way for it; the call is over. */
static const char *const file_reasons[]
    = { "cancelled", "full", "unreadable", "changed", "unwritable", "damaged", "no-way", "closing", NULL };

/* shorthands, so that the table below reads as the one in vav-message.h */
#define NEEDED TRUE
#define MAYBE FALSE
#define STRING(name, required, cap)                                                                                    \
  {                                                                                                                    \
    name, VAV_FIELD_STRING, required, cap, 0, NULL                                                                     \
  }
#define NAME(name, required)                                                                                           \
  {                                                                                                                    \
    name, VAV_FIELD_NAME, required, VAV_MAX_NAME, 0, NULL                                                              \
  }
#define CHOICE(name, required, choices)                                                                                \
  {                                                                                                                    \
    name, VAV_FIELD_CHOICE, required, MAX_TOKEN, 0, choices                                                            \
  }
#define UINT(name, required, from, to)                                                                                 \
  {                                                                                                                    \
    name, VAV_FIELD_UINT, required, to, from, NULL                                                                     \
  }
#define DATA(name)                                                                                                     \
  {                                                                                                                    \
    name, VAV_FIELD_DATA, MAYBE, VAV_MAX_DATA, 0, NULL                                                                 \
  }
#define LIST(name)                                                                                                     \
  {                                                                                                                    \
    name, VAV_FIELD_LIST, MAYBE, VAV_MAX_LIST_STRING, 0, NULL                                                          \
  }

static const VavSchema schemas[VAV_N_MESSAGE_TYPES] = {
  [VAV_MESSAGE_HELLO]
  = { "hello",
      FALSE,
      { UINT ("version", NEEDED, 1, 65535), NAME ("name", MAYBE), LIST ("features"), NAME ("agent", MAYBE) } },
  [VAV_MESSAGE_REQUEST] = { "request",
                            TRUE,
                            { NAME ("name", MAYBE), DATA ("data"), STRING ("description", NEEDED, MAX_SDP),
                              LIST ("flows"), UINT ("port", MAYBE, 1, 65535) } },
  [VAV_MESSAGE_RINGING] = { "ringing", TRUE, { STRING ("description", MAYBE, MAX_SDP) } },
  [VAV_MESSAGE_ACCEPT] = { "accept", TRUE, { STRING ("description", MAYBE, MAX_SDP), DATA ("data"), LIST ("flows") } },
  [VAV_MESSAGE_REJECT] = { "reject", TRUE, { CHOICE ("reason", NEEDED, reject_reasons), DATA ("data") } },
  [VAV_MESSAGE_WITHDRAW] = { "withdraw", TRUE, { { NULL } } },
  [VAV_MESSAGE_CANDIDATE]
  = { "candidate", TRUE, { UINT ("mline", NEEDED, 0, MAX_MLINE), STRING ("candidate", NEEDED, MAX_CANDIDATE) } },
  [VAV_MESSAGE_FLOWS] = { "flows",
                          TRUE,
                          { LIST ("send"), LIST ("receive"), UINT ("held", MAYBE, 0, 1), UINT ("screen", MAYBE, 0, 1),
                            UINT ("limit", MAYBE, 0, VAV_MAX_RATE), UINT ("slow", MAYBE, 0, VAV_N_SLOW - 1) } },
  [VAV_MESSAGE_CLOSING] = { "closing", TRUE, { DATA ("data") } },
  [VAV_MESSAGE_CLOSED] = { "closed", TRUE, { { NULL } } },
  [VAV_MESSAGE_TEXT]
  = { "text", TRUE, { UINT ("id", NEEDED, 1, VAV_MAX_NUMBER), STRING ("text", NEEDED, VAV_MAX_TEXT) } },
  [VAV_MESSAGE_ACK]
  = { "ack", TRUE, { UINT ("id", MAYBE, 1, VAV_MAX_NUMBER), UINT ("last_seq", MAYBE, 1, VAV_MAX_NUMBER) } },
  [VAV_MESSAGE_FILE_OFFER] = { "file-offer",
                               TRUE,
                               { UINT ("file", NEEDED, 1, MAX_FILE), STRING ("name", NEEDED, MAX_FILE_NAME),
                                 UINT ("size", NEEDED, 0, VAV_MAX_NUMBER) } },
  [VAV_MESSAGE_FILE_ACCEPT] = { "file-accept",
                                TRUE,
                                { UINT ("file", NEEDED, 1, MAX_FILE), UINT ("offset", NEEDED, 0, VAV_MAX_NUMBER),
                                  STRING ("digest", MAYBE, MAX_DIGEST) } },
  [VAV_MESSAGE_FILE_REFUSE] = { "file-refuse", TRUE, { UINT ("file", NEEDED, 1, MAX_FILE) } },
  [VAV_MESSAGE_FILE_CANCEL] = { "file-cancel",
                                TRUE,
                                { UINT ("file", NEEDED, 1, MAX_FILE), CHOICE ("by", NEEDED, file_sides),
                                  CHOICE ("reason", NEEDED, file_reasons) } },
  [VAV_MESSAGE_FILE_DONE] = { "file-done", TRUE, { UINT ("file", NEEDED, 1, MAX_FILE) } },
  [VAV_MESSAGE_FILE_WAY] = { "file-way", TRUE, { { NULL } } },
  [VAV_MESSAGE_ATTACH] = { "attach", TRUE, { { NULL } } },
  [VAV_MESSAGE_ATTACHED] = { "attached", TRUE, { { NULL } } },
  [VAV_MESSAGE_RESUME] = { "resume", TRUE, { UINT ("last_seq", NEEDED, 0, VAV_MAX_NUMBER) } },
  [VAV_MESSAGE_DESCRIPTION]
  = { "description",
      TRUE,
      { UINT ("generation", NEEDED, 1, MAX_GENERATION), STRING ("ufrag", NEEDED, MAX_CREDENTIAL),
        STRING ("password", NEEDED, MAX_CREDENTIAL) } },
  [VAV_MESSAGE_PING] = { "ping", FALSE, { STRING ("token", MAYBE, MAX_TOKEN) } },
  [VAV_MESSAGE_PONG] = { "pong", FALSE, { STRING ("token", MAYBE, MAX_TOKEN) } },
  [VAV_MESSAGE_UNSUPPORTED] = { "unsupported", FALSE, { STRING ("what", MAYBE, MAX_TOKEN) } },
};

const VavSchema *
vav_schema_get (VavMessageType type)
{
  g_return_val_if_fail ((guint)type < VAV_N_MESSAGE_TYPES, NULL);
  return &schemas[type];
}

gboolean
vav_schema_find_type (const char *name, VavMessageType *type)
{
  for (guint i = 0; i < VAV_N_MESSAGE_TYPES; i++)
    if (strcmp (schemas[i].name, name) == 0)
      {
        *type = (VavMessageType)i;
        return TRUE;
      }
  return FALSE;
}

int
vav_schema_find_field (const VavSchema *schema, const char *name)
{
  for (int i = 0; schema->fields[i].kind != VAV_FIELD_END; i++)
    if (strcmp (schema->fields[i].name, name) == 0)
      return i;
  return -1;
}

gsize
vav_schema_get_max_body (const VavSchema *schema)
{
  for (const VavField *field = schema->fields; field->kind != VAV_FIELD_END; field++)
    if (field->kind == VAV_FIELD_DATA || (field->kind == VAV_FIELD_STRING && field->cap > MAX_CANDIDATE))
      return VAV_FRAME_MAX;
  return VAV_SCHEMA_SMALL;
}

gboolean
vav_field_takes_string (const VavField *field, const char *text)
{
  if (strlen (text) > field->cap || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  return field->kind != VAV_FIELD_CHOICE || g_strv_contains (field->choices, text);
}

gboolean
vav_call_id_is_valid (const char *text)
{
  return strlen (text) == VAV_CALL_ID_LENGTH && strspn (text, "0123456789abcdef") == VAV_CALL_ID_LENGTH;
}
