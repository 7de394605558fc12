/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-backup.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/signal/vav-x509.h"

/* The file: the head as below, then the files of the profile as a GVariant of type `a(say)` in little endian, sealed by AES-256-GCM (NIST SP 800-38D) with the head as
 * associated data. The key comes from the passphrase by PBKDF2-HMAC-SHA-256 (RFC 8018), as many times as OWASP's Password Storage Cheat Sheet asks for in 2023. */
#define MAGIC "VisavisProfile1\n"
#define ITERATIONS 600000
#define MAX_ITERATIONS 10000000
#define TAG_SIZE 16
#define MAX_FILE (256 * 1024 * 1024)
#define MAX_CONTENT (MAX_FILE - 4096) /* of the files together: with what is around them all fits into MAX_FILE */
#define CONTENT_TYPE G_VARIANT_TYPE ("a(say)")

#define IDENTITY "identity.pem"
#define PEOPLE "people.sqlite"
#define SETTINGS "settings.ini"

typedef struct
{
  char magic[16];
  guint32 iterations; /* big endian */
  guint8 salt[32];
  guint8 nonce[12];
} Head;

G_STATIC_ASSERT (sizeof (MAGIC) - 1 == G_SIZEOF_MEMBER (Head, magic));
G_STATIC_ASSERT (sizeof (Head) == 64);

/* In the order in which they are put in place: who has the key has the rest. */
static const char *const names[] = { PEOPLE, SETTINGS, IDENTITY };

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROFILE, sentence);
  return FALSE;
}

static gboolean
fail_at (GError **error, const char *path, const char *why)
{
  /* Translators: the path of a file, and why */
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("“%s” cannot be read or written: %s."), path, why);
  return FALSE;
}

/* --- the seal --- */

static gnutls_aead_cipher_hd_t
open_cipher (const Head *head, const char *passphrase, GError **error)
{
  gnutls_datum_t phrase = { (unsigned char *)passphrase, (unsigned int)strlen (passphrase) };
  gnutls_datum_t salt = { (unsigned char *)head->salt, sizeof (head->salt) };
  guint8 secret[32];
  gnutls_datum_t key = { secret, sizeof (secret) };
  gnutls_aead_cipher_hd_t cipher = NULL;
  int result
      = gnutls_pbkdf2 (GNUTLS_MAC_SHA256, &phrase, &salt, GUINT32_FROM_BE (head->iterations), secret, sizeof (secret));

  if (result == 0)
    result = gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_AES_256_GCM, &key);
  gnutls_memset (secret, 0, sizeof (secret));
  if (result == 0)
    return cipher;
  fail (error, gnutls_strerror (result));
  return NULL;
}

static GBytes *
seal (GBytes *plain, const char *passphrase, GError **error)
{
  Head head = { .iterations = GUINT32_TO_BE (ITERATIONS) };
  gsize plain_size = g_bytes_get_size (plain);
  gsize room = plain_size + TAG_SIZE;
  g_autofree guint8 *file = NULL;
  gnutls_aead_cipher_hd_t cipher;
  int result;

  memcpy (head.magic, MAGIC, sizeof (head.magic));
  result = gnutls_rnd (GNUTLS_RND_KEY, head.salt, sizeof (head.salt));
  if (result == 0)
    result = gnutls_rnd (GNUTLS_RND_NONCE, head.nonce, sizeof (head.nonce));
  if (result != 0)
    return fail (error, gnutls_strerror (result)), NULL;
  cipher = open_cipher (&head, passphrase, error);
  if (cipher == NULL)
    return NULL;

  file = g_malloc (sizeof (head) + room);
  memcpy (file, &head, sizeof (head));
  result = gnutls_aead_cipher_encrypt (cipher, head.nonce, sizeof (head.nonce), &head, sizeof (head), TAG_SIZE,
                                       g_bytes_get_data (plain, NULL), plain_size, file + sizeof (head), &room);
  gnutls_aead_cipher_deinit (cipher);
  if (result != 0)
    return fail (error, gnutls_strerror (result)), NULL;
  return g_bytes_new_take (g_steal_pointer (&file), sizeof (head) + room);
}

