/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/call/vav-file-name.h"
#include "net/call/vav-file-part.h"
#include "net/call/vav-file-source.h"
#include "net/signal/vav-digest.h"

#define PEER "somebody"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("part-XXXXXX", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_tree (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static VavFilePart *
open_part (Fixture *fixture, const char *name, guint64 size)
{
  g_autoptr (GError) error = NULL;
  VavFilePart *part = vav_file_part_open (fixture->folder, name, size, PEER, NULL, &error);

  g_assert_no_error (error);
  return part;
}

static char *
only_entry (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  char *name = g_strdup (g_dir_read_name (dir));

  g_assert_null (g_dir_read_name (dir));
  return name;
}

static void
digest_of (const char *text, guint8 *digest)
{
  g_autoptr (VavDigest) whole = vav_digest_new ();

  vav_digest_update (whole, text, strlen (text));
  vav_digest_peek (whole, digest);
}

static char *
save (Fixture *fixture, const char *name, const char *text)
{
  VavFilePart *part = open_part (fixture, name, strlen (text));
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE];
  char *path;

  digest_of (text, digest);
  g_assert_true (vav_file_part_write (part, text, strlen (text), &error));
  path = vav_file_part_finish (part, digest, &error);
  g_assert_no_error (error);
  vav_file_part_free (part, TRUE);
  return path;
}

static void
test_names (void)
{
  static const char *const names[][2] = {
    { "photo.jpg", "photo.jpg" },
    { "film.mkv.0a1b2c3d.part", "film.mkv.0a1b2c3d_part" }, /* not the part of another file */
    { "../../etc/passwd", "passwd" },
    { "/etc/passwd", "passwd" },
    { "..\\..\\windows\\system.ini", "system.ini" },
    { "folder/", "folder_" },
    { "..", "file" },
    { "", "file" },
    { ".", "file" },
    { "   ", "file" },
    { ".bashrc", "bashrc" },
    { "...hidden", "hidden" },
    { "-rf", "_rf" },
    { "~user", "_user" },
    { "a\nb\x1b[31m.txt", "a_b_[31m.txt" },
    { "gpj.\xe2\x80\xae"
      "exe",
      "gpj._exe" },
    { "x\xe2\x80\x8b\xe2\x80\x8b.txt", "x.txt" },
    { "what?*<>|\":.txt", "what_______.txt" },
    { "CON", "_CON" },
    { "nul.txt", "_nul.txt" },
    { "com1.log", "_com1.log" },
    { "common.log", "common.log" },
    { "end. . .", "end" },
    { "caf\xff.txt", "caf_.txt" },
    { "grüße.odt", "grüße.odt" },
  };
  g_autofree char *letters = g_strnfill (300, 'x');
  g_autofree char *long_name = g_strconcat (letters, ".tar.gz", NULL);
  g_autofree char *cut = vav_file_name_clean (long_name);
  g_autoptr (GString) accents = g_string_new (NULL);
  g_autofree char *whole = NULL;

  g_test_summary ("W20: names of files are cleaned of paths, tricks, hiding, reserved words and too much length");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = vav_file_name_clean (names[i][0]);
      g_autofree char *again = vav_file_name_clean (name);

      g_assert_cmpstr (name, ==, names[i][1]);
      g_assert_cmpstr (again, ==, name);
    }
  g_assert_cmpuint (strlen (cut), ==, VAV_FILE_NAME_CAP);
  g_assert_true (g_str_has_suffix (cut, "x.tar.gz"));
  for (guint i = 0; i < 150; i++)
    g_string_append (accents, "€");
  g_string_append (accents, ".txt");
  whole = vav_file_name_clean (accents->str);
  g_assert_true (g_utf8_validate (whole, -1, NULL));
  g_assert_true (g_str_has_suffix (whole, "€.txt"));
}

