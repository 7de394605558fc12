/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/signal/vav-x509.h"

#define FILE_NAME "identity.pem"

/* A key and a certificate are below 1 KiB; whatever is larger is not ours. */
#define MAX_FILE (64 * 1024)

struct _VavIdentity
{
  GObject parent_instance;

  char *id;
  GTlsCertificate *certificate;
};

G_DEFINE_FINAL_TYPE (VavIdentity, vav_identity, G_TYPE_OBJECT)

static gboolean profile_error (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
profile_error (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (VAV_ERROR, VAV_ERROR_PROFILE, format, args));
  va_end (args);
  return FALSE;
}

static gboolean
damaged (const char *path, GError **error)
{
  return profile_error (error,
                        _ ("Your identity in “%s” is damaged. Put back a copy of it, or move the file away to begin "
                           "with a new identity; to your contacts you will then be somebody new."),
                        path);
}

static VavIdentity *
identity_from_pem (const char *pem, gsize length, const char *path, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, (gssize)length, NULL);
  g_autofree char *id = NULL;
  VavIdentity *self;

  if (certificate == NULL || !vav_x509_has_own_key (pem, length))
    {
      damaged (path, error);
      return NULL;
    }
  id = vav_identity_id_of_certificate (certificate, NULL);
  if (id == NULL)
    {
      damaged (path, error);
      return NULL;
    }

  self = g_object_new (VAV_TYPE_IDENTITY, NULL);
  self->id = g_steal_pointer (&id);
  self->certificate = g_steal_pointer (&certificate);
  return self;
}

/* A key that others can read is made private at once; if that is not possible it is not used. */
static gboolean
make_private (int fd, const struct stat *info, const char *path, GError **error)
{
  if ((info->st_mode & 0077) == 0 || fchmod (fd, 0600) == 0)
    return TRUE;
  return profile_error (error,
                        _ ("Your identity in “%s” can be read by other users of this computer, and that cannot be "
                           "changed (%s). Make it readable by you alone."),
                        path, g_strerror (errno));
}

static char *
read_all (int fd, gsize size, gsize *length)
{
  g_autofree char *text = g_malloc0 (size + 1);
  gsize done = 0;

  while (done < size)
    {
      gssize n = read (fd, text + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += (gsize)n;
    }
  *length = done;
  return g_steal_pointer (&text);
}

/* Returns NULL with no error set when there is no such file. */
static char *
read_private_file (const char *path, gsize *length, GError **error)
{
  struct stat info;
  char *text = NULL;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);

  if (fd < 0)
    {
      if (errno != ENOENT)
        profile_error (error, _ ("Your identity in “%s” cannot be read (%s)."), path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > MAX_FILE)
    damaged (path, error);
  else if (make_private (fd, &info, path, error))
    text = read_all (fd, (gsize)info.st_size, length);
  close (fd);
  return text;
}

static gboolean
write_and_sync (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= (gsize)n;
    }
  return fsync (fd) == 0;
}

static void
sync_folder (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  (void)fsync (fd);
  close (fd);
}

/* Gives the whole, synced file its name unless the name is taken: what another program put there meanwhile stays (errno EEXIST). */
static gboolean
publish (const char *temporary, const char *path)
{
  if (link (temporary, path) == 0)
    return TRUE;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
    return FALSE;
  return renameat2 (AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0;
}

/* FALSE with no error: another program was faster. */
static gboolean
create_file (const char *profile, const char *path, const char *pem, GError **error)
{
  g_autofree char *temporary = g_build_filename (profile, ".identity-XXXXXX", NULL);
  gboolean ok;
  int number;
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return profile_error (error, _ ("Nothing can be written in “%s” (%s)."), profile, g_strerror (errno));

  ok = write_and_sync (fd, pem, strlen (pem)) && publish (temporary, path);
  number = errno;
  close (fd);
  (void)g_unlink (temporary);
  if (ok)
    sync_folder (profile);
  else if (number != EEXIST)
    profile_error (error, _ ("Your new identity cannot be written to “%s” (%s)."), path, g_strerror (number));
  return ok;
}

static VavIdentity *
create (const char *profile, const char *path, GError **error)
{
  g_autofree char *pem = NULL;
  g_autofree char *others = NULL;
  g_autoptr (GError) failure = NULL;
  gsize length = 0;

  if (g_mkdir_with_parents (profile, 0700) != 0)
    {
      profile_error (error, _ ("The folder “%s” for your identity cannot be made (%s)."), profile, g_strerror (errno));
      return NULL;
    }
  pem = vav_x509_make_pem (error);
  if (pem == NULL)
    return NULL;
  if (create_file (profile, path, pem, &failure))
    return identity_from_pem (pem, strlen (pem), path, error);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  others = read_private_file (path, &length, &failure);
  if (others != NULL)
    return identity_from_pem (others, length, path, error);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    profile_error (error, _ ("Your identity in “%s” cannot be read (%s)."), path, g_strerror (ENOENT));
  return NULL;
}

/* vfuncs */

static void
vav_identity_finalize (GObject *object)
{
  VavIdentity *self = VAV_IDENTITY (object);

  g_clear_pointer (&self->id, g_free);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (vav_identity_parent_class)->finalize (object);
}

static void
vav_identity_class_init (VavIdentityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_identity_finalize;
}

static void
vav_identity_init (VavIdentity *self)
{
}

/* public functions */

VavIdentity *
vav_identity_load (const char *profile, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *pem = NULL;
  g_autoptr (GError) failure = NULL;
  gsize length = 0;

  g_return_val_if_fail (profile != NULL, NULL);

  path = g_build_filename (profile, FILE_NAME, NULL);
  pem = read_private_file (path, &length, &failure);
  if (pem != NULL)
    return identity_from_pem (pem, length, path, error);
  if (failure == NULL)
    return create (profile, path, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

VavIdentity *
vav_identity_new_ephemeral (GError **error)
{
  g_autofree char *pem = vav_x509_make_pem (error);

  return pem != NULL ? identity_from_pem (pem, strlen (pem), "memory", error) : NULL;
}

const char *
vav_identity_get_id (VavIdentity *self)
{
  g_return_val_if_fail (VAV_IS_IDENTITY (self), NULL);
  return self->id;
}

GTlsCertificate *
vav_identity_get_certificate (VavIdentity *self)
{
  g_return_val_if_fail (VAV_IS_IDENTITY (self), NULL);
  return self->certificate;
}

char *
vav_identity_id_of_certificate (GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GBytes) spki = vav_x509_get_spki (certificate, error);

  return spki != NULL ? vav_id_from_spki (g_bytes_get_data (spki, NULL), g_bytes_get_size (spki)) : NULL;
}
