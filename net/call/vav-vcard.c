/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-vcard.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/signal/vav-name.h"

#define SCHEME "visavis:"
#define BOM "\xef\xbb\xbf"
#define FOLD 75        /* octets of a line, RFC 6350, section 3.2 */
#define SHOWN_FAULT 80 /* bytes of what stands there */

typedef struct
{
  const char *at;
  const char *end;
  guint next;    /* the number of the line at `at` */
  guint n_begun; /* cards */
  /* the card that is read */
  gboolean quotes;    /* it is a vCard 2.1 */
  char *joined;       /* nullable: the name that its N makes, for who has no FN */
  char *joined_fault; /* nullable: why it makes none */
  guint joined_line;
  /* the content line that was read last, unfolded */
  guint number; /* of its first line */
  gboolean cut; /* it is longer than what is kept of it */
  char last;    /* its last byte, also if that is not kept */
  GString *text;
  char *name; /* this and what follows: within text */
  char *parameters;
  char *value;
} Reader;

static void
vav_vcard_free (VavVcard *self)
{
  g_free (self->name);
  g_free (self->id);
  g_ptr_array_unref (self->addresses);
  g_free (self->fault);
  g_free (self);
}

static VavVcard *
add_card (GPtrArray *cards, guint line)
{
  VavVcard *self = g_new0 (VavVcard, 1);

  self->line = line;
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (cards, self);
  return self;
}

/* The first fault is the one to mend. sentence: (transfer full) */
static void
take_fault (VavVcard *self, guint line, char *sentence)
{
  if (self->fault != NULL)
    {
      g_free (sentence);
      return;
    }
  self->fault = sentence;
  self->fault_line = line;
}

/* Up to CR, LF or both. */
static void
read_physical_line (Reader *self)
{
  const char *begin = self->at;
  gsize length, room;

  while (self->at < self->end && *self->at != '\n' && *self->at != '\r')
    self->at++;
  length = (gsize)(self->at - begin);
  room = VAV_VCARD_MAX_LINE - self->text->len;
  g_string_append_len (self->text, begin, (gssize)MIN (length, room));
  self->cut = self->cut || length > room;
  if (length > 0)
    self->last = self->at[-1];

  if (self->at < self->end && *self->at++ == '\r' && self->at < self->end && *self->at == '\n')
    self->at++;
  self->next++;
}

/* RFC 6350, section 3.2: a line that begins with a blank goes on with the one before. A character may be cut there. */
static gboolean
read_line (Reader *self)
{
  if (self->at >= self->end)
    return FALSE;

  g_string_truncate (self->text, 0);
  self->cut = FALSE;
  self->last = '\0';
  self->number = self->next;
  read_physical_line (self);
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\t'))
    {
      self->at++;
      read_physical_line (self);
    }

  return TRUE;
}

static gboolean
is_blank (const GString *text)
{
  for (gsize i = 0; i < text->len; i++)
    if (!g_ascii_isspace (text->str[i]))
      return FALSE;
  return TRUE;
}

/* `[group.]NAME[;PARAMETER…]:VALUE`; a colon may stand in a quoted parameter. Cuts the text at these places. */
static gboolean
split_line (Reader *self)
{
  char *c = self->text->str;
  gboolean quoted = FALSE;

  if (strlen (c) != self->text->len)
    return FALSE; /* NUL is in no text */
  self->name = c;
  for (; g_ascii_isalnum (*c) || *c == '-' || *c == '.' || *c == '_'; c++)
    if (*c == '.')
      self->name = c + 1;
  if (c == self->name || (*c != ';' && *c != ':'))
    return FALSE;

  self->parameters = c;
  for (; *c != '\0' && (quoted || *c != ':'); c++)
    if (*c == '"')
      quoted = !quoted;
  if (*c == '\0')
    return FALSE;
  self->value = c + 1;
  *c = '\0';
  if (self->parameters < c)
    *self->parameters++ = '\0';

  return TRUE;
}

static gboolean
is_line (Reader *self, const char *name, const char *value)
{
  return g_ascii_strcasecmp (self->name, name) == 0 && g_ascii_strcasecmp (g_strstrip (self->value), value) == 0;
}