/* Whatever comes, it is one name in the folder. */
static void
test_random_names (void)
{
  static const char *const bits[]
      = { "/", "\\", "..", ".", " ", "\n", "\xff", "\xe2\x80\xae", "a", "€", "CON", "-", "~", "\x7f", ":" };

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *name = NULL;

      for (gint32 n = g_test_rand_int_range (0, 200); n > 0; n--)
        g_string_append (text, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      name = vav_file_name_clean (text->str);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_cmpuint (strlen (name), >, 0);
      g_assert_cmpuint (strlen (name), <=, VAV_FILE_NAME_CAP + 1);
      g_assert_null (strpbrk (name, "/\\\n:\x7f"));
      g_assert_false (*name == '.' || *name == '-' || *name == ' ' || *name == '~');
    }
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  VavFilePart *part = open_part (fixture, "a.txt", 11);
  g_autofree char *entry = only_entry (fixture);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE];
  GStatBuf status;

  g_test_summary (
      "W20: a file is a .part of mode 0600 until it is whole and compared, and never takes another one's place");
  g_assert_true (g_str_has_prefix (entry, "a.txt.") && g_str_has_suffix (entry, ".part"));
  g_assert_true (vav_file_part_write (part, "hello ", 6, &error));
  g_assert_true (vav_file_part_write (part, "world", 5, &error));
  digest_of ("hello world", digest);
  path = vav_file_part_finish (part, digest, &error);
  g_assert_no_error (error);
  vav_file_part_free (part, FALSE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "hello world");
  g_assert_cmpint (g_lstat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode, ==, S_IFREG | 0600);

  second = save (fixture, "a.txt", "other");
  g_assert_true (g_str_has_suffix (second, "/a (2).txt"));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "hello world");
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  VavFilePart *part = open_part (fixture, "a.txt", 5);
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE];

  g_test_summary ("W20: what is not what was sent, or not all of it, gets no name, and nothing is left of it");
  digest_of ("hello", digest);
  g_assert_true (vav_file_part_write (part, "jello", 5, &error));
  g_assert_null (vav_file_part_finish (part, digest, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DAMAGED);
  vav_file_part_free (part, TRUE);
  g_assert_null (only_entry (fixture));

  g_clear_error (&error);
  part = open_part (fixture, "a.txt", 5);
  g_assert_true (vav_file_part_write (part, "hell", 4, &error));
  digest_of ("hell", digest);
  g_assert_null (vav_file_part_finish (part, digest, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DAMAGED);
  vav_file_part_free (part, TRUE);
  g_assert_null (only_entry (fixture));
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  VavFilePart *part = open_part (fixture, "a.txt", 11);
  VavFilePart *beside, *other;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  guint8 digest[VAV_DIGEST_SIZE], expected[VAV_DIGEST_SIZE];

  g_test_summary ("W20: a part goes on for the same file of the same person only, and for one at a time");
  g_assert_true (vav_file_part_write (part, "hello ", 6, &error));
  beside = open_part (fixture, "a.txt", 11); /* while it is in use */
  g_assert_cmpuint (vav_file_part_get_offset (beside), ==, 0);
  vav_file_part_free (beside, FALSE);
  vav_file_part_free (part, TRUE);

  other = vav_file_part_open (fixture->folder, "a.txt", 11, "somebody else", NULL, &error);
  g_assert_cmpuint (vav_file_part_get_offset (other), ==, 0);
  vav_file_part_free (other, TRUE);
  other = open_part (fixture, "a.txt", 12);
  g_assert_cmpuint (vav_file_part_get_offset (other), ==, 0);
  vav_file_part_free (other, TRUE);

  part = open_part (fixture, "a.txt", 11);
  g_assert_cmpuint (vav_file_part_get_offset (part), ==, 6);
  vav_file_part_get_digest (part, digest);
  digest_of ("hello ", expected);
  g_assert_cmpmem (digest, sizeof digest, expected, sizeof expected);
  g_assert_true (vav_file_part_write (part, "world", 5, &error));
  digest_of ("hello world", digest);
  path = vav_file_part_finish (part, digest, &error);
  g_assert_no_error (error);
  g_assert_nonnull (path);
  vav_file_part_free (part, TRUE);
}

static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  VavFilePart *part = open_part (fixture, "a.txt", 11);

  g_test_summary ("W20: a file that is given up waits for nobody who still holds its part");
  g_cancellable_cancel (cancellable);
  g_assert_null (vav_file_part_open (fixture->folder, "a.txt", 11, PEER, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  vav_file_part_free (part, FALSE);
  g_assert_null (only_entry (fixture));
}

/* Somebody else on this computer put something in the part's place. */
static void
test_traps (Fixture *fixture, gconstpointer data)
{
  static const char *const traps[] = { "symlink", "dangling", "hardlink", "folder", "fifo", "too long" };

  g_test_summary ("W20: links, pipes and folders in the place of a part are left alone");
  for (guint i = 0; i < G_N_ELEMENTS (traps); i++)
    {
      VavFilePart *part = open_part (fixture, traps[i], 5);
      g_autofree char *name = only_entry (fixture);
      g_autofree char *place = g_build_filename (fixture->folder, name, NULL);
      g_autofree char *victim = g_build_filename (fixture->folder, "victim", NULL);
      g_autofree char *path = NULL;
      g_autofree char *text = NULL;

      vav_file_part_free (part, FALSE);
      g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
      if (i == 0)
        g_assert_cmpint (symlink ("victim", place), ==, 0);
      else if (i == 1)
        g_assert_cmpint (symlink ("../nothing-there", place), ==, 0);
      else if (i == 2)
        g_assert_cmpint (link (victim, place), ==, 0);
      else if (i == 3)
        g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
      else if (i == 4)
        g_assert_cmpint (mkfifo (place, 0600), ==, 0);
      else
        g_assert_true (g_file_set_contents (place, "longer than it", -1, NULL));
      path = save (fixture, traps[i], "12345");
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, "12345");
      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_get_contents (victim, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, "precious");
      tear_down (fixture, NULL);
      set_up (fixture, NULL);
    }
}

/* The name that it shall have is a link to somewhere, or taken a thousand times. */
static void
test_name_taken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link_path = g_build_filename (fixture->folder, "a.txt", NULL);
  g_autofree char *path = NULL;

  g_assert_cmpint (symlink ("/dev/null", link_path), ==, 0);
  path = save (fixture, "a.txt", "12345");
  g_assert_true (g_str_has_suffix (path, "/a (2).txt"));
}

