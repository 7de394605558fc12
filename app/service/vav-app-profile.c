/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-profile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_FILE "lock"
#define SETTINGS_FILE "settings.ini"
/* A keyfile settings backend with root path `/` and no root group names the group after the schema's path. */
#define SETTINGS_GROUP "org/visavis/Visavis"

struct _VavAppLock
{
  int fd;
};

char *
vav_app_profile_dup_usual_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "visavis", NULL);
}

char *
vav_app_profile_dup_dir (const char *option)
{
  const char *environment = g_getenv ("VISAVIS_PROFILE");

  if (option != NULL && *option != '\0')
    return g_canonicalize_filename (option, NULL);
  if (environment != NULL && *environment != '\0')
    return g_canonicalize_filename (environment, NULL);

  return vav_app_profile_dup_usual_dir ();
}

char *
vav_app_profile_dup_settings_file (const char *dir)
{
  return g_build_filename (dir, SETTINGS_FILE, NULL);
}

/* The name as the window's preferences wrote it: the value in the file is a GVariant in text form, 'Anna'. */
static char *
dup_setting (const char *dir)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GVariant) variant = NULL;
  g_autofree char *path = vav_app_profile_dup_settings_file (dir);
  g_autofree char *text = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || !g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  text = g_key_file_get_value (file, SETTINGS_GROUP, "identifier", NULL);
  if (text == NULL)
    return NULL;

  variant = g_variant_parse (G_VARIANT_TYPE_STRING, text, NULL, NULL, NULL);
  return variant != NULL ? g_variant_dup_string (variant, NULL) : NULL;
}

/* Cut at a character's border, without spaces around it; NULL if nothing is left. */
static char *
usable_name (const char *name)
{
  g_autofree char *valid = name != NULL ? g_utf8_make_valid (name, -1) : NULL;
  char *end;

  if (valid == NULL || *g_strstrip (valid) == '\0')
    return NULL;
  if (strlen (valid) > VAV_MAX_NAME)
    {
      end = g_utf8_find_prev_char (valid, valid + VAV_MAX_NAME + 1);
      *end = '\0';
    }

  return g_steal_pointer (&valid);
}

char *
vav_app_profile_dup_account_name (void)
{
  const char *real_name = g_get_real_name ();
  char *name = NULL;

  if (g_strcmp0 (real_name, "Unknown") != 0)
    name = usable_name (real_name);
  if (name == NULL)
    name = usable_name (g_get_host_name ());

  return name != NULL ? name : g_strdup ("visavis");
}

char *
vav_app_profile_dup_identifier (const char *dir)
{
  g_autofree char *setting = dup_setting (dir);
  char *name = usable_name (setting);

  return name != NULL ? name : vav_app_profile_dup_account_name ();
}

static VavAppLock *
fail (GError **error, const char *dir, int reason)
{
  if (reason == EWOULDBLOCK)
    g_set_error (
        error, VAV_ERROR, VAV_ERROR_BUSY,
        _ ("Visavis is already running with the profile %s. Quit it first, or give another one with --profile."), dir);
  else
    g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE,
                 _ ("The profile folder %s cannot be used: %s. Give another one with --profile."), dir,
                 g_strerror (reason));

  return NULL;
}

VavAppLock *
vav_app_lock_take (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, LOCK_FILE, NULL);
  VavAppLock *self;
  int reason;
  int fd;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    return fail (error, dir, errno);
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail (error, dir, errno);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      reason = errno;
      close (fd);
      return fail (error, dir, reason);
    }

  self = g_new0 (VavAppLock, 1);
  self->fd = fd;

  return self;
}

void
vav_app_lock_release (VavAppLock *self)
{
  close (self->fd);
  g_free (self);
}
