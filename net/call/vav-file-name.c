/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-name.h"

#include <string.h>

#include "net/signal/vav-schema.h"

#define MAX_EXTENSION 16 /* bytes with its dot: what is longer is no extension */
#define FALLBACK "file"

/* Where the extension begins; the end of the name if it has none. */
static const char *
find_extension (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || dot[1] == '\0' || strlen (dot) > MAX_EXTENSION)
    return name + strlen (name);

  return dot;
}

/* So many bytes at most, at a whole character. */
static gsize
fit (const char *text, gsize length, gsize cap)
{
  if (length <= cap)
    return length;
  while (cap > 0 && ((guchar)text[cap] & 0xC0) == 0x80)
    cap--;

  return cap;
}

static char *
join (const char *stem, gsize length, const char *middle, const char *extension, gsize cap)
{
  gsize rest = strlen (middle) + strlen (extension);
  g_autofree char *head = g_strndup (stem, fit (stem, length, cap - rest));

  return g_strconcat (g_strchomp (head), middle, extension, NULL);
}

/* Of a path of any system the last part that is one. */
static char *
take_last_part (const char *name)
{
  g_auto (GStrv) parts = g_strsplit_set (name, "/\\", -1);

  for (guint i = g_strv_length (parts); i > 0; i--)
    if (*parts[i - 1] != '\0')
      return g_strdup (parts[i - 1]);

  return g_strdup ("");
}

char *
vav_file_name_clean (const char *name, gsize cap)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *last = take_last_part (valid);
  g_autofree char *harmless = vav_name_make_harmless (last, strlen (last) * 4 + 1);
  g_autoptr (GString) text = g_string_new (harmless);
  const char *begin, *extension;

  g_return_val_if_fail (cap >= 2 * MAX_EXTENSION, NULL);

  g_string_replace (text, "\xEF\xBF\xBD", "_", 0); /* what stood for something harmful */
  /* composing may have made a path of it again */
  g_strdelimit (text->str, "/\\", '_');
  begin = text->str + strspn (text->str, ". ");
  if (*begin == '\0')
    return g_strdup (FALLBACK);
  extension = find_extension (begin);

  return join (begin, (gsize)(extension - begin), "", extension, cap);
}

char *
vav_file_name_number (const char *name, guint number)
{
  const char *extension = find_extension (name);
  g_autofree char *middle = number > 1 ? g_strdup_printf (" (%u)", number) : g_strdup ("");

  return join (name, (gsize)(extension - name), middle, extension, VAV_FILE_NAME_MAX);
}
