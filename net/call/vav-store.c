/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "net/call/vav-store-schema.h"
#include "net/core/vav-error.h"

#define FILE_NAME "people.sqlite"
#define WATCH_MS 250
#define BUSY_LIMIT_MS 2000
#define RETRY_MS 20
#define MAX_DAMAGED 100 /* files put aside within one second */

struct _VavStore
{
  sqlite3 *db;
  char *notice; /* nullable */
  int fault;    /* SQLite's code of what failed last */
};

typedef enum
{
  FOUND_GOOD,
  FOUND_DAMAGED,
  FOUND_CLOSED, /* it cannot be used, though nothing says that it is damaged */
} Found;

static void
store_clear (gpointer data)
{
  VavStore *self = data;

  sqlite3_close (self->db);
  g_free (self->notice);
}

VavStore *
vav_store_ref (VavStore *self)
{
  return g_rc_box_acquire (self);
}

void
vav_store_unref (VavStore *self)
{
  g_rc_box_release_full (self, store_clear);
}

const char *
vav_store_get_notice (VavStore *self)
{
  return self->notice;
}

static gboolean
fail (VavStore *self, GError **error)
{
  self->fault = sqlite3_errcode (self->db);
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("Your people and calls cannot be read or written: %s."),
               sqlite3_errmsg (self->db));
  return FALSE;
}

static void
bind (sqlite3_stmt *statement, const char *types, va_list arguments)
{
  for (int i = 1; *types != '\0'; i++, types++)
    switch (*types)
      {
      case 's':
        sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'i':
        sqlite3_bind_int (statement, i, va_arg (arguments, int));
        break;
      case 'l':
        sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
        break;
      case 'b':
        {
          GBytes *bytes = va_arg (arguments, GBytes *);

          if (bytes != NULL)
            sqlite3_bind_blob64 (statement, i, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                 SQLITE_TRANSIENT);
          break;
        }
      default:
        g_assert_not_reached ();
      }
}

static sqlite3_stmt *
prepare_va (VavStore *self, GError **error, const char *sql, const char *types, va_list arguments)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      fail (self, error);
      return NULL;
    }
  bind (statement, types, arguments);

  return statement;
}

sqlite3_stmt *
vav_store_prepare (VavStore *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list arguments;

  va_start (arguments, types);
  statement = prepare_va (self, error, sql, types, arguments);
  va_end (arguments);

  return statement;
}

gboolean
vav_store_finish (VavStore *self, sqlite3_stmt *statement, int result, GError **error)
{
  gboolean done = result == SQLITE_DONE || result == SQLITE_ROW;

  if (!done)
    fail (self, error);
  sqlite3_finalize (statement);

  return done;
}

gboolean
vav_store_run_va (VavStore *self, GError **error, const char *sql, const char *types, va_list arguments)
{
  sqlite3_stmt *statement = prepare_va (self, error, sql, types, arguments);

  return statement != NULL && vav_store_finish (self, statement, sqlite3_step (statement), error);
}

gboolean
vav_store_run (VavStore *self, GError **error, const char *sql, const char *types, ...)
{
  gboolean done;
  va_list arguments;

  va_start (arguments, types);
  done = vav_store_run_va (self, error, sql, types, arguments);
  va_end (arguments);

  return done;
}

gint64
vav_store_get_last_number (VavStore *self)
{
  return sqlite3_last_insert_rowid (self->db);
}

static gboolean
execute (VavStore *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail (self, error);
}

gboolean
vav_store_begin (VavStore *self, gboolean lasting, GError **error)
{
  return execute (self, lasting ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error)
         && execute (self, "BEGIN IMMEDIATE", error);
}

gboolean
vav_store_end (VavStore *self, gboolean done, GError **error)
{
  if (done && execute (self, "COMMIT", error))
    return TRUE;

  sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static gint64
read_number (VavStore *self, const char *sql)
{
  sqlite3_stmt *row = NULL;
  gint64 number = -1;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step (row) == SQLITE_ROW)
    number = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);

  return number;
}

gboolean
vav_store_was_changed (VavStore *self, gint64 *version)
{
  gint64 before = *version;

  *version = read_number (self, "PRAGMA data_version");
  return *version != before;
}

/* All that is written goes through the log. */
GFileMonitor *
vav_store_watch (VavStore *self)
{
  const char *path = sqlite3_db_filename (self->db, "main");
  g_autofree char *log = NULL;
  g_autoptr (GFile) file = NULL;
  GFileMonitor *monitor;

  if (path == NULL || *path == '\0')
    return NULL;
  log = g_strconcat (path, "-wal", NULL);
  file = g_file_new_for_path (log);
  monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor != NULL)
    g_file_monitor_set_rate_limit (monitor, WATCH_MS);

  return monitor;
}

/* Deleted rows are overwritten in the file, but the log holds them until it begins anew. */
void
vav_store_wipe_log (VavStore *self)
{
  sqlite3_exec (self->db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL);
}

/* Another process may have made the step while this one waited for its turn. */
static gboolean
make_step (VavStore *self, int from, GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", from + 1);
  gboolean made;

  if (!vav_store_begin (self, TRUE, error))
    return FALSE;
  made = read_number (self, "PRAGMA user_version") != from
         || (execute (self, vav_store_steps[from], error) && execute (self, version, error));

  return vav_store_end (self, made, error);
}

/* Several programs may open a new file at once. SQLite gives up at once, without its timeout, where waiting could be for ever: when two want to turn on the
 * log, or one begins it while another ends it. They get out of each other's way by trying again. */