static GBytes *
unseal (const guint8 *file, gsize size, const char *passphrase, GError **error)
{
  Head head;
  gsize room;
  g_autofree guint8 *plain = NULL;
  gnutls_aead_cipher_hd_t cipher;
  int result;

  if (size < sizeof (head) + TAG_SIZE || memcmp (file, MAGIC, sizeof (head.magic)) != 0)
    return fail (error, _ ("This is not a saved Visavis profile.")), NULL;
  memcpy (&head, file, sizeof (head));
  if (head.iterations == 0 || GUINT32_FROM_BE (head.iterations) > MAX_ITERATIONS)
    return fail (error, _ ("This saved profile is damaged.")), NULL;
  cipher = open_cipher (&head, passphrase, error);
  if (cipher == NULL)
    return NULL;

  room = size - sizeof (head);
  plain = g_malloc (room);
  result = gnutls_aead_cipher_decrypt (cipher, head.nonce, sizeof (head.nonce), &head, sizeof (head), TAG_SIZE,
                                       file + sizeof (head), size - sizeof (head), plain, &room);
  gnutls_aead_cipher_deinit (cipher);
  if (result != 0)
    return fail (error, _ ("The passphrase is wrong, or the file is damaged.")), NULL;
  return g_bytes_new_take (g_steal_pointer (&plain), room);
}

static gboolean
check_passphrase (const char *passphrase, GError **error)
{
  gsize length = strlen (passphrase);

  if (length >= VAV_MIN_PASSPHRASE && length <= VAV_MAX_PASSPHRASE && g_utf8_validate (passphrase, -1, NULL))
    return TRUE;
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("A passphrase has %d to %d bytes of text."), VAV_MIN_PASSPHRASE,
               VAV_MAX_PASSPHRASE);
  return FALSE;
}

/* --- writing --- */

/* The table as it is at one moment, whoever writes it meanwhile. */
static gboolean
copy_database (const char *from, const char *to, GError **error)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gboolean done = sqlite3_open_v2 (from, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
                  && sqlite3_busy_timeout (db, 2000) == SQLITE_OK
                  && sqlite3_prepare_v2 (db, "VACUUM INTO ?", -1, &statement, NULL) == SQLITE_OK
                  && sqlite3_bind_text (statement, 1, to, -1, SQLITE_STATIC) == SQLITE_OK
                  && sqlite3_step (statement) == SQLITE_DONE;

  if (!done)
    fail_at (error, from, sqlite3_errmsg (db));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return done;
}

/* Not more than is read again: left says how much there is room for. */
static gboolean
read_limited (const char *path, gsize left, char **data, gsize *size, GError **error)
{
  struct stat info;

  if (g_stat (path, &info) == 0 && (guint64)info.st_size <= left)
    return g_file_get_contents (path, data, size, error);
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("the file is too large"));
  return FALSE;
}

/* Returns: (nullable): the file's content; %NULL without an error: there is none */
static GBytes *
read_member (const char *profile, const char *name, gsize left, GError **error)
{
  g_autofree char *path = g_build_filename (profile, name, NULL);
  g_autofree char *copy = NULL;
  g_autoptr (GError) failure = NULL;
  char *data = NULL;
  gsize size = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  if (g_str_equal (name, PEOPLE))
    {
      copy = g_strdup_printf ("%s/.backup-%08x.sqlite", profile, g_random_int ());
      if (!copy_database (path, copy, error))
        {
          (void)g_unlink (copy);
          return NULL;
        }
    }
  (void)read_limited (copy != NULL ? copy : path, left, &data, &size, &failure);
  if (copy != NULL)
    (void)g_unlink (copy);
  if (failure == NULL)
    return g_bytes_new_take (data, size);
  fail_at (error, path, failure->message);
  return NULL;
}

static GBytes *
read_or_take (const char *profile, const char *name, GBytes *settings, gsize left, GError **error)
{
  if (settings == NULL || !g_str_equal (name, SETTINGS))
    return read_member (profile, name, left, error);
  if (g_bytes_get_size (settings) <= left)
    return g_bytes_ref (settings);
  fail (error, _ ("the file is too large"));
  return NULL;
}