/* Returns: whether a parameter begins so; 2.1 also writes values without their names */
static gboolean
has_parameter (Reader *self, const char *start)
{
  const char *parameter = self->parameters;

  while (g_ascii_strncasecmp (parameter, start, strlen (start)) != 0)
    {
      parameter = strchr (parameter, ';');
      if (parameter == NULL)
        return FALSE;
      parameter++;
    }

  return TRUE;
}

static gboolean
is_quoted_printable (Reader *self)
{
  return has_parameter (self, "QUOTED-PRINTABLE") || has_parameter (self, "ENCODING=QUOTED-PRINTABLE");
}

/* RFC 6350, section 3.4, and what others escape without need (`http\://`). No visavis: address has a backslash of its own. */
static char *
unescape (const char *value)
{
  GString *text = g_string_new (NULL);

  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      else if (*c == '\\')
        break;
      else
        {
          g_string_append_c (text, *c);
          continue;
        }
      g_string_append_c (text, *c == 'n' || *c == 'N' ? ' ' : *c);
    }

  return g_string_free (text, FALSE);
}

/* Returns: (transfer full) (nullable): why what stands there cannot be read */
static char *
find_fault_of_value (Reader *self, const char *value)
{
  if (self->cut)
    return g_strdup_printf (_ ("This line is longer than %d bytes."), VAV_VCARD_MAX_LINE);
  if (is_quoted_printable (self))
    return g_strdup (
        self->quotes
            ? _ ("This line is quoted-printable, as vCard 2.1 has it. Export the file as vCard 3.0 or 4.0.")
            : _ ("This line is quoted-printable, which no vCard but 2.1 has. Export the file as plain UTF-8 text."));
  if (has_parameter (self, "BASE64")
      || (has_parameter (self, "ENCODING=") && !has_parameter (self, "ENCODING=8BIT")
          && !has_parameter (self, "ENCODING=7BIT")))
    return g_strdup (_ ("This line is encoded in a way that is not for text."));
  if ((has_parameter (self, "CHARSET=") && !has_parameter (self, "CHARSET=UTF-8")
       && !has_parameter (self, "CHARSET=\"UTF-8\""))
      || !g_utf8_validate (value, -1, NULL))
    return g_strdup (_ ("This line is not UTF-8 text. Export the file as UTF-8."));
  return NULL;
}

/* Returns: (transfer full) (nullable): why that cannot be what somebody is called */
static char *
find_fault_of_name (Reader *self, const char *name)
{
  char *fault = find_fault_of_value (self, name);

  return fault == NULL && strlen (name) > VAV_MAX_NAME ? vav_name_dup_limits () : fault;
}

/* Several are in other languages, or less preferred: the first is taken. */
static void
read_name (VavVcard *self, Reader *reader)
{
  g_autofree char *name = unescape (reader->value);
  char *fault = find_fault_of_name (reader, name);

  if (fault != NULL)
    take_fault (self, reader->number, fault);
  else if (self->name == NULL && strspn (name, " \t") < strlen (name))
    self->name = g_steal_pointer (&name);
}

/* What stands between two semicolons that are not escaped; commas divide several of it. */
static char *
get_part (const char *value, guint position)
{
  const char *end;
  g_autofree char *part = NULL;

  for (; position > 0 && *value != '\0'; value++)
    if (*value == '\\' && value[1] != '\0')
      value++;
    else if (*value == ';')
      position--;
  for (end = value; *end != '\0' && *end != ';'; end++)
    if (*end == '\\' && end[1] != '\0')
      end++;

  part = g_strndup (value, (gsize)(end - value));
  for (char *c = part; *c != '\0'; c++)
    if (*c == '\\' && c[1] != '\0')
      c++;
    else if (*c == ',')
      *c = ' ';

  return g_strstrip (unescape (part));
}

/* RFC 6350, section 6.2.2; RFC 2426, section 3.1.2: Family;Given;Additional;Prefixes;Suffixes. As one says it: the given name comes before the family's. */
static void
read_structured_name (Reader *reader)
{
  static const guint order[] = { 3, 1, 2, 0, 4 };
  g_autoptr (GString) name = g_string_new (NULL);

  if (reader->joined_line != 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autofree char *part = get_part (reader->value, order[i]);

      if (*part != '\0')
        g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", part);
    }
  reader->joined_line = reader->number;
  reader->joined_fault = find_fault_of_name (reader, name->str);
  if (reader->joined_fault == NULL && name->len > 0)
    reader->joined = g_strdup (name->str);
}

