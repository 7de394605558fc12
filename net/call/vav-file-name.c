/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-name.h"

#include <string.h>

#include "net/signal/vav-name.h"

#define LOOKED_AT (4 * VAV_FILE_NAME_CAP)
#define LONGEST_EXTENSION 16
#define REPLACEMENT 0xfffd

/* Of the path that somebody gives as a name, what stands last. */
static const char *
last_part (const char *name)
{
  const char *part = name;

  for (const char *p = name; *p != '\0'; p++)
    if ((*p == '/' || *p == '\\') && p[1] != '\0' && p[1] != '/' && p[1] != '\\')
      part = p + 1;
  return part;
}

/* What FAT, NTFS or a shell would not take literally. */
static gboolean
is_special (gunichar c)
{
  return c == REPLACEMENT || (c < 128 && strchr ("/\\<>:\"|?*", (int)c) != NULL);
}

static char *
replace_special (const char *name)
{
  GString *text = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (text, is_special (c) ? '_' : c);
    }
  return g_string_free (text, FALSE);
}

/* Leading dots hide a file, a leading hyphen is an option, and Windows drops dots and spaces at the end. */
static char *
trim (const char *name)
{
  gsize length;
  char *text;

  name += strspn (name, ". ");
  text = g_strdup (name);
  for (length = strlen (text); length > 0 && (text[length - 1] == '.' || text[length - 1] == ' '); length--)
    text[length - 1] = '\0';
  if (*text == '-' || *text == '~')
    *text = '_';
  return text;
}

/* Devices of Windows, whatever the extension. */
static gboolean
is_device (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", NULL };
  gsize stem = strcspn (name, ".");
  g_autofree char *lower = g_ascii_strdown (name, (gssize)stem);

  if (g_strv_contains (devices, lower))
    return TRUE;
  return stem == 4 && (g_str_has_prefix (lower, "com") || g_str_has_prefix (lower, "lpt"))
         && g_ascii_isdigit (lower[3]);
}

/* Where the extension begins, with its dot; the end if there is none. "archive.tar.gz" has ".tar.gz". */
static const char *
find_extension (const char *name)
{
  const char *end = name + strlen (name);
  const char *dot = strrchr (name, '.');
  const char *tar;

  if (dot == NULL || dot == name || end - dot > LONGEST_EXTENSION)
    return end;
  tar = dot - name > 4 ? dot - 4 : NULL;
  return tar != NULL && g_str_has_prefix (tar, ".tar.") ? tar : dot;
}

/* The stem cut at a whole character so that all has at most so many bytes. */
static char *
join (const char *name, const char *insert, gsize cap)
{
  const char *extension = find_extension (name);
  gsize room = cap - strlen (insert) - strlen (extension);
  gsize stem = (gsize)(extension - name);

  if (stem > room)
    for (stem = room; stem > 0 && ((guchar)name[stem] & 0xc0) == 0x80; stem--)
      ;
  return g_strdup_printf ("%.*s%s%s", (int)stem, name, insert, extension);
}

char *
vav_file_name_clean (const char *name)
{
  g_autofree char *some = g_strndup (last_part (name), LOOKED_AT);
  g_autofree char *valid = g_utf8_make_valid (some, -1);
  g_autofree char *harmless = vav_name_make_harmless (valid, LOOKED_AT);
  g_autofree char *plain = replace_special (harmless);
  g_autofree char *trimmed = trim (plain);
  g_autofree char *cut = join (trimmed, "", VAV_FILE_NAME_CAP);
  g_autofree char *result = trim (cut);

  if (*result == '\0')
    return g_strdup ("file");
  /* what ends so is ours to name: nobody hands us another file's part */
  if (g_str_has_suffix (result, ".part"))
    result[strlen (result) - strlen (".part")] = '_';
  return is_device (result) ? g_strconcat ("_", result, NULL) : g_steal_pointer (&result);
}

char *
vav_file_name_number (const char *name, guint n)
{
  g_autofree char *number = n > 1 ? g_strdup_printf (" (%u)", n) : g_strdup ("");

  return join (name, number, VAV_FILE_NAME_CAP + strlen (number));
}

/* Any bytes may stand in the name before it. */
static gpointer
make_part_regex (gpointer data)
{
  return g_regex_new ("^.+\\.[0-9a-f]{" G_STRINGIFY (VAV_FILE_NAME_MARK) "}(-[1-9][0-9]{0,3})?\\.part$",
                      G_REGEX_RAW | G_REGEX_DOTALL | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
}

char *
vav_file_name_part (const char *name, const char *mark, guint n)
{
  g_autofree char *number = n > 1 ? g_strdup_printf ("-%u", n) : g_strdup ("");

  return g_strconcat (name, ".", mark, number, ".part", NULL);
}

gboolean
vav_file_name_is_part (const char *name)
{
  static GOnce once = G_ONCE_INIT;
  const GRegex *regex = g_once (&once, make_part_regex, NULL);

  return g_regex_match (regex, name, 0, NULL);
}