static GBytes *
pack (const char *profile, GBytes *settings, GError **error)
{
  g_autoptr (GVariant) content = NULL;
  GVariantBuilder builder;
  gsize left = MAX_CONTENT;

  g_variant_builder_init (&builder, CONTENT_TYPE);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (GBytes) member = read_or_take (profile, names[i], settings, left, &failure);

      if (failure == NULL && member == NULL && g_str_equal (names[i], IDENTITY))
        fail (&failure, _ ("There is no profile here that could be saved."));
      if (failure != NULL)
        {
          g_variant_builder_clear (&builder);
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (member == NULL)
        continue;
      left -= MIN (left, g_bytes_get_size (member)); /* it may have grown meanwhile */
      g_variant_builder_add (&builder, "(s@ay)", names[i],
                             g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, member, TRUE));
    }
  content = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    {
      GVariant *swapped = g_variant_byteswap (content);

      g_variant_unref (content);
      content = swapped;
    }
  return g_variant_get_data_as_bytes (content);
}

/**
 * vav_backup_write:
 * @profile: the profile's folder; may be in use
 * @path: of the file, readable by this user alone; one that is there is replaced
 * @passphrase: VAV_MIN_PASSPHRASE to VAV_MAX_PASSPHRASE bytes of UTF-8
 * @error: VAV_ERROR_PROFILE
 *
 * Saves the profile. Any thread; blocks.
 */
gboolean
vav_backup_write (const char *profile, const char *path, const char *passphrase, GError **error)
{
  return vav_backup_write_with (profile, NULL, path, passphrase, error);
}

gboolean
vav_backup_write_with (const char *profile, GBytes *settings, const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (profile != NULL && path != NULL && passphrase != NULL, FALSE);

  if (!check_passphrase (passphrase, error))
    return FALSE;
  plain = pack (profile, settings, error);
  file = plain != NULL ? seal (plain, passphrase, error) : NULL;
  if (file == NULL)
    return FALSE;
  if (!g_file_set_contents_full (path, g_bytes_get_data (file, NULL), (gssize)g_bytes_get_size (file),
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failure))
    return fail_at (error, path, failure->message);
  return TRUE;
}

/* --- reading --- */

static GBytes *
read_file (const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *data = NULL;
  gsize size = 0;
  struct stat info;

  if (g_stat (path, &info) != 0)
    return fail_at (error, path, g_strerror (errno)), NULL;
  if (!S_ISREG (info.st_mode) || info.st_size > MAX_FILE)
    return fail (error, _ ("This is not a saved Visavis profile.")), NULL;
  if (!g_file_get_contents (path, &data, &size, &failure))
    return fail_at (error, path, failure->message), NULL;
  return unseal ((const guint8 *)data, size, passphrase, error);
}

/* What was sealed was ours, but may be from a newer program, or of a larger one's imagination. */
static GVariant *
unpack (GBytes *plain, GError **error)
{
  g_autoptr (GVariant) read = g_variant_ref_sink (g_variant_new_from_bytes (CONTENT_TYPE, plain, FALSE));
  g_autoptr (GVariant) content = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *data;
  gboolean has_identity = FALSE;

  content = G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (read) : g_variant_get_normal_form (read);
  g_variant_iter_init (&iter, content);
  while (g_variant_iter_loop (&iter, "(&s@ay)", &name, &data))
    has_identity
        |= g_str_equal (name, IDENTITY) && vav_x509_has_own_key (g_variant_get_data (data), g_variant_get_size (data));
  if (!has_identity)
    return fail (error, _ ("This saved profile is damaged.")), NULL;
  return g_steal_pointer (&content);
}

/* Returns: (nullable): the data of that name in the profile that was read */
static GVariant *
find_member (GVariant *content, const char *wanted)
{
  GVariantIter iter;
  const char *name;
  GVariant *data;

  g_variant_iter_init (&iter, content);
  while (g_variant_iter_next (&iter, "(&s@ay)", &name, &data))
    {
      if (g_str_equal (name, wanted))
        return data;
      g_variant_unref (data);
    }
  return NULL;
}

static gboolean
write_member (const char *folder, const char *name, GVariant *data, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) failure = NULL;

  if (g_file_set_contents_full (path, g_variant_get_data (data), (gssize)g_variant_get_size (data),
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failure))
    return TRUE;
  return fail_at (error, path, failure->message);
}

static gboolean
move (const char *from_folder, const char *to_folder, const char *name, GError **error)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);

  if (g_rename (from, to) == 0 || errno == ENOENT)
    return TRUE;
  return fail_at (error, from, g_strerror (errno));
}

/* The key is never missing: there is a copy of the old one before the new one takes its place. No second name of the same file: not all file systems
 * have that. */