/* From here on the kernel renames nothing, as if the disk had failed. */
static void
forbid_renaming (void)
{
  static struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
#ifdef SYS_renameat
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
#endif
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (steps), steps };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    exit (77);
}

static int
fail_to_rename (const char *folder)
{
  VavFilePart *part = vav_file_part_open (folder, "a.txt", 5, PEER, NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE];

  forbid_renaming ();
  digest_of ("hello", digest);
  g_assert_true (vav_file_part_write (part, "hello", 5, NULL));
  g_assert_null (vav_file_part_finish (part, digest, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FILE);
  vav_file_part_free (part, TRUE);
  return 0;
}

static void
test_cannot_rename (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--fail", fixture->folder, NULL);
  g_autofree char *entry = NULL;

  g_test_summary ("W20: a whole file that cannot get its name stays a part, and nothing else is left beside it");
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  if (g_subprocess_get_exit_status (process) == 77)
    {
      g_test_skip ("system calls cannot be filtered here");
      return;
    }
  g_assert_true (g_subprocess_get_successful (process));
  entry = only_entry (fixture);
  g_assert_true (g_str_has_suffix (entry, ".part"));
}

static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: a file larger than what is free is refused before it begins");
  g_assert_null (vav_file_part_open (fixture->folder, "a", G_GUINT64_CONSTANT (1) << 53, PEER, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_assert_null (only_entry (fixture));
}

/* Nothing is written: it is about what they would need. */
static void
test_room_is_shared (Fixture *fixture, gconstpointer data)
{
  struct statvfs status;
  guint64 most;
  VavFilePart *first, *second;
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: files that run at once do not count on the same free space twice");
  g_assert_cmpint (statvfs (fixture->folder, &status), ==, 0);
  most = (guint64)status.f_bavail * status.f_frsize / 10 * 6;
  first = open_part (fixture, "a", most);
  g_assert_null (vav_file_part_open (fixture->folder, "b", most, PEER, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_clear_error (&error);
  g_assert_null (vav_file_part_open (fixture->folder, "b", G_MAXUINT64, PEER, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  vav_file_part_free (first, TRUE);
  second = open_part (fixture, "b", most);
  vav_file_part_free (second, TRUE);
}

/* What has come is on the disk, and needs no room any more. */
static void
test_room_given_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (4 * 1024 * 1024);
  VavFilePart *first, *second;
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: what has come of a file no longer counts as what it needs, and counts again if it begins anew");
  if (mount ("none", fixture->folder, "tmpfs", 0, "size=8m") != 0)
    {
      g_test_skip ("a small file system cannot be mounted here");
      return;
    }
  first = open_part (fixture, "a", 4 * 1024 * 1024);
  g_assert_true (vav_file_part_write (first, zeros, 4 * 1024 * 1024, &error));
  second = open_part (fixture, "b", 3 * 1024 * 1024);
  vav_file_part_free (second, TRUE);
  g_assert_true (vav_file_part_restart (first, &error));
  g_assert_null (vav_file_part_open (fixture->folder, "b", 5 * 1024 * 1024, PEER, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  vav_file_part_free (first, TRUE);
  umount2 (fixture->folder, MNT_DETACH);
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (2 * 1024 * 1024);
  g_autofree char *filler = g_build_filename (fixture->folder, "filler", NULL);
  VavFilePart *part;
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: a disk that fills up meanwhile is told plainly, and what came is kept");
  if (mount ("none", fixture->folder, "tmpfs", 0, "size=3m") != 0)
    {
      g_test_skip ("a small file system cannot be mounted here");
      return;
    }
  part = open_part (fixture, "a.bin", 2 * 1024 * 1024);
  g_assert_true (vav_file_part_write (part, zeros, 1024 * 1024, &error));
  g_assert_true (g_file_set_contents (filler, zeros, 1024 * 1024 + 512 * 1024, &error));
  g_assert_false (vav_file_part_write (part, zeros, 1024 * 1024, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_assert_cmpuint (vav_file_part_get_offset (part), >=, 1024 * 1024);
  vav_file_part_free (part, TRUE);
  umount2 (fixture->folder, MNT_DETACH);
}

/* The same by a limit on the size of files, which needs no rights. */
static void
test_file_limit (Fixture *fixture, gconstpointer data)
{
  struct rlimit before, limit;
  VavFilePart *part = open_part (fixture, "a.bin", 100 * 1024);
  g_autofree char *zeros = g_malloc0 (100 * 1024);
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: a file that may grow no further fails with disk full, and what came is kept");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 50 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (vav_file_part_write (part, zeros, 100 * 1024, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  vav_file_part_free (part, TRUE);
  part = open_part (fixture, "a.bin", 100 * 1024);
  g_assert_cmpuint (vav_file_part_get_offset (part), ==, 50 * 1024);
  vav_file_part_free (part, FALSE);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  static const char *const folders[] = { "/nowhere/at/all", "/dev/null", "" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vav_file_part_open (folders[i], "a", 1, PEER, NULL, &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_FILE);
    }
}

static void
test_source (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.txt", NULL);
  g_autoptr (VavFileSource) source = NULL;
  g_autoptr (VavFileSource) shrunk = NULL;
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE], ours[VAV_DIGEST_SIZE];
  char buffer[64];

  g_test_summary ("W20: a file is read on from what the other side has if that is the same, and never beyond its size");
  g_assert_true (g_file_set_contents (path, "hello world", -1, NULL));
  source = vav_file_source_open (path, &error);
  digest_of ("hello ", digest);
  g_assert_true (vav_file_source_skip (source, 6, digest, NULL, &error));
  g_assert_cmpuint (vav_file_source_get_offset (source), ==, 6);
  g_assert_cmpint (vav_file_source_read (source, buffer, 64, &error), ==, 5);
  g_assert_cmpmem (buffer, 5, "world", 5);
  g_assert_cmpint (vav_file_source_read (source, buffer, 64, &error), ==, 0);
  vav_file_source_get_digest (source, ours);
  digest_of ("hello world", digest);
  g_assert_cmpmem (ours, sizeof ours, digest, sizeof digest);

  shrunk = vav_file_source_open (path, &error);
  g_assert_true (vav_file_source_skip (shrunk, 6, digest, NULL, &error)); /* another beginning */
  g_assert_cmpuint (vav_file_source_get_offset (shrunk), ==, 0);
  g_assert_cmpint (truncate (path, 3), ==, 0);
  g_assert_cmpint (vav_file_source_read (shrunk, buffer, 64, &error), ==, 3);
  g_assert_cmpint (vav_file_source_read (shrunk, buffer, 64, &error), ==, -1);
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FILE);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--fail") == 0)
    return fail_to_rename (argv[2]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file/names", test_names);
  g_test_add_func ("/file/random-names", test_random_names);
  g_test_add ("/file/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/file/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/file/resume", Fixture, NULL, set_up, test_resume, tear_down);
  g_test_add ("/file/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  g_test_add ("/file/traps", Fixture, NULL, set_up, test_traps, tear_down);
  g_test_add ("/file/name-taken", Fixture, NULL, set_up, test_name_taken, tear_down);
  g_test_add ("/file/cannot-rename", Fixture, NULL, set_up, test_cannot_rename, tear_down);
  g_test_add ("/file/no-room", Fixture, NULL, set_up, test_no_room, tear_down);
  g_test_add ("/file/room-is-shared", Fixture, NULL, set_up, test_room_is_shared, tear_down);
  g_test_add ("/file/room-given-back", Fixture, NULL, set_up, test_room_given_back, tear_down);
  g_test_add ("/file/disk-full", Fixture, NULL, set_up, test_disk_full, tear_down);
  g_test_add ("/file/file-limit", Fixture, NULL, set_up, test_file_limit, tear_down);
  g_test_add ("/file/no-folder", Fixture, NULL, set_up, test_no_folder, tear_down);
  g_test_add ("/file/source", Fixture, NULL, set_up, test_source, tear_down);

  return g_test_run ();
}
