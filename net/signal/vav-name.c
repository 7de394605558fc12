/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-types.h"

#define ZWNJ 0x200c
#define ZWJ 0x200d
#define REPLACEMENT 0xfffd

/* What shows nothing: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, without what turns the direction of
 * writing (that is replaced, to be seen), and the blank Braille pattern. */
static const gunichar invisible[][2] = {
  { 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x061c, 0x061c },   { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
  { 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2060, 0x2065 },   { 0x206a, 0x206f }, { 0x2800, 0x2800 },
  { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 },
  { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static gboolean
is_invisible (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (invisible); i++)
    if (c >= invisible[i][0] && c <= invisible[i][1])
      return TRUE;
  return FALSE;
}

static gboolean
is_harmless (gunichar c)
{
  switch ((int)g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
      return FALSE;
    case G_UNICODE_FORMAT:
      return c == ZWNJ || c == ZWJ; /* those that drop_invisible() left */
    default:
      return TRUE;
    }
}

/* Whether a joiner beside it makes sense: letters (Persian, Indic scripts), their marks, and emoji. */
static gboolean
is_joined (gunichar c)
{
  return g_unichar_isalpha (c) || (g_unichar_ismark (c) && !is_invisible (c))
         || g_unichar_type (c) == G_UNICODE_OTHER_SYMBOL || g_unichar_type (c) == G_UNICODE_MODIFIER_SYMBOL;
}

static gunichar
next_visible (const char *p)
{
  while (*p != '\0' && is_invisible (g_utf8_get_char (p)) && g_utf8_get_char (p) != ZWJ && g_utf8_get_char (p) != ZWNJ)
    p = g_utf8_next_char (p);
  return g_utf8_get_char (p);
}

/* `end`: where to stop reading. */
static char *
drop_invisible (const char *name, const char *end)
{
  GString *text = g_string_new (NULL);
  gunichar last = 0;

  for (const char *p = name; p < end && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean joiner = c == ZWNJ || c == ZWJ;

      if (joiner ? !is_joined (last) || !is_joined (next_visible (g_utf8_next_char (p))) : is_invisible (c))
        continue;
      g_string_append_unichar (text, c);
      last = c;
    }
  return g_string_free (text, FALSE);
}

static const char *
skip_space (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return text;
}

/* White space of all scripts, also that which does not break; and a joiner that a cut left. */
static void
strip_end (GString *text)
{
  while (text->len > 0)
    {
      const char *last = g_utf8_find_prev_char (text->str, text->str + text->len);
      gunichar c = g_utf8_get_char (last);

      if (!g_unichar_isspace (c) && c != ZWNJ && c != ZWJ)
        return;
      g_string_truncate (text, (gsize)(last - text->str));
    }
}

static gboolean
shows_something (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isgraph (c) && !g_unichar_ismark (c) && !is_invisible (c))
        return TRUE;
    }
  return FALSE;
}

char *
vav_name_make_harmless (const char *name, gsize cap)
{
  gsize length = strnlen (name, 4 * cap); /* as much as can matter: what follows takes its time */
  const char *end = name + length;
  g_autofree char *visible = drop_invisible (name, end);
  g_autofree char *whole = g_utf8_normalize (skip_space (visible), -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autoptr (GString) text = g_string_new (whole);
  GString *harmless = g_string_new (NULL);

  strip_end (text);
  for (const char *p = text->str; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      char bytes[6];
      int n = g_unichar_to_utf8 (is_harmless (c) ? c : REPLACEMENT, bytes);

      if (harmless->len + (gsize)n > cap)
        break;
      g_string_append_len (harmless, bytes, n);
    }
  strip_end (harmless);
  if (!shows_something (harmless->str))
    g_string_truncate (harmless, 0);
  return g_string_free (harmless, FALSE);
}

char *
vav_name_dup_limits (void)
{
  return g_strdup_printf (_ ("A name has 1 to %d bytes of text."), VAV_MAX_NAME);
}

/* Marks that say of one place how it is to be read (Unicode UAX 9, 2.6) stay; embeddings, overrides and isolates reach further. */
static gboolean
may_stand_in_text (gunichar c)
{
  if (c == '\n' || c == '\t' || c == 0x00ad || c == 0x061c || (c >= 0x200b && c <= 0x200f) || c == 0x2060)
    return TRUE;
  if (c >= 0xe0020 && c <= 0xe007f)
    return TRUE; /* flags of regions */
  return is_harmless (c);
}

char *
vav_text_make_harmless (const char *text)
{
  GString *harmless = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\r' && p[1] == '\n')
        continue;
      if (c == '\r' || c == 0x0085 || c == 0x2028 || c == 0x2029)
        c = '\n';
      g_string_append_unichar (harmless, may_stand_in_text (c) ? c : REPLACEMENT);
    }
  return g_string_free (harmless, FALSE);
}