static gboolean
set_manners (VavStore *self, GError **error)
{
  static const char manners[] = "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;";
  gint64 limit = g_get_monotonic_time () + BUSY_LIMIT_MS * G_TIME_SPAN_MILLISECOND;
  int result;

  while ((result = sqlite3_exec (self->db, manners, NULL, NULL, NULL)) != SQLITE_OK)
    {
      if ((result & 0xff) != SQLITE_BUSY || g_get_monotonic_time () > limit)
        return fail (self, error);
      sqlite3_sleep (g_random_int_range (1, RETRY_MS));
    }

  return TRUE;
}

static gboolean
has_our_tables (VavStore *self, GError **error)
{
  for (guint i = 0; vav_store_probes[i] != NULL; i++)
    {
      sqlite3_stmt *probe = vav_store_prepare (self, error, vav_store_probes[i], "");

      if (probe == NULL)
        return FALSE;
      sqlite3_finalize (probe);
    }

  return TRUE;
}

/* A failure of the file's content, not of the disk, the permissions or another process that holds it. */
static Found
judge (VavStore *self)
{
  switch (self->fault & 0xff)
    {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: /* tables that are not ours */
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return FOUND_DAMAGED;
    default:
      return FOUND_CLOSED;
    }
}

static Found
bring_up (VavStore *self, GError **error)
{
  gint64 version = read_number (self, "PRAGMA user_version");

  if (version > vav_store_version)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROFILE,
                           _ ("The list of people was written by a newer Visavis. Update this one."));
      return FOUND_CLOSED;
    }
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("Your people and calls cannot be read or written: %s."),
                   g_strerror (EACCES));
      return FOUND_CLOSED;
    }
  if (version < 0)
    {
      fail (self, error);
      return self->fault == SQLITE_OK ? FOUND_DAMAGED : judge (self);
    }
  if (!set_manners (self, error))
    return judge (self);
  for (int step = (int)version; step < vav_store_version; step++)
    if (!make_step (self, step, error))
      return judge (self);

  return execute (self, "PRAGMA foreign_keys = ON", error) && has_our_tables (self, error) ? FOUND_GOOD : judge (self);
}

/* All pages are read: some milliseconds for tens of thousands of rows. */
static Found
check (VavStore *self, GError **error)
{
  sqlite3_stmt *row = vav_store_prepare (self, error, "PRAGMA quick_check (1)", "");
  gboolean told = row != NULL && sqlite3_step (row) == SQLITE_ROW;
  gboolean sound = told && g_strcmp0 ((const char *)sqlite3_column_text (row, 0), "ok") == 0;

  sqlite3_finalize (row);
  if (sound)
    return FOUND_GOOD;
  if (row != NULL)
    fail (self, error);

  return told ? FOUND_DAMAGED : judge (self);
}

/* The file itself is made by us, so that nobody else can read it; SQLite gives its companions the same mode. Not touched if it is there: to close a
 * file lets go of all locks that this process has on it. */
static void
make_file (const char *path)
{
  int fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    close (fd);
}

static Found
look_into (VavStore *self, const char *path, GError **error)
{
  Found found;

  if (strcmp (path, ":memory:") != 0)
    make_file (path);
  if (sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    {
      fail (self, error);
      found = FOUND_CLOSED;
    }
  else
    {
      sqlite3_busy_timeout (self->db, BUSY_LIMIT_MS);
      found = bring_up (self, error);
      if (found == FOUND_GOOD)
        found = check (self, error);
    }
  if (found == FOUND_GOOD)
    return found;

  /* what is damaged stays as it is: its log is not worked into it */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close (self->db);
  self->db = NULL;
  return found;
}

static char *
choose_damaged_name (const char *profile)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%Y%m%d-%H%M%S");

  for (int i = 0; i < MAX_DAMAGED; i++)
    {
      g_autofree char *name = i == 0 ? g_strdup_printf ("people-damaged-%s.sqlite", when)
                                     : g_strdup_printf ("people-damaged-%s-%d.sqlite", when, i + 1);
      char *path = g_build_filename (profile, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return path;
      g_free (path);
    }

  return g_build_filename (profile, "people-damaged.sqlite", NULL);
}

/* The log and its index go with the file: it may be mended with them. */
static gboolean
put_aside (VavStore *self, const char *profile, const char *path, GError **error)
{
  static const char *const endings[] = { "-wal", "-shm" };
  g_autofree char *kept = choose_damaged_name (profile);
  g_autofree char *shown = g_filename_display_name (kept);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (path, endings[i], NULL);
      g_autofree char *to = g_strconcat (kept, endings[i], NULL);

      (void)g_rename (from, to); /* may not be there */
    }
  if (g_rename (path, kept) != 0)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE,
                   _ ("The list of people is damaged, and cannot be put aside as %s: %s."), shown, g_strerror (errno));
      return FALSE;
    }
  self->notice = g_strdup_printf (
      _ ("The list of people was damaged and has been begun anew. The damaged file is kept as %s."), shown);

  return TRUE;
}

VavStore *
vav_store_open (const char *profile, GError **error)
{
  g_autoptr (VavStore) self = g_rc_box_new0 (VavStore);
  g_autofree char *path = NULL;
  g_autoptr (GError) fault = NULL;
  Found found;

  if (profile != NULL && g_mkdir_with_parents (profile, 0700) != 0)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("The profile folder %s cannot be made: %s."), profile,
                   g_strerror (errno));
      return NULL;
    }
  path = profile != NULL ? g_build_filename (profile, FILE_NAME, NULL) : g_strdup (":memory:");

  found = look_into (self, path, &fault);
  if (found == FOUND_DAMAGED && profile != NULL)
    {
      if (!put_aside (self, profile, path, error))
        return NULL;
      g_clear_error (&fault);
      found = look_into (self, path, &fault);
    }
  if (found != FOUND_GOOD)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }

  return g_steal_pointer (&self);
}