static gboolean
keep_identity (const char *profile, const char *old, GError **error)
{
  g_autofree char *from = g_build_filename (profile, IDENTITY, NULL);
  g_autofree char *to = g_build_filename (old, IDENTITY, NULL);
  g_autofree char *pem = NULL;
  gsize size = 0;
  g_autoptr (GError) failure = NULL;

  if (g_file_get_contents (from, &pem, &size, &failure))
    g_file_set_contents_full (to, pem, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                              &failure);
  if (pem != NULL)
    gnutls_memset (pem, 0, size);
  if (failure == NULL || g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  return fail_at (error, from, failure->message);
}

static const char *const moved[] = { PEOPLE "-wal", PEOPLE "-shm", PEOPLE, SETTINGS };

static gboolean
put_in_place (const char *fresh, const char *profile, const char *old, GError **error)
{
  if (!keep_identity (profile, old, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (moved); i++)
    if (!move (profile, old, moved[i], error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (!move (fresh, profile, names[i], error))
      {
        while (i > 0)
          (void)move (profile, fresh, names[--i], NULL);
        return FALSE;
      }
  return TRUE;
}

/* As it was before. What cannot be moved stays in the folder of the old. */
static void
take_back (const char *profile, const char *old)
{
  for (gsize i = G_N_ELEMENTS (moved); i > 0; i--)
    (void)move (old, profile, moved[i - 1], NULL);
  (void)move (old, profile, IDENTITY, NULL);
}

static char *
make_folder (const char *profile, const char *prefix, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y%m%d");
  g_autofree char *path = g_strdup_printf ("%s/%s%s-XXXXXX", profile, prefix, day);

  if (g_mkdtemp (path) != NULL)
    return g_steal_pointer (&path);
  fail_at (error, profile, g_strerror (errno));
  return NULL;
}

static void
remove_folder (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      (void)g_unlink (path);
    }
  (void)g_rmdir (folder);
}

static GVariant *
open_backup (const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GBytes) plain = NULL;

  if (!check_passphrase (passphrase, error))
    return NULL;
  plain = read_file (path, passphrase, error);
  return plain != NULL ? unpack (plain, error) : NULL;
}

/**
 * vav_backup_check:
 * @path: a file that vav_backup_write() made
 * @passphrase: that it was made with
 * @error: VAV_ERROR_PROFILE
 *
 * Whether vav_backup_read() would have something to bring back. Nothing is written. Any thread; blocks.
 */
gboolean
vav_backup_check (const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GVariant) content = NULL;

  g_return_val_if_fail (path != NULL && passphrase != NULL, FALSE);

  content = open_backup (path, passphrase, error);
  return content != NULL;
}

/**
 * vav_backup_read:
 * @path: a file that vav_backup_write() made
 * @passphrase: that it was made with
 * @profile: the folder that becomes that profile, made if missing. No program may be using it. What it was goes into a folder
 *   `replaced-DATE-…` in it
 * @error: VAV_ERROR_PROFILE; all is as it was then, as long as the file system did what it was asked
 *
 * Brings a saved profile back. Any thread; blocks.
 */
gboolean
vav_backup_read (const char *path, const char *passphrase, const char *profile, GError **error)
{
  g_autoptr (GVariant) content = NULL;
  g_autofree char *fresh = NULL;
  g_autofree char *old = NULL;
  gboolean done;

  g_return_val_if_fail (path != NULL && passphrase != NULL && profile != NULL, FALSE);

  content = open_backup (path, passphrase, error);
  if (content == NULL)
    return FALSE;
  if (g_mkdir_with_parents (profile, 0700) != 0)
    return fail_at (error, profile, g_strerror (errno));
  fresh = make_folder (profile, ".import-", error);
  old = fresh != NULL ? make_folder (profile, "replaced-", error) : NULL;
  done = old != NULL;
  for (gsize i = 0; done && i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) data = find_member (content, names[i]);

      done = data == NULL || write_member (fresh, names[i], data, error);
    }
  if (done && !put_in_place (fresh, profile, old, error))
    {
      done = FALSE;
      take_back (profile, old);
    }
  if (fresh != NULL)
    remove_folder (fresh);
  if (old != NULL)
    (void)g_rmdir (old); /* stays if there is something in it */
  return done;
}
