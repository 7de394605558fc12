/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/storm-words.h"

#include <string.h>

#include "net/signal/vav-schema.h"

#define LARGE 0.01 /* how often a text or data is as long as it may be */

gboolean
storm_words_chance (StormWords *self, double probability)
{
  return g_rand_double (self->rand) < probability;
}

guint
storm_words_pick (StormWords *self, guint n)
{
  return (guint)g_rand_int_range (self->rand, 0, (gint32)n);
}

static char *
make_text (StormWords *self, gsize cap)
{
  static const char *const letters[]
      = { "a", "Z", "0", " ", "\n", "\"", "\\", "é", "漢", "\u202e", "\u200b", "/", ".." };
  gsize wanted = storm_words_chance (self, LARGE) ? cap : MIN (cap, storm_words_pick (self, 40));
  GString *text = g_string_new (NULL);

  while (TRUE)
    {
      const char *letter = letters[storm_words_pick (self, G_N_ELEMENTS (letters))];

      if (text->len + strlen (letter) > wanted)
        return g_string_free (text, FALSE);
      g_string_append (text, letter);
    }
}

char *
storm_words_make_candidate (StormWords *self)
{
  static const char *const odd[]
      = { "", "candidate:", "candidate:1 1 UDP 1 256.0.0.1 9 typ host", "candidate:x 9 TCP z" };

  if (storm_words_chance (self, 0.1))
    return g_strdup (odd[storm_words_pick (self, G_N_ELEMENTS (odd))]);
  if (storm_words_chance (self, 0.1))
    return make_text (self, 1024);
  return g_strdup_printf ("candidate:%u 1 UDP %u %s %u typ host", storm_words_pick (self, 1000) + 1,
                          2000000000 + storm_words_pick (self, 1000000),
                          (const char *)self->hosts->pdata[storm_words_pick (self, self->hosts->len)], self->sink);
}

/* One line is gone, doubled, or says something else. */
static char *
damage (StormWords *self, const char *whole)
{
  g_auto (GStrv) lines = g_strsplit (whole, "\r\n", -1);
  guint at = storm_words_pick (self, g_strv_length (lines));
  guint how = storm_words_pick (self, 3);
  GString *text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (i == at && how == 0)
        continue;
      if (i == at && how == 1)
        g_string_append_printf (text, "%s\r\n", lines[i]);
      if (i == at && how == 2 && *lines[i] != '\0')
        lines[i][storm_words_pick (self, (guint)strlen (lines[i]))] = 'x';
      if (lines[i + 1] != NULL || *lines[i] != '\0')
        g_string_append_printf (text, "%s\r\n", lines[i]);
    }
  return g_string_free (text, FALSE);
}

char *
storm_words_make_description (StormWords *self, const char *whole)
{
  g_autofree char *complete = g_strconcat (whole, self->candidates, NULL);
  guint roll = storm_words_pick (self, 20);

  if (roll == 0)
    return make_text (self, 64 * 1024);
  if (roll < 3)
    return damage (self, whole);
  return roll < 10 ? g_strdup (whole) : g_steal_pointer (&complete);
}

static void
put_string (StormWords *self, VavMessage *message, const VavField *field)
{
  g_autofree char *text = NULL;

  if (field->kind == VAV_FIELD_CHOICE)
    text = g_strdup (field->choices[storm_words_pick (self, g_strv_length ((char **)field->choices))]);
  else if (strcmp (field->name, "description") == 0)
    text = storm_words_make_description (self, storm_words_chance (self, 0.5) ? self->answer : self->offer);
  else if (strcmp (field->name, "candidate") == 0)
    text = storm_words_make_candidate (self);
  else
    text = make_text (self, field->cap);
  g_assert_true (vav_message_set_string (message, field->name, text));
}

static void
put_list (StormWords *self, VavMessage *message, const VavField *field)
{
  static const char *const words[] = { "audio", "video", "smell", "" };
  const char *list[6] = { NULL };
  guint n = storm_words_pick (self, G_N_ELEMENTS (list));

  for (guint i = 0; i < n; i++)
    list[i] = words[storm_words_pick (self, G_N_ELEMENTS (words))];
  vav_message_set_strings (message, field->name, list);
}

static void
put_data (StormWords *self, VavMessage *message, const VavField *field)
{
  gsize length = storm_words_chance (self, LARGE) ? field->cap : storm_words_pick (self, 100);
  guint8 *bytes = g_malloc (MAX (length, 1));
  g_autoptr (GBytes) data = NULL;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)g_rand_int (self->rand);
  data = g_bytes_new_take (bytes, length);
  vav_message_set_data (message, data);
}

static void
put_uint (StormWords *self, VavMessage *message, const VavField *field)
{
  guint64 number = (guint64)g_rand_int (self->rand) << 32 | g_rand_int (self->rand);
  guint64 range = field->cap - field->floor + 1;

  if (storm_words_chance (self, 0.5))
    number %= 4;
  vav_message_set_uint (message, field->name, field->floor + (range != 0 ? number % range : number));
}

/* A field of a kind that is not known here stays out; if the message needs it, storm_words_serialize() says so. */
static void
put (StormWords *self, VavMessage *message, const VavField *field)
{
  if (field->kind == VAV_FIELD_STRING || field->kind == VAV_FIELD_NAME || field->kind == VAV_FIELD_CHOICE)
    put_string (self, message, field);
  else if (field->kind == VAV_FIELD_UINT)
    put_uint (self, message, field);
  else if (field->kind == VAV_FIELD_DATA)
    put_data (self, message, field);
  else if (field->kind == VAV_FIELD_LIST)
    put_list (self, message, field);
}

VavMessage *
storm_words_make (StormWords *self, VavMessageType type)
{
  const VavSchema *schema = vav_schema_get (type);
  VavMessage *message = vav_message_new (type);

  for (const VavField *field = schema->fields; field->kind != VAV_FIELD_END; field++)
    if (field->required || storm_words_chance (self, 0.6))
      put (self, message, field);
  if (schema->needs_call)
    vav_message_set_call (message, self->call);
  return message;
}

GBytes *
storm_words_serialize (VavMessage *message, guint64 seq)
{
  g_autoptr (GError) error = NULL;
  GBytes *body;

  vav_message_set_seq (message, seq);
  body = vav_message_serialize (message, &error);
  if (body == NULL)
    g_error ("a %s that the schema does not take (a kind of field that put() does not know?): %s",
             vav_message_kind_to_string (vav_message_get_kind (message)), error->message);
  return body;
}

GBytes *
storm_words_make_unknown (StormWords *self, guint64 seq)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"whistle-%u\",\"seq\":%" G_GUINT64_FORMAT
                                           ",\"call\":\"%s\",\"tune\":[1,{\"a\":null}]}",
                                           storm_words_pick (self, 1000), seq, self->call);

  return g_bytes_new (text, strlen (text));
}