static void
take_address (VavVcard *self, VavAddress *address)
{
  g_autofree char *place = address->host != NULL ? vav_address_join (address->host, address->port) : NULL;

  if (self->id == NULL)
    self->id = g_strdup (address->id);
  if (place != NULL && !g_ptr_array_find_with_equal_func (self->addresses, place, g_str_equal, NULL))
    g_ptr_array_add (self->addresses, g_steal_pointer (&place));
}

static void
read_address (VavVcard *self, Reader *reader)
{
  g_autofree char *value = g_strstrip (unescape (reader->value));
  g_autoptr (VavAddress) address = NULL;
  char *fault;

  if (g_ascii_strncasecmp (value, SCHEME, strlen (SCHEME)) != 0)
    return;

  self->called = TRUE;
  if (self->fault != NULL)
    return; /* nothing of it is used: no more is kept */
  fault = find_fault_of_value (reader, value);
  if (fault != NULL)
    {
      take_fault (self, reader->number, fault);
      return;
    }
  address = vav_address_parse (value, NULL);
  if (address == NULL)
    {
      g_autofree char *shown = vav_name_make_harmless (value, SHOWN_FAULT);

      take_fault (self, reader->number,
                  g_strdup_printf (
                      _ ("“%s” is not an address. Write visavis:HOST, visavis:HOST:PORT or visavis:ID@HOST."), shown));
      return;
    }
  if (self->id != NULL && address->id != NULL && strcmp (self->id, address->id) != 0)
    take_fault (self, reader->number, g_strdup (_ ("This card has two keys. Each person has one.")));
  take_address (self, address);
  if (self->addresses->len > VAV_VCARD_MAX_ADDRESSES)
    take_fault (self, reader->number,
                g_strdup_printf (_ ("A person has at most %d addresses."), VAV_VCARD_MAX_ADDRESSES));
}

static void
read_property (VavVcard *self, Reader *reader)
{
  if (g_ascii_strcasecmp (reader->name, "FN") == 0)
    read_name (self, reader);
  else if (g_ascii_strcasecmp (reader->name, "N") == 0)
    read_structured_name (reader);
  else if (g_ascii_strcasecmp (reader->name, "VERSION") == 0)
    reader->quotes = is_line (reader, "VERSION", "2.1");
  else if (g_ascii_strcasecmp (reader->name, "IMPP") == 0 || g_ascii_strcasecmp (reader->name, "URL") == 0
           || g_ascii_strncasecmp (reader->name, "X-", 2) == 0)
    read_address (self, reader);
}

/* A soft line break: what follows belongs to the value, and may look like anything. */
static void
skip_quoted_printable (Reader *reader)
{
  if (!is_quoted_printable (reader))
    return;
  while (reader->last == '=' && read_line (reader))
    ;
}

static VavVcard *
begin_card (GPtrArray *cards, Reader *reader)
{
  reader->quotes = FALSE;
  reader->joined_line = 0;
  g_clear_pointer (&reader->joined, g_free);
  g_clear_pointer (&reader->joined_fault, g_free);
  return add_card (cards, reader->number);
}

/* What is wrong with others' cards is not ours to tell. */
static void
end_card (VavVcard *self, Reader *reader)
{
  if (self->name == NULL)
    self->name = g_steal_pointer (&reader->joined);
  if (!self->called)
    g_clear_pointer (&self->fault, g_free);
  else if (self->name == NULL && reader->joined_fault != NULL)
    take_fault (self, reader->joined_line, g_steal_pointer (&reader->joined_fault));
  else if (self->name == NULL)
    take_fault (self, self->line, g_strdup (_ ("This card has no name (FN or N).")));
}

static void
miss_end (VavVcard *self)
{
  g_clear_pointer (&self->fault, g_free);
  take_fault (self, self->line, g_strdup (_ ("The card that begins here has no end.")));
}

static void
read_outside (GPtrArray *cards, Reader *reader, gboolean *strayed)
{
  if (*strayed)
    return;
  *strayed = TRUE;
  take_fault (add_card (cards, reader->number), reader->number, g_strdup (_ ("This line belongs to no card.")));
}

