/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-site.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "visavis/site.conf"
#define GROUP "[Servers]"
#define MAX_FAULTS 16 /* a file of another kind has one on each line */

/* A sandbox has an /etc of its own; this is the computer's, where somebody has let the sandbox see it. */
#define SANDBOX_MARK "/.flatpak-info"
#define SANDBOX_FOLDER "/run/host/etc/xdg"

static const char *const keys[VAV_N_SERVER_KINDS] = { "broker", "stun", "turn" };

const char *
vav_app_site_get_key (VavServerKind kind)
{
  return keys[kind];
}

guint
vav_app_site_find_kind (const char *key)
{
  guint kind = 0;

  while (kind < VAV_N_SERVER_KINDS && strcmp (keys[kind], key) != 0)
    kind++;
  return kind;
}

static void add_fault (VavAppSite *self, guint line, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* line: 0: the file as a whole */
static void
add_fault (VavAppSite *self, guint line, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (self->faults->len == MAX_FAULTS)
    return;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (line == 0)
    /* Translators: a file's path, and a sentence */
    g_ptr_array_add (self->faults, g_strdup_printf (_ ("Settings of your organisation, %s: %s"), self->path, what));
  else
    g_ptr_array_add (self->faults,
                     /* Translators: a file's path, the number of a line in it, and a sentence */
                     g_strdup_printf (_ ("Settings of your organisation, %s, line %u: %s"), self->path, line, what));
}

/* The value may hold a password, and is not repeated. */
static void
read_server (VavAppSite *self, guint line, VavServerKind kind, const char *value)
{
  static const char *const forms[VAV_N_SERVER_KINDS] = {
    "mqtts://USER:PASSWORD@HOST[:PORT][?sha256=HEX]",
    "stun://HOST[:PORT]",
    "turn://USER:PASSWORD@HOST[:PORT][?transport=tcp]",
  };

  if (self->servers[kind] != NULL)
    add_fault (self, line, _ ("“%s” is given a second time, and the first one counts."), keys[kind]);
  else if (!vav_server_url_is_valid (kind, value))
    add_fault (self, line, _ ("what “%s” is set to is no such server; one looks like %s."), keys[kind], forms[kind]);
  else
    self->servers[kind] = g_strdup (value);
}

/* What is no word may be half of a server, with its password: that is not repeated. */
static gboolean
is_word (const char *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

  return length > 0 && length <= 32 && text[length] == '\0';
}

static void
read_locks (VavAppSite *self, guint line, const char *value)
{
  g_auto (GStrv) names = g_strsplit_set (value, ";,", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = g_strstrip (names[i]);
      guint kind = vav_app_site_find_kind (name);

      if (kind < VAV_N_SERVER_KINDS)
        self->locked[kind] = TRUE;
      else if (*name != '\0')
        add_fault (self, line, _ ("“%s” cannot be locked; broker, stun and turn can."), is_word (name) ? name : "…");
    }
}

static void
read_setting (VavAppSite *self, guint line, char *text)
{
  char *equals = strchr (text, '=');
  const char *value;
  guint kind;

  if (equals == NULL)
    {
      add_fault (self, line, _ ("this is no setting, which is KEY=VALUE."));
      return;
    }
  *equals = '\0';
  value = g_strstrip (equals + 1);
  g_strchomp (text);
  kind = vav_app_site_find_kind (text);
  if (kind < VAV_N_SERVER_KINDS)
    read_server (self, line, kind, value);
  else if (strcmp (text, "locked") == 0)
    read_locks (self, line, value);
  else if (is_word (text))
    add_fault (self, line, _ ("there is no setting “%s”; there are broker, stun, turn and locked."), text);
  else
    add_fault (self, line, _ ("this is no setting, which is KEY=VALUE."));
}

/* grouped: whether the group has begun */
static void
read_line (VavAppSite *self, guint line, char *text, gboolean *grouped)
{
  g_strstrip (text);
  if (*text == '\0' || *text == '#')
    return;
  if (strlen (text) > VAV_APP_SITE_MAX_LINE)
    add_fault (self, line, _ ("this line is too long."));
  else if (*text == '[' && strcmp (text, GROUP) != 0)
    add_fault (self, line, _ ("there is no group but %s."), GROUP);
  else if (*text == '[')
    *grouped = TRUE;
  else if (!*grouped)
    {
      add_fault (self, line, _ ("%s must stand before this."), GROUP);
      *grouped = TRUE; /* what is meant is clear enough */
      read_setting (self, line, text);
    }
  else
    read_setting (self, line, text);
}

VavAppSite *
vav_app_site_parse (const char *path, const char *text, gsize size)
{
  VavAppSite *self = g_new0 (VavAppSite, 1);
  g_auto (GStrv) lines = NULL;
  gboolean grouped = FALSE;

  self->path = g_strdup (path);
  self->faults = g_ptr_array_new_with_free_func (g_free);
  if (size > VAV_APP_SITE_MAX_FILE)
    add_fault (self, 0, _ ("the file is too large, and none of it is used."));
  else if (!g_utf8_validate_len (text, size, NULL))
    add_fault (self, 0, _ ("this is no text in UTF-8, and none of it is used."));
  else
    lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    read_line (self, i + 1, lines[i], &grouped);
  return self;
}

/* What stands there and cannot be read is no absence: its locks would be off without a word. */
static gboolean
is_there (const char *path)
{
  return g_access (path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Returns: (nullable): where it is */
static char *
find_file (void)
{
  const char *const *folders = g_get_system_config_dirs ();

  if (g_file_test (SANDBOX_MARK, G_FILE_TEST_EXISTS))
    {
      g_autofree char *path = g_build_filename (SANDBOX_FOLDER, FILE_NAME, NULL);

      if (is_there (path))
        return g_steal_pointer (&path);
    }
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], FILE_NAME, NULL);

      if (is_there (path))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static VavAppSite *
make_unreadable (const char *path, const char *reason)
{
  VavAppSite *self = vav_app_site_parse (path, "", 0);

  add_fault (self, 0, _ ("the file cannot be read (%s), and none of it is used."), reason);
  return self;
}

VavAppSite *
vav_app_site_load (void)
{
  g_autofree char *path = find_file ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf info;
  gsize size;

  if (path == NULL)
    return vav_app_site_parse (NULL, "", 0);
  if (g_stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    return make_unreadable (path, _ ("it is no file"));
  if (g_stat (path, &info) == 0 && info.st_size > VAV_APP_SITE_MAX_FILE)
    return vav_app_site_parse (path, "", (gsize)info.st_size);
  if (!g_file_get_contents (path, &text, &size, &error))
    return make_unreadable (path, error->message);
  return vav_app_site_parse (path, text, size);
}

void
vav_app_site_free (VavAppSite *self)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    g_free (self->servers[kind]);
  g_ptr_array_unref (self->faults);
  g_free (self->path);
  g_free (self);
}