static gboolean
has_room (Reader *reader, GError **error)
{
  if (++reader->n_begun <= VAV_VCARD_MAX_CARDS)
    return TRUE;

  g_set_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE,
               _ ("There are more than %d cards in this file. Divide it; nothing was imported."), VAV_VCARD_MAX_CARDS);
  return FALSE;
}

static gboolean
read_all (Reader *reader, GPtrArray *cards, GError **error)
{
  VavVcard *card = NULL;
  gboolean strayed = FALSE;

  while (read_line (reader))
    {
      gboolean whole = split_line (reader);

      if (whole && is_line (reader, "BEGIN", "VCARD"))
        {
          if (card != NULL)
            miss_end (card);
          card = begin_card (cards, reader);
          strayed = FALSE;
          if (!has_room (reader, error))
            return FALSE;
        }
      else if (card != NULL && whole && is_line (reader, "END", "VCARD"))
        {
          end_card (card, reader);
          card = NULL;
        }
      else if (!whole && is_blank (reader->text))
        continue;
      else if (card == NULL)
        read_outside (cards, reader, &strayed);
      else if (!whole)
        take_fault (card, reader->number, g_strdup (_ ("This line cannot be read: NAME:VALUE is expected.")));
      else
        {
          read_property (card, reader);
          skip_quoted_printable (reader);
        }
    }
  if (card != NULL)
    miss_end (card);

  return TRUE;
}

static gboolean
is_wide (const char *text, gsize length)
{
  return length >= 2 && (memcmp (text, "\xff\xfe", 2) == 0 || memcmp (text, "\xfe\xff", 2) == 0);
}

GPtrArray *
vav_vcard_read (const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_vcard_free);
  g_autoptr (GString) line = g_string_new (NULL);
  Reader reader = { .at = text, .end = text + length, .next = 1, .text = line };
  gboolean read;

  if (length > VAV_VCARD_MAX_FILE)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("The file is too large: at most %d MiB."),
                   VAV_VCARD_MAX_FILE / 1024 / 1024);
      return NULL;
    }
  if (is_wide (text, length))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("The file is not UTF-8 text. Export it as UTF-8."));
      return NULL;
    }
  if (length >= strlen (BOM) && memcmp (text, BOM, strlen (BOM)) == 0)
    reader.at += strlen (BOM);
  read = read_all (&reader, cards, error);
  g_free (reader.joined);
  g_free (reader.joined_fault);
  if (!read)
    return NULL;
  if (reader.n_begun == 0)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED,
                           _ ("There is no card of a person (vCard) in this file."));
      return NULL;
    }

  return g_steal_pointer (&cards);
}

/* RFC 6350, section 3.2: folded at a whole character. */
static void
write_line (GString *text, const char *name, const char *value)
{
  g_autofree char *line = g_strconcat (name, ":", value, NULL);
  gsize column = 0;

  for (const char *c = line; *c != '\0'; c = g_utf8_next_char (c))
    {
      gsize length = (gsize)(g_utf8_next_char (c) - c);

      if (column + length > FOLD)
        {
          g_string_append (text, "\r\n ");
          column = 1;
        }
      g_string_append_len (text, c, (gssize)length);
      column += length;
    }
  g_string_append (text, "\r\n");
}

static char *
escape (const char *value)
{
  GString *text = g_string_new (NULL);

  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '\\' || *c == ',' || *c == ';')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *c);
    }

  return g_string_free (text, FALSE);
}

char *
vav_vcard_write (const char *name, const char *id, const char *const *addresses)
{
  GString *text = g_string_new (NULL);
  g_autofree char *escaped = escape (name);
  g_autofree char *alone = id != NULL ? g_strconcat (SCHEME, id, NULL) : NULL;

  write_line (text, "BEGIN", "VCARD");
  write_line (text, "VERSION", "4.0");
  write_line (text, "FN", escaped);
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autofree char *link = g_strconcat (SCHEME, id != NULL ? id : "", id != NULL ? "@" : "", addresses[i], NULL);

      write_line (text, "IMPP", link);
    }
  if (addresses[0] == NULL && alone != NULL)
    write_line (text, "IMPP", alone);
  write_line (text, "END", "VCARD");

  return g_string_free (text, FALSE);
}
